"""Sends what is due, several messages at once and never more in memory than that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Protocol, TypeVar

from survey_app.foundation.database import DatabaseUnavailable
from survey_app.foundation.log import logger
from survey_app.messaging.operations import Begun, Ended, Leased
from survey_app.messaging.tasks.courier import Courier

Given = TypeVar("Given")
Taken = TypeVar("Taken")

IDLE_SECONDS = 0.5
"""Between looks at the outbox when nothing may go now."""
MOMENT_SECONDS = 0.25
"""How long a sending that has ended waits for others at most before it is stored."""
AWAY_SECONDS = 5.0
"""Before the next look when the database does not answer."""


class StopFlag(Protocol):
    """What tells a worker to end."""

    def is_set(self) -> bool:
        """Say whether to end."""
        ...

    def wait(self, timeout: float | None = None) -> object:
        """Wait, no longer than told to end."""
        ...


def drain(courier: Courier, *, at_once: int, seconds: float, stop: StopFlag) -> None:
    """Send what becomes due during `seconds`, `at_once` messages at a time; what has begun is finished.

    Messages are taken only when threads are free for them, so a backlog of any length stays in the database. They are
    begun and finished several in one transaction: that costs more than the sending does.
    """
    until = monotonic() + seconds
    running: set[Future[Ended]] = set()
    leased = Leased((), False)
    with ThreadPoolExecutor(at_once, "sending") as pool:
        try:
            while not stop.is_set() and monotonic() < until:
                leased = _lease(courier, at_once - len(running), stop, is_busy=bool(leased.ids))
                running |= {pool.submit(courier.send, one) for one in _begin(courier, leased)}
                running = _pause(courier, running, leased, at_once, stop)
        finally:
            _finish(courier, wait(running).done)
    courier.release()


def _lease(courier: Courier, most: int, stop: StopFlag, *, is_busy: bool) -> Leased:
    try:
        return courier.lease(most, is_busy=is_busy)
    except DatabaseUnavailable as error:
        logger.error("database unavailable", kind=str(error))
        stop.wait(AWAY_SECONDS)
        return Leased((), False)


def _begin(courier: Courier, leased: Leased) -> Sequence[Begun]:
    """Begin what was leased; a message that nobody can begin must not keep the others."""
    return _together("beginning", courier.begin, leased.ids)


def _finish(courier: Courier, ended: Collection[Future[Ended]]) -> None:
    _together("finishing", courier.finish, [one.result() for one in ended])


def _together(
    what: str, job: Callable[[Sequence[Given]], Sequence[Taken]], given: Sequence[Given]
) -> Sequence[Taken]:
    """Do a job for all at once or, if one of them makes it fail, for each alone; return what came of it."""
    try:
        return job(given) if given else []
    except DatabaseUnavailable as error:
        logger.error("database unavailable", job=what, kind=str(error))
        return []
    except Exception as error:  # noqa: BLE001  (the worker goes on with the next message)
        if len(given) > 1:
            return [result for one in given for result in _together(what, job, [one])]
        logger.error("job failed", job=what, exc_info=error)
        return []


def _pause(
    courier: Courier, running: set[Future[Ended]], leased: Leased, at_once: int, stop: StopFlag
) -> set[Future[Ended]]:
    """Wait until it is worth asking again, and store what has ended; return what is still running.

    That is when most threads are free, for asking costs more than sending, or after a moment: slow carriers must
    hold up no others.
    """
    if leased.more and not running:
        return running
    until = monotonic() + MOMENT_SECONDS
    waiting = running
    while len(waiting) > at_once // 4 and monotonic() < until:
        waiting = wait(waiting, MOMENT_SECONDS, return_when=FIRST_COMPLETED).not_done
    if not leased.ids:
        stop.wait(IDLE_SECONDS / 10 if waiting else IDLE_SECONDS)
    ended = {one for one in running if one.done()}
    _finish(courier, ended)
    return running - ended


def quietly(what: str, job: Callable[[], object]) -> None:
    """Run `job`; a failure is written into the log, without what it was about, and ends nothing else."""
    try:
        job()
    except DatabaseUnavailable as error:
        logger.error("database unavailable", job=what, kind=str(error))
    except Exception as error:  # noqa: BLE001  (the worker goes on with the next message)
        logger.error("job failed", job=what, exc_info=error)

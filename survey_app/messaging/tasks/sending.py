"""Sends what is due, several messages at once and never more in memory than that."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Any, Protocol

from survey_app.foundation.database import DatabaseUnavailable
from survey_app.foundation.log import logger
from survey_app.messaging.operations import Leased
from survey_app.messaging.tasks.courier import Courier

IDLE_SECONDS = 0.5
"""Between looks at the outbox when nothing may go now."""
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

    A message is taken only when a thread is free for it, so a backlog of any length stays in the database.
    """
    until = monotonic() + seconds
    running: set[Future[Any]] = set()
    with ThreadPoolExecutor(at_once, "sending") as pool:
        while not stop.is_set() and monotonic() < until:
            leased = _lease(courier, at_once - len(running), stop)
            running |= {pool.submit(_deliver, courier, one) for one in leased.ids}
            running = _pause(running, leased, at_once, stop)
    courier.release()


def _lease(courier: Courier, most: int, stop: StopFlag) -> Leased:
    try:
        return courier.lease(most)
    except DatabaseUnavailable as error:
        logger.error("database unavailable", kind=str(error))
        stop.wait(AWAY_SECONDS)
        return Leased((), False)


def _pause(running: set[Future[Any]], leased: Leased, at_once: int, stop: StopFlag) -> set[Future[Any]]:
    """Wait until it is worth asking again; return what is still running.

    That is when half of the threads are free: asking costs as much as sending.
    """
    if leased.more and not running:
        return running
    while len(running) > at_once // 2:
        running = wait(running, return_when=FIRST_COMPLETED).not_done
    if not leased.ids:
        stop.wait(IDLE_SECONDS / 10 if running else IDLE_SECONDS)
    return {one for one in running if not one.done()}


def _deliver(courier: Courier, message_id: int) -> None:
    quietly("sending", lambda: courier.deliver(message_id))


def quietly(what: str, job: Callable[[], object]) -> None:
    """Run `job`; a failure is written into the log, without what it was about, and ends nothing else."""
    try:
        job()
    except DatabaseUnavailable as error:
        logger.error("database unavailable", job=what, kind=str(error))
    except Exception as error:  # noqa: BLE001  (the worker goes on with the next message)
        logger.error("job failed", job=what, exc_info=error)

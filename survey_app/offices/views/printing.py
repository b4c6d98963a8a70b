"""The worker that makes prints of many posters: one thread a process, started by who asks for or watches a print.

What it does is all in the database, so any process goes on where another one died.
"""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from flask import Flask, current_app

from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import new_reference
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger
from survey_app.offices.documents.posters import PosterFormat, UnableToPrintPoster
from survey_app.offices.documents.press import Order, press
from survey_app.offices.operations import (
    PART_SIZE,
    TakenPrint,
    add_part,
    finish_print,
    report_progress,
    take_print,
)
from survey_app.offices.queries import points_by_id
from survey_app.offices.views.poster_points import poster_point

_lock = threading.Lock()
_threads: dict[int, threading.Thread] = {}


def wake_printer() -> None:
    """Start this process's worker unless it is at work; it ends when nothing waits."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _lock:
        thread = _threads.get(id(app))
        if thread is None or not thread.is_alive():
            _threads[id(app)] = thread = threading.Thread(
                target=_work, args=(app,), name="posters", daemon=True
            )
            thread.start()


def _work(app: Flask) -> None:
    with app.app_context():
        try:
            while (taken := write(lambda session: take_print(session, now=now()))) is not None:
                _print(taken, app.config["SETTINGS"].public_url)
        except Exception as error:  # noqa: BLE001  (a worker has nobody to tell but the log)
            logger.error("poster worker ended", exc_info=error)


def _print(taken: TakenPrint, public_url: str) -> None:
    """Make the parts that are missing; whatever goes wrong is written down for the owner."""
    order = _order(taken.options, public_url, local_date(now()))
    try:
        for part in range(taken.first_part, -(-len(taken.points) // PART_SIZE) + 1):
            if not _make_part(taken, part, order):
                return
        _finish(taken, None)
    except UnableToPrintPoster as error:
        _finish(taken, str(error))
    except Exception as error:  # noqa: BLE001  (the owner must learn that it failed, whatever the reason)
        reference = new_reference()
        logger.error("print failed", reference=reference, job=taken.job_id, exc_info=error)
        _finish(taken, _("Máy chủ không tạo được tệp. Mã tham chiếu: %(reference)s", reference=reference))


def _order(options: dict[str, Any], public_url: str, printed_on: date) -> Order:
    return Order(
        public_url=public_url,
        printed_on=printed_on,
        paper=PosterFormat(options["paper"]),
        minutes=options["minutes"],
        hotline=options["hotline"],
        with_english=options["english"],
    )


def _make_part(taken: TakenPrint, part: int, order: Order) -> bool:
    """Make and store one PDF; False if the print is no longer this worker's."""
    first = (part - 1) * PART_SIZE
    with read() as session:
        lines = points_by_id(session, taken.points[first : first + PART_SIZE])

    def alive(prepared: int) -> bool:
        made = first + prepared
        return write(
            lambda session: report_progress(
                session, job_id=taken.job_id, attempt=taken.attempt, made=made, now=now()
            )
        )

    posters = [poster_point(line) for line in lines]
    pdf = press(posters, order, alive=alive)
    if pdf is None:
        return False
    return write(
        lambda session: add_part(
            session,
            job_id=taken.job_id,
            attempt=taken.attempt,
            part=part,
            pages=len(posters),
            content=pdf,
            now=now(),
        )
    )


def _finish(taken: TakenPrint, reason: str | None) -> None:
    write(
        lambda session: finish_print(
            session, job_id=taken.job_id, attempt=taken.attempt, now=now(), reason=reason
        )
    )

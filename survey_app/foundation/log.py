"""One JSON line per event on standard error; never an address, an answer or a query string."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import PurePath
from typing import Any, TextIO

import structlog


def configure_log(level: str) -> None:
    """Write structured lines from `level` (debug, info, warning, error) upwards."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_failure,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=_standard_error()),
        cache_logger_on_first_use=False,
    )


def _standard_error() -> TextIO:
    """Return the stream of the moment: tests and servers replace it."""
    return sys.stderr


def _name_failure(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by kinds and places. Messages are left out: drivers quote values in them."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["kind"] = " < ".join(type(one).__name__ for one in _causes(error))
        event["where"] = [_place(frame) for frame in traceback.extract_tb(error.__traceback__)]
    return event


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    return causes


def _place(frame: traceback.FrameSummary) -> str:
    return f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"


logger = structlog.get_logger()

"""One JSON line per event on standard error; never an address, an answer or a query string."""

from __future__ import annotations

import logging

import structlog


def configure_log(level: str) -> None:
    """Write structured lines from `level` (debug, info, warning, error) upwards."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=_standard_error()),
        cache_logger_on_first_use=False,
    )


def _standard_error() -> object:
    import sys  # noqa: PLC0415  (the stream of the moment: tests and servers replace it)

    return sys.stderr


logger = structlog.get_logger()

"""The values that a form sent."""

from __future__ import annotations

from urllib.parse import parse_qs

from flask import g, request

_FIELDS_AT_MOST = 2_000


def submitted() -> dict[str, list[str]]:
    """Return all values sent under each name.

    Read here because Flask leaves bytes that are no UTF-8 percent-encoded in the text: marked as U+FFFD, the
    citizen can be asked to retype them.
    """
    if "form" not in g:
        body = request.get_data().decode("utf-8", "replace")
        if request.mimetype != "application/x-www-form-urlencoded" or body.count("&") >= _FIELDS_AT_MOST:
            body = ""
        g.form = parse_qs(body, errors="replace")
    form: dict[str, list[str]] = g.form
    return form


def sent(name: str) -> str:
    """Return the first value sent under `name`, or an empty text."""
    return submitted().get(name, [""])[0]

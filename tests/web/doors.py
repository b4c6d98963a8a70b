"""Doors that fail in every way, and how browsers and machines really ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response, abort, render_template_string, request
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey_app.foundation.database import DatabaseUnavailable, write
from survey_app.foundation.errors import Refused

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.8",
}
MACHINE = {"Accept": "application/json"}

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests in which the kind of the database cannot matter."""


def _query(statement: str) -> Callable[[], str]:
    def fail() -> str:
        values = {"value": request.args.get("value", "")}
        return write(lambda session: str(session.execute(text(statement), values)))

    return fail


def _wrong_type() -> str:
    answer = _query("INSERT INTO submissions (submission_id, received_on) VALUES ('1', :value)")()
    # SQLite takes any word for a date.
    raise ValueError(answer, request.args["value"])


def _raise(error: Exception) -> Callable[[], str]:
    def fail() -> str:
        raise error

    return fail


def _twice() -> str:
    def add(session: Session) -> None:
        values = {"id": request.args.get("value", "")[:32]}
        statement = text("INSERT INTO submissions (submission_id, received_on) VALUES (:id, '2026-11-21')")
        session.execute(statement, values)
        session.execute(statement, values)

    write(add)
    return "stored twice"


def _typed() -> str:
    return render_template_string(
        "{% extends 'web/base.html' %}{% block content %}{{ typed }}{% endblock %}",
        typed=request.args["typed"],
    )


def _big() -> Response:
    return Response("x" * 5_000, mimetype=request.args.get("type", "text/plain"))


DOORS: dict[str, Callable[..., Any]] = {
    "broken-query": _query("SELECT :value FROM no_such_table"),
    "wrong-type": _wrong_type,
    "stored-twice": _twice,
    "value-error": lambda: str(int(request.args["value"])),
    "database-gone": _raise(DatabaseUnavailable("OperationalError")),
    "refused": _raise(Refused("Cuộc khảo sát này đã đóng. Xin mở cuộc khác.")),
    "aborted": lambda: abort(int(request.args["status"])),
    "reads-form": lambda: str(len(request.form.get("text", ""))),
    "typed": _typed,
    "big": _big,
}

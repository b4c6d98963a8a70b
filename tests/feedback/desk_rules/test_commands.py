"""`survey-app feedback calendar` and `due`."""

from __future__ import annotations

import json

from click.testing import CliRunner
from flask import Flask

from survey_app.feedback.commands import feedback


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Return the exit code of a command and what it printed."""
    with app.app_context():
        result = CliRunner().invoke(feedback, words)
    return result.exit_code, result.output


def test_calendar_counts_the_working_days_of_a_year(app: Flask) -> None:
    """2026: 261 days from Monday to Friday, 13 of them off, one Saturday worked (22/8)."""
    code, printed = run(app, "calendar", "--year", "2026")

    assert code == 0
    assert "249 working days" in printed
    assert "2026-02-17  off     Tết Nguyên Đán" in printed


def test_calendar_gives_every_day_as_json(app: Flask) -> None:
    days = json.loads(run(app, "calendar", "--year", "2028", "--json")[1])

    assert len(days) == 366
    assert days[2] == {"day": "2028-01-03", "hours": "", "why": "holiday", "name": days[2]["name"]}


def test_due_prints_when_and_why(app: Flask) -> None:
    code, printed = run(app, "due", "--kind", "petition", "--duty", "forward", "--from", "2026-04-29 16:55")

    assert code == 0
    assert "due    2026-05-08 17:00" in printed
    assert "basis  NĐ 20/2008/NĐ-CP Đ9.1.d" in printed


def test_due_says_so_where_nothing_limits(app: Flask) -> None:
    code, printed = run(app, "due", "--kind", "praise", "--duty", "decide", "--from", "2026-04-29 16:55")

    assert code == 1
    assert "No rule limits decide of praise" in printed

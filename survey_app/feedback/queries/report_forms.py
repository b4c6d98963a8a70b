"""The forms of reports that ship with the product."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from survey_app.feedback.rules.reports import Form, read_forms

PETITIONS, PETITION_SUMMARY = "petitions", "petition-summary"
_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def shipped_forms() -> dict[str, Form]:
    """Return the forms by their ids."""
    return read_forms((_DATA / "report_forms.toml").read_text(encoding="utf-8"))

"""The fields of work that ship with the product, in the reader's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from survey_app.feedback.rules.fields import Field, offered, read_fields
from survey_app.foundation.languages import current_language

_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def shipped_fields() -> dict[str, Field]:
    """Return the fields by code, in the order in which they are offered."""
    return {one.code: one for one in read_fields((_DATA / "fields.csv").read_text(encoding="utf-8"))}


def field_label(code: str) -> str:
    """Return the name of a field; a word that is no code of the list is shown as it is."""
    known = shipped_fields().get(code)
    return known.label(current_language()) if known else code


def field_choices(kept: str = "") -> list[tuple[str, str]]:
    """Return codes and names to choose from; `kept`, where it is none of them, can still be chosen."""
    return offered(shipped_fields().values(), current_language(), kept)

"""Headers of an XLSForm: what a column holds, and in which language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.xlsforms.sheets import CHOICES, SURVEY, Losses, Row, Sheets
from survey_app.questionnaires.rules.xlsforms.words import plain

ORIGINAL = "vi"
TEXTS = ("label", "hint")
_ALIASES = {
    "caption": "label",
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
}
_CODE = re.compile(r"[a-z]{2,3}")
_NAMED_CODE = re.compile(r"\(\s*([a-z]{2,3})(?:[-_][a-z]+)?\s*\)\s*$", re.IGNORECASE)


def column_of(header: str) -> tuple[str, str]:
    """Return the kind of a column (`label`, `media::image`, ...) and, for a text, the name of its language or ""."""
    bare = " ".join(header.split())
    name, colons, rest = bare.partition("::")
    if not colons:
        name, _colon, rest = bare.partition(":")
    name, rest = _known(name), rest.strip(": ")
    if name in TEXTS or not rest:
        return name, rest
    return _known(rest) if name == "bind" else f"{name}::{rest.lower()}", ""


def _known(name: str) -> str:
    bare = name.strip().lower()
    return _ALIASES.get(bare, bare)


def code_of(language: str) -> str | None:
    """Return the code of `Vietnamese (vi)`, `Vietnamese`, `Tiếng Việt` or `vi`; None if it is not known."""
    if found := _NAMED_CODE.search(language):
        return found.group(1).lower()
    name = unicodedata.normalize("NFC", language).strip().lower()
    return name if _CODE.fullmatch(name) else _codes().get(name)


@cache
def _codes() -> Mapping[str, str]:
    """Names of languages, in English, Vietnamese and themselves, in small letters."""
    names = {
        name.lower(): code
        for reader in ("vi", "en")
        for code, name in _names(reader).items()
        if _CODE.fullmatch(code)
    }
    return names | {"tiếng việt": "vi", "tieng viet": "vi", "việt": "vi", "tiếng anh": "en"}


@cache
def _names(reader: str) -> Mapping[str, str]:
    # A twentieth of a second that other commands need not wait for.
    from babel import Locale  # noqa: PLC0415

    return dict(Locale(reader).languages)


def header_of(kind: str, language: str) -> str:
    """Return the header of a text column, such as `label::Vietnamese (vi)`."""
    return f"{kind}::{language_name(language)}"


def language_name(code: str) -> str:
    """Return a language as XLSForms name it."""
    return f"{_names('en').get(code, code)} ({code})"


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a form: codes in order, which header holds which, and the one to copy from."""

    codes: tuple[str, ...]
    headers: Mapping[str, str]
    default: str
    stands_in: str | None = None

    def text(self, row: Row, kind: str, sheet: str, losses: Losses, path: str = "") -> dict[str, str]:
        """Return a wording in every language of the form; {} when the row has none at all.

        A language that lacks it gets the words of the default language, and a loss says so.
        """
        found: dict[str, str] = {}
        for header, cell in row.cells.items():
            name, _language = column_of(header)
            if name == kind and header in self.headers:
                words, lost = plain(cell)
                for why in lost:
                    losses.add(sheet, row.number, header, _short(cell), why, path)
                if words:
                    found.setdefault(self.headers[header], words)
        if self.stands_in in found:
            found.setdefault(ORIGINAL, found[self.stands_in])
        return self.complete(found, sheet, row.number, kind, losses, path)

    def complete(
        self, found: dict[str, str], sheet: str, number: int, kind: str, losses: Losses, path: str = ""
    ) -> dict[str, str]:
        """Return `found` in every language, with a loss for each that had to be copied."""
        if not found:
            return {}
        source = next(code for code in (self.default, ORIGINAL, *found) if code in found)
        for code in self.codes:
            if code not in found:
                why = _(
                    "thiếu lời tiếng “%(code)s”; đã chép lời tiếng “%(source)s”", code=code, source=source
                )
                losses.add(sheet, number, header_of(kind, code), _short(found[source]), why, path)
        return {code: found.get(code, found[source]) for code in self.codes}


def languages_of(sheets: Sheets, default: str, losses: Losses) -> Languages:
    """Find the languages of a form; `default` is `default_language` of the settings, or ""."""
    named = code_of(default) if default else None
    headers: dict[str, str] = {}
    for sheet, rows in ((SURVEY, sheets.survey), (CHOICES, sheets.choices)):
        for header in _headers(rows):
            kind, language = column_of(header)
            code = code_of(language) if language else named or ORIGINAL
            if kind in TEXTS and code is None:
                losses.add(sheet, 1, header, language, _("không rõ là tiếng gì; ghi như “Vietnamese (vi)”"))
            elif kind in TEXTS and code is not None:
                headers[header] = code
    codes = tuple(dict.fromkeys(headers.values())) or (ORIGINAL,)
    first = named if named in codes else (ORIGINAL if ORIGINAL in codes else codes[0])
    assert first is not None
    if ORIGINAL in codes:
        return Languages(codes, headers, first)
    why = _("phiếu phải có tiếng Việt; đã chép lời tiếng “%(code)s”, cần dịch", code=first)
    losses.add(SURVEY, 1, header_of("label", ORIGINAL), "", why)
    return Languages((ORIGINAL, *codes), headers, first, stands_in=first)


def _headers(rows: Iterable[Row]) -> Iterable[str]:
    return dict.fromkeys(header for row in rows for header in row.cells)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else line[:59] + "…"

"""Vietnamese (the original) and English: messages, dates and numbers in the reader's language.

Message ids are the Vietnamese texts themselves, so Vietnamese needs no catalogue and English is complete
when every message has a translation (checked by `make check`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.resources import resource_folder

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def current_language() -> str:
    """Return the code of the language in use, `vi` or `en`."""
    return _current.get()


def known_language(code: str | None) -> str | None:
    """Return `code` if it is a language of this product, else None."""
    return code if code in LANGUAGES else None


def set_language(code: str) -> None:
    """Use `code` for the rest of this request or command."""
    _current.set(code)


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Use `code` inside the block."""
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str, **values: object) -> str:
    """Return the Vietnamese `message` in the current language, with `%(name)s` filled from `values`."""
    text = _catalogue(_current.get()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Return the form of the message that fits `number`, available as `%(num)s`."""
    text = _catalogue(_current.get()).ngettext(singular, plural, number)
    return text % {"num": number, **values}


@cache
def _catalogue(language: str) -> NullTranslations:
    """Read `translations/<language>/LC_MESSAGES/messages.po`; no compiled file can go stale."""
    path = resource_folder("translations") / language / "LC_MESSAGES" / "messages.po"
    return read_catalogue(path) if path.exists() else NullTranslations()


def read_catalogue(path: Path) -> GNUTranslations:
    """Compile a .po file in memory."""
    # Babel's reader costs 60 ms of start-up, which Vietnamese readers need not pay.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def format_date(day: date) -> str:
    """Return dd/mm/yyyy, the order both languages use here."""
    return f"{day:%d/%m/%Y}"


def format_instant(instant: datetime) -> str:
    """Return 21/11/2026 09:30, the time in Việt Nam."""
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def format_number(value: float, decimals: int = 0) -> str:
    """Return `value` rounded half up: 1.234,5 in Vietnamese, 1,234.5 in English."""
    quantum = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_UP) + 0  # no minus zero
    text = f"{rounded:,.{decimals}f}"
    return text if _current.get() == "en" else text.translate(str.maketrans(",.", ".,"))

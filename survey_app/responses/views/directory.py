"""Which form stands behind a code, remembered for a second: a busy counter costs no query per visit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from survey_app.appearance.queries import Themes
from survey_app.campaigns.queries import Entry, find_entry
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database, DatabaseUnavailable

REMEMBERED_SECONDS = 1.0
_CODES_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """What a page says about where it is answered, in one language: `line` is counter and office.

    `colours` and `logo` are the province's own, as HTML; empty for the look that ships.
    """

    code: str
    unit: str
    name: str
    line: str
    colours: Markup = Markup()
    logo: Markup = Markup()


class Directory:
    """Looks codes up. Closing a campaign reaches every process within `REMEMBERED_SECONDS`.

    `key` (SURVEY_CONTACT_KEY) finds the one-time codes of invitations.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.monotonic, *, key: str = ""
    ) -> None:
        self._database = database
        self._key = key
        self._clock = clock
        self._entries: dict[str, tuple[float, Entry]] = {}

    def find(self, code: str) -> Entry | None:
        """Return what `code` leads to, None if it was never issued. Unknown codes are not remembered.

        While the database is away, the last known answer stands: a citizen may read and fill in the form, and
        keeps the answers when they cannot be stored yet.
        """
        known = self._entries.get(code)
        if known is not None and known[0] > self._clock():
            return known[1]
        try:
            with self._database.read() as session:
                entry = find_entry(session, code=code, now=now(), key=self._key)
        except DatabaseUnavailable:
            if known is None:
                raise
            return known[1]
        if entry is not None:
            if len(self._entries) >= _CODES_REMEMBERED:
                self._entries.clear()
            self._entries[code] = (self._clock() + REMEMBERED_SECONDS, entry)
        return entry

    def knows(self, code: str) -> bool:
        """Say whether somebody opened this code's form here before."""
        return code in self._entries

    def forget(self) -> None:
        """Look everything up anew."""
        self._entries.clear()


def place_of(entry: Entry, language: str) -> Place:
    """Return the names a citizen compares with the sign at the counter."""
    english = language == "en"
    office = (english and entry.office_name_en) or entry.office_name
    point = (english and entry.service_point_name_en) or entry.service_point_name
    line = f"{point} · {office}" if point else office
    colours, logo = _looks(entry.unit_path)
    return Place(entry.code, entry.unit_name, point or office, line, colours, logo)


def _looks(unit_path: str) -> tuple[Markup, Markup]:
    """Return the stylesheet and the logo of a unit's province as HTML."""
    themes: Themes = current_app.extensions["survey_app.themes"]
    theme = themes.of(unit_path)
    if theme is None:
        return Markup(), Markup()
    colours = Markup('<link rel="stylesheet" href="{}">').format(theme.stylesheet)
    return colours, Markup('<img src="{}" alt="">').format(theme.logo) if theme.logo else Markup()

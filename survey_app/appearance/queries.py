"""Reads of the appearance room, and the themes that this process keeps for half a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.appearance.models import StoredTheme
from survey_app.appearance.rules import Tokens, stylesheet_address
from survey_app.foundation.database import Database, DatabaseUnavailable

KEPT_SECONDS = 30.0
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """How the pages of a unit look; `logo` is the address of a PNG of `logo_width` x `logo_height` pixels."""

    unit_path: str
    tokens: Tokens
    logo: str | None
    logo_width: int | None
    logo_height: int | None
    updated_at: datetime

    @property
    def stylesheet(self) -> str:
        """Return the public address of the stylesheet with the colours."""
        return stylesheet_address(self.tokens)


def all_themes(session: Session) -> dict[str, Theme]:
    """Return every theme by the path of its unit: 34 provinces and the installation at most."""
    return {row.unit_path: _theme(row) for row in session.scalars(select(StoredTheme))}


def theme_of(session: Session, unit_path: str) -> Theme | None:
    """Return the theme of the province that `unit_path` lies in, else the installation's, else None."""
    paths = (_province(unit_path), EVERYWHERE)
    rows = session.scalars(select(StoredTheme).where(StoredTheme.unit_path.in_(paths)))
    return _nearest({row.unit_path: _theme(row) for row in rows}, unit_path)


def logo_of(session: Session, digest: str) -> bytes | None:
    """Return the PNG with this SHA-256, None if no theme shows it."""
    query = select(StoredTheme.logo).where(StoredTheme.logo_digest == digest).limit(1)
    return session.scalars(query).first()


def _theme(row: StoredTheme) -> Theme:
    tokens = Tokens(row.accent, row.on_accent, row.ink, row.paper, row.mist)
    logo = f"/logo/{row.logo_digest}.png" if row.logo_digest else None
    return Theme(row.unit_path, tokens, logo, row.logo_width, row.logo_height, row.updated_at)


def _province(unit_path: str) -> str:
    return unit_path.split("/", 1)[0]


def _nearest(themes: Mapping[str, Theme], unit_path: str) -> Theme | None:
    return themes.get(_province(unit_path)) or themes.get(EVERYWHERE)


class Themes:
    """All themes, read again when they are older than half a minute: a page asks no database for its look."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._known: dict[str, Theme] = {}
        self._stale_at = float("-inf")

    def of(self, unit_path: str) -> Theme | None:
        """Return the theme of the pages of this unit; see `theme_of`."""
        with self._lock:
            if self._clock() >= self._stale_at:
                # Without the database the last known looks stand: a form must not fail for want of a colour.
                with suppress(DatabaseUnavailable), self._database.read() as session:
                    self._known = all_themes(session)
                self._stale_at = self._clock() + KEPT_SECONDS
            return _nearest(self._known, unit_path)

    def forget(self) -> None:
        """Read anew at the next question, because this process has changed a theme."""
        with self._lock:
            self._stale_at = float("-inf")

"""Reads of what a desk set for itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import DeskSetting
from survey_app.feedback.rules.settings import DeskSettings, read_settings, upwards

KEPT = "feedback.settings"
"""Where a session keeps what it read; operations that change settings throw it away."""


def settings_for(session: Session, unit_path: str) -> DeskSettings:
    """Return the settings that count for a unit: its own, else the nearest upwards, else the defaults."""
    kept: dict[str, DeskSettings] = session.info.setdefault(KEPT, {})
    if unit_path not in kept:
        stored = settings_path(session, unit_path)
        row = None if stored is None else session.get_one(DeskSetting, stored)
        kept[unit_path] = read_settings(row.values) if row else DeskSettings()
    return kept[unit_path]


def settings_path(session: Session, unit_path: str) -> str | None:
    """Return the path of the unit whose settings count for `unit_path`, None where the defaults do."""
    query = select(DeskSetting.unit_path).where(DeskSetting.unit_path.in_(upwards(unit_path)))
    return max(session.scalars(query), key=len, default=None)

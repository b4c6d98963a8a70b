"""Writes of what a desk sets for itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models import DeskSetting
from survey_app.feedback.queries.settings import KEPT
from survey_app.feedback.rules.settings import DeskSettings, write_settings
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToSet(Refused):
    """A number lies outside what makes sense."""


def change_settings(
    session: Session, *, unit_path: str, settings: DeskSettings, now: datetime
) -> DeskSetting:
    """Store the settings of a unit; they count for all units below that have none of their own.

    Raises
    ------
    UnableToSet
        A number of days is negative, or nothing would be kept at all.
    """
    counted = (settings.reopen_days, settings.reopen_times, settings.longest_pause_working_days)
    kept = (settings.contact_kept_days, settings.case_kept_days, settings.grievance_kept_days)
    if min(counted) < 0 or min(*kept, settings.close_after_days) < 1:
        raise UnableToSet(_("Số ngày phải từ 0 trở lên; thời gian lưu phải từ 1 ngày trở lên."))
    row = session.get(DeskSetting, unit_path)
    if row is None:
        row = DeskSetting(unit_path=unit_path)
        session.add(row)
    row.values, row.changed_at = write_settings(settings), now
    session.flush()
    session.info.pop(KEPT, None)
    return row


def forget_settings(session: Session, *, unit_path: str) -> None:
    """Let the settings of the next unit upwards count again."""
    row = session.get(DeskSetting, unit_path)
    if row is not None:
        session.delete(row)
        session.flush()
    session.info.pop(KEPT, None)

"""A desk with units, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import pytest

from survey_app.foundation.database import Database
from tests.feedback.case_desk import CaseDesk


@pytest.fixture
def desk(database: Database, now: datetime) -> CaseDesk:
    """A province with two wards; Saturday 21/11/2026 09:30."""
    desk = CaseDesk(database, now)
    desk.prepare()
    return desk

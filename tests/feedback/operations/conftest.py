"""A desk with units and a few officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Role
from tests.feedback.case_desk import OTHER_WARD, PROVINCE, WARD, CaseDesk


@dataclass(frozen=True)
class Officers:
    """Accounts of the first ward, one of the other ward and one of the whole province."""

    router: int
    handler: int
    second: int
    elsewhere: int
    everywhere: int


@pytest.fixture
def desk(database: Database, now: datetime) -> CaseDesk:
    """A province with two wards, on SQLite and on PostgreSQL; Saturday 21/11/2026 09:30."""
    desk = CaseDesk(database, now)
    desk.prepare()
    return desk


@pytest.fixture
def officers(desk: CaseDesk) -> Officers:
    """People who route and handle."""
    return Officers(
        router=desk.officer((Role.ROUTING_OFFICER, WARD)),
        handler=desk.officer((Role.UNIT_HANDLER, WARD)),
        second=desk.officer((Role.UNIT_HANDLER, WARD)),
        elsewhere=desk.officer((Role.UNIT_HANDLER, OTHER_WARD)),
        everywhere=desk.officer((Role.ROUTING_OFFICER, PROVINCE)),
    )

"""What the tables themselves refuse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.rules import State

if TYPE_CHECKING:
    from tests.campaigns.conftest import World


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": State.SCHEDULED}, "ck_campaigns_state"),
        ({"closes_on": date(2026, 10, 1)}, "ck_campaigns_period"),
    ],
)
def test_refuses_states_and_periods_that_make_no_sense(
    world: World, values: dict[str, object], constraint: str
) -> None:
    world.draft()
    with pytest.raises(IntegrityError, match=constraint):
        world.database.write(lambda session: session.execute(update(Campaign).values(values)))

"""The desk of the sample has been at work: cases stand in every state, and each moved in the order of time."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from survey_app.demo.acts import ACTS
from survey_app.demo.building import build_places
from survey_app.demo.desk import open_desk
from survey_app.demo.people import give_password
from survey_app.demo.stories import stories
from survey_app.feedback.models import Case, CaseClock, CaseEvent, Grievance, PublicCopy
from survey_app.feedback.operations.intake import Opened
from survey_app.feedback.queries.fields import shipped_fields
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.codes import is_pin
from survey_app.feedback.rules.states import State
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import Database

INSTALLATION = Installation("test contact key of at least 32 characters", "http://127.0.0.1:8000")


@pytest.fixture
def desk(database: Database, now: datetime) -> tuple[Database, Opened]:
    """The desk of the sample, and what the first sender was given."""
    build_places(database, now)
    give_password(database, now)
    return database, open_desk(database, now, installation=INSTALLATION)


class TestOpenDesk:
    """`open_desk`."""

    def test_leaves_cases_in_every_state(self, desk: tuple[Database, Opened], now: datetime) -> None:
        with desk[0].read() as session:
            counts = dict(iter(session.execute(select(Case.state, func.count()).group_by(Case.state))))
            overdue = session.scalar(select(func.count()).where(Case.due_at < now))

        assert set(counts) == set(State)
        assert sum(counts.values()) >= 50
        assert overdue

    def test_leaves_answers_to_read_and_grievances_apart(self, desk: tuple[Database, Opened]) -> None:
        with desk[0].read() as session:
            published = session.scalars(select(PublicCopy).where(PublicCopy.is_public)).all()
            grievances = session.scalar(select(func.count()).select_from(Grievance))

        assert len(published) >= 5
        assert grievances == 3
        assert not any("0900 000" in copy.question or "Lý Thị Sen" in copy.question for copy in published)

    def test_lets_everything_happen_in_the_order_of_time(
        self, desk: tuple[Database, Opened], now: datetime
    ) -> None:
        with desk[0].read() as session:
            events = session.execute(select(CaseEvent.case_id, CaseEvent.at).order_by(CaseEvent.id)).all()
            warned = session.scalar(select(func.max(CaseClock.warned_at_percent)))

        times: dict[int, list[datetime]] = {}
        for case_id, at in events:
            times.setdefault(case_id, []).append(at)
        assert all(one == sorted(one) and one[-1] <= now for one in times.values())
        assert warned == 100

    def test_gives_the_first_sender_a_pin_that_opens_the_case(self, desk: tuple[Database, Opened]) -> None:
        database, opened = desk
        with database.read() as session:
            digest = session.scalar(select(Case.pin_digest).where(Case.code == opened.code))

        assert digest is not None
        assert is_pin(INSTALLATION.contact_key, opened.code, opened.pin, digest)

    def test_builds_once(self, desk: tuple[Database, Opened], now: datetime) -> None:
        database, opened = desk
        again = open_desk(database, now, installation=INSTALLATION)

        with database.read() as session:
            cases = session.scalar(select(func.count()).select_from(Case))
        assert again.code == opened.code
        assert (
            cases
            == len([one for one in stories(local_date(now)) if one.kind not in ("complaint", "denunciation")])
            + 2
        )


def test_every_act_is_played_by_somebody(now: datetime) -> None:
    told = {step for story in stories(local_date(now)) for step in story.steps}

    assert told == set(ACTS)


def test_no_date_is_left_unwritten(now: datetime) -> None:
    assert not [story.id for story in stories(local_date(now)) if "<<" in str(story.words)]


def test_every_field_is_one_that_ships_with_the_product(now: datetime) -> None:
    told = {
        part["field"]
        for story in stories(local_date(now))
        for part in (story.words, *story.word("parts", ()))
        if "field" in part
    }

    assert told - {""} <= set(shipped_fields())

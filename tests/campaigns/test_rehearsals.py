"""Rehearsals: the codes open at once, nothing that is answered remains, and rivals do not meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from survey_app.campaigns.models import Campaign, CampaignLink, CampaignRehearsal
from survey_app.campaigns.operations import (
    UnableToCloseCampaign,
    UnableToEndRehearsal,
    UnableToOpenCampaign,
    UnableToRehearse,
    close_campaign,
    end_rehearsal,
    start_rehearsal,
)
from survey_app.campaigns.queries import campaign_by_code, campaign_links, coming_rival
from survey_app.campaigns.rules import EntryStatus, State
from survey_app.questionnaires.operations import retire

if TYPE_CHECKING:
    from tests.campaigns.conftest import World

FUTURE = {"opens_on": date(2027, 3, 1), "closes_on": date(2027, 3, 31)}


def _rehearse(world: World, code: str = "pulse") -> int:
    return world.database.write(lambda session: start_rehearsal(session, code=code, now=world.now)).id


def _end(world: World, code: str = "pulse") -> Campaign:
    return world.database.write(lambda session: end_rehearsal(session, code=code))


@pytest.fixture
def answers(world: World) -> Iterator[World]:
    """A table like the one in which room responses keeps rehearsal answers."""
    with world.database.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE trial_answers (rehearsal_id BIGINT NOT NULL"
                " REFERENCES campaign_rehearsals (id) ON DELETE CASCADE)"
            )
        )
    yield world
    with world.database.engine.begin() as connection:
        connection.execute(text("DROP TABLE trial_answers"))


def _answer(world: World, rehearsal_id: int) -> None:
    insert = text("INSERT INTO trial_answers VALUES (:id)")
    world.database.write(lambda session: session.execute(insert, {"id": rehearsal_id}) and None)


def _answered(world: World) -> int:
    with world.database.read() as session:
        return session.execute(text("SELECT count(*) FROM trial_answers")).scalar_one()


class TestStart:
    def test_opens_the_counter_codes_at_once_whatever_the_days(self, world: World) -> None:
        world.draft(**FUTURE)
        rehearsal_id = _rehearse(world)
        entry = world.entry(world.counters["province 1"])
        assert entry is not None
        assert (entry.status, entry.rehearsal_id) == (EntryStatus.REHEARSAL, rehearsal_id)
        assert entry.campaign is not None
        assert entry.campaign.state is State.REHEARSAL

    def test_issues_the_links_of_the_web_channel(self, world: World) -> None:
        campaign = world.draft(channels=("web",))
        rehearsal_id = _rehearse(world)
        with world.database.read() as session:
            (link,) = campaign_links(session, campaign.id).values()
        entry = world.entry(link)
        assert entry is not None
        assert (entry.status, entry.rehearsal_id) == (EntryStatus.REHEARSAL, rehearsal_id)

    def test_is_refused_to_what_is_no_draft(self, world: World) -> None:
        world.draft()
        world.open("pulse")
        with pytest.raises(UnableToRehearse, match="chỉ bản nháp"):
            _rehearse(world)

    def test_is_refused_with_a_retired_questionnaire(self, world: World) -> None:
        world.draft()
        world.database.write(lambda session: retire(session, name="counter_pulse@1", now=world.now))
        with pytest.raises(UnableToRehearse, match="ngừng dùng"):
            _rehearse(world)


class TestEnd:
    def test_makes_a_draft_of_it_and_wipes_every_answer(self, answers: World) -> None:
        answers.draft()
        _answer(answers, _rehearse(answers))
        assert _answered(answers) == 1
        assert _end(answers).state is State.DRAFT
        assert _answered(answers) == 0

    def test_leads_the_codes_to_no_campaign_again(self, world: World) -> None:
        world.draft()
        _rehearse(world)
        _end(world)
        entry = world.entry(world.counters["province 1"])
        assert entry is not None
        assert (entry.status, entry.rehearsal_id) == (EntryStatus.NO_CAMPAIGN, None)

    def test_is_refused_when_there_is_none(self, world: World) -> None:
        world.draft()
        with pytest.raises(UnableToEndRehearsal, match="bản nháp"):
            _end(world)

    def test_a_rehearsal_is_not_closed(self, world: World) -> None:
        world.draft()
        _rehearse(world)
        with pytest.raises(UnableToCloseCampaign, match="diễn tập"):
            world.database.write(lambda session: close_campaign(session, code="pulse", now=world.now))


class TestOpening:
    def test_wipes_every_answer_and_keeps_the_links(self, answers: World) -> None:
        campaign = answers.draft(channels=("qr", "web"))
        _answer(answers, _rehearse(answers))
        assert answers.open("pulse").state is State.OPEN
        assert _answered(answers) == 0
        with answers.database.read() as session:
            assert session.scalar(select(func.count()).select_from(CampaignRehearsal)) == 0
            assert session.scalar(select(func.count()).select_from(CampaignLink)) == 1
            assert len(campaign_links(session, campaign.id)) == 1

    def test_a_second_rehearsal_begins_without_answers(self, answers: World) -> None:
        answers.draft()
        _answer(answers, _rehearse(answers))
        _end(answers)
        _rehearse(answers)
        assert _answered(answers) == 0


class TestRivals:
    def test_a_rehearsal_holds_the_counter_codes_against_opening(self, world: World) -> None:
        world.draft("first")
        world.draft("second", **FUTURE)
        _rehearse(world, "first")
        with pytest.raises(UnableToOpenCampaign, match=r"“first” đang diễn tập"):
            world.open("second")

    @pytest.mark.parametrize("open_first", [True, False], ids=["open", "rehearsal"])
    def test_a_rehearsal_does_not_take_codes_in_use(self, world: World, open_first: bool) -> None:
        world.draft("first")
        world.draft("second")
        if open_first:
            world.open("first")
        else:
            _rehearse(world, "first")
        with pytest.raises(UnableToRehearse, match="“first”"):
            _rehearse(world, "second")

    def test_campaigns_without_shared_counters_do_not_meet(self, world: World) -> None:
        world.draft("first")
        world.draft("second", offices=("commune",))
        _rehearse(world, "first")
        assert world.open("second").state is State.OPEN

    def test_real_answers_win_once_a_coming_campaign_begins(self, world: World) -> None:
        world.draft("coming", opens_on=date(2026, 12, 1))
        world.open("coming")
        world.draft("trial")
        _rehearse(world, "trial")
        code = world.counters["province 1"]
        today, then = world.entry(code), world.entry(code, world.now + timedelta(days=20))
        assert today is not None
        assert then is not None
        assert (today.status, then.status) == (EntryStatus.REHEARSAL, EntryStatus.OPEN)
        assert then.rehearsal_id is None

    def test_the_page_can_warn_of_the_coming_campaign(self, world: World) -> None:
        world.draft("coming", opens_on=date(2026, 12, 1))
        world.open("coming")
        world.draft("trial")
        _rehearse(world, "trial")
        with world.database.read() as session:
            trial = campaign_by_code(session, "trial", today=date(2026, 11, 21))
            assert trial is not None
            found = coming_rival(session, trial, today=date(2026, 11, 21))
        assert found == ("coming", date(2026, 12, 1))


def test_a_sample_whose_answers_come_from_files_has_nothing_to_rehearse(world: World) -> None:
    world.draft(channels=("interview",))
    with pytest.raises(UnableToRehearse, match="tệp"):
        _rehearse(world)

"""A campaign by text message, while its workers are killed three times: nothing is lost, doubled or guessed."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.foundation.clock import VIETNAM, local_date
from survey_app.foundation.database import Database
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.rules.states import State
from survey_app.offices.operations import add_service_point
from survey_app.questionnaires.queries import id_by_name
from survey_app.responses.models import Response
from tests.conftest import KINDS
from tests.journeys.servers import COMMAND, free_port, run, serving
from tests.journeys.texting import (
    HASTY,
    PEOPLE,
    Ratings,
    Town,
    answer_all,
    fill_in,
    installed,
    set_pace,
    work_until,
)
from tests.texting.conftest import Desk, furnish

INVITED = int(os.environ.get("SURVEY_JOURNEY_PEOPLE", "108"))
PACE = float(os.environ.get("SURVEY_JOURNEY_PACE", "15"))
"""Segments a second. The whole journey, as long as it must be shown once, is 300 people at 10."""
HASTY_PEOPLE = 6
AT_THE_COUNTER = 12
ITEMS = ("satisfaction", "attitude", "guidance", "time")
LATER = "lan-sau"

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Day:
    """What stands in the database on the evening of the day on which the campaign invited."""

    town: Town
    invitations: dict[str, str]
    """Reference and state of each."""
    handed_over: list[str]
    on_phones: list[tuple[str, str]]
    """Number and text, in the order of arrival."""
    hours: set[int]
    responses: list[tuple[str, str, Ratings]]
    """Channel, instrument, ratings."""
    inbound: list[InboundMessage]


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated database of this journey's own."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("texting") / "survey.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("create_postgresql_database")()
        run("database", "upgrade", env=os.environ | {"SURVEY_DATABASE_URL": url})
    database = Database(url, pool_size=6)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def town(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A served installation with an open campaign by text and one at a counter."""
    folder, port = tmp_path_factory.mktemp("town"), free_port()
    people = [*islice(cycle(PEOPLE), INVITED - HASTY_PEOPLE), *[HASTY] * HASTY_PEOPLE]
    town = installed(folder, database, f"http://127.0.0.1:{port}", people)
    desk = furnish(database, town.now())
    desk.campaign("moi")
    set_pace(town, PACE)
    with serving([*COMMAND, "serve", "--port", str(port)], port, town.env):
        code = _at_the_counter(town, desk)
        for number in range(AT_THE_COUNTER):
            fill_in(town.base, code, 1 + number % 5)
        yield town


def _at_the_counter(town: Town, desk: Desk) -> str:
    """Open a campaign for whoever passes; return the code of its counter."""

    def build(session: Any) -> str:
        point = add_service_point(session, office_code="cao-bang", name="Quầy 1", now=desk.now)
        create_campaign(
            session,
            code="tai-quay",
            title="Hỏi tại quầy",
            questionnaire_version_id=id_by_name(session, "counter_pulse"),
            opens_on=local_date(desk.now),
            closes_on=local_date(desk.now) + timedelta(days=60),
            office_ids=desk.offices,
            channels=("qr",),
            now=desk.now,
        )
        open_campaign(session, code="tai-quay", now=desk.now)
        return point.code

    return town.database.write(build)


@pytest.fixture(scope="module")
def day(town: Town) -> Day:
    """Invite, let people answer, kill both workers three times on the way, and settle what was in doubt."""
    town.invite("moi", list(town.people))
    coming = INVITED - HASTY_PEOPLE
    with ThreadPoolExecutor(1) as outside:
        answering = outside.submit(answer_all, town, coming)
        for step in (
            partial(_refused_in_time, town),
            lambda: len(town.on_phones()) >= coming // 2,
            lambda: len(town.on_phones()) >= coming * 3 // 4,
        ):
            work_until(town, step, signal.SIGKILL)
            assert town.waits()
            town.later(minutes=10)
        work_until(town, lambda: not town.waits())
        # What the last kill left in doubt is looked up ten minutes later.
        town.later(minutes=10)
        work_until(town, lambda: not (town.waits() or town.doubts()))
        answering.result()
    return _seen(town)


def _refused_in_time(town: Town) -> bool:
    """Let some refuse when the first invitations have come and their own have not; False before."""
    if not town.on_phones():
        return False
    for phone, person in town.people.items():
        if person is HASTY:
            town.converse(phone, "")
    return True


def _seen(town: Town) -> Day:
    came = town.on_phones()
    with town.database.read() as session:
        responses = session.scalars(select(Response)).all()
        inbound = list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))
    return Day(
        town,
        {one.reference: one.state for one in town.outbox()},
        town.handed_over(),
        [(phone, one.text) for phone, one in came],
        {one.delivered_at.astimezone(VIETNAM).hour for _phone, one in came},
        [(one.channel, one.instrument, tuple(one.answers.get(item) for item in ITEMS)) for one in responses],
        inbound,
    )


def test_every_invitation_was_handed_over_once(day: Day) -> None:
    sent = [one for one, state in day.invitations.items() if state in (State.ACCEPTED, State.DELIVERED)]

    assert sorted(day.handed_over) == sorted(sent)
    assert len(sent) == INVITED - HASTY_PEOPLE
    assert Counter(day.invitations.values())[State.SUPPRESSED] == HASTY_PEOPLE


def test_every_phone_got_one_invitation_unless_it_had_refused(day: Day) -> None:
    waiting = [phone for phone, person in day.town.people.items() if person is not HASTY]

    assert sorted(phone for phone, _text in day.on_phones) == waiting
    assert day.hours <= {9, 10}


def test_every_reply_counts_once(day: Day) -> None:
    by_text = Counter(
        person.counts for person in day.town.people.values() if person.counts and person.on_the_web is None
    )
    by_link = Counter(
        person.counts
        for person in day.town.people.values()
        if person.counts and person.on_the_web is not None
    )

    assert Counter(given for *how, given in day.responses if how == ["sms", "sms"]) == by_text
    assert Counter(given for *how, given in day.responses if how == ["sms", "web"]) == by_link
    assert len(day.responses) == by_text.total() + by_link.total() + AT_THE_COUNTER


def test_what_came_twice_was_answered_alike(day: Day) -> None:
    repeated = [one for one in day.town.said if one.again is not None]
    marked = [one for one in day.inbound if one.possible_duplicate_of is not None]
    texts = sum(len(person.texts) for person in day.town.people.values())

    assert [one for one in repeated if one.again != one.answer] == []
    assert 0.1 * texts < len(repeated) < 0.3 * texts
    assert len(day.inbound) == texts + len(marked)
    assert 0 < len(marked) < len(repeated)


def test_a_refusal_is_answered_with_silence_and_a_rating_is_not(day: Day) -> None:
    last_words = {person.texts[-1] for person in day.town.people.values() if person.refuses}
    refusals = {one.answer for one in day.town.said if one.text in last_words}

    assert refusals == {""}
    assert all(one.answer for one in day.town.said if one.person.kind == "rates and answers")


def test_the_index_of_the_texts_stands_apart_from_that_of_the_web(day: Day) -> None:
    runs = {
        code: json.loads(day.town.command("results", "run", "--campaign", code, "--json"))
        for code in ("moi", "tai-quay")
    }
    channels = {
        code: {row["channel"]: row["responses"] for row in one["population"]["channels"]}
        for code, one in runs.items()
    }

    assert channels["moi"] == {"sms": sum(person.counts is not None for person in day.town.people.values())}
    assert channels["tai-quay"] == {"qr": AT_THE_COUNTER}
    assert runs["moi"]["population"]["kind"] != runs["tai-quay"]["population"]["kind"]
    assert {
        (one["channel"], one["instrument"]): one["overall"]["n"] for one in runs["moi"]["instruments"]
    } == (Counter(tuple(how) for *how, _given in day.responses if how[0] == "sms"))


@pytest.fixture(scope="module")
def month(day: Day) -> Town:
    """Remind after three days, and invite by another campaign after a month."""
    town = day.town
    town.later(days=3)
    town.command("texting", "remind", "--campaign", "moi")
    work_until(town, lambda: not town.waits())
    town.later(days=28)
    desk = Desk(town.database, town.now(), _offices(town))
    desk.campaign(LATER)
    refused = [phone for phone, person in town.people.items() if person.refuses]
    others = [phone for phone, person in town.people.items() if person.kind == "rates in words"]
    town.invite(LATER, [*refused, *others])
    work_until(town, lambda: not town.waits())
    return town


def _offices(town: Town) -> tuple[int, ...]:
    return tuple(sorted({one.office_id for one in Desk(town.database, town.now(), ()).responses}))


def test_no_phone_that_refused_is_ever_written_to_again(day: Day, month: Town) -> None:
    refused = {phone for phone, person in month.people.items() if person.refuses}
    later = [phone for phone, _one in month.on_phones()][len(day.on_phones) :]

    assert month.written_after_refusal() == []
    assert refused.isdisjoint(later)


def test_only_those_are_reminded_who_sent_nothing_and_the_others_are_asked_after_a_month(
    day: Day, month: Town
) -> None:
    kinds = Counter(person.kind for person in month.people.values())
    later = Counter(month.people[phone].kind for phone, _one in month.on_phones()[len(day.on_phones) :])

    assert later == {kind: kinds[kind] for kind in ("is silent", "rates in words")}

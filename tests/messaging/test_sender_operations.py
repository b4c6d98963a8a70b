"""Senders and templates as a person stores them, and the days of sending, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from survey_app.foundation.database import Database
from survey_app.messaging.models import GatewayStop, MessageTemplate, OutboxMessage, Sender
from survey_app.messaging.operations import (
    SenderTerms,
    UnableToSaveSender,
    UnableToSaveTemplate,
    add_sender,
    change_sender,
    continue_gateway,
    delete_template,
    enqueue,
    save_template,
)
from survey_app.messaging.operations.templates import Draft
from survey_app.messaging.queries import stops
from survey_app.messaging.queries.health import ARRIVED, daily_health, oldest_due
from survey_app.messaging.queries.templates import all_templates
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.states import State

TERMS = SenderTerms(name="UBND-CB", segments_per_second=10, burst=10, price=Decimal(350), active=True)
TEXT = "{unit}: cham diem 1-5. Soan DG {code} diem gui {number}. Tu choi: soan TC"
DRAFT = Draft(name="Mời", medium=Medium.SMS, text=TEXT, accents=False, is_first=True, confirmed=False)


def add(database: Database, now: datetime, terms: SenderTerms = TERMS) -> int:
    """Store a sender of eSMS; return its id."""
    return database.write(
        lambda session: add_sender(session, gateway="esms", medium=Medium.SMS, terms=terms, now=now).id
    )


class TestSenders:
    """`add_sender` and `change_sender`."""

    def test_are_kept_with_pace_and_price(self, database: Database, now: datetime) -> None:
        add(database, now)
        with database.read() as session:
            sender = session.scalars(select(Sender)).one()

        assert (sender.name, sender.price, sender.full_at) == ("UBND-CB", Decimal(350), now)

    @pytest.mark.parametrize("name", ["Quá dài mười hai", "Cao Bằng", "-.-", ""])
    def test_have_a_name_that_can_be_registered(self, database: Database, now: datetime, name: str) -> None:
        with pytest.raises(UnableToSaveSender, match="Tên thương hiệu"):
            add(database, now, replace(TERMS, name=name))

    def test_may_be_a_number(self, database: Database, now: datetime) -> None:
        assert add(database, now, replace(TERMS, name="8079"))

    def test_have_each_name_once(self, database: Database, now: datetime) -> None:
        add(database, now)
        other = add(database, now, replace(TERMS, name="KHAC"))

        with pytest.raises(UnableToSaveSender, match="đã có"):
            add(database, now)
        with pytest.raises(UnableToSaveSender, match="đã có"):
            database.write(lambda session: change_sender(session, sender_id=other, terms=TERMS))

    def test_can_be_taken_out_of_use(self, database: Database, now: datetime) -> None:
        id_ = add(database, now)
        database.write(
            lambda session: change_sender(session, sender_id=id_, terms=replace(TERMS, active=False))
        )
        with database.read() as session:
            assert session.scalars(select(Sender.active)).one() is False

    def test_that_are_gone_cannot_be_changed(self, database: Database) -> None:
        with pytest.raises(UnableToSaveSender, match="không còn"):
            database.write(lambda session: change_sender(session, sender_id=9, terms=TERMS))


class TestTemplates:
    """`save_template` and `delete_template`."""

    @staticmethod
    def save(database: Database, now: datetime, draft: Draft = DRAFT, id_: int | None = None) -> int:
        return database.write(
            lambda session: save_template(session, draft=draft, now=now, template_id=id_).id
        )

    def test_are_changed_by_their_id(self, database: Database, now: datetime) -> None:
        id_ = self.save(database, now)
        self.save(database, now, replace(DRAFT, name="Mời lần đầu"), id_)
        with database.read() as session:
            assert [one.name for one in all_templates(session)] == ["Mời lần đầu"]

    def test_have_each_name_once_in_a_medium(self, database: Database, now: datetime) -> None:
        self.save(database, now)
        with pytest.raises(UnableToSaveTemplate, match="Đã có mẫu tin"):
            self.save(database, now)

    def test_with_faults_are_refused_with_all_of_them(self, database: Database, now: datetime) -> None:
        with pytest.raises(UnableToSaveTemplate) as refused:
            self.save(database, now, replace(DRAFT, text="{name} {"))

        assert len(refused.value.faults) == 2

    def test_can_be_deleted_twice(self, database: Database, now: datetime) -> None:
        id_ = self.save(database, now)
        for _ in range(2):
            database.write(lambda session: delete_template(session, template_id=id_))
        with database.read() as session:
            assert session.scalars(select(MessageTemplate)).all() == []


class TestHealth:
    """`daily_health`, `oldest_due` and `continue_gateway`."""

    @staticmethod
    def message(database: Database, began_at: datetime | None, state: State, now: datetime) -> None:
        def store(session: Any) -> None:
            queued = enqueue(
                session,
                now=now,
                key="k" * 32,
                medium=Medium.SMS,
                gateway="esms",
                sender="UBND-CB",
                phone="0901234567",
                text="Xin cam on.",
                purpose=Purpose.REPLY,
                topic="test",
            )
            row = session.scalars(select(OutboxMessage).filter_by(reference=queued.reference)).one()
            row.state, row.began_at = state.value, began_at

        database.write(store)

    def test_counts_by_vietnamese_day(self, database: Database, now: datetime) -> None:
        # now is 09:30 in Việt Nam; ten hours before is 23:30 of the day before.
        self.message(database, now, State.DELIVERED, now)
        self.message(database, now - timedelta(hours=10), State.FAILED, now)
        self.message(database, now - timedelta(days=30), State.READ, now)
        with database.read() as session:
            days = daily_health(session, now=now)

        assert [(one.day.day, one.begun, one.count(*ARRIVED)) for one in days] == [(21, 1, 1), (20, 1, 0)]

    def test_names_the_longest_waiting_message(self, database: Database, now: datetime) -> None:
        self.message(database, None, State.QUEUED, now - timedelta(minutes=20))
        self.message(database, None, State.QUEUED, now)
        with database.read() as session:
            assert oldest_due(session, now=now) == {"esms": now - timedelta(minutes=20)}

    def test_says_nothing_where_nothing_waits(self, database: Database, now: datetime) -> None:
        self.message(database, now, State.SENT, now)
        with database.read() as session:
            assert oldest_due(session, now=now) == {}

    def test_a_stopped_carrier_goes_on_once(self, database: Database, now: datetime) -> None:
        database.write(lambda session: session.add(GatewayStop(gateway="esms", since=now, code="101")))
        answers = [
            database.write(lambda session: continue_gateway(session, gateway="esms")) for _ in range(2)
        ]
        with database.read() as session:
            assert (answers, stops(session)) == ([True, False], [])

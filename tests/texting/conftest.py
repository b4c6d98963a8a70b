"""A campaign that invites by message, and citizens who answer it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.campaigns.operations.invitations import InvitationReport, import_invitations
from survey_app.campaigns.rules.invitations import InvitationRow
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import Database
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.rules.contract import InboundText, Medium, ProviderRating
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.gateway.files import read, shipped_file
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.responses.models import Response
from survey_app.texting.models import Conversation, ReplyReading
from survey_app.texting.operations import PlanDraft, Sent, hear, remind, send_batch, set_plan
from survey_app.texting.rules import words

KEY = "test contact key of at least 32 characters"
PUBLIC_URL = "https://dg.caobang.gov.vn"
PHONES = ("+84901234561", "+84901234562", "+84901234563")


@dataclass
class Desk:
    """The office at the other end: imports lists, invites, hears replies, as of `now`."""

    database: Database
    now: datetime
    offices: tuple[int, ...]
    inbound: Any = field(default_factory=lambda: count(1))

    def run(self, operation: Any, **words_: Any) -> Any:
        """Carry out one operation in a transaction of its own."""
        return self.database.write(lambda session: operation(session, now=self.now, **words_))

    def campaign(self, code: str = "moi", *, channels: Sequence[str] = ("sms",)) -> int:
        """Open a campaign of two offices on the shipped counter form."""

        def build(session: Session) -> int:
            made = create_campaign(
                session,
                code=code,
                title="Hỏi người đã làm thủ tục",
                questionnaire_version_id=id_by_name(session, "counter_pulse"),
                opens_on=local_date(self.now),
                closes_on=local_date(self.now) + timedelta(days=60),
                office_ids=self.offices,
                channels=channels,
                now=self.now,
            )
            open_campaign(session, code=code, now=self.now)
            return made.id

        return self.database.write(build)

    def plan(self, code: str = "moi", **other: Any) -> None:
        """Say how the campaign invites: by the simulator, replies to 8079."""
        usual: dict[str, Any] = {
            "medium": Medium.SMS,
            "gateway": "simulator",
            "sender": "CAOBANG",
            "number": "8079",
            "unit": "UBND tỉnh Cao Bằng",
            "invitation": words.INVITATION,
            "reminder": words.REMINDER,
        }
        self.run(set_plan, code=code, draft=PlanDraft(**usual | other), public_url=PUBLIC_URL)

    def invite(self, code: str = "moi", *, phones: Sequence[str] = PHONES) -> InvitationReport:
        """Import phones of people who went to the first office."""
        rows = [
            InvitationRow(line, phone, "cao-bang", "Cấp CCCD", f"H04.{line}")
            for line, phone in enumerate(phones, start=2)
        ]
        report: InvitationReport = self.run(
            import_invitations, code=code, rows=rows, key=KEY, rng=random.Random(code)
        )
        return report

    def send(self, code: str = "moi", **other: Any) -> Sent:
        """Invite the next part of the list."""
        sent: Sent = self.run(send_batch, code=code, key=KEY, public_url=PUBLIC_URL, **other)
        return sent

    def remind(self, code: str = "moi") -> Sent:
        """Remind whoever is due."""
        sent: Sent = self.run(remind, code=code, key=KEY, public_url=PUBLIC_URL)
        return sent

    def text(self, phone: str, text: str) -> list[str]:
        """Return what is answered to a text from `phone`."""
        number = next(self.inbound)
        event = InboundText(provider_id=f"in{number}", sender=phone, to="8079", text=text)
        answered: list[str] = self.run(hear, event=event, inbound_id=number, key=KEY)
        return answered

    def stars(self, reference: str, stars: int, note: str = "") -> list[str]:
        """Let a carrier hand on stars that somebody gave."""
        number = next(self.inbound)
        event = ProviderRating(provider_id=f"in{number}", reference=reference, stars=stars, note=note)
        answered: list[str] = self.run(hear, event=event, inbound_id=number, key=KEY)
        return answered

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def rows(self, model: Any) -> list[Any]:
        """Return every row of a table, by its key."""
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(*model.__table__.primary_key)))

    def code_of(self, phone: str) -> str:
        """Return the one-time code in the message to `phone`."""
        cipher = FieldCipher(KEY)
        with self.database.read() as session:
            pairs = session.execute(
                select(Invitation, InvitationCode).join(
                    InvitationCode, InvitationCode.invitation_id == Invitation.id
                )
            ).all()
        codes = {
            cipher.decrypt(one.phone_sealed): cipher.decrypt(code.sealed)
            for one, code in pairs
            if one.phone_sealed
        }
        return codes[phone]

    @property
    def responses(self) -> list[Response]:
        """The stored responses."""
        return self.rows(Response)

    @property
    def conversations(self) -> list[Conversation]:
        """All conversations."""
        return self.rows(Conversation)

    @property
    def readings(self) -> list[ReplyReading]:
        """All readings."""
        return self.rows(ReplyReading)

    @property
    def outbox(self) -> list[OutboxMessage]:
        """All messages to phones."""
        return self.rows(OutboxMessage)


def furnish(database: Database, now: datetime) -> Desk:
    """Return the desk of two offices with the counter form; no campaign yet."""

    def build(session: Session) -> tuple[int, ...]:
        load_units(session, rows=shipped_units("04"), now=now)
        path = shipped_file("counter_pulse")
        assert path is not None
        publish(session, document=read(path).document, now=now)
        return tuple(
            add_office(session, unit_code="04", code=code, name=name).id
            for code, name in (("cao-bang", "Trung tâm hành chính công"), ("hoa-an", "Bộ phận một cửa"))
        )

    return Desk(database, now, offices=database.write(build))


@pytest.fixture
def desk(database: Database, now: datetime) -> Desk:
    """Two offices and the counter form; no campaign yet."""
    return furnish(database, now)


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """Three people who were invited to the campaign `moi`."""
    desk.campaign()
    desk.plan()
    desk.invite()
    desk.send()
    return desk

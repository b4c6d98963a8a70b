"""A campaign that invites by message through the simulator: a list, invitations on the phone, replies of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle, islice

from sqlalchemy.orm import Session

from survey_app.campaigns.operations.invitations import import_invitations
from survey_app.campaigns.queries import campaign_by_code
from survey_app.campaigns.rules.invitations import InvitationRow
from survey_app.demo.building import OFFICES, SEED, Plan
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import Database
from survey_app.messaging.gateway.registry import SIMULATOR
from survey_app.messaging.operations import (
    SenderTerms,
    add_sender,
    begin_sending,
    deliver_simulated,
    finish_sending,
    lease,
    receive,
)
from survey_app.messaging.rules.contract import Accepted, InboundText, Medium, OutboundText
from survey_app.messaging.rules.hours import may_send, next_allowed
from survey_app.texting.operations import PlanDraft, hear, send_batch, set_plan
from survey_app.texting.queries import live_counts
from survey_app.texting.rules.words import INVITATION, REMINDER

INVITED = Plan(
    "moi-nhan-xet-cao-bang",
    "Mời nhận xét bằng tin nhắn, Cao Bằng (dữ liệu mẫu)",
    "Ratings by text message, Cao Bằng (sample data)",
    "counter_pulse",
    "sms",
    0,
)
PEOPLE = 40
SENDER = "MOPHONG"
SHORT_CODE = "8079"
REPLIES = (
    "{code} 5",
    "5",
    "4 nhanh gọn, cảm ơn",
    "rat hai long",
    "{code} 4",
    "ko hài lòng",
    "3",
    "hài lòng, cán bộ nhiệt tình",
    "10/10",
    "4 hoặc 5",
    "Toi da nop ho so hai lan ma chua xong",
    "Tôi muốn khiếu nại việc thu thêm tiền ở quầy 2",
    "ok",
    "TC",
    "nham so roi",
    "HD",
)
"""What people of the sample text, one after the other; `{code}` is the keyword with their own code."""
ANSWERING = 26


def is_invited(session: Session, now: datetime) -> bool:
    """Say whether everybody of the sample was invited."""
    campaign = campaign_by_code(session, INVITED.code, today=local_date(now))
    return campaign is not None and live_counts(session, campaign.id).replied > 0


def invite(database: Database, now: datetime, *, key: str, public_url: str) -> None:
    """Invite the people of the sample and let most of them answer, all of it in hours that are allowed."""
    at = _sending_time(now)
    database.write(partial(_prepare, key=key, public_url=public_url, now=at))
    while database.write(
        partial(send_batch, code=INVITED.code, key=key, public_url=public_url, now=at)
    ).taken:
        continue
    messages = list(_delivered(database, at, key))
    for number, (message, reply) in enumerate(zip(islice(messages, ANSWERING), cycle(REPLIES), strict=False)):
        code = message.text.partition("Soan ")[2].partition(" diem")[0]
        event = InboundText(
            provider_id=f"sample-{number}",
            sender=message.to,
            to=SHORT_CODE,
            text=reply.replace("{code}", code),
        )
        database.write(
            partial(
                receive,
                gateway=SIMULATOR,
                event=event,
                handler=partial(_hear, key=key),
                key=key,
                now=at + timedelta(minutes=3 + number),
            )
        )


def _sending_time(now: datetime) -> datetime:
    """Return an hour ago if messages could go then, else an instant of the last window that has passed."""
    earlier = now - timedelta(hours=1)
    return earlier if may_send(earlier) else next_allowed(earlier) - timedelta(hours=20)


def _hear(session: Session, event: InboundText, inbound_id: int, now: datetime, *, key: str) -> list[str]:
    return hear(session, event=event, inbound_id=inbound_id, key=key, now=now)


def _prepare(session: Session, *, key: str, public_url: str, now: datetime) -> None:
    """Set the sender, the texts and the list, unless they are there."""
    campaign = campaign_by_code(session, INVITED.code, today=local_date(now))
    assert campaign is not None
    if live_counts(session, campaign.id).listed:
        return
    terms = SenderTerms(name=SENDER, segments_per_second=50, burst=100, price=Decimal(0), active=True)
    add_sender(session, gateway=SIMULATOR, medium=Medium.SMS, terms=terms, now=now)
    draft = PlanDraft(
        medium=Medium.SMS,
        gateway=SIMULATOR,
        sender=SENDER,
        number=SHORT_CODE,
        unit="UBND tỉnh Cao Bằng",
        invitation=INVITATION,
        reminder=REMINDER,
        follow_ups=0,
    )
    set_plan(session, code=INVITED.code, draft=draft, public_url=public_url, now=now)
    import_invitations(session, code=INVITED.code, rows=_list(), key=key, now=now)


def _list() -> Iterator[InvitationRow]:
    """Yield invented people; 090 000 01xx are nobody's and none of the numbers that play trouble."""
    rng = random.Random(f"{SEED} {INVITED.code}")  # noqa: S311  (invented data, no secret)
    for number in range(PEOPLE):
        place = rng.choice(OFFICES)[0]
        yield InvitationRow(
            number + 2, f"090000{100 + number:04}", place, "Chứng thực bản sao", f"HS{number:03}"
        )


def _delivered(database: Database, now: datetime, key: str) -> Iterator[OutboundText]:
    """Do what a worker does with the simulator, and yield what reached the phones."""
    while ids := database.write(partial(lease, owner="demo", most=PEOPLE, now=now)).ids:
        for message_id in ids:
            message = database.write(partial(_deliver, message_id=message_id, key=key, now=now))
            if message is not None:
                yield message


def _deliver(session: Session, *, message_id: int, key: str, now: datetime) -> OutboundText | None:
    # In one transaction: the simulator is a table, so nothing can get lost between the steps.
    begun = begin_sending(session, message_id=message_id, owner="demo", key=key, now=now)
    if begun is None:
        return None
    provider_id = deliver_simulated(session, message=begun.message, key=key, now=now)
    rng = random.Random(SEED)  # noqa: S311  (spreads retries, and none is needed)
    finish_sending(
        session,
        message_id=begun.id,
        attempt=begun.attempt,
        outcome=Accepted(provider_id),
        rng=rng,
        now=now,
    )
    return begun.message

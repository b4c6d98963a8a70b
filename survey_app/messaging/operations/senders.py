"""Who messages come from: added and changed by a person, with the pace and price of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.models import GatewayStop, Sender
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.pace import Pace
from survey_app.messaging.rules.senders import brandname_faults


class UnableToSaveSender(Refused):
    """The name cannot be registered, the pace sends nothing, or the carrier has such a sender already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderTerms:
    """What a contract with a carrier says of one sender: segments per second, burst, đồng for one segment."""

    name: str
    segments_per_second: float
    burst: int
    price: Decimal
    active: bool


def add_sender(
    session: Session, *, gateway: str, medium: Medium, terms: SenderTerms, now: datetime
) -> Sender:
    """Store a new sender of a carrier; its bucket is full at once.

    Raises
    ------
    UnableToSaveSender
    """
    _check(session, gateway, medium, terms, own_id=None)
    sender = Sender(gateway=gateway, medium=medium.value, full_at=now)
    _apply(sender, terms)
    session.add(sender)
    session.flush()
    return sender


def change_sender(session: Session, *, sender_id: int, terms: SenderTerms) -> Sender:
    """Change name, pace, price, or whether anything is sent by it; messages that wait keep their sender.

    Raises
    ------
    UnableToSaveSender
    """
    sender = session.get(Sender, sender_id, with_for_update=True)
    if sender is None:
        raise UnableToSaveSender(_("Người gửi này không còn."))
    _check(session, sender.gateway, Medium(sender.medium), terms, own_id=sender_id)
    _apply(sender, terms)
    return sender


def _apply(sender: Sender, terms: SenderTerms) -> None:
    sender.name, sender.price, sender.active = terms.name, terms.price, terms.active
    sender.segments_per_second, sender.burst = terms.segments_per_second, terms.burst


def _check(session: Session, gateway: str, medium: Medium, terms: SenderTerms, own_id: int | None) -> None:
    faults = brandname_faults(terms.name) if medium is Medium.SMS and not terms.name.isdigit() else ()
    if faults:
        raise UnableToSaveSender(faults[0])
    try:
        Pace(segments_per_second=terms.segments_per_second, burst=terms.burst)
    except ValueError as error:
        raise UnableToSaveSender(_("Tốc độ phải lớn hơn 0.")) from error
    rival = session.scalar(select(Sender.id).where(Sender.gateway == gateway, Sender.name == terms.name))
    if rival is not None and rival != own_id:
        raise UnableToSaveSender(_("Cổng này đã có người gửi tên như vậy."))


def continue_gateway(session: Session, *, gateway: str) -> bool:
    """Let messages go through a carrier again after a person has looked; False if nothing had stopped it."""
    cleared = session.execute(delete(GatewayStop).where(GatewayStop.gateway == gateway))
    return bool(cleared.rowcount)  # type: ignore[attr-defined]

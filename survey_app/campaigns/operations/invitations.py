"""Brings in lists of people to invite, and ends invitations."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, Invitation, InvitationCode
from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.queries.campaigns import campaign_offices
from survey_app.campaigns.queries.invitations import code_digest
from survey_app.campaigns.rules import Population, channel_label, population_of, read_channels
from survey_app.campaigns.rules.invitations import (
    ASKED_AGAIN_AFTER,
    PHONE_KEPT,
    InvitationRow,
    Invitee,
    RowNote,
    check_rows,
)
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher, keyed_hash
from survey_app.messaging.queries import phone_hash
from survey_app.offices.models import PublicCode
from survey_app.offices.rules import RandomSource, new_code

_AT_ONCE = 500


class UnableToInvite(Refused):
    """The campaign takes no invitations, or the list has faults; nothing was stored."""


@dataclass(frozen=True, slots=True)
class InvitationReport:
    """What became of a list: how many are invited, and the lines left out or at fault."""

    invited: int
    skipped: tuple[RowNote, ...]
    faults: tuple[RowNote, ...]


def import_invitations(
    session: Session,
    *,
    code: str,
    rows: Iterable[InvitationRow],
    key: str,
    now: datetime,
    rng: RandomSource = secrets,
    dry_run: bool = False,
) -> InvitationReport:
    """Store all people of a list or, if one row is at fault, none; return what became of each row.

    Left out are repeated phones, those that the campaign has, and those invited by any campaign in the last 30 days.
    `key` is SURVEY_CONTACT_KEY. A `dry_run` stores nothing.

    Raises
    ------
    UnknownCampaign
    UnableToInvite
        The campaign's only channel is not one for invitations.
    """
    campaign = locked_campaign(session, code)
    _refuse_other_channels(campaign)
    checked = check_rows(rows, _places(session, campaign.id))
    hashes = {one.phone: phone_hash(key, one.phone) for one in checked.invitees}
    known = _asked_before(session, campaign.id, list(hashes.values()), now)
    fresh = [one for one in checked.invitees if hashes[one.phone] not in known]
    asked = [
        RowNote(one.row.line, known[hashes[one.phone]])
        for one in checked.invitees
        if hashes[one.phone] in known
    ]
    skipped = tuple(sorted((*checked.skipped, *asked), key=lambda note: note.line))
    if checked.faults or dry_run:
        return InvitationReport(0 if checked.faults else len(fresh), skipped, checked.faults)
    for start in range(0, len(fresh), _AT_ONCE):
        part = fresh[start : start + _AT_ONCE]
        _store(session, campaign.id, part, [hashes[one.phone] for one in part], key, now, rng)
    return InvitationReport(len(fresh), skipped, ())


def _refuse_other_channels(campaign: Campaign) -> None:
    channels = read_channels(campaign.channels)
    if population_of(channels) != {Population.INVITED} or len(channels) > 1:
        raise UnableToInvite(
            _(
                "Đợt khảo sát “%(code)s” nhận ý kiến qua %(channels)s, không mời từng người được. Hãy tạo một đợt có "
                "riêng kênh sms, hoặc riêng kênh zalo.",
                code=campaign.code,
                channels=", ".join(map(channel_label, channels)),
            )
        )


def _places(session: Session, campaign_id: int) -> dict[str, int]:
    """Return offices by their code, and by that of their unit where it has only one of them."""
    offices = campaign_offices(session, campaign_id)
    units = [office.unit_code for office in offices]
    alone = {
        office.unit_code.lower(): office.office_id for office in offices if units.count(office.unit_code) == 1
    }
    return alone | {office.code.lower(): office.office_id for office in offices}


def _asked_before(session: Session, campaign_id: int, hashes: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the phones not to be invited, with the reason."""
    since = now - ASKED_AGAIN_AFTER
    found: dict[str, str] = {}
    for start in range(0, len(hashes), _AT_ONCE):
        query = select(Invitation.phone_hash, Invitation.campaign_id).where(
            Invitation.phone_hash.in_(hashes[start : start + _AT_ONCE]),
            or_(
                Invitation.campaign_id == campaign_id,
                Invitation.created_at > since,
                Invitation.invited_at > since,
            ),
        )
        for hashed, campaign in session.execute(query):
            if campaign == campaign_id:
                found[hashed] = _("Số này đã có trong đợt.")
            else:
                found.setdefault(
                    hashed, _("Số này đã được mời trong %(days)s ngày qua.", days=ASKED_AGAIN_AFTER.days)
                )
    return found


def _store(
    session: Session,
    campaign_id: int,
    part: Sequence[Invitee],
    hashes: Sequence[str],
    key: str,
    now: datetime,
    rng: RandomSource,
) -> None:
    cipher = FieldCipher(key)
    rows = [
        {
            "campaign_id": campaign_id,
            "office_id": one.office_id,
            "phone_hash": hashed,
            "phone_sealed": cipher.encrypt(one.phone),
            "procedure": one.row.procedure,
            "dossier_hash": keyed_hash(key, "dossier", one.row.dossier) if one.row.dossier else None,
            "created_at": now,
            "purge_on": local_date(now + PHONE_KEPT),
        }
        for one, hashed in zip(part, hashes, strict=True)
    ]
    statement = insert(Invitation).returning(Invitation.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, rows).all()
    codes = _unused_codes(session, len(ids), key, rng)
    session.execute(
        insert(InvitationCode),
        [
            {"digest": digest, "invitation_id": invitation_id, "sealed": cipher.encrypt(code)}
            for invitation_id, (digest, code) in zip(ids, codes.items(), strict=True)
        ],
    )


def _unused_codes(session: Session, count: int, key: str, rng: RandomSource) -> dict[str, str]:
    """Draw codes that nobody has, at a counter or in an invitation; return them by their digest."""
    drawn: dict[str, str] = {}
    while len(drawn) < count:
        more = {code_digest(key, code): code for code in (new_code(rng) for _n in range(count - len(drawn)))}
        public = set(session.scalars(select(PublicCode.code).where(PublicCode.code.in_(more.values()))))
        taken = set(session.scalars(select(InvitationCode.digest).where(InvitationCode.digest.in_(more))))
        drawn.update(
            {digest: code for digest, code in more.items() if digest not in taken and code not in public}
        )
    return drawn


def spend_code(session: Session, *, digest: str) -> bool:
    """Delete a one-time code in the transaction that stores its answer; False if it was spent or ended before."""
    result = session.execute(delete(InvitationCode).where(InvitationCode.digest == digest))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def spend_code_of(session: Session, *, invitation_id: int) -> bool:
    """Delete the one-time code of an invitation that was answered otherwise than by its form; False as above."""
    result = session.execute(delete(InvitationCode).where(InvitationCode.invitation_id == invitation_id))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def forget_phone(session: Session, *, invitation_id: int) -> None:
    """Forget the phone of somebody who needs no more messages."""
    session.execute(update(Invitation).where(Invitation.id == invitation_id).values(phone_sealed=None))


def end_invitations(session: Session, *, invitation_ids: Sequence[int]) -> None:
    """Forget phones and codes of invitations that are over."""
    for start in range(0, len(invitation_ids), _AT_ONCE):
        part = invitation_ids[start : start + _AT_ONCE]
        session.execute(delete(InvitationCode).where(InvitationCode.invitation_id.in_(part)))
        session.execute(update(Invitation).where(Invitation.id.in_(part)).values(phone_sealed=None))


def purge_invitations(session: Session, *, now: datetime) -> int:
    """Forget the phones and codes whose date has come; return the number of phones."""
    due = Invitation.purge_on <= local_date(now)
    ended = select(Invitation.id).where(due)
    session.execute(delete(InvitationCode).where(InvitationCode.invitation_id.in_(ended)))
    result = session.execute(
        update(Invitation).where(due, Invitation.phone_sealed.is_not(None)).values(phone_sealed=None)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]

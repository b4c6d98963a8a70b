"""Brings in lists of people to invite, and ends invitations."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, Invitation, InvitationCode
from survey_app.campaigns.operations.locking import known_campaign, locked_campaign
from survey_app.campaigns.operations.sealing import (
    SealedCode,
    SealedInvitee,
    SealedList,
    seal_list,
    sealed_code,
)
from survey_app.campaigns.rules import Population, channel_label, population_of, read_channels
from survey_app.campaigns.rules.invitations import (
    ASKED_AGAIN_AFTER,
    PHONE_KEPT,
    InvitationRow,
    RowNote,
)
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher
from survey_app.offices.models import PublicCode
from survey_app.offices.rules import RandomSource

_AT_ONCE = 500

# Built once, and run without the object mapper: every rating by message asks for them while a carrier waits.
_SPEND_CODE_OF = delete(InvitationCode).where(InvitationCode.invitation_id == bindparam("invitation"))
_FORGET_PHONE = update(Invitation).where(Invitation.id == bindparam("invitation")).values(phone_sealed=None)


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
    """Make a list ready and store it, in one transaction; see `prepare_list` and `store_list`."""
    people = prepare_list(session, code=code, rows=rows, key=key, rng=rng)
    return store_list(session, code=code, people=people, key=key, now=now, rng=rng, dry_run=dry_run)


def prepare_list(
    session: Session, *, code: str, rows: Iterable[InvitationRow], key: str, rng: RandomSource = secrets
) -> SealedList:
    """Make a list ready for `store_list`; reads only, so nobody who writes waits for it.

    `key` is SURVEY_CONTACT_KEY.

    Raises
    ------
    UnknownCampaign
    UnableToInvite
        The campaign's only channel is not one for invitations.
    """
    campaign = known_campaign(session, code)
    _refuse_other_channels(campaign)
    return seal_list(session, campaign_id=campaign.id, rows=rows, key=key, rng=rng)


def store_list(
    session: Session,
    *,
    code: str,
    people: SealedList,
    key: str,
    now: datetime,
    rng: RandomSource = secrets,
    dry_run: bool = False,
) -> InvitationReport:
    """Store all people of a list or, if one row is at fault, none; return what became of each row.

    Left out are repeated phones, those that the campaign has, and those invited by any campaign in the last 30 days.
    A `dry_run` stores nothing, and holds no lock.

    Raises
    ------
    UnknownCampaign
    """
    campaign = known_campaign(session, code) if dry_run else locked_campaign(session, code)
    known = _asked_before(session, campaign.id, [one.phone_hash for one in people.people], now)
    fresh = [one for one in people.people if one.phone_hash not in known]
    asked = [
        RowNote(one.invitee.row.line, known[one.phone_hash])
        for one in people.people
        if one.phone_hash in known
    ]
    skipped = tuple(sorted((*people.skipped, *asked), key=lambda note: note.line))
    if not (people.faults or dry_run):
        for start in range(0, len(fresh), _AT_ONCE):
            _store(session, campaign.id, fresh[start : start + _AT_ONCE], key, now, rng)
    return InvitationReport(0 if people.faults else len(fresh), skipped, people.faults)


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
    part: Sequence[SealedInvitee],
    key: str,
    now: datetime,
    rng: RandomSource,
) -> None:
    rows = [
        {
            "campaign_id": campaign_id,
            "office_id": one.invitee.office_id,
            "phone_hash": one.phone_hash,
            "phone_sealed": one.phone_sealed,
            "procedure": one.invitee.row.procedure,
            "dossier_hash": one.dossier_hash,
            "created_at": now,
            "purge_on": local_date(now + PHONE_KEPT),
        }
        for one in part
    ]
    # Without the object mapper: on SQLite everybody who writes waits.
    session.connection().execute(insert(Invitation), rows)
    stored = select(Invitation.id).where(
        Invitation.campaign_id == campaign_id, Invitation.phone_hash.in_([row["phone_hash"] for row in rows])
    )
    ids = session.scalars(stored).all()
    codes = _unused_codes(session, [one.code for one in part], key, rng)
    session.connection().execute(
        insert(InvitationCode),
        [
            {"digest": one.digest, "invitation_id": id_, "sealed": one.sealed}
            for id_, one in zip(ids, codes, strict=True)
        ],
    )


def _unused_codes(
    session: Session, drawn: Sequence[SealedCode], key: str, rng: RandomSource
) -> list[SealedCode]:
    """Return the codes, another instead of each that a counter or an invitation has."""
    plain = {one.plain for one in drawn}
    digests = {one.digest for one in drawn}
    taken = {
        *session.scalars(select(PublicCode.code).where(PublicCode.code.in_(plain))),
        *session.scalars(select(InvitationCode.digest).where(InvitationCode.digest.in_(digests))),
    }
    good = {one.digest: one for one in drawn if not taken & {one.plain, one.digest}}
    if missing := len(drawn) - len(good):
        more = [sealed_code(FieldCipher(key), key, rng) for _n in range(missing)]
        return _unused_codes(session, [*good.values(), *more], key, rng)
    return list(good.values())


def spend_code(session: Session, *, digest: str) -> bool:
    """Delete a one-time code in the transaction that stores its answer; False if it was spent or ended before."""
    result = session.execute(delete(InvitationCode).where(InvitationCode.digest == digest))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def spend_code_of(session: Session, *, invitation_id: int) -> bool:
    """Delete the one-time code of an invitation that was answered otherwise than by its form; False as above."""
    session.flush()
    return bool(session.connection().execute(_SPEND_CODE_OF, {"invitation": invitation_id}).rowcount)


def forget_phone(session: Session, *, invitation_id: int) -> None:
    """Forget the phone of somebody who needs no more messages."""
    session.flush()
    session.connection().execute(_FORGET_PHONE, {"invitation": invitation_id})


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

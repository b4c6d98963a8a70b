"""Makes a list of people ready to be stored: checked, hashed, encrypted, each with a code; holds no lock meanwhile.

For 20,000 rows that takes as long as storing them, and on SQLite everybody else who writes would wait for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.campaigns.queries.campaigns import campaign_offices
from survey_app.campaigns.queries.invitations import code_digest
from survey_app.campaigns.rules.invitations import InvitationRow, Invitee, RowNote, check_rows
from survey_app.foundation.privacy import FieldCipher, keyed_hash
from survey_app.messaging.queries import phone_hash
from survey_app.offices.rules import RandomSource, new_code


@dataclass(frozen=True, slots=True)
class SealedCode:
    """A one-time code as it is stored; `plain` is needed to see that no counter has it, and is not stored."""

    plain: str
    digest: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedInvitee:
    """One person as stored: the phone hashed and encrypted, the dossier hashed."""

    invitee: Invitee
    phone_hash: str
    phone_sealed: bytes
    dossier_hash: str | None
    code: SealedCode


@dataclass(frozen=True, slots=True)
class SealedList:
    """A list that was checked: people to invite, rows left out and why, and rows that must be mended first."""

    people: tuple[SealedInvitee, ...]
    skipped: tuple[RowNote, ...]
    faults: tuple[RowNote, ...]


def seal_list(
    session: Session,
    *,
    campaign_id: int,
    rows: Iterable[InvitationRow],
    key: str,
    rng: RandomSource = secrets,
) -> SealedList:
    """Check the rows against the offices of the campaign and make them ready; reads only.

    `key` is SURVEY_CONTACT_KEY.
    """
    checked = check_rows(rows, _places(session, campaign_id))
    cipher = FieldCipher(key)
    people = tuple(_sealed(one, cipher, key, rng) for one in checked.invitees)
    return SealedList(people, checked.skipped, checked.faults)


def _sealed(one: Invitee, cipher: FieldCipher, key: str, rng: RandomSource) -> SealedInvitee:
    return SealedInvitee(
        invitee=one,
        phone_hash=phone_hash(key, one.phone),
        phone_sealed=cipher.encrypt(one.phone),
        dossier_hash=keyed_hash(key, "dossier", one.row.dossier) if one.row.dossier else None,
        code=sealed_code(cipher, key, rng),
    )


def sealed_code(cipher: FieldCipher, key: str, rng: RandomSource) -> SealedCode:
    """Draw a one-time code."""
    plain = new_code(rng)
    return SealedCode(plain, code_digest(key, plain), cipher.encrypt(plain))


def _places(session: Session, campaign_id: int) -> dict[str, int]:
    """Return offices by their code, and by that of their unit where it has only one of them."""
    offices = campaign_offices(session, campaign_id)
    units = [office.unit_code for office in offices]
    alone = {
        office.unit_code.lower(): office.office_id for office in offices if units.count(office.unit_code) == 1
    }
    return alone | {office.code.lower(): office.office_id for office in offices}

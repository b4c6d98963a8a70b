"""Tells senders by message that something changed, never what: the words wait behind code and PIN."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseContact
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import DEFAULT, known_language, use_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher, UnableToDecrypt, keyed_hash
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import enqueue
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.phones import mobile_number
from survey_app.messaging.rules.states import State
from survey_app.messaging.rules.texts import unaccented

TOPIC = "feedback"
"""What the outbox calls these messages, by which they are paused and counted."""
APART = timedelta(minutes=1)

_log = logging.getLogger(__name__)


def tell_citizen(session: Session, *, case: Case, installation: Installation, now: datetime) -> None:
    """Put a notice into the outbox if the sender asked for notices and the desk has a sender to send by.

    Several moves within `APART` are told once; quiet hours and refusals of the phone are looked after by the outbox.
    Nothing that goes wrong here stops the move.
    """
    found = _wanting(session, case)
    settings = settings_for(session, case.unit_path)
    if found is None or not (settings.notice_gateway and settings.notice_sender):
        return
    told, contact = found
    try:
        phone = FieldCipher(installation.contact_key).decrypt(contact.phone_sealed or b"")
        _enqueue(session, told, mobile_number(phone), _words(told, installation), settings, installation, now)
    except (Refused, UnableToDecrypt) as error:
        _log.warning("no notice for case %s: %s", told.id, type(error).__name__)


def send_code(session: Session, *, case: Case, phone: str, installation: Installation, now: datetime) -> bool:
    """Put the code of a case just opened, never its PIN, into the outbox; say whether it will be sent.

    False where the desk has no sender to send by, or `phone` is none that gets messages or wants any.
    """
    settings = settings_for(session, case.unit_path)
    if not (settings.notice_gateway and settings.notice_sender):
        return False
    with use_language(known_language(case.language) or DEFAULT):
        words = _("Đã nhận. Mã theo dõi: %(code)s. Xem: %(address)s", **_places(case, installation))
    try:
        return _enqueue(session, case, mobile_number(phone), words, settings, installation, now)
    except Refused as error:
        _log.warning("no code sent for case %s: %s", case.id, type(error).__name__)
        return False


def _wanting(session: Session, case: Case) -> tuple[Case, CaseContact] | None:
    """Return whose notice it is: of a part without a contact of its own the petition it was split from."""
    for case_id in (case.id, case.part_of_id):
        contact = session.get(CaseContact, case_id) if case_id is not None else None
        if contact is not None:
            wants = contact.wants_notices and contact.phone_sealed is not None
            return (session.get_one(Case, case_id), contact) if wants else None
    return None


def _enqueue(
    session: Session,
    case: Case,
    phone: str,
    words: str,
    settings: DeskSettings,
    installation: Installation,
    now: datetime,
) -> bool:
    """Put `words` into the outbox unless the phone was told of this case a moment ago; say whether it will go."""
    dossier = keyed_hash(installation.contact_key, "feedback notice", case.code)
    query = select(OutboxMessage.id).where(
        OutboxMessage.phone_hash == phone_hash(installation.contact_key, phone),
        OutboxMessage.dossier == dossier,
        OutboxMessage.created_at > now - APART,
    )
    if session.scalars(query.limit(1)).first() is not None:
        return False
    queued = enqueue(
        session,
        now=now,
        key=installation.contact_key,
        medium=Medium(settings.notice_medium),
        gateway=settings.notice_gateway,
        sender=settings.notice_sender,
        phone=phone,
        # Without accents it is one segment on any phone.
        text=unaccented(words),
        purpose=Purpose.NOTICE,
        topic=TOPIC,
        dossier=dossier,
    )
    return queued.state is State.QUEUED


def _words(case: Case, installation: Installation) -> str:
    with use_language(known_language(case.language) or DEFAULT):
        return _("Phản ánh %(code)s có thay đổi. Xem: %(address)s", **_places(case, installation))


def _places(case: Case, installation: Installation) -> dict[str, str]:
    return {"code": spoken(case.code), "address": f"{installation.public_url}/feedback/track"}

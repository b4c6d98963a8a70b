"""Kiosks from the day they are planned to the day they are revoked."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.foundation.clock import hour_of
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import keyed_hash
from survey_app.kiosks.models import NAME_LENGTH, VERSION_LENGTH, Kiosk
from survey_app.kiosks.queries import counter, digest_of
from survey_app.kiosks.rules.health import Health
from survey_app.kiosks.rules.pins import PIN_LENGTH, is_easy, is_pin, wait_seconds
from survey_app.offices.rules import ALPHABET

ENROLMENT_LIFETIME = timedelta(minutes=30)
_TOKEN_LENGTH = 26
"""Letters and digits of the offices' code alphabet: 130 random bits that a QR code holds in few modules."""
_FORGET_FAILURES_AFTER = timedelta(days=1)


class UnableToCreateKiosk(Refused):
    """The counter is gone or the name is missing."""


class UnusablePin(Refused):
    """The PIN is not six digits, or is one that anybody would try first."""


class NoSuchKiosk(Refused):
    """The kiosk is not there, or was revoked meanwhile."""


def create_kiosk(
    session: Session, *, service_point_id: int, name: str, pin: str, key: str, now: datetime
) -> Kiosk:
    """Store a kiosk for a counter; no device belongs to it yet. `key` keys the hash of the PIN.

    Raises
    ------
    UnableToCreateKiosk, UnusablePin
    """
    if counter(session, service_point_id) is None:
        raise UnableToCreateKiosk(_("Quầy này không còn hoạt động. Xin chọn quầy khác."))
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise UnableToCreateKiosk(_("Xin đặt tên kiosk, dài không quá %(max)s ký tự.", max=NAME_LENGTH))
    kiosk = Kiosk(
        service_point_id=service_point_id,
        name=name,
        created_at=now,
        pin_hash=_hash_pin(_usable(pin), key),
        pin_changed_at=now,
    )
    session.add(kiosk)
    session.flush()
    return kiosk


def set_pin(session: Session, *, kiosk_id: int, pin: str, key: str, now: datetime) -> None:
    """Give a kiosk a new PIN, and its staff a fresh set of tries.

    Raises
    ------
    NoSuchKiosk, UnusablePin
    """
    kiosk = _kiosk_in_use(session, kiosk_id)
    kiosk.pin_hash, kiosk.pin_changed_at = _hash_pin(_usable(pin), key), now
    kiosk.pin_failures, kiosk.pin_locked_until = 0, None


def start_enrolment(session: Session, *, kiosk_id: int, now: datetime) -> str:
    """Return a one-time token with which a device becomes this kiosk within 30 minutes; earlier ones end.

    Raises
    ------
    NoSuchKiosk
    """
    kiosk = _kiosk_in_use(session, kiosk_id)
    token = "".join(secrets.choice(ALPHABET) for _ in range(_TOKEN_LENGTH))
    kiosk.enrolment_digest, kiosk.enrolment_expires_at = digest_of(token), now + ENROLMENT_LIFETIME
    return token


@dataclass(frozen=True, slots=True)
class PinOutcome:
    """Whether a PIN was right; if not, after how many seconds the next one is looked at."""

    right: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class EnrolmentOutcome:
    """What became of an enrolment. Without `device_key` it failed: the token is not valid, or the PIN was wrong."""

    device_key: str | None = None
    kiosk: Kiosk | None = None
    pin: PinOutcome | None = None


def enrol_device(
    session: Session, *, token: str, service_point_id: int, pin: str, key: str, now: datetime
) -> EnrolmentOutcome:
    """Make the asking device the kiosk of `token` and return its key; a device that was it before loses its own.

    The PIN is asked as well, so that a photograph of the QR code is not enough. A failure is an outcome, not an
    error: the wrong PIN has to be counted, and an error would take the count back.
    """
    kiosk = session.scalars(
        select(Kiosk).where(Kiosk.enrolment_digest == digest_of(token)).with_for_update()
    ).one_or_none()
    if kiosk is None or kiosk.revoked_at or kiosk.service_point_id != service_point_id:
        return EnrolmentOutcome()
    if kiosk.enrolment_expires_at is None or kiosk.enrolment_expires_at < now:
        return EnrolmentOutcome()
    tried = _try(kiosk, pin, key, now)
    if not tried.right:
        return EnrolmentOutcome(kiosk=kiosk, pin=tried)
    device_key = secrets.token_urlsafe(32)
    kiosk.device_digest, kiosk.enrolment_digest, kiosk.enrolment_expires_at = (
        digest_of(device_key),
        None,
        None,
    )
    kiosk.enrolled_at = kiosk.last_seen_at = now
    kiosk.queue_length = kiosk.refused = kiosk.recorded = kiosk.received = 0
    kiosk.oldest_waiting_at = None
    return EnrolmentOutcome(device_key, kiosk, tried)


def try_pin(session: Session, *, kiosk_id: int, pin: str, key: str, now: datetime) -> PinOutcome:
    """Say whether `pin` lets out of kiosk mode, and count wrong ones.

    Raises
    ------
    NoSuchKiosk
    """
    return _try(_kiosk_in_use(session, kiosk_id), pin, key, now)


def _try(kiosk: Kiosk, pin: str, key: str, now: datetime) -> PinOutcome:
    locked_until = kiosk.pin_locked_until
    if locked_until is not None and locked_until > now:
        return PinOutcome(False, round((locked_until - now).total_seconds()) + 1)
    if is_pin(pin) and _is_right(pin, kiosk.pin_hash, key):
        kiosk.pin_failures, kiosk.pin_locked_until = 0, None
        return PinOutcome(True)
    rested = locked_until is not None and now - locked_until > _FORGET_FAILURES_AFTER
    kiosk.pin_failures = 1 if rested else kiosk.pin_failures + 1
    wait = wait_seconds(kiosk.pin_failures)
    kiosk.pin_locked_until = now + timedelta(seconds=wait) if wait else None
    return PinOutcome(False, wait)


def note_health(session: Session, *, kiosk_id: int, health: Health, now: datetime) -> None:
    """Keep what a device says about itself."""
    oldest = _plausible(health.oldest_waiting_at, now)
    session.execute(
        update(Kiosk)
        .where(Kiosk.id == kiosk_id)
        .values(
            last_seen_at=now,
            queue_length=health.waiting,
            refused=health.refused,
            recorded=health.recorded,
            oldest_waiting_at=oldest,
            app_version=health.version[:VERSION_LENGTH],
        )
    )


def _plausible(oldest: datetime | None, now: datetime) -> datetime | None:
    """Return the hour since when answers wait, not later than now; None for a year that no other time zone has."""
    if oldest is None or not 1 < oldest.year < 9999:
        return None
    return min(hour_of(oldest), hour_of(now))


def revoke_kiosk(session: Session, *, kiosk_id: int, now: datetime) -> None:
    """End a kiosk: at its next contact the device learns that nothing is taken from it any more.

    Raises
    ------
    NoSuchKiosk
    """
    kiosk = _kiosk_in_use(session, kiosk_id)
    kiosk.revoked_at = now
    kiosk.enrolment_digest = kiosk.enrolment_expires_at = None


def _kiosk_in_use(session: Session, kiosk_id: int) -> Kiosk:
    kiosk = session.get(Kiosk, kiosk_id, with_for_update=True)
    if kiosk is None or kiosk.revoked_at is not None:
        raise NoSuchKiosk(_("Kiosk này không còn, hoặc đã bị thu hồi. Xin mở lại danh sách kiosk."))
    return kiosk


def _usable(pin: str) -> str:
    if not is_pin(pin):
        raise UnusablePin(_("Mã PIN gồm đúng %(length)s chữ số.", length=PIN_LENGTH))
    if is_easy(pin):
        raise UnusablePin(
            _("Mã PIN này ai cũng đoán được. Xin chọn sáu số khác, không liền nhau và không lặp lại.")
        )
    return pin


def _hash_pin(pin: str, key: str) -> str:
    # Keyed, because six digits alone give way to any hash: who steals the table needs the key as well.
    salt = secrets.token_hex(8)
    return f"{salt}${keyed_hash(key, 'kiosk pin', f'{salt}{pin}')}"


def _is_right(pin: str, stored: str, key: str) -> bool:
    salt, _dollar, digest = stored.partition("$")
    return hmac.compare_digest(digest, keyed_hash(key, "kiosk pin", f"{salt}{pin}"))

"""What the webhooks of all carriers have in common: sizes, headers, secrets, names of fields, writings of phones."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from survey_app.messaging.rules.contract import Forged, Unreadable, WebhookRequest
from survey_app.messaging.rules.phones import UnableToReadPhone, read_phone

MAXIMUM_BODY = 64 * 1024
"""Bytes of a webhook: the longest text of a carrier is 1,600 characters."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){15,}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_size(request: WebhookRequest) -> None:
    """Refuse what no carrier sends.

    Raises
    ------
    Unreadable
        The body or the address is too large.
    """
    if len(request.body) > MAXIMUM_BODY or len(request.url) > MAXIMUM_BODY:
        raise Unreadable("larger than any message")


def header(request: WebhookRequest, name: str) -> str:
    """Return a header whatever its case, "" when it is missing (RFC 9110, 5.1)."""
    wanted = name.lower()
    return next((value for key, value in request.headers.items() if key.lower() == wanted), "")


def first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the first value of each name."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def required(fields: Mapping[str, str], *names: str) -> list[str]:
    """Return the values of `names`.

    Raises
    ------
    Unreadable
        One is missing; the message names the field, never a value.
    """
    missing = [name for name in names if name not in fields]
    if missing:
        raise Unreadable(f"without {', '.join(missing)}")
    return [fields[name] for name in names]


def require_secret(expected: str, given: str) -> None:
    """Compare in constant time; nobody passes where no secret is set.

    Raises
    ------
    Forged
    """
    if not (expected and hmac.compare_digest(expected.encode(), given.encode(errors="surrogateescape"))):
        raise Forged("the signature or secret is wrong")


def unwrapped(text: str) -> str:
    """Return the text, read from base64 where a carrier wrapped it.

    Long concatenated messages sometimes arrive so (nyaruka/courier, handlers.DecodePossibleBase64). Shorter than 60
    characters, or not readable when decoded, it is what the person wrote.
    """
    packed = re.sub(r"[\r\n]", "", text).strip()
    if not _BASE64.fullmatch(packed):
        return text
    try:
        found = base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
    return found if all(letter.isprintable() or letter.isspace() for letter in found) else text


def international(phone: str) -> str:
    """Return a phone as carriers write it (84…, 0…, +84…) in E.164; what is no phone stays as it is."""
    try:
        return read_phone(phone).number
    except UnableToReadPhone:
        return phone.strip()


def written(phone: str, style: str) -> str:
    """Write an E.164 number of Việt Nam with +84, 84 or 0 in front."""
    return phone if style == "+84" or not phone.startswith("+84") else style + phone[3:]


def instant_of(milliseconds: str) -> datetime | None:
    """Return the instant of a Unix time in milliseconds; None when it is none."""
    if not re.fullmatch(r"[0-9]{1,14}", milliseconds):
        return None
    return _EPOCH + timedelta(milliseconds=int(milliseconds))


def plain(text: str) -> str:
    """Return the text without the characters XML cannot hold (XML 1.0, 2.2)."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)

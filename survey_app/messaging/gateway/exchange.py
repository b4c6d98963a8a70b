"""One HTTP request to a carrier, and what it means when no plain answer comes back.

Nothing is guessed about a message that may have gone out: only failures that are certain to precede the request
may be retried.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from survey_app.messaging.rules.contract import Cause, InDoubt, OutboundText, Outcome, Permanent, Retryable

TIMEOUT = (5.0, 15.0)
"""Seconds to connect and to wait for an answer, as the carriers themselves do (Twilio, connection overrides)."""
LONGEST_WAIT = timedelta(hours=24)
LONGEST_TEXT = 1600
"""Characters of one message (Twilio, error 21617); the other carriers take less."""
NOT_SET = Permanent("not set up", Cause.CONFIGURATION)
"""Answer of a gateway whose credentials are missing."""
_NOTHING_SENT = (
    NewConnectionError,
    ConnectTimeoutError,
    exceptions.ConnectTimeout,
    ssl.SSLCertVerificationError,
)
_BAD_ADDRESS = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a carrier answered; `text` may be anything."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def is_success(self) -> bool:
        """True for 2xx: only then does the body speak of the message."""
        return 200 <= self.status < 300

    def json_object(self) -> dict[str, Any]:
        """Return the JSON object of the body, numbers as text; empty when it is none.

        Identifiers of carriers are larger than a float is exact, so no number is turned into one.
        """
        return json_object(self.text) or {}


def json_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that `text` is, numbers as text; None when it is none."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def exchange(method: str, address: str, **given: Any) -> Answer | Outcome:
    """Make one request over a connection of its own; `given` as `requests.request` takes it. Never raises.

    A kept connection may be closed by the other side just as it is used again, and then nobody knows whether the
    message went out.
    """
    try:
        answer = requests.request(method, address, timeout=TIMEOUT, allow_redirects=False, **given)
        return Answer(answer.status_code, answer.text, answer.headers)
    except exceptions.RequestException as error:
        return broken(error)


def broken(error: exceptions.RequestException) -> Outcome:
    """Say what a broken exchange means: not begun, or in doubt. The code names the kind of failure only."""
    kind = type(error).__name__
    if isinstance(error, _BAD_ADDRESS):
        return Permanent(kind, Cause.CONFIGURATION)
    if any(isinstance(cause, _NOTHING_SENT) for cause in _causes(error)):
        return Retryable(kind)
    return InDoubt(kind)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from what requests raised to what happened on the socket."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]


def refused(status: int, headers: Mapping[str, str], code: str = "") -> Outcome:
    """Say what an HTTP status without a known code of the carrier means (RFC 9110, 15; RFC 6585, 4)."""
    code = code or str(status)
    if status in (408, 429, 503):
        return Retryable(code, retry_after(headers))
    if status >= 500:
        return InDoubt(code)
    if status in (401, 403, 404) or status < 400:
        return Permanent(code, Cause.CONFIGURATION)
    return Permanent(code, Cause.OURS)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait a carrier asks for, at most a day; a date counts from the answer's own (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def too_long(message: OutboundText) -> Permanent | None:
    """Refuse a text that no carrier takes, before anything is sent."""
    return Permanent("too long", Cause.OURS) if len(message.text) > LONGEST_TEXT else None

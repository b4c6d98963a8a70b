"""The carrier that is none: a phone on screen gets the messages and answers them. The default.

Some numbers answer as carriers in trouble do, so that every outcome can be seen without one (`TROUBLE`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from survey_app.config import Settings
from survey_app.messaging.gateway.exchange import json_object, too_long
from survey_app.messaging.gateway.incoming import check_size, header, international, require_secret
from survey_app.messaging.rules.contract import (
    Accepted,
    Capabilities,
    Cause,
    Event,
    Found,
    InboundText,
    InDoubt,
    Medium,
    OutboundText,
    Outcome,
    Permanent,
    ProviderRating,
    Retryable,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookAnswer,
    WebhookRequest,
)

SIGNATURE = "X-Simulator-Signature"
TROUBLE: dict[str, Outcome] = {
    "+84900000001": Permanent("number", Cause.NUMBER),
    "+84900000002": Permanent("opted out", Cause.OPTED_OUT),
    "+84900000003": Retryable("busy"),
    "+84900000004": InDoubt("delivered, then the line broke"),
    "+84900000005": InDoubt("the line broke before"),
}
"""Numbers that no message reaches well, after the magic numbers of Twilio's test credentials."""


class Mailbox(Protocol):
    """Where the simulated phone looks for its messages: a table, or memory."""

    def deliver(self, message: OutboundText) -> str:
        """Keep a message and return its id; the same reference again changes nothing and gives the same id."""
        ...

    def find(self, reference: str) -> str | None:
        """Return the id of the message with this reference."""
        ...


class MemoryMailbox:
    """A mailbox for one process, gone with it."""

    def __init__(self) -> None:
        self.messages: dict[str, OutboundText] = {}

    def deliver(self, message: OutboundText) -> str:
        """Keep the message under its reference."""
        self.messages.setdefault(message.reference, message)
        return f"sim-{message.reference}"

    def find(self, reference: str) -> str | None:
        """Return the id of the message with this reference."""
        return f"sim-{reference}" if reference in self.messages else None


class SimulatorGateway:
    """Hands messages to a mailbox; its webhook takes what the phone on screen sends, signed with our own key."""

    name = "simulator"
    capabilities = Capabilities(
        medium=Medium.SMS, two_way=True, receipts=True, looks_up=True, answers_inline=True
    )

    def __init__(self, settings: Settings, mailbox: Mailbox) -> None:
        self._key = settings.secret_key.encode()
        self._mailbox = mailbox

    def send(self, message: OutboundText) -> Outcome:
        """Put the message into the mailbox, or play the trouble of its number."""
        trouble = too_long(message) or TROUBLE.get(message.to)
        if trouble is None:
            return Accepted(self._mailbox.deliver(message))
        if message.to == "+84900000004":
            self._mailbox.deliver(message)
        return trouble

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Find the message by its reference."""
        found = self._mailbox.find(message.reference)
        return Found(found, Status.DELIVERED if found else None)

    def sign(self, body: bytes) -> str:
        """Return the value of the header `SIGNATURE` for this body (HMAC-SHA-256, hexadecimal)."""
        return hmac.new(self._key, b"simulator\0" + body, hashlib.sha256).hexdigest()

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read a text, a rating or a status; JSON, `kind` says which."""
        check_size(request)
        require_secret(self.sign(request.body), header(request, SIGNATURE))
        given = json_object(request.body.decode(errors="replace"))
        if given is None:
            raise Unreadable("no JSON object")
        try:
            return [_event(given)]
        except (KeyError, ValueError, TypeError) as error:
            raise Unreadable("a field is missing or wrong") from error

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """The replies, one a line: the phone shows them."""
        return WebhookAnswer("\n".join(replies), "text/plain; charset=utf-8")


def _event(given: dict[str, Any]) -> Event:
    identity = str(given["id"])
    if given["kind"] == "text":
        sender, to, text = (str(given[name]) for name in ("from", "to", "text"))
        return InboundText(provider_id=identity, sender=international(sender), to=to, text=text)
    if given["kind"] == "rating":
        stars = int(given["stars"])
        if not 1 <= stars <= 5:
            raise ValueError("stars")
        return ProviderRating(provider_id=identity, reference=str(given["reference"]), stars=stars)
    return StatusUpdate(identity, Status(given["status"]))

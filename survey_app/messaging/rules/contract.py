"""What every gateway takes and gives, in our words; vendors' field names and codes end in `messaging.gateway`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias


class Medium(StrEnum):
    """How a message reaches the phone."""

    SMS = "sms"
    ZALO = "zalo"


class Status(StrEnum):
    """What a carrier says became of a message; a step back in this order is ignored."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Cause(StrEnum):
    """Why a message can never be sent, and so what must follow."""

    NUMBER = "number"
    """The number cannot be reached: suppress it on this medium."""
    OPTED_OUT = "opted_out"
    """The carrier knows of an opt-out: it is ours too, on every medium."""
    CONFIGURATION = "configuration"
    """Sender, account or rights are wrong: nothing more goes out until a person has looked."""
    CONTENT = "content"
    """Filtered: a person reviews the text."""
    ROUTE = "route"
    """Not by this route; another medium may do."""
    OURS = "ours"
    """A fault of this program (too long, malformed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a gateway can do, shown to whoever chooses one."""

    medium: Medium
    two_way: bool
    receipts: bool
    looks_up: bool
    """A message whose sending is in doubt can be asked for."""
    unicode: bool = True
    max_segments: int = 10
    answers_inline: bool = False
    """The reply to an inbound text may stand in the answer to the webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundText:
    """One message to one phone. `reference` is ours, unique, at most 32 characters, and holds nothing personal."""

    reference: str
    to: str
    sender: str
    text: str
    template: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took the message."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Retryable:
    """Not now: nothing was sent, and later it may be."""

    code: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Permanent:
    """Never: nothing was sent, and nothing will be."""

    code: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection broke after the request had gone out: it may have been sent. Never sent again blindly."""

    code: str


Outcome: TypeAlias = Accepted | Retryable | Permanent | InDoubt


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up of a message in doubt found; None: the carrier never had it."""

    provider_id: str | None
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A text from a phone. `to` is the short code or sender it was sent to."""

    provider_id: str
    sender: str
    to: str
    text: str
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRating:
    """A rating given in a carrier's own form (Zalo's stars), which is another instrument than a text."""

    provider_id: str
    reference: str
    stars: int
    choices: tuple[str, ...] = ()
    note: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message; `code` is the carrier's own, for people.

    `reference` is ours, where the carrier gives it back: it finds a message whose sending was in doubt.
    """

    provider_id: str
    status: Status
    code: str = ""
    cause: Cause | None = None
    reference: str = ""


Event: TypeAlias = InboundText | ProviderRating | StatusUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A webhook as it came: nothing trimmed, decoded or normalised, for signatures cover the exact bytes.

    `url` is the public address with its query, built from SURVEY_PUBLIC_URL. `form` and `query` keep repeated
    values and their order.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    form: Sequence[tuple[str, str]]
    body: bytes
    remote_address: str


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a carrier wants to read back."""

    body: str
    content_type: str
    status: int = 200


class Forged(Exception):
    """A webhook's signature, secret or address is wrong: 403, and nothing is stored."""


class Unreadable(Exception):
    """A webhook is signed rightly but lacks what it must hold: 400, and nothing is stored."""


class Gateway(Protocol):
    """One carrier. Made from the settings; holds no connection and knows no database."""

    name: str
    capabilities: Capabilities

    def send(self, message: OutboundText) -> Outcome:
        """Hand one message to the carrier; never raises for what the carrier or the network does."""
        ...

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Ask for a message in doubt; None where the carrier cannot be asked or does not answer now."""
        ...

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Verify a webhook and say what it holds.

        Raises
        ------
        Forged, Unreadable
        """
        ...

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """The answer to a webhook, with inline replies where the carrier takes such."""
        ...

"""Which carriers there are, what each can do, and which of their settings are given (never their values)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TextIO

from survey_app.config import Settings
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.console import ConsoleTwin
from survey_app.messaging.gateway.esms import EsmsGateway
from survey_app.messaging.gateway.generic_http import GenericHttpGateway
from survey_app.messaging.gateway.simulator import Mailbox, MemoryMailbox, SimulatorGateway
from survey_app.messaging.gateway.twilio import TwilioGateway
from survey_app.messaging.gateway.zalo import ZaloGateway
from survey_app.messaging.rules.contract import Capabilities, Gateway

SIMULATOR = "simulator"
_CARRIERS: Mapping[str, Callable[[Settings], Gateway]] = {
    "twilio": TwilioGateway,
    "esms": EsmsGateway,
    "zalo": ZaloGateway,
    "generic_http": GenericHttpGateway,
}
NAMES = (SIMULATOR, *_CARRIERS)
"""The default first."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    SIMULATOR: (),
    "twilio": ("twilio_account_sid", "twilio_auth_token"),
    "esms": ("esms_api_key", "esms_secret_key"),
    "zalo": ("zalo_app_id", "zalo_oa_secret_key", "zalo_access_token"),
    "generic_http": ("generic_url",),
}
_PREFIXES = {"generic_http": "generic_"}


class UnknownGateway(Refused):
    """No carrier has this name."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One secret setting of a carrier: whether it is given, never what it is."""

    variable: str
    is_set: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One carrier as whoever chooses one should see it."""

    name: str
    capabilities: Capabilities
    credentials: tuple[Credential, ...]
    missing: tuple[str, ...]
    """Variables without which nothing is sent."""

    @property
    def is_ready(self) -> bool:
        """True when messages can be sent."""
        return not self.missing


def gateway_of(
    name: str, settings: Settings, *, mailbox: Mailbox | None = None, stream: TextIO | None = None
) -> Gateway:
    """Return the carrier called `name`, or its console twin where the settings say so.

    `mailbox` is the simulator's; without one its messages stay in the memory of this gateway.

    Raises
    ------
    UnknownGateway
    """
    if name == SIMULATOR:
        return SimulatorGateway(settings, mailbox or MemoryMailbox())
    if name not in _CARRIERS:
        raise UnknownGateway(_("Không có cổng nhắn tin nào mang tên này."))
    gateway = _CARRIERS[name](settings)
    return ConsoleTwin(gateway, stream or sys.stdout) if settings.messages_to == "console" else gateway


def title(name: str) -> str:
    """Return what a carrier is called on screens."""
    return {
        SIMULATOR: _("Máy mô phỏng"),
        "twilio": "Twilio",
        "esms": "eSMS",
        "zalo": "Zalo (ZBS)",
        "generic_http": _("Cổng khác qua HTTP"),
    }.get(name, name)


def listings(settings: Settings) -> tuple[Listing, ...]:
    """Return every carrier with its abilities and which credentials are set."""
    return tuple(_listing(name, settings) for name in NAMES)


def _listing(name: str, settings: Settings) -> Listing:
    prefix = _PREFIXES.get(name, f"{name}_")
    shown = [
        Credential(one.metadata["variable"], bool(getattr(settings, one.name)))
        for one in fields(settings)
        if one.name.startswith(prefix) and (one.metadata["secret"] or one.name in _NEEDED[name])
    ]
    variables = {one.name: one.metadata["variable"] for one in fields(settings)}
    missing = tuple(variables[one] for one in _NEEDED[name] if not getattr(settings, one))
    return Listing(name, gateway_of(name, settings).capabilities, tuple(shown), missing)

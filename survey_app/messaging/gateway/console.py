"""The console twin of any gateway: prints what would be sent, and reads webhooks as the real one does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from survey_app.messaging.gateway.exchange import too_long
from survey_app.messaging.rules.contract import (
    Accepted,
    Event,
    Found,
    Gateway,
    Medium,
    OutboundText,
    Outcome,
    Status,
    WebhookAnswer,
    WebhookRequest,
)


class ConsoleTwin:
    """Stands in for `gateway`: same name, same abilities, same webhooks, but nothing leaves this machine."""

    def __init__(self, gateway: Gateway, stream: TextIO) -> None:
        self.name = gateway.name
        self.capabilities = gateway.capabilities
        self._gateway = gateway
        self._stream = stream
        self._printed: dict[str, str] = {}

    def send(self, message: OutboundText) -> Outcome:
        """Print the message, once for each reference."""
        if self.capabilities.medium is Medium.SMS and (refusal := too_long(message)):
            return refusal
        if message.reference not in self._printed:
            self._printed[message.reference] = f"console-{message.reference}"
            what = message.text or f"{message.template} {dict(message.parameters)}"
            self._stream.write(f"[{self.name}] {message.sender} -> {message.to}: {what}\n")
            self._stream.flush()
        return Accepted(self._printed[message.reference])

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Find what this process has printed, where the real gateway could be asked."""
        if not self.capabilities.looks_up:
            return None
        found = self._printed.get(message.reference)
        return Found(found, Status.SENT if found else None)

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read a webhook as the real gateway does.

        Raises
        ------
        Forged, Unreadable
        """
        return self._gateway.read(request)

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """The answer of the real gateway."""
        return self._gateway.acknowledge(events, replies)

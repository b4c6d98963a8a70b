"""Zalo: approved templates out (ZBS Template Message), stars and events in.

Zalo's own pages on webhooks and the user_feedback event were read second-hand, so events are parsed tolerantly, and
what is not known is no event.

References
----------
developers.zalo.me: zbs-template-message (send), webhook/su-kien (signature, user_feedback);
zalo.cloud/zns/guidelines/handle-error-code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from survey_app.config import Settings
from survey_app.messaging.gateway.exchange import NOT_SET, Answer, exchange, json_object, refused
from survey_app.messaging.gateway.incoming import check_size, header, instant_of, require_secret, written
from survey_app.messaging.gateway.zalo_tokens import TokenFile, Tokens
from survey_app.messaging.rules.contract import (
    Accepted,
    Capabilities,
    Cause,
    Event,
    Forged,
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

CAUSES: dict[str, Cause] = {
    **dict.fromkeys(("-108", "-118", "-119"), Cause.NUMBER),
    **dict.fromkeys(("-139", "-141"), Cause.OPTED_OUT),
    **dict.fromkeys(("-101", "-102", "-103", "-104", "-105", "-106", "-109", "-115"), Cause.CONFIGURATION),
    **dict.fromkeys(("-117", "-120", "-125", "-131", "-135", "-136", "-137", "-138"), Cause.CONFIGURATION),
    **dict.fromkeys(("-113", "-116", "-145"), Cause.CONTENT),
    **dict.fromkeys(("-110", "-114", "-134", "-140"), Cause.ROUTE),
}
"""Why Zalo takes no message: no such account; refused by the person; application, template, balance or rights;
text; phone or person that Zalo cannot reach now."""
LATER: dict[str, timedelta | None] = {
    "-100": None,
    "-133": timedelta(hours=1),
    "-144": timedelta(hours=6),
    "-147": timedelta(hours=6),
}
"""Errors that pass: unknown error ("try again later"), night, the day's quota of the account or template."""
EXPIRED = ("-124", "-216", "-220")
_RENEWAL = "/v4/oa/access_token"


class ZaloGateway:
    """One Official Account. A message needs an approved template; a rating comes back with our reference."""

    name = "zalo"
    capabilities = Capabilities(medium=Medium.ZALO, two_way=True, receipts=True, looks_up=False)

    def __init__(self, settings: Settings) -> None:
        self._app_id, self._app_secret = settings.zalo_app_id, settings.zalo_app_secret
        self._webhook_secret = settings.zalo_oa_secret_key
        self._address = f"{settings.zalo_base_url.rstrip('/')}/message/template"
        self._renewal = settings.zalo_oauth_url.rstrip("/") + _RENEWAL
        given = Tokens(settings.zalo_access_token, settings.zalo_refresh_token)
        self._tokens = TokenFile(settings.instance / "zalo_tokens.json", given)

    def send(self, message: OutboundText) -> Outcome:
        """Send a filled template; an expired token is renewed once, for nothing was sent with it."""
        token = self._tokens.current().access
        if not token:
            return NOT_SET
        if not message.template:
            return Permanent("no template", Cause.CONFIGURATION)
        outcome = self._attempt(message, token)
        if isinstance(outcome, Permanent) and outcome.code in EXPIRED:
            fresh = self._tokens.renewed(token, self._renew)
            return self._attempt(message, fresh) if fresh else outcome
        return outcome

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Zalo knows messages by its own id only, which a message in doubt does not have."""
        return None

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read an event: stars, a receipt, a text to the account; other events are none of ours.

        Raises
        ------
        Forged, Unreadable
        """
        check_size(request)
        event = json_object(request.body.decode(errors="replace"))
        if event is None:
            raise Forged("no JSON object")
        self._verify(request, event)
        message = event.get("message")
        reader = _READERS.get(str(event.get("event_name")))
        return reader(event, message) if reader and isinstance(message, dict) else []

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """Zalo wants 200 within 2 seconds and reads nothing."""
        return WebhookAnswer("", "text/plain")

    def _attempt(self, message: OutboundText, token: str) -> Outcome:
        order = {
            "phone": written(message.to, "84"),
            "template_id": message.template,
            "template_data": dict(message.parameters),
            "tracking_id": message.reference,
        }
        answer = exchange("POST", self._address, json=order, headers={"access_token": token})
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def _renew(self, refresh_token: str) -> Tokens | None:
        form = {
            "app_id": self._app_id,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        answer = exchange("POST", self._renewal, data=form, headers={"secret_key": self._app_secret})
        found = answer.json_object() if isinstance(answer, Answer) and answer.is_success else {}
        access, refresh = found.get("access_token"), found.get("refresh_token")
        return Tokens(str(access), str(refresh)) if access and refresh else None

    def _verify(self, request: WebhookRequest, event: Mapping[str, Any]) -> None:
        """Compare SHA256(app_id + raw body + timestamp + OA secret): a plain hash over the bytes as they came."""
        given = header(request, "X-ZEvent-Signature").strip().removeprefix("mac=").strip().lower()
        if not (self._app_id and self._webhook_secret and isinstance(event.get("timestamp"), str)):
            raise Forged("unsigned")
        before, after = self._app_id, event["timestamp"] + self._webhook_secret
        signed = before.encode() + request.body + after.encode(errors="surrogatepass")
        require_secret(hashlib.sha256(signed).hexdigest(), given)


def _outcome(answer: Answer) -> Outcome:
    found = answer.json_object()
    code = str(found.get("error") or "")
    if not answer.is_success and not code.startswith("-"):
        return refused(answer.status, answer.headers)
    if code == "0":
        data = found.get("data")
        identity = data.get("msg_id") if isinstance(data, dict) else None
        return Accepted(str(identity)) if identity else InDoubt("without msg_id")
    if code in LATER:
        return Retryable(code, LATER[code])
    if code in EXPIRED:
        return Permanent(code, Cause.CONFIGURATION)
    return Permanent(code, CAUSES.get(code, Cause.OURS)) if code else InDoubt("unreadable answer")


def _rating(event: Mapping[str, Any], message: Mapping[str, Any]) -> Sequence[Event]:
    stars, identity = str(message.get("rate")), str(message.get("msg_id") or "")
    if stars not in {"1", "2", "3", "4", "5"} or not identity:
        raise Unreadable("user_feedback without rate or msg_id")
    choices = message.get("feedbacks")
    return [
        ProviderRating(
            provider_id=identity,
            reference=str(message.get("tracking_id") or ""),
            stars=int(stars),
            choices=tuple(str(one) for one in choices) if isinstance(choices, list) else (),
            note=str(message.get("note") or ""),
            received_at=instant_of(str(message.get("submit_time") or event["timestamp"])),
        )
    ]


def _receipt(event: Mapping[str, Any], message: Mapping[str, Any]) -> Sequence[Event]:
    """Only the receipt of a template has a time of delivery; chats to the account use the same event name."""
    if not (message.get("msg_id") and message.get("delivery_time")):
        return []
    reference = str(message.get("tracking_id") or "")
    return [StatusUpdate(str(message["msg_id"]), Status.DELIVERED, reference=reference)]


def _chat(event: Mapping[str, Any], message: Mapping[str, Any]) -> Sequence[Event]:
    """A text to the account comes from a Zalo user, whose phone Zalo does not tell."""
    sender, recipient = event.get("sender"), event.get("recipient")
    if not (isinstance(sender, dict) and sender.get("id") and message.get("msg_id")):
        raise Unreadable("user_send_text without sender or msg_id")
    to = recipient.get("id") if isinstance(recipient, dict) else event.get("oa_id")
    return [
        InboundText(
            provider_id=str(message["msg_id"]),
            sender=f"zalo:{sender['id']}",
            to=str(to or ""),
            text=str(message.get("text") or ""),
            received_at=instant_of(event["timestamp"]),
        )
    ]


_READERS = {"user_feedback": _rating, "user_received_message": _receipt, "user_send_text": _chat}

"""Twilio: sends and follows messages everywhere, receives replies where the number can (not in Việt Nam).

The twilio package is 51 MB, so it is loaded inside the functions here: a process that never speaks to Twilio never
loads it.

References
----------
twilio.com/docs: messaging/api/message-resource, usage/webhooks/webhooks-security, api/errors;
twilio.com/en/guidelines/vn/sms (two-way SMS: no).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import requests
from requests import exceptions
from werkzeug.datastructures import MultiDict

from survey_app.config import Settings
from survey_app.messaging.gateway.exchange import NOT_SET, TIMEOUT, broken, json_object, refused, retry_after
from survey_app.messaging.gateway.incoming import (
    check_size,
    first_values,
    header,
    international,
    plain,
    required,
    unwrapped,
)
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
    Retryable,
    Status,
    StatusUpdate,
    WebhookAnswer,
    WebhookRequest,
)

if TYPE_CHECKING:
    from twilio.http.response import Response
    from twilio.rest import Client

CAUSES: dict[str, Cause] = {
    "21211": Cause.NUMBER,
    "21614": Cause.NUMBER,
    "30005": Cause.NUMBER,
    "30006": Cause.NUMBER,
    "21610": Cause.OPTED_OUT,
    "20003": Cause.CONFIGURATION,
    "21212": Cause.CONFIGURATION,
    "21408": Cause.CONFIGURATION,
    "21606": Cause.CONFIGURATION,
    "30002": Cause.CONFIGURATION,
    "30004": Cause.CONTENT,
    "30007": Cause.CONTENT,
    "21612": Cause.ROUTE,
    "21602": Cause.OURS,
    "21617": Cause.OURS,
}
"""Why a message can never be sent (twilio.com/docs/api/errors)."""
LATER = ("20429", "30001", "30003", "30008", "21611")
"""Errors that pass: too many requests, full queues, a phone that is off."""
STATUSES: dict[str, Status] = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
_MOST_LISTED = 200
_CLOCKS = timedelta(seconds=30)


class TwilioGateway:
    """One account at Twilio."""

    name = "twilio"

    def __init__(self, settings: Settings) -> None:
        self.capabilities = Capabilities(
            medium=Medium.SMS,
            two_way=bool(settings.twilio_two_way),
            receipts=True,
            looks_up=True,
            answers_inline=True,
        )
        self._account = settings.twilio_account_sid
        self._tokens = [
            one for one in (settings.twilio_auth_token, settings.twilio_auth_token_secondary) if one
        ]
        self._service = settings.twilio_messaging_service_sid
        self._base_url = settings.twilio_base_url
        self._callback = f"{settings.public_url}/webhooks/twilio/status"

    def send(self, message: OutboundText) -> Outcome:
        """Create a message; our reference travels in the address of the status callback."""
        if not (self._account and self._tokens):
            return NOT_SET
        origin = {"messaging_service_sid": self._service} if self._service else {"from_": message.sender}
        callback = f"{self._callback}?reference={quote(message.reference, safe='')}"
        wire = _Wire(self._base_url)
        try:
            created = self._client(wire).messages.create(
                to=message.to, body=message.text, status_callback=callback, **origin
            )
        except exceptions.RequestException as error:
            return broken(error)
        except Exception as error:  # noqa: BLE001  (the package raises what it cannot read as it comes)
            return _outcome(error, wire)
        return Accepted(created.sid) if created.sid else InDoubt("without sid")

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """List the newest messages to this phone and compare their texts.

        Messages that still wait at Twilio have no date of sending, so the list is not asked for one.
        """
        if not (self._account and self._tokens):
            return None
        try:
            listed = self._client(_Wire(self._base_url)).messages.list(to=message.to, limit=_MOST_LISTED)
        except Exception:  # noqa: BLE001  (whatever it is, there is no answer now)
            return None
        for one in listed:
            created = one.date_created
            if one.body == message.text and (created is None or created >= since - _CLOCKS):
                return Found(one.sid, STATUSES.get(str(one.status)))
        return None if len(listed) == _MOST_LISTED else Found(None)

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read an inbound message or a status callback; parameters we do not know are welcome.

        Raises
        ------
        Forged, Unreadable
        """
        check_size(request)
        fields = self._verified(request)
        return _inbound(fields) if "Body" in fields else _status(fields, first_values(request.query))

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """TwiML with one message for each reply; none is silence."""
        from twilio.twiml.messaging_response import MessagingResponse  # noqa: PLC0415

        response = MessagingResponse()
        for reply in replies:
            response.message(plain(reply))
        return WebhookAnswer(response.to_xml(), "text/xml")

    def _client(self, wire: _Wire) -> Client:
        from twilio.rest import Client  # noqa: PLC0415

        return Client(self._account, self._tokens[0], http_client=wire)

    def _verified(self, request: WebhookRequest) -> Mapping[str, str]:
        from twilio.request_validator import (  # noqa: PLC0415
            SIGNATURE_HEADER,
            SIGNATURE_SETTINGS_HEADER,
            RequestValidator,
            get_signature_algorithm,
        )

        signature = header(request, SIGNATURE_HEADER)  # None would raise TypeError in the validator
        algorithm = get_signature_algorithm(header(request, SIGNATURE_SETTINGS_HEADER))
        signed: Any = _signed_part(request)
        if not any(
            RequestValidator(token).validate(request.url, signed, signature, algorithm)
            for token in self._tokens
        ):
            raise Forged("the signature is wrong")
        if isinstance(signed, str):
            return {name: str(value) for name, value in (json_object(signed) or {}).items()}
        return first_values(request.form)


class _Wire:
    """The HTTP client given to the twilio package: another host, our timeouts, and nothing in the log."""

    is_async = False

    def __init__(self, base_url: str) -> None:
        self._base = urlsplit(base_url)
        self.headers: Mapping[str, str] = {}

    def request(
        self,
        method: str,
        uri: str,
        params: object = None,
        data: object = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request, as `twilio.http.HttpClient.request` promises."""
        from twilio.http.response import Response  # noqa: PLC0415

        parts = urlsplit(uri)
        path = self._base.path.rstrip("/") + parts.path
        address = urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
        given: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        answer = requests.request(method, address, timeout=TIMEOUT, allow_redirects=False, **given)
        self.headers = answer.headers
        return Response(answer.status_code, answer.text, answer.headers)


def _outcome(error: Exception, wire: _Wire) -> Outcome:
    """Sort what Twilio refused; its message may hold the phone, so only codes go on."""
    code, status = getattr(error, "code", None), getattr(error, "status", None)
    if not isinstance(status, int):
        return InDoubt("unreadable answer")
    known = str(code)
    if known in CAUSES:
        return Permanent(known, CAUSES[known])
    if known in LATER:
        return Retryable(known, retry_after(wire.headers))
    return refused(status, wire.headers, known)


def _signed_part(request: WebhookRequest) -> str | MultiDict[str, str]:
    """Return what the signature covers beside the address: the untouched form, or a JSON body by its hash."""
    if "bodySHA256" not in parse_qs(urlsplit(request.url).query) or request.form:
        return MultiDict(request.form)
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise Forged("the body is not what was signed") from error


def _inbound(fields: Mapping[str, str]) -> Sequence[Event]:
    identity, sender, to, text = required(fields, "MessageSid", "From", "To", "Body")
    return [InboundText(provider_id=identity, sender=international(sender), to=to, text=unwrapped(text))]


def _status(fields: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Event]:
    identity, named = required(fields, "MessageSid", "MessageStatus")
    status = STATUSES.get(named)
    if status is None:  # Twilio adds statuses; one we do not know changes nothing
        return []
    code = fields.get("ErrorCode", "")
    cause = CAUSES.get(code) if status is Status.FAILED else None
    return [StatusUpdate(identity, status, code, cause, query.get("reference", ""))]

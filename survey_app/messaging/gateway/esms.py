"""eSMS.vn (ViHAT): brandname messages out, texts to a short code in, status callbacks.

Unverified with the provider, and so tolerant or configurable: upper or lower case of the MD5 digest, what an empty
`Message` in the answer to a short-code text does, and whether our part of a callback address is kept.

References
----------
developers.esms.vn: esms-api/ham-gui-tin (SendMultipleMessage_V4_post_json), .../ket-noi-dau-so-ngan,
.../callback-url, .../table-of-error-codes, .../ham-kiem-tra-trang-thai-tin-nhan-theo-khoang-thoi-gian.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from survey_app.config import Settings
from survey_app.foundation.clock import VIETNAM
from survey_app.messaging.gateway.exchange import NOT_SET, Answer, exchange, refused, too_long
from survey_app.messaging.gateway.incoming import (
    check_size,
    first_values,
    international,
    plain,
    require_secret,
    required,
    unwrapped,
    written,
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
    Status,
    StatusUpdate,
    Unreadable,
    WebhookAnswer,
    WebhookRequest,
)

CAUSES: dict[str, Cause] = {
    "99": Cause.NUMBER,
    "108": Cause.NUMBER,
    "101": Cause.CONFIGURATION,
    "102": Cause.CONFIGURATION,
    "103": Cause.CONFIGURATION,
    "104": Cause.CONFIGURATION,
    "118": Cause.CONFIGURATION,
    "140": Cause.CONFIGURATION,
    "146": Cause.CONTENT,
    "177": Cause.ROUTE,
}
"""Why eSMS takes no message (table of error codes): blocked or wrong number; key, price list, balance, brandname,
kind or address of the caller; template; network not registered."""
TAKEN = "100"
DUPLICATE = "124"
"""An earlier request with this reference reached eSMS: the message may be on its way."""
_STATUSES = {"1": Status.ACCEPTED, "2": Status.ACCEPTED, "4": Status.FAILED, "7": Status.SENT}
_FINISHED = "5"
_PAGE, _PAGES = 500, 20


class EsmsGateway:
    """One account at eSMS. Texts come in from another number than the brandname that invited."""

    name = "esms"
    capabilities = Capabilities(
        medium=Medium.SMS, two_way=True, receipts=True, looks_up=True, answers_inline=True
    )

    def __init__(self, settings: Settings) -> None:
        self._keys = {"ApiKey": settings.esms_api_key, "SecretKey": settings.esms_secret_key}
        self._service = f"{settings.esms_base_url.rstrip('/')}/MainService.svc/json"
        self._sms_type = settings.esms_sms_type
        self._sandbox = str(settings.esms_sandbox)
        self._cpid, self._private_key = settings.esms_cpid, settings.esms_private_key
        self._callback_key = settings.esms_callback_key
        self._callback = f"{settings.public_url}/webhooks/esms/{settings.esms_callback_key}"
        self._networks = [
            ip_network(one, strict=False) for one in re.split(r"[\s,]+", settings.esms_addresses) if one
        ]

    def send(self, message: OutboundText) -> Outcome:
        """Hand over one message; our reference blocks a second one for 24 hours at eSMS."""
        if not all(self._keys.values()):
            return NOT_SET
        if refusal := too_long(message):
            return refusal
        answer = self._ask("SendMultipleMessage_V4_post_json/", self._order(message))
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Read the list of what was sent in the week after `since`, and compare phone and text."""
        if not all(self._keys.values()):
            return None
        for page in range(1, _PAGES + 1):
            sent = self._sent(since, page)
            if sent is None:
                return None
            for one in sent:
                if one.get("Content") == message.text and international(str(one.get("Phone"))) == message.to:
                    identity = one.get("ReferenceId") or one.get("SmsId") or message.reference
                    return Found(str(identity), _result(one))
            if len(sent) < _PAGE:
                return Found(None)
        return None

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read a text to the short code (signed), or a status callback (known by its secret address only).

        Raises
        ------
        Forged, Unreadable
        """
        check_size(request)
        self._check_caller(request)
        fields = first_values(request.query)
        if "sign" in fields or "cpid" in fields:
            return self._inbound(fields)
        require_secret(self._callback_key, urlsplit(request.url).path.rpartition("/")[2])
        return _status(fields)

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """XML with one message for the phone; a status callback gets a plain OK."""
        texts = [one for one in events if isinstance(one, InboundText)]
        if not texts:
            return WebhookAnswer("OK", "text/plain")
        answer = ET.Element("ClientResponse")
        ET.SubElement(answer, "Message").text = plain("\n".join(replies))
        ET.SubElement(answer, "Smsid").text = plain(texts[0].provider_id)
        ET.SubElement(answer, "Receiver").text = plain(texts[0].sender.removeprefix("+"))
        body = ET.tostring(answer, encoding="unicode", short_empty_elements=False)
        return WebhookAnswer(body, "text/xml; charset=utf-8")

    def _order(self, message: OutboundText) -> dict[str, str]:
        order = {
            "Phone": written(message.to, "0"),
            "Content": message.text,
            "Brandname": message.sender,
            "SmsType": self._sms_type,
            "IsUnicode": "0" if message.text.isascii() else "1",
            "Sandbox": self._sandbox,
            "RequestId": message.reference,
        }
        return order | ({"CallbackUrl": self._callback} if self._callback_key else {})

    def _ask(self, function: str, given: Mapping[str, str]) -> Answer | Outcome:
        return exchange("POST", f"{self._service}/{function}", json=self._keys | dict(given))

    def _sent(self, since: datetime, page: int) -> list[dict[str, Any]] | None:
        """Return one page of what was sent, in Vietnamese local time; None when eSMS does not say."""
        first, last = (since - timedelta(minutes=1)), (since + timedelta(days=7))
        given = {
            "From": f"{first.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S}",
            "To": f"{last.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S}",
            "Page": str(page),
            "PageSize": str(_PAGE),
            "SmsType": self._sms_type,
        }
        answer = self._ask("GetSmsSentData_V2", given)
        found = answer.json_object() if isinstance(answer, Answer) and answer.is_success else {}
        listed = found.get("SentData")
        if str(found.get("CodeResult")) != TAKEN or not isinstance(listed, list):
            return None
        return [one for one in listed if isinstance(one, dict)]

    def _check_caller(self, request: WebhookRequest) -> None:
        if not self._networks:
            return
        try:
            address = ip_address(request.remote_address)
        except ValueError as error:
            raise Forged("the caller has no address") from error
        address = getattr(address, "ipv4_mapped", None) or address
        if not any(address in network for network in self._networks):
            raise Forged("the caller is not eSMS")

    def _inbound(self, fields: Mapping[str, str]) -> Sequence[Event]:
        names = ("cpid", "smsid", "content", "receiverTime", "sign", "sender", "serviceNumber")
        cpid, smsid, content, received, sign, sender, number = required(fields, *names)
        # MD5 is the provider's protocol; the secret address and the list of callers stand beside it.
        signed = f"{cpid}{smsid}{content}{received}{self._private_key}".encode(errors="surrogateescape")
        expected = hashlib.md5(signed, usedforsecurity=False).hexdigest()
        require_secret(expected if self._private_key else "", sign.lower())
        require_secret(self._cpid, cpid)
        return [
            InboundText(
                provider_id=smsid,
                sender=international(sender),
                to=number,
                text=unwrapped(content),
                received_at=_local_time(received),
            )
        ]


def _outcome(answer: Answer) -> Outcome:
    code = str(answer.json_object().get("CodeResult") or "")
    if not answer.is_success or not code:
        return InDoubt("unreadable answer") if answer.is_success else refused(answer.status, answer.headers)
    if code == TAKEN:
        identity = str(answer.json_object().get("SMSID") or "")
        return Accepted(identity) if identity else InDoubt("without SMSID")
    return InDoubt(code) if code == DUPLICATE else Permanent(code, CAUSES.get(code, Cause.OURS))


def _result(sent: Mapping[str, Any]) -> Status | None:
    """Return the status in a list of sent messages: SendResult is 1 success, 0 failed, 2 not known."""
    state = str(sent.get("SendStatus"))
    if state == _FINISHED:
        results = {"1": Status.DELIVERED, "0": Status.FAILED}
        return results.get(str(sent.get("SendResult")), Status.SENT)
    return _STATUSES.get(state)


def _status(fields: Mapping[str, str]) -> Sequence[Event]:
    identity, state = required(fields, "SMSID", "SendStatus")
    status = _STATUSES.get(state)
    if state == _FINISHED:
        status = _counted(fields)
    if status is None:
        raise Unreadable("an unknown SendStatus")
    cause = Cause.CONTENT if state == "4" else None
    return [StatusUpdate(identity, status, state, cause, fields.get("RequestId", ""))]


def _counted(fields: Mapping[str, str]) -> Status:
    """A callback counts the phones reached and missed; ours has one."""
    if fields.get("SendFailed", "0") not in ("", "0"):
        return Status.FAILED
    return Status.SENT if fields.get("SendSuccess", "0") in ("", "0") else Status.DELIVERED


def _local_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
    except ValueError:
        return None

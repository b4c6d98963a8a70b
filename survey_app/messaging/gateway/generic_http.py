"""Any other carrier that speaks HTTP: names of fields, method, bodies and answers are settings.

Modelled on RapidPro's channel for external APIs (nyaruka/courier, handlers/external): separate kinds for received,
sent, delivered, failed and stopped, as the last part of the webhook's address or in a field.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from survey_app.config import Settings
from survey_app.messaging.gateway.exchange import NOT_SET, Answer, exchange, json_object, refused, too_long
from survey_app.messaging.gateway.incoming import (
    check_size,
    first_values,
    header,
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
    Event,
    Found,
    InboundText,
    InDoubt,
    Medium,
    OutboundText,
    Outcome,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookAnswer,
    WebhookRequest,
)

STATUSES = {"sent": Status.SENT, "delivered": Status.DELIVERED, "failed": Status.FAILED}
RECEIVED, STOPPED = "received", "stopped"
_KINDS = (*STATUSES, RECEIVED, STOPPED)
_REPLY = "{reply}"


class GenericHttpGateway:
    """One carrier described by the SURVEY_GENERIC_* settings."""

    name = "generic_http"

    def __init__(self, settings: Settings) -> None:
        self.capabilities = Capabilities(
            medium=Medium.SMS,
            two_way=bool(settings.generic_two_way),
            receipts=True,
            looks_up=False,
            answers_inline=_REPLY in settings.generic_reply_body,
        )
        self._settings = settings
        self._fields = _names(settings.generic_fields)
        self._inbound = _names(settings.generic_inbound_fields)
        self._extra = dict(parse_qsl(settings.generic_extra, keep_blank_values=True))

    def send(self, message: OutboundText) -> Outcome:
        """Send in the configured form; the id in the answer, or else our reference, is the provider's id."""
        settings = self._settings
        if not settings.generic_url:
            return NOT_SET
        if refusal := too_long(message):
            return refusal
        ours = {
            "to": written(message.to, settings.generic_phone),
            "sender": message.sender,
            "text": message.text,
            "reference": message.reference,
        }
        order = {theirs: ours[name] for name, theirs in self._fields.items() if name in ours} | self._extra
        answer = exchange(settings.generic_method, settings.generic_url, **self._written(order))
        return self._outcome(answer, message) if isinstance(answer, Answer) else answer

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """An unknown carrier cannot be asked."""
        return None

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Read a text, a status or a stop, by the configured names.

        Raises
        ------
        Forged, Unreadable
        """
        check_size(request)
        where, _colon, name = self._settings.generic_secret_in.partition(":")
        given = header(request, name) if where == "header" else first_values(request.query).get(name, "")
        require_secret(self._settings.generic_secret, given)
        theirs = first_values(request.query) | _body_fields(request)
        fields = {ours: theirs[name] for ours, name in self._inbound.items() if name in theirs}
        return [_event(_kind(request, fields), fields)]

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """The configured body; `{reply}` in it becomes the reply, escaped for the content type."""
        reply = plain("\n".join(replies))
        kind = self._settings.generic_reply_type
        if "xml" in kind or "html" in kind:
            reply = escape(reply, {'"': "&quot;"})
        elif "json" in kind:
            reply = _json_text(reply)
        return WebhookAnswer(self._settings.generic_reply_body.replace(_REPLY, reply), kind)

    def _written(self, order: dict[str, str]) -> dict[str, Any]:
        settings = self._settings
        headers: dict[str, str] = {}
        if settings.generic_authorization:
            headers["Authorization"] = settings.generic_authorization
        if settings.generic_method == "GET":
            return {"params": order, "headers": headers}
        if settings.generic_format == "json":
            return {"json": order, "headers": headers}
        if settings.generic_format == "xml":
            headers["Content-Type"] = "application/xml; charset=utf-8"
            return {"data": _xml(order), "headers": headers}
        return {"data": order, "headers": headers}

    def _outcome(self, answer: Answer, message: OutboundText) -> Outcome:
        if not answer.is_success:
            return refused(answer.status, answer.headers)
        check, named = self._settings.generic_answer_check, self._settings.generic_answer_id
        if check and check not in answer.text:
            return InDoubt("unexpected answer")
        identity = answer.json_object().get(named) if named else message.reference
        return Accepted(str(identity)) if identity else InDoubt("without id")


def _names(text: str) -> dict[str, str]:
    """Read ours=theirs pairs."""
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    return {ours.strip(): theirs.strip() for ours, _sign, theirs in pairs if theirs.strip()}


def _xml(order: Mapping[str, str]) -> bytes:
    message = ET.Element("message")
    for name, value in order.items():
        ET.SubElement(message, name).text = plain(value)
    document: bytes = ET.tostring(message, encoding="utf-8", xml_declaration=True)
    return document


def _json_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _kind(request: WebhookRequest, fields: Mapping[str, str]) -> str:
    last = urlsplit(request.url).path.rpartition("/")[2]
    kind = last if last in _KINDS else fields.get("kind", RECEIVED).lower()
    if kind not in _KINDS:
        raise Unreadable("an unknown kind")
    return kind


def _event(kind: str, fields: Mapping[str, str]) -> Event:
    if kind in STATUSES:
        identity = fields.get("id") or fields.get("reference", "")
        if not identity:
            raise Unreadable("a status without id")
        return StatusUpdate(identity, STATUSES[kind], kind, reference=fields.get("reference", ""))
    text = "STOP" if kind == STOPPED else required(fields, "text")[0]
    return InboundText(
        # Without an id each arrival counts; the rule for the same text within a minute stands above.
        provider_id=fields.get("id") or secrets.token_hex(16),
        sender=international(required(fields, "sender")[0]),
        to=fields.get("to", ""),
        text=unwrapped(text),
        received_at=_instant(fields.get("time", "")),
    )


def _instant(text: str) -> datetime | None:
    """Read an ISO 8601 date and time; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _body_fields(request: WebhookRequest) -> dict[str, str]:
    kind = header(request, "Content-Type").lower()
    if "json" in kind:
        given = json_object(_decoded(request.body, kind))
        if given is None:
            raise Unreadable("no JSON object")
        return {name: str(value) for name, value in given.items() if isinstance(value, str | int)}
    if "xml" in kind:
        return _xml_fields(_decoded(request.body, kind))
    return first_values(request.form)


def _decoded(body: bytes, kind: str) -> str:
    """Decode by the charset the carrier names, UTF-8 without one."""
    named = re.search(r"charset=\"?([\w.:-]+)", kind)
    try:
        return body.decode(named[1] if named else "utf-8")
    except (LookupError, UnicodeError) as error:
        raise Unreadable("not in the charset it names") from error


def _xml_fields(text: str) -> dict[str, str]:
    """Return the elements below the root; a document type is refused, for entities can explode."""
    if "<!doctype" in text.lower():
        raise Unreadable("a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314  (no document type, so no entities)
    except (ET.ParseError, ValueError) as error:
        raise Unreadable("no XML") from error
    return {child.tag: child.text or "" for child in root}

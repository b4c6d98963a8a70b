"""Webhooks as the carriers send them, signed by their published rules (each written out here once more)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote, urlencode

from survey_app.messaging.rules.contract import WebhookRequest

PUBLIC = "https://dg.example.gov.vn"
ESMS_KEY, ESMS_ADDRESS = "an-address-nobody-knows", "203.0.113.7"
APP_ID, OA_SECRET = "42", "OASECRET"
GENERIC_SECRET = "a secret of the carrier"
Pairs = list[tuple[str, str]]


def webhook(
    path: str,
    *,
    method: str = "POST",
    query: Pairs | None = None,
    form: Pairs | None = None,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    remote: str = ESMS_ADDRESS,
) -> WebhookRequest:
    """Return a request as a door hands it on."""
    url = f"{PUBLIC}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
    if form is not None:
        body = urlencode(form).encode()
    return WebhookRequest(
        method=method,
        url=url,
        headers=headers or {},
        query=query or [],
        form=form or [],
        body=body,
        remote_address=remote,
    )


def twilio_signature(url: str, form: Pairs, token: str = "12345") -> str:
    """base64(HMAC-SHA1(token, url + each name and value, sorted by name)) (webhooks-security)."""
    signed = url + "".join(name + value for name, value in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def twilio(
    form: Pairs, *, path: str = "/webhooks/twilio/sms", query: Pairs | None = None, token: str = "12345"
) -> WebhookRequest:
    """A signed form from Twilio."""
    unsigned = webhook(path, query=query, form=form)
    signature = {"x-twilio-signature": twilio_signature(unsigned.url, form, token)}
    return webhook(path, query=query, form=form, headers=signature)


def twilio_text(identity: str, sender: str, to: str, text: str) -> WebhookRequest:
    """An inbound message with some of the parameters Twilio adds."""
    form = [("MessageSid", identity), ("From", sender), ("To", to), ("Body", text), ("NumMedia", "0")]
    return twilio([*form, ("SmsStatus", "received"), ("ApiVersion", "2010-04-01")])


def esms_text(identity: str, sender: str, to: str, text: str, key: str = "PRIVATEKEY") -> WebhookRequest:
    """A text to the short code: sign = MD5(cpid + smsid + content + receiverTime + privateKey)."""
    time = "20261121171500"
    sign = hashlib.md5(f"1001{identity}{text}{time}{key}".encode()).hexdigest()
    query = [("sender", sender.removeprefix("+")), ("content", text), ("serviceNumber", to)]
    query += [("keyword", text[:2]), ("sign", sign), ("cpid", "1001"), ("smsid", identity)]
    return webhook("/webhooks/esms", method="GET", query=[*query, ("receiverTime", time)])


def zalo(event: dict[str, Any], *, secret: str = OA_SECRET) -> WebhookRequest:
    """An event: mac = SHA256(app_id + raw body + timestamp + OA secret key)."""
    return zalo_raw(
        json.dumps(event, ensure_ascii=False).encode(), str(event.get("timestamp", "")), secret=secret
    )


def zalo_raw(body: bytes, timestamp: str, *, secret: str = OA_SECRET) -> WebhookRequest:
    """Any body, signed."""
    mac = hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + secret.encode()).hexdigest()
    headers = {"X-Zevent-Signature": f"mac={mac}", "Content-Type": "application/json"}
    return webhook("/webhooks/zalo", body=body, headers=headers)


def zalo_text(identity: str, sender: str, to: str, text: str) -> WebhookRequest:
    """A text to the Official Account."""
    parties = {"sender": {"id": sender.removeprefix("zalo:")}, "recipient": {"id": to}}
    message = {"msg_id": identity, "text": text}
    return zalo(
        {"event_name": "user_send_text", "app_id": APP_ID, "timestamp": "1763700000000", "message": message}
        | parties
    )


def generic_text(identity: str, sender: str, to: str, text: str) -> WebhookRequest:
    """A form with the usual names, the secret in a header."""
    form = [("id", identity), ("from", sender), ("to", to), ("text", text)]
    headers = {"X-Secret": GENERIC_SECRET, "Content-Type": "application/x-www-form-urlencoded"}
    return webhook("/webhooks/gateway/generic_http", form=form, headers=headers)

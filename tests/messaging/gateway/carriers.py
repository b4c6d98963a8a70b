"""Stand-ins for the carriers on this machine: real HTTP servers that keep to the published rules."""

from __future__ import annotations

import base64
import json
import re
import socket
import struct
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree as ET

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "12345"
ESMS_KEYS = {"ApiKey": "api key", "SecretKey": "secret key"}
ZALO_TOKEN = "a token of today"
PRESENT = {"Date": "Sat, 21 Nov 2026 02:30:00 GMT"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, which must be sent as one."""
        assert self.headers["content-type"].startswith("application/x-www-form-urlencoded")
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object, which must be sent as one."""
        assert self.headers["content-type"].startswith("application/json")
        return dict(json.loads(self.body))


Reply = tuple[int, str, dict[str, str]]


@dataclass
class Carrier:
    """What all stand-ins share: what was taken, and faults at will.

    `fault`: reset (after the request was read and acted on), silent (no answer in time), busy (429), down (503),
    garbage (200 without sense), crash (500).
    """

    address: str = ""
    fault: str = ""
    asked: list[Asked] = field(default_factory=list)
    taken: list[dict[str, str]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        raise NotImplementedError

    def keep(self, to: str, text: str, reference: str) -> str:
        """Take a message and return its id."""
        identity = uuid.uuid4().hex
        self.taken.append({"to": to, "text": text, "reference": reference, "id": identity})
        return identity


def _said(status: int, content: dict[str, Any], **headers: str) -> Reply:
    return status, json.dumps(content), {"Content-Type": "application/json"} | headers


@dataclass
class Twilio(Carrier):
    """POST and GET /2010-04-01/Accounts/<sid>/Messages.json (twilio.com/docs/messaging/api/message-resource)."""

    sids: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """Check path, sign-in and form; list or create."""
        basic = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != basic:
            return self._error(401, 20003, "Authenticate")
        if asked.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return self._error(404, 20404, "not found")
        return self._list(asked) if asked.method == "GET" else self._create(asked.form)

    def _create(self, form: dict[str, str]) -> Reply:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")):
            return self._error(400, 21211, f"The 'To' number {form.get('To')} is not a valid phone number.")
        if not form.get("From") and not re.fullmatch(r"MG\w{32}", form.get("MessagingServiceSid", "")):
            return self._error(400, 21603, "A 'From' phone number is required.")
        if not form.get("Body"):
            return self._error(400, 21602, "Message body is required.")
        if len(form["Body"]) > 1600:
            return self._error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if (code := MAGIC_NUMBERS.get(form["To"])) is not None:
            return self._error(429 if code == 20429 else 400, code, f"refused: {form['To']}")
        assert urlsplit(form["StatusCallback"]).scheme in ("http", "https")
        identity = "SM" + self.keep(form["To"], form["Body"], form["StatusCallback"])
        self.taken[-1]["id"] = identity
        self.sids.append({"sid": identity, "to": form["To"], "body": form["Body"], "status": "queued"})
        return _said(201, self._message(self.sids[-1]))

    def _list(self, asked: Asked) -> Reply:
        assert set(asked.query) <= {"To", "From", "DateSent", "DateSent>", "DateSent<", "PageSize"}
        found = [self._message(one) for one in self.sids if one["to"] == asked.query.get("To", one["to"])]
        page = {"messages": found[::-1], "page": 0, "page_size": 50, "next_page_uri": None, "uri": asked.path}
        return _said(200, page)

    @staticmethod
    def _message(one: dict[str, Any]) -> dict[str, Any]:
        dates = {"date_created": "Sat, 21 Nov 2026 02:30:00 +0000", "date_sent": None, "date_updated": None}
        return {"account_sid": ACCOUNT, "num_segments": "1", "error_code": None} | dates | one

    @staticmethod
    def _error(status: int, code: int, message: str) -> Reply:
        more = f"https://www.twilio.com/docs/errors/{code}"
        content = {"code": code, "message": message, "more_info": more, "status": status}
        wait = {"Retry-After": "7"} if status == 429 else {}
        return _said(status, content, **wait)


# Numbers of our own, one for each published error, after Twilio's test credentials.
MAGIC_NUMBERS = {
    f"+1500{code:07}": code for code in (21211, 21408, 21606, 21610, 21611, 21612, 21614, 20429, 99999)
}


@dataclass
class Esms(Carrier):
    """SendMultipleMessage_V4_post_json and GetSmsSentData_V2 (developers.esms.vn)."""

    code: str = "100"

    def answer(self, asked: Asked) -> Reply:
        """Check keys and fields; take or list."""
        given = asked.json
        if {name: given.get(name) for name in ESMS_KEYS} != ESMS_KEYS:
            return _said(200, {"CodeResult": "101", "CountRegenerate": 0, "ErrorMessage": "Authorize Failed"})
        if asked.path == "/MainService.svc/json/GetSmsSentData_V2":
            return self._list(given)
        assert asked.path == "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
        return self._take(given)

    def _take(self, given: dict[str, Any]) -> Reply:
        assert all(isinstance(value, str) for value in given.values())
        if not re.fullmatch(r"0\d{9}", given["Phone"]):
            return self._refuse("108")
        if len(given["RequestId"]) > 50 or given["SmsType"] != "2" or not given["Brandname"]:
            return self._refuse("104")
        if any(one["reference"] == given["RequestId"] for one in self.taken):
            return self._refuse("124")
        if self.code != "100":
            return self._refuse(self.code)
        identity = self.keep(given["Phone"], given["Content"], given["RequestId"])
        return _said(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": identity})

    def _list(self, given: dict[str, Any]) -> Reply:
        assert int(given["PageSize"]) <= 500
        for name in ("From", "To"):
            time.strptime(given[name], "%Y-%m-%d %H:%M:%S")
        sent = [
            {"Phone": one["to"], "Content": one["text"], "ReferenceId": one["id"], "SmsType": 2}
            | {"SendStatus": 5, "SendResult": 1, "SmsId": 29028845, "SellPrice": 345.0}
            for one in self.taken
        ]
        return _said(200, {"CodeResult": "100", "CountTotal": len(sent), "SentData": sent})

    @staticmethod
    def _refuse(code: str) -> Reply:
        return _said(200, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": "refused"})


@dataclass
class Zalo(Carrier):
    """POST /message/template and /v4/oa/access_token (developers.zalo.me)."""

    token: str = ZALO_TOKEN
    refresh_token: str = "refresh 1"
    error: int = 0
    renewals: int = 0

    def answer(self, asked: Asked) -> Reply:
        """Renew a token once for each refresh token, or take a message."""
        if asked.path == "/v4/oa/access_token":
            return self._renew(asked)
        assert asked.path == "/message/template"
        given = asked.json
        if asked.headers.get("access_token") != self.token:
            return _said(200, {"error": -124, "message": "Access token invalid"})
        if not re.fullmatch(r"84\d{9}", given["phone"]):
            return _said(200, {"error": -108, "message": "Phone number invalid"})
        if self.error:
            return _said(200, {"error": self.error, "message": "refused"})
        assert isinstance(given["template_id"], str)
        text = json.dumps(given["template_data"])
        identity = self.keep(given["phone"], text, given["tracking_id"])
        return _said(200, {"error": 0, "message": "Success", "data": {"msg_id": identity, "sent_time": "1"}})

    def _renew(self, asked: Asked) -> Reply:
        form = asked.form
        if asked.headers.get("secret_key") != "app secret" or form["refresh_token"] != self.refresh_token:
            return _said(200, {"error": -14014, "error_name": "Invalid refresh token"})
        assert (form["grant_type"], form["app_id"]) == ("refresh_token", "42")
        self.renewals += 1
        self.token, self.refresh_token = f"token {self.renewals}", f"refresh {self.renewals + 1}"
        content = {"access_token": self.token, "refresh_token": self.refresh_token, "expires_in": "90000"}
        return _said(200, content)


@dataclass
class Anybody(Carrier):
    """A carrier that takes form, JSON, XML or a query with the fields phone, msg, ref and a fixed user."""

    def answer(self, asked: Asked) -> Reply:
        """Take a message in whatever body it comes."""
        kind = asked.headers.get("content-type", "")
        if asked.method == "GET":
            given = asked.query
        elif "json" in kind:
            given = asked.json
        elif "xml" in kind:
            given = {child.tag: child.text or "" for child in ET.fromstring(asked.body)}
        else:
            given = asked.form
        if given.get("user") != "agency":
            return 401, "who?", {}
        identity = self.keep(given["phone"], given["msg"], given["ref"])
        return _said(200, {"ok": True, "message_id": identity})


_FAULTS: dict[str, Reply] = {
    "busy": (429, "{}", {"Retry-After": "30"}),
    "down": (503, "", {"Retry-After": formatdate(1795228260, usegmt=True)}),
    "garbage": (200, "<html>maintenance</html>", {}),
    "crash": (500, "oops", {}),
    "moved": (302, "", {"Location": "http://127.0.0.1:9/"}),
    "forbidden": (403, "", {}),
    "teapot": (418, "", {}),
}


@contextmanager
def standing(carrier: Carrier) -> Iterator[None]:
    """Serve the stand-in on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            carrier.asked.append(asked)
            if carrier.fault in _FAULTS:
                return self._write(_FAULTS[carrier.fault])
            answer = carrier.answer(asked)
            if carrier.fault == "silent":
                time.sleep(1.5)
            if carrier.fault in ("reset", "silent"):
                return self._break()
            return self._write(answer)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815

        def _write(self, answer: Reply) -> None:
            status, text, headers = answer
            self.send_response_only(status)
            for name, value in (PRESENT | headers | {"Content-Length": str(len(text.encode()))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def _break(self) -> None:
            # No lingering: the other side sees a reset instead of an end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def finish(self) -> None:
            if carrier.fault not in ("reset", "silent"):
                super().finish()

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    carrier.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The inbound workload: people invited by message, and their replies as Twilio, eSMS and Zalo deliver them, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from urllib.parse import quote, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.campaigns.operations.invitations import import_invitations
from survey_app.campaigns.rules.invitations import InvitationRow
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.rules.contract import Medium
from survey_app.offices.operations import add_office, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.gateway.files import read, shipped_file
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.texting.operations import PlanDraft, send_batch, set_plan
from survey_app.texting.rules import words

PUBLIC = "https://dg.example.gov.vn"
KEY = "benchmark contact key of 32 characters or more"
TOKEN, CPID, PRIVATE_KEY, APP_ID, OA_SECRET = "12345", "1001", "PRIVATEKEY", "42", "OASECRET"
SETTINGS = {
    "SURVEY_PUBLIC_URL": PUBLIC,
    "SURVEY_CONTACT_KEY": KEY,
    "SURVEY_SECRET_KEY": "benchmark secret key of 32 characters or more",
    "SURVEY_LOG_LEVEL": "error",
    "SURVEY_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "SURVEY_TWILIO_AUTH_TOKEN": TOKEN,
    "SURVEY_ESMS_CPID": CPID,
    "SURVEY_ESMS_PRIVATE_KEY": PRIVATE_KEY,
    "SURVEY_ZALO_APP_ID": APP_ID,
    "SURVEY_ZALO_OA_SECRET_KEY": OA_SECRET,
}
REPLIES = (
    "DG {code} 5", "4", "Rất hài lòng", "dg{code} 3", "2 cho doi lau qua", "Khong hai long", "5 cam on can bo",
    "rat hl", "DG {code} Binh thuong", "ok", "Can bo huong dan tan tinh", "TC",
)  # fmt: skip
"""What people send: ratings with and without code, with words, an unclear one, a comment, a refusal."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook: by whom, under which id, and its request without the line `Host`."""

    carrier: str
    identity: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


def invite(database: Database, people: int) -> list[tuple[str, str]]:
    """Invite `people` on an empty, migrated database; return everybody's phone and one-time code."""
    at = now()
    phones = [f"+849{number:08}" for number in range(people)]

    def furnish(session: Session) -> None:
        load_units(session, rows=shipped_units("04"), now=at)
        path = shipped_file("counter_pulse")
        assert path is not None
        publish(session, document=read(path).document, now=at)
        office = add_office(
            session, unit_code="04", code="bench", name="Bộ phận Một cửa", name_en="One-stop office"
        )
        create_campaign(
            session,
            code="bench",
            title="Đo tốc độ",
            title_en="Speed",
            questionnaire_version_id=id_by_name(session, "counter_pulse"),
            opens_on=local_date(at),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id],
            channels=["sms"],
            now=at,
        )
        open_campaign(session, code="bench", now=at)
        plan = PlanDraft(
            medium=Medium.SMS,
            gateway="simulator",
            sender="CAOBANG",
            number="8079",
            unit="UBND tỉnh Cao Bằng",
            invitation=words.INVITATION,
        )
        set_plan(session, code="bench", draft=plan, public_url=PUBLIC, now=at)
        rows = [
            InvitationRow(line, phone, "bench", "Cấp CCCD", f"H04.{line}")
            for line, phone in enumerate(phones, start=2)
        ]
        import_invitations(session, code="bench", rows=rows, key=KEY, now=at)

    database.write(furnish)
    while database.write(
        lambda session: send_batch(session, code="bench", key=KEY, public_url=PUBLIC, now=at).taken
    ):
        continue
    return _codes(database)


def _codes(database: Database) -> list[tuple[str, str]]:
    query = select(Invitation.phone_sealed, InvitationCode.sealed).join(
        InvitationCode, InvitationCode.invitation_id == Invitation.id
    )
    cipher = FieldCipher(KEY)
    with database.read() as session:
        return [
            (cipher.decrypt(phone), cipher.decrypt(code))
            for phone, code in session.execute(query.order_by(Invitation.id))
            if phone
        ]


def deliveries(people: list[tuple[str, str]], rng: random.Random) -> list[Delivery]:
    """Return one reply of each person, a third of them by each carrier, in a random order."""
    carriers = cycle((twilio, esms, zalo))
    found = []
    for number, ((phone, code), carrier, text) in enumerate(
        zip(people, carriers, cycle(REPLIES), strict=False)
    ):
        found.append(carrier(f"{number:032d}", phone, code, text.format(code=code)))
    rng.shuffle(found)
    return found


def twilio(identity: str, phone: str, _code: str, text: str) -> Delivery:
    """base64(HMAC-SHA1(token, url + each name and value, sorted by name)) (Twilio, webhooks-security)."""
    form = [
        ("MessageSid", f"SM{identity}"),
        ("From", phone),
        ("To", "8079"),
        ("Body", text),
        ("NumMedia", "0"),
    ]
    target = "/webhooks/twilio/sms"
    signed = PUBLIC + target + "".join(name + value for name, value in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Delivery("twilio", f"SM{identity}", "POST", target, headers, urlencode(form).encode())


def esms(identity: str, phone: str, _code: str, text: str) -> Delivery:
    """sign = MD5(cpid + smsid + content + receiverTime + privateKey) (eSMS, short code)."""
    time = "20261121171500"
    sign = hashlib.md5(f"{CPID}{identity}{text}{time}{PRIVATE_KEY}".encode()).hexdigest()
    query = [
        ("sender", phone.removeprefix("+")),
        ("content", text),
        ("serviceNumber", "8079"),
        ("keyword", "DG"),
    ]
    query += [("sign", sign), ("cpid", CPID), ("smsid", identity), ("receiverTime", time)]
    return Delivery("esms", identity, "GET", f"/webhooks/esms?{urlencode(query, quote_via=quote)}", {})


def zalo(identity: str, _phone: str, code: str, _text: str) -> Delivery:
    """mac = SHA256(app_id + raw body + timestamp + OA secret key)."""
    time = "1763700000000"
    message = {"rate": 4, "note": "", "feedbacks": [], "tracking_id": code, "msg_id": identity}
    event = {"event_name": "user_feedback", "app_id": APP_ID, "timestamp": time, "message": message}
    body = json.dumps(event).encode()
    mac = hashlib.sha256(APP_ID.encode() + body + time.encode() + OA_SECRET.encode()).hexdigest()
    headers = {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}
    return Delivery("zalo", identity, "POST", "/webhooks/zalo", headers, body)


def steady(
    messages: list[Delivery], rate: float, repeated: float, rng: random.Random
) -> list[tuple[float, Delivery]]:
    """Return what is delivered and when (seconds), `rate` a second; the share `repeated` of it comes twice.

    A repeat follows its first delivery at the same moment or within five seconds.
    """
    again = rng.sample(messages, round(len(messages) * repeated / (1 - repeated)))
    firsts = [(number / (rate * (1 - repeated)), one) for number, one in enumerate(messages)]
    at = {one.identity: second for second, one in firsts}
    repeats = [(at[one.identity] + rng.choice((0.0, rng.uniform(0, 5))), one) for one in again]
    return sorted([*firsts, *repeats], key=lambda pair: pair[0])


def burst(messages: list[Delivery], count: int) -> list[tuple[float, Delivery]]:
    """Return `count` messages within one second."""
    return [(number / count, one) for number, one in enumerate(islice(messages, count))]

"""A province in which khiếu nại and tố cáo came in by every way, each full of words that nobody may find elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter
from werkzeug.routing.converters import NumberConverter

from survey_app.feedback.models import Attachment, Case, Grievance
from survey_app.feedback.operations.answers import submit
from survey_app.feedback.operations.assignment import assign
from survey_app.feedback.operations.citizen import supplement
from survey_app.feedback.operations.grievances import divert_case
from survey_app.feedback.operations.intake import open_case
from survey_app.feedback.operations.moves import make_move
from survey_app.feedback.operations.splitting import PartDraft, split
from survey_app.feedback.operations.triage import ask
from survey_app.feedback.rules.actors import Installation, staff_member
from survey_app.feedback.rules.answers import Part
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft, SenderDraft
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.states import Step
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import PERMITTED, Action, Role
from tests.feedback.citizen.conftest import PETITION
from tests.feedback.privacy.files import PDF
from tests.staff_client import StaffClient

WARD = "04/01273"
MARK = "zqxmark"
OTHERS = [role for role in Role if role not in PERMITTED[Action.HANDLE_GRIEVANCES]]


def marked(number: int, words: str = "Tôi tố cáo ông B nhận hối lộ.") -> str:
    """Return a text with a word that stands nowhere else; it has no diacritics, so that folding leaves it alone."""
    return f"{words} {MARK}{number}"


@dataclass
class House:
    """The application, the codes of what is restricted, and the tokens of its files."""

    app: Flask
    codes: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """Its database."""
        database: Database = self.app.extensions["survey_app.database"]
        return database

    @property
    def installation(self) -> Installation:
        """What operations need of its settings."""
        return Installation(self.app.config["SETTINGS"].contact_key, "http://127.0.0.1:8000")


def plant(app: Flask) -> House:
    """Let grievances come in by the public form, by a clerk, and out of cases that people worked on."""
    house = House(app)
    _send_on_the_public_page(house)
    _type_as_a_clerk(house)
    worker = StaffClient(app, (Role.ROUTING_OFFICER, WARD), (Role.UNIT_HANDLER, WARD)).account_id
    house.database.write(lambda session: _divert(session, house.installation, worker))
    house.database.write(lambda session: _split(session, house.installation, worker))
    with house.database.read() as session:
        house.codes = list(session.scalars(select(Grievance.code).order_by(Grievance.id)))
        house.tokens = list(
            session.scalars(select(Attachment.token).where(Attachment.grievance_id.is_not(None)))
        )
    return house


def _paper(page: str) -> str:
    found = re.search(r'name="paper"[^>]* value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def _send_on_the_public_page(house: House) -> None:
    client = house.app.test_client()
    words = {
        "text": marked(1),
        "place": f"{MARK}2",
        "name": f"{MARK}3",
        "address": f"{MARK}4",
        "diversion": "denunciation",
        "paper": _paper(client.get("/feedback").text),
    }
    files = (BytesIO(PDF.replace(b"<<>>", f"<</T({MARK}5)>>".encode())), f"{MARK}6.pdf")
    answer = client.post(
        "/feedback", data=PETITION | words | {"files": files}, content_type="multipart/form-data"
    )
    assert answer.status_code == 200, answer.text


def _type_as_a_clerk(house: House) -> None:
    clerk = StaffClient(house.app, (Role.INTAKE_CLERK, WARD))
    words = {
        "channel": "counter",
        "kind": "complaint",
        "unit": "01273",
        "text": marked(11, "Tôi khiếu nại quyết định."),
        "proposal": f"{MARK}12",
        "name": f"{MARK}13",
        "address": f"{MARK}14",
        "anonymity": "officers_only",
        "is_signed": "y",
        "paper": _paper(clerk.get("/desk/new").text),
    }
    assert clerk.post("/desk/new", words).status_code == 200


def _case(session: Session, installation: Installation, number: int) -> Case:
    draft = CaseDraft(
        submission_id=f"restricted-{number}",
        kind=Kind.PETITION,
        unit_path=WARD,
        text=marked(number),
        proposal=f"{MARK}{number + 1}",
        place=f"{MARK}{number + 2}",
        sender=SenderDraft(name=f"{MARK}{number + 3}", phone="0912345678", address=f"{MARK}{number + 4}"),
        wants_notices=True,
        files=(FileDraft("application/pdf", PDF + f"{MARK}{number + 5}".encode()),),
    )
    clerk = staff_member(1)
    opened = open_case(session, draft=draft, actor=clerk, installation=installation, now=now())
    return session.get_one(Case, opened.case_id)


def _divert(session: Session, installation: Installation, worker: int) -> None:
    """Let people work on a case before somebody sees what it is."""
    case, actor = _case(session, installation, 21), staff_member(worker)
    common: dict[str, Any] = {"case": case, "installation": installation, "now": now()}
    assign(session, handler_id=worker, actor=actor, **common)
    make_move(session, step=Step.NOTE, actor=actor, note=f"{MARK}31", **common)
    ask(session, question=f"{MARK}32", actor=actor, **common)
    supplement(session, text=f"{MARK}33", files=(), **common)
    parts = {part: f"{MARK}34 {part}" for part in Part}
    submit(session, parts=parts, base_version=0, actor=actor, **common)
    divert_case(session, kind=GrievanceKind.DENUNCIATION, reason=f"{MARK}35", actor=actor, **common)


def _split(session: Session, installation: Installation, worker: int) -> None:
    """Let one matter go on, and the rest go the other way."""
    case = _case(session, installation, 41)
    split(
        session,
        case=case,
        parts=[PartDraft(kind=Kind.PETITION, unit_path=WARD, text="Đèn đường hỏng.")],
        diverted_as=GrievanceKind.DENUNCIATION,
        reason=f"{MARK}51",
        note=f"{MARK}52",
        actor=staff_member(worker),
        installation=installation,
        now=now(),
    )


def addresses(house: House) -> Iterator[str]:
    """Yield every address that a browser can ask for, with each restricted code and token in it, and searches."""
    adapter = house.app.url_map.bind("localhost")
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        for code in (*house.codes, house.codes[0].lower()) if "code" in rule.arguments else ("",):
            for token in house.tokens if "token" in rule.arguments else ("",):
                yield adapter.build(rule.endpoint, _filled(rule, code, token))
    for words in (f"{MARK}1", f"{MARK}21", "to cao", *house.codes):
        yield from (f"/desk?q={words}", f"/feedback/answered?q={words}", f"/feedback/track?code={words}")


def _filled(rule: Any, code: str, token: str) -> dict[str, Any]:
    known = {"code": code, "token": token, "word": "note", "other": code or "x"}
    return {name: value_for(rule._converters[name], known.get(name, "x")) for name in rule.arguments}


def value_for(converter: Any, otherwise: str) -> Any:
    """Return what fits into a part of an address: a number, one of a few words, or anything."""
    if isinstance(converter, NumberConverter):
        return 1
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else otherwise


def rows_of(database: Database) -> Iterator[tuple[str, str]]:
    """Yield every row of every table as text, as a dump would hold it, with the name of its table."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.read() as session:
        for table in tables.sorted_tables:
            for row in session.execute(select(table)):
                yield table.name, " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)

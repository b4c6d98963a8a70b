"""One record of every kind in unit 04, for the test of roles, routes and units."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import add_weight_set, create_campaign, open_campaign
from survey_app.campaigns.queries import campaign_by_code
from survey_app.campaigns.rules import Base, WeightDocument
from survey_app.config import Settings
from survey_app.feedback.rules.actors import Installation
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.kiosks.operations import create_kiosk
from survey_app.messaging.models import OutboxMessage, OutboxTopic
from survey_app.messaging.operations import SenderTerms, add_sender, save_template
from survey_app.messaging.operations.templates import Draft as TemplateDraft
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.states import State
from survey_app.offices.operations import (
    add_department,
    add_office,
    add_service_point,
    load_units,
    request_print,
)
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.operations import publish, start_draft
from survey_app.questionnaires.queries import id_by_name
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.operations import Origin, submit
from survey_app.results.operations import store_run
from survey_app.results.queries.figures import compute
from survey_app.staff.models import Grant, SignIn
from survey_app.staff.rules.permissions import Role
from survey_app.texting.models import ReplyReading
from tests.architecture.desk_house import furnish_desk
from tests.staff_client import StaffClient

HERE, ELSEWHERE = "04", "08"


def furnish(app: Flask) -> tuple[dict[str, Any], StaffClient]:
    """Store the records; return what stands for each in an address, and who may do everything in unit 04."""
    database: Database = app.extensions["survey_app.database"]
    at = now()
    database.write(lambda session: load_units(session, rows=shipped_units(HERE), now=at))
    documents = {path.parent.name: read(path).document for path in shipped()}
    for document in documents.values():
        database.write(lambda session, document=document: publish(session, document=document, now=at))
    person, owner = (
        StaffClient(app, (Role.INTAKE_CLERK, HERE)),
        StaffClient(app, *((role, HERE) for role in Role)),
    )
    records = database.write(lambda session: _build(session, documents, person.account_id, owner.account_id))
    with database.read() as session:
        campaign = campaign_by_code(session, "dot-thu", today=local_date(at))
        assert campaign is not None
        computation = compute(session, campaign=campaign, key="key")
    run = database.write(lambda session: store_run(session, computation=computation, now=at))
    settings: Settings = app.config["SETTINGS"]
    desk = database.write(
        lambda session: furnish_desk(
            session,
            unit_path=HERE,
            owner_id=owner.account_id,
            writer_id=person.account_id,
            installation=Installation(settings.contact_key, settings.public_url),
            now=at,
        )
    )
    return records | desk | {"run_id": run.id}, owner


def _build(session: Session, documents: dict[str, Any], account_id: int, owner_id: int) -> dict[str, Any]:
    at = now()
    office = add_office(session, unit_code="04", code="mot-cua", name="Bộ phận Một cửa")
    point = add_service_point(session, office_code="mot-cua", name="Quầy 1", now=at)
    for code, channel in (("dot-thu", "qr"), ("dot-nhap", "qr"), ("dot-moi", "sms")):
        create_campaign(
            session,
            code=code,
            title=code,
            title_en=code,
            questionnaire_version_id=id_by_name(session, "counter_pulse"),
            opens_on=local_date(at),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id],
            channels=[channel],
            unit_path=HERE,
            now=at,
        )
    open_campaign(session, code="dot-thu", now=at)
    _answer(session, office.id, point.service_point_id)
    publish(
        session, document={**documents["counter_pulse"], "instrument": "of_unit_04"}, unit_path=HERE, now=at
    )
    draft = start_draft(
        session,
        document={**documents["counter_pulse"], "instrument": "draft_of_04"},
        losses="Một ảnh không nhập được.",
        unit_path=HERE,
        scopes=[HERE],
        account_id=account_id,
        now=at,
    )
    department = add_department(
        session, parent_code="04", name="Sở Nội vụ", valid_from=local_date(at), today=local_date(at)
    )
    job = request_print(
        session,
        account_id=owner_id,
        unit_path=HERE,
        title="Thử",
        points=[point.service_point_id],
        options={},
        now=at,
    )
    weights = WeightDocument((Base(),), "")
    add_weight_set(session, code="dot-thu", name="weighted", document=weights, now=at)
    kiosk = create_kiosk(
        session, service_point_id=point.service_point_id, name="Kiosk", pin="428517", key="k" * 32, now=at
    )
    return _messages(session, at) | {
        "office": "mot-cua",
        "number": point.service_point_id,
        "point": point.code,
        "campaign": "dot-thu",
        "weight_set": "weighted",
        "draft_id": draft.id,
        "job": job.id,
        "kiosk_id": kiosk.id,
        "account_id": account_id,
        "grant_id": session.query(Grant.id).filter_by(account_id=account_id).scalar(),
        "sign_in_id": session.query(SignIn.id).filter_by(account_id=account_id).scalar(),
        "unit": department.code,
        "place": "04",
    }


def _messages(session: Session, at: datetime) -> dict[str, Any]:
    """Store a sender, a template, a message in doubt, and a reply that a person must read."""
    terms = SenderTerms(name="THU", segments_per_second=1, burst=1, price=Decimal(0), active=True)
    sender = add_sender(session, gateway="esms", medium=Medium.SMS, terms=terms, now=at)
    text = "Moi danh gia. Tu choi: soan TC"
    draft = TemplateDraft(
        name="Thử", medium=Medium.SMS, text=text, accents=False, is_first=True, confirmed=False
    )
    template = save_template(session, draft=draft, now=at)
    topic = OutboxTopic(name="test", paused=False, full_at=at)
    message = OutboxMessage(
        reference="0" * 28,
        sender=sender,
        topic=topic,
        phone_sealed=b"unreadable",
        text=text,
        parameters={},
        purpose=Purpose.NOTICE.value,
        is_reply=False,
        segments=1,
        state=State.UNKNOWN.value,
        created_at=at,
        due_at=at,
        began_at=at,
    )
    campaign = campaign_by_code(session, "dot-moi", today=local_date(at))
    assert campaign is not None
    reading = ReplyReading(
        campaign_id=campaign.id,
        instrument="sms",
        received_hour=at,
        parser_version=1,
        reading="unclear",
        event="unclear",
        text="4 hoặc 5",
        purge_on=local_date(at),
        waits_for_person=True,
    )
    session.add_all([message, reading])
    session.flush()
    return {
        "gateway": "esms",
        "sender_id": sender.id,
        "template_id": template.id,
        "message_id": message.id,
        "reading_id": reading.id,
    }


def _answer(session: Session, office_id: int, point_id: int) -> None:
    from survey_app.questionnaires.queries import by_name

    questionnaire: Questionnaire = by_name(session, "counter_pulse")
    campaign = campaign_by_code(session, "dot-thu", today=local_date(now()))
    assert campaign is not None
    origin = Origin(
        campaign_id=campaign.id,
        questionnaire_version_id=campaign.questionnaire_version_id,
        office_id=office_id,
        service_point_id=point_id,
        channel="qr",
        instrument="web",
        language="vi",
    )
    for number in range(30):
        answers = {
            item.id: 4 + number % 2 for item in questionnaire.coded_items if 4 + number % 2 in item.codes
        }
        submit(
            session,
            submission_id=f"{number:032x}",
            origin=origin,
            questionnaire=questionnaire,
            answers=answers,
            flags=frozenset(),
            now=now(),
        )

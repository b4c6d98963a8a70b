"""What a device asks and sends. It shows its key in a header; there is no cookie, so no other site can speak for it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState
from marshmallow import ValidationError

from survey_app.campaigns.queries import Entry
from survey_app.campaigns.rules import EntryStatus
from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.kiosks.guards import AtCounter, answer, body, refuse, require_device
from survey_app.kiosks.operations import PinOutcome, enrol_device, note_health, receive, try_pin
from survey_app.kiosks.rules.arrivals import Outcome, Refusal, Result
from survey_app.kiosks.rules.sheets import sheet
from survey_app.kiosks.schemas import BatchShape, EnrolmentShape, HealthShape, PinShape, Shape, TicketsShape
from survey_app.kiosks.views.page import version
from survey_app.kiosks.views.words import place_words
from survey_app.offices.queries import entry_point
from survey_app.offices.rules import normalise_code
from survey_app.questionnaires.queries import by_id
from survey_app.responses.guards import KIOSK, FormSigner

blueprint = Blueprint("device", __name__)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    settings: Settings = state.app.config["SETTINGS"]
    state.app.extensions["survey_app.kiosks.signer"] = FormSigner(settings.secret_key)


def _signer() -> FormSigner:
    signer: FormSigner = current_app.extensions["survey_app.kiosks.signer"]
    return signer


def _pin_key() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key


@blueprint.post("/kiosk/<code>/enrolment")
def enrol(code: str) -> Response:
    """Make the device that opened the one-time address and knows the PIN a kiosk; give it its key, once."""
    given, canonical, instant = _load(EnrolmentShape()), normalise_code(code), now()
    with read() as session:
        point = entry_point(session, canonical) if canonical else None
    if point is None or point.service_point_id is None:
        refuse(403, "token")
    service_point_id, key = point.service_point_id, _pin_key()
    outcome = write(
        lambda session: enrol_device(
            session,
            token=given["token"],
            service_point_id=service_point_id,
            pin=given["pin"],
            key=key,
            now=instant,
        )
    )
    if outcome.device_key and outcome.kiosk:
        pin_version = outcome.kiosk.pin_changed_at.isoformat()
        return answer({"key": outcome.device_key, "name": outcome.kiosk.name, "pin": pin_version})
    if outcome.pin is None:
        refuse(403, "token")
    return _wrong_pin(outcome.pin)


@blueprint.post("/kiosk/<code>/unlock")
def unlock(code: str) -> Response:
    """Say whether a PIN lets out of kiosk mode; wrong ones wait longer and longer."""
    device, pin, key, instant = require_device(code).device, _load(PinShape())["pin"], _pin_key(), now()
    outcome = write(lambda session: try_pin(session, kiosk_id=device.kiosk_id, pin=pin, key=key, now=instant))
    return answer({"pin": device.pin_changed_at.isoformat()}) if outcome.right else _wrong_pin(outcome)


def _wrong_pin(outcome: PinOutcome) -> Response:
    wait = outcome.wait_seconds
    return answer({"refused": "pin", "wait": wait}, 429 if wait else 403)


@blueprint.get("/kiosk/<code>/form")
def form(code: str) -> Response:
    """Give the device what its counter asks now: the questionnaire, the names of the place, and until when."""
    entry = require_device(code).entry
    shown: dict[str, Any] = {"status": _status(entry), "place": place_words(entry), "state": _state(entry)}
    shown["series"] = _series(entry)
    if entry.campaign is not None:
        campaign = entry.campaign
        shown |= {
            "opens_on": campaign.opens_on.isoformat(),
            "closes_on": campaign.closes_on.isoformat(),
        }
        with read() as session:
            shown["sheet"] = sheet(by_id(session, campaign.questionnaire_version_id))
    return answer(shown)


@blueprint.post("/kiosk/<code>/tickets")
def tickets(code: str) -> Response:
    """Give the device ids and tokens for answers to come, so that it can take them without a network for 7 days."""
    entry, count, instant = require_device(code).entry, _load(TicketsShape())["count"], now()
    if entry.campaign is None or entry.status not in (EntryStatus.OPEN, EntryStatus.REHEARSAL):
        refuse(409, Refusal.CLOSED)
    campaign, rehearsal, signer = entry.campaign.id, entry.rehearsal_id, _signer()
    issued = [
        signer.issue(entry.code, campaign, instant, instrument=KIOSK, rehearsal_id=rehearsal)
        for _ in range(count)
    ]
    return answer({"series": _series(entry), "tickets": issued})


@blueprint.post("/kiosk/<code>/answers")
def answers(code: str) -> Response:
    """Store a batch; each answer is acknowledged only after the commit."""
    at, batch, instant, signer = require_device(code), _load(BatchShape())["answers"], now(), _signer()
    results = write(
        lambda session: receive(
            session, kiosk_id=at.device.kiosk_id, entry=at.entry, batch=batch, signer=signer, now=instant
        )
    )
    stored = sum(one.outcome is Outcome.STORED for one in results)
    return answer({"results": [_result(one) for one in results], "received": at.device.received + stored})


@blueprint.post("/kiosk/<code>/heartbeat")
def heartbeat(code: str) -> Response:
    """Keep how the device is doing, and tell it what has changed here."""
    at, health, instant = require_device(code), _load(HealthShape()), now()
    write(lambda session: note_health(session, kiosk_id=at.device.kiosk_id, health=health, now=instant))
    return answer(_news(at))


def _news(at: AtCounter) -> dict[str, Any]:
    return {
        "version": version(),
        "state": _state(at.entry),
        "pin": at.device.pin_changed_at.isoformat(),
        "received": at.device.received,
        "name": at.device.name,
    }


def _status(entry: Entry) -> str:
    return entry.status.value


def _state(entry: Entry) -> str:
    """Return a name for what the counter asks now; when it changes the device fetches the form again."""
    campaign = entry.campaign
    version_id = campaign.questionnaire_version_id if campaign else 0
    closes = campaign.closes_on.isoformat() if campaign else ""
    return f"{entry.status}.{_series(entry)}.{version_id}.{closes}"


def _series(entry: Entry) -> str:
    """Return a name for what tickets are good for: one campaign, or one rehearsal of it."""
    return f"{entry.campaign.id if entry.campaign else 0}.{entry.rehearsal_id or 0}"


def _result(one: Result) -> dict[str, str]:
    reason = {"reason": one.reason.value} if one.reason else {}
    return {"id": one.id, "outcome": one.outcome.value} | reason


def _load(shape: Shape) -> Any:
    """Return the request's body in this shape; 400 `shape` for any other."""
    try:
        return shape.load(body())
    except ValidationError:
        refuse(400, "shape")

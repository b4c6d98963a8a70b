"""Where carriers call: verify, store, answer. What takes longer is left to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, current_app
from sqlalchemy.orm import Session

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable, write
from survey_app.foundation.log import logger
from survey_app.messaging.guards import Call, carrier_call
from survey_app.messaging.operations import Handler, receive, update_status
from survey_app.messaging.rules.contract import StatusUpdate
from survey_app.messaging.rules.policy import policy_of

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks/twilio/sms")
@blueprint.post("/webhooks/twilio/status", endpoint="twilio_status")
def twilio() -> Response:
    """Take a text or a receipt from Twilio."""
    return _answer(carrier_call("twilio"))


@blueprint.get("/webhooks/esms")
@blueprint.get("/webhooks/esms/<_key>", endpoint="esms_secretly")
def esms(_key: str = "") -> Response:
    """Take a text to the short code, or a receipt, from eSMS; what stands behind the path proves a receipt."""
    return _answer(carrier_call("esms"))


@blueprint.post("/webhooks/zalo")
def zalo() -> Response:
    """Take stars, receipts and texts from Zalo."""
    return _answer(carrier_call("zalo"))


@blueprint.route("/webhooks/gateway/<name>", methods=["GET", "POST"])
def gateway(name: str) -> Response:
    """Take what the simulator or any other carrier has to say."""
    return _answer(carrier_call(name))


def _answer(call: Call) -> Response:
    instant = now()
    handler: Handler | None = None
    if call.gateway.capabilities.answers_inline:
        handler = current_app.extensions.get("survey_app.inbound")
    try:
        replies = write(partial(_store, call=call, handler=handler, now=instant))
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  (what came in is kept even if the room above fails on it)
        logger.error("handling failed", gateway=call.gateway.name, exc_info=error)
        replies = write(partial(_store, call=call, handler=None, now=instant))
    answer = call.gateway.acknowledge(call.events, replies)
    return Response(answer.body, answer.status, content_type=answer.content_type)


def _store(session: Session, *, call: Call, handler: Handler | None, now: datetime) -> Sequence[str]:
    """Store all that one call says, and return the replies to it."""
    settings: Settings = current_app.config["SETTINGS"]
    policy = policy_of(
        opens=settings.messages_from, closes=settings.messages_until, kept_days=settings.messages_kept
    )
    name, replies = call.gateway.name, list[str]()
    for event in call.events:
        if isinstance(event, StatusUpdate):
            update_status(session, gateway=name, update=event, now=now)
        else:
            received = receive(
                session,
                gateway=name,
                event=event,
                handler=handler,
                key=settings.contact_key,
                now=now,
                policy=policy,
            )
            replies += received.replies
    return replies

"""How sending goes, and the messages that did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.administration.views.messages import TOP, changed, page, requires_all_units
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number, paged
from survey_app.foundation.privacy import FieldCipher, UnableToDecrypt
from survey_app.messaging.gateway.registry import title
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import resend
from survey_app.messaging.queries import DeadLetter, count_states, dead_letters, stops
from survey_app.messaging.queries.health import ARRIVED, NOT_SENT, TAKEN, daily_health, oldest_due
from survey_app.messaging.rules.contract import Cause
from survey_app.messaging.rules.phones import mask
from survey_app.messaging.rules.states import DEAD_LETTERS, Resend, State, may_resend, state_label

blueprint = Blueprint("delivery", __name__)
LETTERS = f"{TOP}/dead-letters"
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as it is shown: its phone masked, "" once it is deleted."""

    found: DeadLetter
    phone: str


@blueprint.get("/admin/messaging/health")
@requires_all_units
def health() -> str:
    """Show what became of the messages of the last days, what waits for too long, and what is stopped."""
    instant = now()
    with read() as session:
        shown: dict[str, Any] = {
            "days": daily_health(session, now=instant),
            "oldest": oldest_due(session, now=instant),
            "stops": stops(session),
            "states": count_states(session),
        }
    return page(
        "health",
        **shown,
        title=title,
        state_label=state_label,
        State=State,
        now=instant,
        TAKEN=TAKEN,
        ARRIVED=ARRIVED,
        NOT_SENT=NOT_SENT,
    )


@blueprint.get("/admin/messaging/dead-letters")
@requires_all_units
def letters() -> str:
    """List messages that did not arrive, those in doubt first."""
    number, wanted = page_number(request.args.get("page")), request.args.get("state", "")
    states = [one for one in DEAD_LETTERS if one == wanted] or DEAD_LETTERS
    with read() as session:
        rows = dead_letters(session, states=states, offset=(number - 1) * PAGE_SIZE, most=PAGE_SIZE + 1)
    cipher = FieldCipher(current_app.config["SETTINGS"].contact_key)
    return page(
        "dead_letters",
        letters=paged([Letter(one, _masked(cipher, one)) for one in rows], number=number, size=PAGE_SIZE),
        wanted=wanted,
        states=DEAD_LETTERS,
        address=f"{LETTERS}?state={wanted}" if wanted in DEAD_LETTERS else LETTERS,
        **_words(),
    )


def _masked(cipher: FieldCipher, letter: DeadLetter) -> str:
    if letter.phone_sealed is None:
        return ""
    try:
        return mask(cipher.decrypt(letter.phone_sealed))
    except UnableToDecrypt:
        return ""


def _words() -> dict[str, Any]:
    return {"state_label": state_label, "cause_label": cause_label, "title": title, "Resend": Resend}


def cause_label(cause: Cause) -> str:
    """Return why a message failed, in the reader's words."""
    return {
        Cause.NUMBER: _("số không liên lạc được"),
        Cause.OPTED_OUT: _("người dân đã từ chối"),
        Cause.CONFIGURATION: _("tài khoản hoặc người gửi đặt sai"),
        Cause.CONTENT: _("nội dung bị lọc"),
        Cause.ROUTE: _("không đi được đường này"),
        Cause.OURS: _("lỗi của phần mềm"),
    }[cause]


@blueprint.get("/admin/messaging/dead-letters/<int:message_id>/resend")
@requires_all_units
def confirm_resend(message_id: int) -> str:
    """Say what sending again may do, before it is done."""
    with read() as session:
        answer = _answer(session, message_id)
    in_doubt = answer is Resend.AFTER_WARNING
    return page(
        "confirm",
        question=_("Gửi lại tin này?"),
        consequences=[
            _("Chưa rõ tin đã đến hay chưa: người dân có thể nhận tin này hai lần.")
            if in_doubt
            else _("Nhà mạng cho biết tin chưa được gửi, nên người dân chỉ nhận một lần."),
            _("Tin chỉ đi trong giờ được phép, và không đi nếu người dân đã từ chối."),
        ],
        button=_("Gửi lại, chấp nhận có thể hai lần") if in_doubt else _("Gửi lại"),
        back=LETTERS,
        above=((LETTERS, _("Tin chưa đến")),),
    )


def _answer(session: Session, message_id: int) -> Resend:
    """Return whether the message may be sent again; 404 where there is nothing to decide."""
    message = session.get(OutboxMessage, message_id)
    if message is None or message.phone_sealed is None:
        abort(404)
    answer = may_resend(State(message.state), Cause(message.cause) if message.cause else None)
    if answer is Resend.NO:
        abort(404)
    return answer


@blueprint.post("/admin/messaging/dead-letters/<int:message_id>/resend")
@requires_all_units
def send_again(message_id: int) -> Response:
    """Send a message again; the page before has said what that may do."""
    return changed(
        lambda session: resend(session, message_id=message_id, twice_is_fine=True, now=now()),
        _("Tin được xếp vào hàng đợi, gửi trong giờ được phép."),
        subject=f"message:{message_id}",
        back=LETTERS,
        did="message_sent_again",
    )

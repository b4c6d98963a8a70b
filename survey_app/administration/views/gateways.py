"""The carriers: what each can do, which of its settings are given, and a message to try the whole way with."""

from __future__ import annotations

from flask import Blueprint, abort, current_app
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.administration.views.messages import TOP, changed, page, requires_all_units
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.registry import NAMES, SIMULATOR, Listing, listings, title
from survey_app.messaging.operations import continue_gateway, enqueue
from survey_app.messaging.queries import stops
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose

blueprint = Blueprint("gateways", __name__)
TEST_PHONE = "+84900000000"


@blueprint.get("/admin/messaging")
@requires_all_units
def gateways() -> str:
    """Show every carrier."""
    with read() as session:
        stopped = {one.gateway: one for one in stops(session)}
    return page(
        "gateways",
        gateways=[
            (one, title(one.name), one_way_reason(one)) for one in listings(current_app.config["SETTINGS"])
        ],
        stopped=stopped,
        Medium=Medium,
        is_console=current_app.config["SETTINGS"].messages_to == "console",
    )


def one_way_reason(listing: Listing) -> str:
    """Say plainly why no reply comes back this way, and what to do instead; empty where replies come."""
    if listing.capabilities.two_way:
        return ""
    if listing.name == "twilio":
        return _(
            "Tại Việt Nam, Twilio không nhận được tin trả lời: người gửi phải là tên chữ đã đăng ký, không ai nhắn lại "
            "được. Hãy gửi kèm đường dẫn, hoặc mời người dân soạn tin đến đầu số (eSMS), hoặc dùng Zalo."
        )
    return _("Cổng này chỉ gửi đi, không nhận tin trả lời. Hãy gửi kèm đường dẫn đến phiếu.")


@blueprint.post("/admin/messaging/test")
@requires_all_units
def send_test() -> Response:
    """Send one message the whole way: outbox, worker, and the phone on screen."""
    key = current_app.config["SETTINGS"].contact_key

    def send(session: Session) -> None:
        enqueue(
            session,
            now=now(),
            key=key,
            medium=Medium.SMS,
            gateway=SIMULATOR,
            sender="MOPHONG",
            phone=TEST_PHONE,
            text="Tin thu: duong gui tin chay tot.",
            purpose=Purpose.REPLY,
            topic="test",
        )

    return changed(
        send,
        _("Tin thử đã vào hàng đợi. Nếu máy mô phỏng không nhận trong một phút, tiến trình gửi chưa chạy."),
        subject=f"gateway:{SIMULATOR}",
        back=TOP,
        did="test_message_sent",
    )


@blueprint.post("/admin/messaging/gateways/<gateway>/continue")
@requires_all_units
def continue_sending(gateway: str) -> Response:
    """Send again through a carrier that was stopped, once a person has looked."""
    if gateway not in NAMES:
        abort(404)
    return changed(
        lambda session: continue_gateway(session, gateway=gateway),
        _("Tin đang chờ của cổng %(name)s được gửi tiếp.", name=title(gateway)),
        subject=f"gateway:{gateway}",
        back=f"{TOP}/health",
        did="sending_continued",
    )

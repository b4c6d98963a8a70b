"""Gives a form back with everything typed still in it, and says what happened and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.queries import CampaignView, Entry
from survey_app.campaigns.rules import EntryStatus
from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable
from survey_app.foundation.errors import new_reference
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.guards import WEB, FormToken
from survey_app.responses.queries import is_stored
from survey_app.responses.rules.answers import AnswerError
from survey_app.responses.views.directory import place_of
from survey_app.responses.views.form_data import sent, submitted
from survey_app.responses.views.kind_pages import not_open, rehearsal_ended
from survey_app.responses.views.pages import Mark, hidden_fields, render_form
from survey_app.responses.views.services import network_here, services
from survey_app.web.problems import RETRY_SECONDS
from survey_app.web.shell import display, use_display

FORM_SHOWN = frozenset({EntryStatus.OPEN, EntryStatus.REHEARSAL})
"""What is found behind a code that leads to a form."""
_TIME_SPENT_BEFORE = timedelta(minutes=5)
_WAIT_SECONDS = "60"


def give_back(
    status: int,
    questionnaire: Questionnaire,
    entry: Entry,
    token: FormToken,
    *,
    errors: Sequence[AnswerError] = (),
    notice: str | None = None,
) -> Response:
    """Return the form that was sent, under the same token: sent again it is the same submission."""
    page = render_form(
        questionnaire,
        place_of(entry, current_language()),
        display(),
        hidden=hidden_fields(token.submission_id, sent("form_token")),
        submitted=submitted(),
        errors=errors,
        notice=notice,
        mark=None if token.rehearsal_id is None else Mark.REHEARSAL,
    )
    return make_response(page, status)


def with_fresh_token(status: int, entry: Entry, notice: str | None, instrument: str = WEB) -> AnyResponse:
    """Give the answers back in the form that is shown at `entry` now, with a token that can be sent."""
    if entry.campaign is None or entry.status not in FORM_SHOWN:
        return not_open(entry, submitted())
    shared = services()
    questionnaire = shared.pages.questionnaire(entry.campaign.questionnaire_version_id)
    # The form was filled in already: sending it again at once is not suspiciously fast.
    submission_id, token = shared.signer.issue(
        entry.code,
        entry.campaign.id,
        now() - _TIME_SPENT_BEFORE,
        instrument=instrument,
        rehearsal_id=entry.rehearsal_id,
    )
    page = render_form(
        questionnaire,
        place_of(entry, current_language()),
        display(),
        hidden=hidden_fields(submission_id, token),
        submitted=submitted(),
        notice=notice,
        mark=None if entry.rehearsal_id is None else Mark.REHEARSAL,
    )
    return make_response(page, status)


def not_stored(
    error: DatabaseUnavailable, questionnaire: Questionnaire, entry: Entry, token: FormToken
) -> AnyResponse:
    """Give a form back that could not be stored now; sent again it is not stored twice."""
    reference = new_reference()
    logger.error("response not stored", reference=reference, kind=str(error))
    notice = _(
        "Hệ thống đang bận nên chưa xác nhận được phiếu. Câu trả lời vẫn còn nguyên dưới đây: "
        "xin đợi vài giây rồi bấm Gửi; gửi lại không thành hai phiếu. Mã tham chiếu: %(reference)s",
        reference=reference,
    )
    response = give_back(503, questionnaire, entry, token, notice=notice)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def shown_otherwise(entry: Entry, token: FormToken | None, campaign: CampaignView | None) -> AnyResponse:
    """Show the same form in another language, size or contrast, with everything typed still in it."""
    use_display(display().changed(sent("show")))
    if token is None or campaign is None:
        return with_fresh_token(200, entry, None, WEB if token is None else token.instrument)
    questionnaire = services().pages.questionnaire(campaign.questionnaire_version_id)
    return give_back(200, questionnaire, entry, token)


def forged(entry: Entry) -> AnyResponse:
    """Give the answers of a form back that was not made here; who does it often is asked to wait."""
    watch, network = services().watch, network_here()
    if watch.is_guessing(network):
        notice = _(
            "Có quá nhiều yêu cầu từ mạng này nên phiếu chưa được lưu. "
            "Câu trả lời vẫn còn dưới đây: xin đợi một phút rồi bấm Gửi lần nữa."
        )
        response = with_fresh_token(429, entry, notice)
        response.headers["Retry-After"] = _WAIT_SECONDS
        return response
    watch.miss(network)
    notice = _(
        "Trang này không còn hợp lệ nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: xin xem lại và bấm Gửi lần nữa."
    )
    return with_fresh_token(400, entry, notice)


def wait_a_minute() -> Response:
    """Keep what was sent in a page that sends it again; it says nothing about the code that was asked for."""
    kept = [(name, value) for name, values in submitted().items() for value in values]
    response = make_response(
        render_template("responses/wait.html", kept=kept, address=f"{request.path}{display().query()}"), 429
    )
    response.headers["Retry-After"] = _WAIT_SECONDS
    return response


def stale(entry: Entry, token: FormToken) -> AnyResponse:
    """Thank for a form that was stored while it was young; else ask to send it again."""
    with services().database.read() as session:
        if is_stored(session, submission_id=token.submission_id):
            return thank(entry, token)
    notice = _(
        "Trang này đã mở quá 7 ngày nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: xin xem lại và bấm Gửi lần nữa."
    )
    return with_fresh_token(409, entry, notice, token.instrument)


def rehearsal_over(entry: Entry) -> AnyResponse:
    """Say that the form was of a rehearsal: nothing was stored; where a survey is open now, offer to send it there."""
    if entry.campaign is None or entry.status not in FORM_SHOWN:
        return rehearsal_ended(entry, submitted())
    notice = _(
        "Trang này được mở trong lúc diễn tập và buổi diễn tập đã kết thúc, nên phiếu chưa được lưu. "
        "Câu trả lời vẫn còn dưới đây: nếu đây là đánh giá thật, xin xem lại và bấm Gửi lần nữa."
    )
    return with_fresh_token(409, entry, notice)


def thank_again(token: FormToken) -> AnyResponse | None:
    """Lead whoever sends a form again whose one-time code is gone to the same receipt; None if it was not stored."""
    with services().database.read() as session:
        if not is_stored(session, submission_id=token.submission_id):
            return None
    receipt = services().signer.receipt(token.submission_id)
    return redirect(f"/thanks{display().query(receipt=receipt)}", 303)


def thank(entry: Entry, token: FormToken) -> AnyResponse:
    """Lead to the page with the receipt."""
    more = {"receipt": services().signer.receipt(token.submission_id)}
    if entry.one_time is not None:
        return redirect(f"/thanks{display().query(**more)}", 303)
    if token.rehearsal_id is not None:
        more["rehearsal"] = "1"
    return redirect(f"/{entry.code}/thanks{display().query(**more)}", 303)

"""Kind pages for codes that lead to no form: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, make_response, render_template

from survey_app.campaigns.queries import Entry
from survey_app.campaigns.rules import EntryStatus
from survey_app.foundation.languages import current_language, format_date
from survey_app.foundation.languages import gettext as _
from survey_app.responses.views.directory import place_of


def unknown_code() -> Response:
    """Say that a code was never issued."""
    return _entry_page(
        404,
        _("Mã này không có trong hệ thống"),
        _("Xin xem lại mã in trên tấm bảng tại quầy (8 ký tự) và nhập lần nữa."),
        _(
            "Nếu mã đúng như in mà vẫn không mở được, xin báo cho cán bộ tại quầy: "
            "tấm bảng có thể đã cũ hoặc bị dán đè."
        ),
    )


def code_spent() -> Response:
    """Say that an invitation was answered before, by message or on another phone."""
    return _entry_page(
        410,
        _("Lời mời này đã có câu trả lời"),
        _("Mỗi lời mời trả lời được một lần. Cảm ơn ông/bà."),
    )


def thanked(receipt: str) -> Response:
    """Thank for an answer to an invitation, whose code leads nowhere any more."""
    return _entry_page(
        200,
        _("Cảm ơn ông/bà đã đánh giá"),
        _("Phiếu đã được lưu. Mã biên nhận: %(receipt)s", receipt=receipt),
        _("Mã trong tin mời đã dùng xong, không cần giữ lại."),
    )


def not_open(entry: Entry, sent: Mapping[str, Sequence[str]] | None = None) -> Response:
    """Say why there is no form behind a known code; what somebody wrote in a form meanwhile is given back."""
    title, remedy = _words(entry)
    name = _name(entry)
    ended = entry.campaign if entry.status is EntryStatus.CLOSED else None
    return _entry_page(
        410 if entry.status is EntryStatus.REVOKED else 200,
        title,
        remedy,
        name,
        _("Xin hỏi cán bộ tại quầy để được hướng dẫn."),
        campaign=ended.code if ended else None,
        written=_written(sent or {}),
    )


def rehearsal_ended(entry: Entry, sent: Mapping[str, Sequence[str]]) -> Response:
    """Say that the rehearsal of a form has ended and that nothing was stored."""
    return _entry_page(
        409,
        _("Buổi diễn tập đã kết thúc"),
        _("Trang này được mở trong lúc diễn tập, nên phiếu không được lưu và không được tính."),
        _name(entry),
        _("Khi khảo sát mở, xin quét lại mã tại quầy."),
        written=_written(sent),
    )


def _name(entry: Entry) -> str:
    place = place_of(entry, current_language())
    return f"{place.line} · {place.unit}"


def _written(sent: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the texts that were written in a form, not its ticks and hidden fields."""
    return [
        value
        for name, values in sent.items()
        if name not in ("submission_id", "form_token", "website", "show", "send")
        for value in values
        if value.strip() and not value.lstrip("+-").isdigit()
    ]


def _words(entry: Entry) -> tuple[str, str]:
    """Return what happened and what to do."""
    if entry.status is EntryStatus.REVOKED and entry.replaced_by is None:
        return (
            _("Mã này không còn dùng"),
            _("Tấm bảng này đã được thu hồi. Nếu tại quầy có tấm bảng khác, xin quét mã trên đó."),
        )
    if entry.status is EntryStatus.REVOKED:
        return (
            _("Mã này đã được thay"),
            _(
                "Tấm bảng ông/bà quét đã cũ. Xin quét mã trên tấm bảng mới tại quầy, hoặc nhập mã mới dưới đây."
            ),
        )
    if entry.status is EntryStatus.NOT_YET and entry.campaign is not None:
        return (
            _("Khảo sát chưa bắt đầu"),
            _(
                "Khảo sát tại đây bắt đầu ngày %(date)s. Xin mời ông/bà quay lại từ ngày đó.",
                date=format_date(entry.campaign.opens_on),
            ),
        )
    if entry.status is EntryStatus.CLOSED:
        return (
            _("Khảo sát đã kết thúc"),
            _("Cảm ơn ông/bà đã quan tâm. Khảo sát tại đây không nhận thêm phiếu."),
        )
    return (
        _("Hiện chưa có khảo sát tại đây"),
        _("Mã này đúng, nhưng lúc này không có khảo sát nào đang mở."),
    )


def _entry_page(
    status: int, title: str, *lines: str, campaign: str | None = None, written: Sequence[str] = ()
) -> Response:
    shown = [line for line in lines if line]
    page = render_template(
        "responses/entry.html", title=title, lines=shown, campaign=campaign, written=written
    )
    return make_response(page, status)

"""Failures in the reader's words: a calm page for people, RFC 9457 problem details for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from survey_app.foundation.database import DatabaseUnavailable
from survey_app.foundation.errors import Refused, new_reference
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.log import logger

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened and what to do, in words that blame nobody."""

    title: str
    remedy: str


def explain(status: int) -> Explanation:
    """Return title and remedy for an HTTP status, in the current language."""
    known = {
        400: (_("Yêu cầu chưa đúng"), _("Xin quay lại trang trước và thử lại.")),
        403: (
            _("Ông/bà không có quyền mở trang này"),
            _("Nếu công việc cần đến trang này, xin đề nghị người quản trị cấp quyền."),
        ),
        404: (
            _("Không tìm thấy trang này"),
            _("Xin kiểm tra lại địa chỉ, hoặc nhập mã in trên tấm bảng tại quầy."),
        ),
        405: (_("Trang này không nhận yêu cầu kiểu đó"), _("Xin mở lại trang từ đầu.")),
        413: (
            _("Nội dung gửi lên quá lớn"),
            _("Xin viết ngắn lại rồi gửi lần nữa. Bấm nút quay lại của máy để lấy lại nội dung đã viết."),
        ),
        429: (_("Có quá nhiều yêu cầu từ mạng này"), _("Xin đợi một phút rồi thử lại.")),
        503: (
            _("Hệ thống đang bận hoặc đang bảo trì"),
            _("Xin đợi một lát rồi thử lại; câu trả lời vẫn còn ở trang trước."),
        ),
    }
    failed = (
        _("Hệ thống gặp lỗi"),
        _("Xin thử lại sau ít phút. Nếu vẫn gặp lỗi, xin báo cho cơ quan mã tham chiếu dưới đây."),
    )
    return Explanation(*known.get(status, failed if status >= 500 else known[400]))


def wants_json() -> bool:
    """Say whether a machine asks: an API path, a .json address, or an Accept header preferring JSON."""
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        return True
    accept = request.accept_mimetypes
    # A browser's */* takes JSON too: only who likes it better than a page is a machine.
    return max(accept["application/problem+json"], accept["application/json"]) > accept["text/html"]


def problem(status: int, *, detail: str | None = None, reference: str | None = None) -> Response:
    """Answer with problem details (RFC 9457) or the page of the same meaning.

    Parameters
    ----------
    status
        HTTP status, 400 to 599.
    detail
        What to do, if the general remedy of `status` does not fit.
    reference
        The reference under which the failure stands in the log.
    """
    words = explain(status)
    if wants_json():
        members = {
            "type": "about:blank",
            "title": words.title,
            "status": status,
            "detail": detail or words.remedy,
        }
        if reference:
            members["reference"] = reference
        response = Response(json.dumps(members, ensure_ascii=False), content_type="application/problem+json")
    else:
        g.is_problem = True
        # The staff page asks the database who is signed in, which a failure may have made impossible.
        template = "web/staff_problem.html" if g.get("is_staff_page") and status < 500 else "web/problem.html"
        page = render_template(template, words=words, detail=detail, status=status, reference=reference)
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status in (429, 503):
        response.headers["Retry-After"] = str(60 if status == 429 else RETRY_SECONDS)
    return response


def install_problem_handlers(app: Flask) -> None:
    """Answer every failure of `app` with `problem()`."""
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(Refused, _refusal)
    app.register_error_handler(DatabaseUnavailable, _database_failure)
    app.register_error_handler(Exception, _failure)


def _http_failure(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 500:
        response = problem(status)
    else:
        reference = new_reference()
        logger.error("failure", reference=reference, status=status, endpoint=request.endpoint, exc_info=error)
        response = problem(status, reference=reference)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _refusal(error: Refused) -> Response:
    return problem(400, detail=str(error))


def _database_failure(error: DatabaseUnavailable) -> Response:
    reference = new_reference()
    logger.error("database unavailable", reference=reference, kind=str(error), endpoint=request.endpoint)
    return problem(503, reference=reference)


def _failure(error: Exception) -> Response:
    reference = new_reference()
    logger.error("failure", reference=reference, endpoint=request.endpoint, exc_info=error)
    return problem(InternalServerError.code or 500, reference=reference)

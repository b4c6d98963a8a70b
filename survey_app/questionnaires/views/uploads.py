"""Takes a questionnaire file or an XLSForm and makes a draft of it, or says line by line why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms import UploadForm
from survey_app.questionnaires.gateway import Problem, SourceFile, UnableToRead, parse
from survey_app.questionnaires.gateway.xlsforms import read_xlsform
from survey_app.questionnaires.rules.xlsforms import Loss, UnableToReadXlsform
from survey_app.questionnaires.schemas import problems_of
from survey_app.questionnaires.schemas.drafts import has_sound_shape
from survey_app.questionnaires.views.listing import begin_draft
from survey_app.questionnaires.views.loading import draft_here
from survey_app.staff.guards import requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("uploads", __name__)
MAXIMUM_FILE = 2 * 1024 * 1024
_ROOM_FOR_THE_FORM = 64 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A document of sound shape; `remaining` problems must be mended before it is published."""

    document: dict[str, Any]
    losses: str | None
    remaining: int


class Unusable(Exception):
    """No draft can be made of the file; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("unusable file")
        self.problems = problems


@blueprint.route("/questionnaires/upload", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES, upload_bytes=MAXIMUM_FILE + _ROOM_FOR_THE_FORM)
def upload() -> Any:
    """Take a file; a sound one becomes a draft, another one comes back with a report."""
    form, problems = UploadForm(scopes_here()), []
    if form.validate_on_submit():
        try:
            return _begin(form)
        except Unusable as error:
            problems = error.problems
        except Refused as error:
            form.refuse(error)
    return _page(form, problems, 422 if form.errors or problems else 200)


def too_large() -> Any:
    """Answer to a body beyond the limit, which nobody has read."""
    form = UploadForm(("",), formdata=None)
    form.refuse(_too_large_words())
    return _page(form, [], 413)


def _too_large_words() -> str:
    return _(
        "Tệp lớn hơn %(limit)s MB nên không nhận được. Phiếu khảo sát chỉ gồm chữ: xin xóa hình ảnh, "
        "âm thanh và các trang tính không dùng rồi tải lên lại.",
        limit=MAXIMUM_FILE // 1024 // 1024,
    )


def _page(form: UploadForm, problems: list[Problem], status: int) -> tuple[str, int]:
    crumbs = [("/questionnaires", _("Phiếu khảo sát"))]
    return render_template("questionnaires/upload.html", form=form, problems=problems, crumbs=crumbs), status


def _begin(form: UploadForm) -> Any:
    content = form.file.data.read(MAXIMUM_FILE + 1)
    if len(content) > MAXIMUM_FILE:
        raise UnableToReadFile(_too_large_words())
    uploaded = _read(content, form.file.data.filename or "")
    document = uploaded.document
    if form.instrument.data:
        document = {**document, "instrument": form.instrument.data}
    draft = begin_draft(document, form.unit.data, losses=uploaded.losses)
    address = f"/questionnaires/drafts/{draft.id}"
    if uploaded.remaining:
        words = _("Đã tạo bản nháp. Còn %(count)s chỗ phải sửa trước khi công bố.", count=uploaded.remaining)
        flash(words, "warn")
    else:
        flash(_("Đã tạo bản nháp từ tệp. Xin xem lại rồi công bố."), "done")
    return redirect(f"{address}/losses" if uploaded.losses else address, 303)


class UnableToReadFile(Refused):
    """The file is of no kind that this page takes."""


def _read(content: bytes, name: str) -> Uploaded:
    if content.startswith(_OLD_EXCEL):
        raise UnableToReadFile(
            _("Đây là tệp Excel kiểu cũ (.xls). Xin mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.")
        )
    losses = None
    # In front of the name, so that no file is held against the folder it would lie in.
    shown = _("tệp %(name)s", name=name[-80:])
    try:
        if content.startswith(_ZIP):
            reading = read_xlsform(content)
            source = SourceFile(shown, reading.document, {(): 1})
            losses = loss_report(reading.losses)
        else:
            source = parse(content, shown)
    except UnableToRead as error:
        raise Unusable([error.problem]) from error
    except UnableToReadXlsform as error:
        raise UnableToReadFile(str(error)) from error
    problems = problems_of(source)
    if problems and not has_sound_shape(source.document):
        raise Unusable(problems)
    return Uploaded(source.document, losses, len(problems))


def loss_report(losses: list[Loss]) -> str:
    """Return what an import could not map, as text that people can keep."""
    if not losses:
        return _("Chuyển đổi đủ: không có nội dung nào của XLSForm bị bỏ lại.")
    head = _("Những nội dung của XLSForm không chuyển được:")
    lines = (f"- {_position(one)}: {one.what} ({one.why})" for one in losses)
    return "\n".join([head, *lines])


def _position(loss: Loss) -> str:
    """Return where in the workbook something was lost; what concerns the whole sheet has row 0 and no column."""
    if not loss.row:
        return _("Trang %(sheet)s", sheet=loss.sheet)
    if not loss.column:
        return _("Trang %(sheet)s, hàng %(row)s", sheet=loss.sheet, row=loss.row)
    return _(
        "Trang %(sheet)s, hàng %(row)s, cột %(column)s", sheet=loss.sheet, row=loss.row, column=loss.column
    )


@blueprint.get("/questionnaires/drafts/<int:draft_id>/losses")
@requires(Action.VIEW_QUESTIONNAIRES)
def show_losses(draft_id: int) -> str:
    """Show what the import of a draft could not map."""
    draft = draft_here(draft_id)
    if draft.losses is None:
        abort(404)
    crumbs = [("/questionnaires", _("Phiếu khảo sát")), (f"/questionnaires/drafts/{draft_id}", draft.title)]
    return render_template("questionnaires/losses.html", draft=draft, crumbs=crumbs)


@blueprint.get("/questionnaires/drafts/<int:draft_id>/losses.txt")
@requires(Action.VIEW_QUESTIONNAIRES)
def download_losses(draft_id: int) -> Response:
    """Give the report of an import as a text file."""
    draft = draft_here(draft_id)
    if draft.losses is None:
        abort(404)
    response = Response(draft.losses + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{draft.instrument}-xlsform.txt"'
    return response

"""Input of the page with the box for a code, and of the page that takes files."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField

from survey_app.foundation.languages import gettext as _
from survey_app.offices.rules import normalise_code
from survey_app.web.forms import StaffForm


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Typed code of a counter. It changes nothing, so it is a GET form without a CSRF token."""

    class Meta:
        csrf = False

    code = StringField()

    def problem(self) -> str | None:
        """Return what is wrong with the typed code, or None."""
        if normalise_code(self.code.data or "") is not None:
            return None
        return _(
            "Mã có 8 ký tự gồm chữ và số, ví dụ 7K3F 9M2X. Xin xem lại mã in trên tấm bảng rồi nhập lần nữa."
        )


class UploadForm(StaffForm):
    """A file of responses."""

    file = FileField(validators=[FileRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field in the reader's language."""
        super().__init__(*args, **kwargs)
        self.file.label.text = _("Tệp phiếu trả lời (.csv hoặc .xlsx)")
        self.file.validators[0].message = _("Xin chọn một tệp.")

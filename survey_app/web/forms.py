"""Parent of every staff form: CSRF, Vietnamese messages, and refusals shown beside what was typed."""

from __future__ import annotations

from flask_wtf import FlaskForm

from survey_app.foundation.languages import gettext as _


class _Messages:
    """Gives WTForms its built-in messages in the reader's language."""

    def gettext(self, message: str) -> str:
        """Return one message; what is not listed here should be given as `message=` of the validator."""
        return {
            "This field is required.": _("Xin điền mục này."),
            "Not a valid choice.": _("Xin chọn trong danh sách."),
            "Not a valid choice": _("Xin chọn trong danh sách."),
            "Invalid Choice: could not coerce.": _("Xin chọn trong danh sách."),
            "Invalid choice(s): one or more data inputs could not be coerced.": _(
                "Xin chọn trong danh sách."
            ),
            "Not a valid integer value.": _("Xin ghi một số nguyên, ví dụ 12."),
            "Not a valid decimal value.": _("Xin ghi một số."),
            "Not a valid date value.": _("Ngày không đúng. Xin ghi theo mẫu ngày/tháng/năm."),
            "The CSRF token is missing.": _("Phiên làm việc đã hết. Xin bấm gửi lần nữa."),
            "Number must be at least %(min)s.": _("Xin ghi số từ %(min)s trở lên."),
            "Number must be at most %(max)s.": _("Xin ghi số không quá %(max)s."),
            "Number must be between %(min)s and %(max)s.": _("Xin ghi số từ %(min)s đến %(max)s."),
            "Field must be equal to %(other_name)s.": _("Hai ô phải giống nhau."),
        }.get(message, message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of a built-in message that fits `number`, with its own placeholders left in."""
        known = {
            "Field must be at least %(min)d character long.": _("Xin ghi ít nhất %(min)d ký tự."),
            "Field cannot be longer than %(max)d character.": _("Xin ghi không quá %(max)d ký tự."),
            "Field must be exactly %(max)d character long.": _("Xin ghi đúng %(max)d ký tự."),
            "Field must be between %(min)d and %(max)d characters long.": _(
                "Xin ghi từ %(min)d đến %(max)d ký tự."
            ),
            "'%(value)s' is not a valid choice for this field.": _("Xin chọn trong danh sách."),
        }
        # WTForms fills the placeholders itself, so a message that is not known here goes back as it came.
        return known.get(singular) or (singular if number == 1 else plural)


class StaffForm(FlaskForm):  # type: ignore[misc]
    """A form of a staff page. Validation never empties a field, so what was typed comes back with the message."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """One token for the whole sign-in: a form left open over lunch still works."""

        csrf_time_limit = None

        def get_translations(self, form: FlaskForm) -> _Messages:
            """Return the messages of the reader's language."""
            return _Messages()

    def refuse(self, reason: object) -> None:
        """Show `reason`, a `Refused` or a text, above the form."""
        self.form_errors.append(str(reason))

"""Messages beside the fields of staff forms."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, NumberRange

from survey_app.web.forms import StaffForm


class Everything(StaffForm):
    """One field of each kind whose built-in message has placeholders or a plural."""

    class Meta(StaffForm.Meta):
        """Sent without a page."""

        csrf = False

    one = SelectField(choices=["a"])
    many = SelectMultipleField(choices=["a"])
    numbers = SelectMultipleField(choices=[1], coerce=int)
    short = StringField(validators=[Length(max=3)])
    count = IntegerField(validators=[NumberRange(max=5)])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestBuiltInMessages:
    @pytest.mark.parametrize(
        ("name", "values", "message"),
        [
            ("one", ["%s"], "Xin chọn trong danh sách."),
            ("many", ["100%"], "Xin chọn trong danh sách."),
            ("many", ["b", "%(value)s"], "Xin chọn trong danh sách."),
            ("numbers", ["b"], "Xin chọn trong danh sách."),
            ("short", ["dài quá"], "Xin ghi không quá 3 ký tự."),
            ("count", ["6"], "Xin ghi số không quá 5."),
        ],
    )
    def test_never_fail_whatever_was_sent(
        self, app: Flask, name: str, values: list[str], message: str
    ) -> None:
        with app.test_request_context("/", method="POST", data={"one": "a", name: values}):
            form = Everything()
            form.validate()

        assert form[name].errors == [message]

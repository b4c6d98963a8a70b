"""The variables that templates may hold, and what is wrong with a template once they are filled."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.templates import compose, sms_faults, variable_faults
from survey_app.messaging.rules.texts import normalise
from survey_app.messaging.rules.zalo_templates import RatingTemplate, zalo_faults

SAMPLES: Mapping[str, str] = {
    "unit": "UBND tỉnh Cao Bằng",
    "code": "7K3F9M2X",
    "link": "https://dg.caobang.gov.vn/7K3F9M2X",
    "number": "8079",
}
"""Every variable with a value of usual length: a template is measured as it will be sent, not as it is written."""


def meaning(variable: str) -> str:
    """Return what a variable of `SAMPLES` stands for, in the reader's words."""
    return {
        "unit": _("tên cơ quan"),
        "code": _("mã trả lời, 8 ký tự"),
        "link": _("đường dẫn đến phiếu"),
        "number": _("đầu số nhận trả lời"),
    }[variable]


def template_faults(
    text: str, medium: Medium, *, accents: bool, first: bool, confirmed: bool
) -> tuple[str, ...]:
    """Return all that is wrong with a template, measured with sample values; nothing if it can be sent.

    The first line of a Zalo template is its title. See `sms_faults` for `first` and `confirmed`.
    """
    unknown = variable_faults(text, SAMPLES)
    if medium is Medium.ZALO:
        title, _line, body = normalise(text).partition("\n")
        return unknown + zalo_faults(RatingTemplate(title, body.strip()))
    return unknown or sms_faults(compose(text, SAMPLES, accents=accents), first=first, confirmed=confirmed)

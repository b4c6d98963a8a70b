"""Names that stand as the sender of an SMS (brandname)."""

from __future__ import annotations

import re

from survey_app.foundation.languages import gettext as _

LONGEST_BRANDNAME = 11
_ALLOWED = re.compile(r"[A-Za-z0-9._\- ]+")


def brandname_faults(name: str) -> tuple[str, ...]:
    """Return what is wrong with a brandname, nothing if it may be registered.

    At most 11 characters, Latin letters, digits, `-_.` and spaces, not digits only (rules of the carriers as
    VNMedia 05/2024 gives them; GSM allows 11, 3GPP TS 23.040 9.1.2.5).
    """
    found = {
        _("Tên thương hiệu dài từ 1 đến %(most)s ký tự.", most=LONGEST_BRANDNAME): (
            not 1 <= len(name) <= LONGEST_BRANDNAME
        ),
        _("Tên thương hiệu chỉ gồm chữ cái không dấu, chữ số, dấu cách, dấu chấm, gạch ngang, gạch dưới."): (
            name != "" and _ALLOWED.fullmatch(name) is None
        ),
        _("Tên thương hiệu phải có ít nhất một chữ cái."): re.search("[A-Za-z]", name) is None,
        _("Tên thương hiệu không bắt đầu hay kết thúc bằng dấu cách."): name != name.strip(),
    }
    return tuple(message for message, wrong in found.items() if wrong)

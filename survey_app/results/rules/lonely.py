"""What to do with a stratum of which one sampling unit is left; without numerical code, so that pages load fast."""

from __future__ import annotations

from typing import Literal, TypeAlias

from survey_app.foundation.languages import gettext as _

LonelyRule: TypeAlias = Literal["fail", "remove", "certainty", "adjust", "average"]
"""As `estimation.design.LonelyRule`."""


def lonely_choices() -> list[tuple[LonelyRule, str]]:
    """Return the rules in the reader's words, the usual one first."""
    return [
        ("fail", _("Dừng lại và báo (nên dùng)")),
        ("adjust", _("So với trung bình của mọi đơn vị (thận trọng)")),
        ("average", _("Lấy sai số trung bình của các tầng khác")),
        ("certainty", _("Coi là đơn vị chắc chắn có mặt")),
        ("remove", _("Không tính vào sai số")),
    ]

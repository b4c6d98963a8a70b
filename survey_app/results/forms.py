"""What staff choose when they compute, return or publish a run."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import ScoreMethod
from survey_app.results.models import NOTE_LENGTH
from survey_app.results.rules.lonely import lonely_choices
from survey_app.web.forms import StaffForm


class ComputeForm(StaffForm):
    """How to compute: by the questionnaire's own recipe or otherwise, and with which weights.

    `weight_sets` are the names of the campaign's weight sets; `drawn` says whether its responses are of a sample.
    """

    score = RadioField(default="")
    weights = SelectField(default="")
    lonely_psu = SelectField(default="fail")

    def __init__(self, weight_sets: Sequence[str] = (), *, drawn: bool = False) -> None:
        super().__init__()
        self.drawn = drawn
        self.weights.label.text = _("Trọng số")
        none = _("Trọng số của thiết kế mẫu") if drawn else _("Mọi phiếu như nhau")
        self.weights.choices = [("", none), *((name, name) for name in weight_sets)]
        self.lonely_psu.label.text = _("Tầng chỉ có một đơn vị mẫu")
        self.lonely_psu.choices = lonely_choices()
        self.score.label.text = _("Cách tính điểm")
        self.score.choices = [
            ("", _("Theo công thức ghi trong phiếu (nên dùng)")),
            (ScoreMethod.TOP2BOX.value, _("Tỷ lệ chọn mức 4 hoặc 5")),
            (ScoreMethod.MEAN_SCALED.value, _("Điểm trung bình quy đổi ra thang 0 đến 100")),
        ]

    @property
    def method(self) -> ScoreMethod | None:
        """The chosen score method, None for the recipe's own."""
        return ScoreMethod(self.score.data) if self.score.data else None


class PublishForm(StaffForm):
    """The approver's word that the figures were looked at."""

    seen = BooleanField(validators=[InputRequired()])

    def __init__(self) -> None:
        super().__init__()
        self.seen.label.text = _("Tôi đã xem các số liệu và đồng ý công bố")


class ReturnForm(StaffForm):
    """Why a run is sent back."""

    note = TextAreaField(validators=[InputRequired(), Length(max=NOTE_LENGTH)])

    def __init__(self) -> None:
        super().__init__()
        self.note.label.text = _("Lý do trả lại")

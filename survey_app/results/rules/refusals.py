"""Why a design or a weight set cannot be used on the responses at hand, and what to do, in the reader's words."""

from __future__ import annotations

from survey_app.estimation.codes import MissingCode, UnableToEstimate
from survey_app.estimation.design import MissingWeight, NegativeWeight
from survey_app.estimation.stages import PopulationSmallerThanSample, PSUInTwoStrata, UnusablePopulation
from survey_app.estimation.variance import LonelyPSU
from survey_app.estimation.weighting.calibration import CollinearAuxiliaries, InfeasibleCalibration
from survey_app.estimation.weighting.classes import EmptyClass, MissingClass, UnusableTotals
from survey_app.estimation.weighting.raking import RakingDidNotConverge
from survey_app.estimation.weighting.trimming import ImpossibleTrimming
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.results.rules.weighting import MoreAnswersThanPeople, UnableToWeigh, UnknownVariable


class UnableToCompute(Refused):
    """The campaign has no index, and the message says why and what to do."""


def step_refusal(error: UnableToWeigh) -> str:
    """Say which step of a weight set failed, why, and what to do; the engine's own words stand at the end."""
    return _(
        "Bước %(number)s (“%(step)s”) của bộ trọng số không làm được: %(why)s Chi tiết: %(details)s",
        number=error.number,
        step=error.kind.value,
        why=_step_words(error.cause),
        details=str(error.cause),
    )


def _step_words(cause: UnableToEstimate) -> str:
    words = {
        RakingDidNotConverge: _(
            "cân nhiều lần vẫn không khớp. Hãy gộp bớt nhóm hoặc bỏ bớt một biến trong bộ trọng số mới."
        ),
        EmptyClass: _("có nhóm được ghi số người nhưng không có phiếu nào. Hãy gộp nhóm đó với nhóm khác."),
        MissingClass: _(
            "có phiếu không trả lời biến dùng để cân. Hãy thêm “blanks: keep_share”, hoặc chọn biến khác."
        ),
        UnusableTotals: _("thiếu số người của một nhóm có phiếu, hoặc các tổng mâu thuẫn. Hãy sửa các tổng."),
        InfeasibleCalibration: _(
            "không có trọng số nào trong giới hạn khớp với mọi tổng. Hãy nới giới hạn hoặc bỏ bớt một biến."
        ),
        CollinearAuxiliaries: _("các biến trùng nhau. Hãy bỏ bớt một biến."),
        ImpossibleTrimming: _("không thể đưa mọi trọng số vào trong giới hạn. Hãy nới giới hạn."),
        NegativeWeight: _("có trọng số thành số âm. Hãy thêm giới hạn, hoặc dùng phương pháp raking."),
        MoreAnswersThanPeople: _(
            "số người trả lời nhiều hơn số người được chọn. Hãy sửa số người được chọn."
        ),
        UnknownVariable: _("phiếu khảo sát không còn biến này. Hãy thêm bộ trọng số khác."),
    }
    return words.get(type(cause), _("số liệu không hợp với bước này. Hãy sửa trong một bộ trọng số mới."))


def design_refusal(error: UnableToEstimate) -> str:
    """Say why figures cannot be computed under the sampling design, and what to do."""
    words = {
        LonelyPSU: _(
            "có tầng chỉ còn một đơn vị mẫu nên không tính được sai số. Hãy gộp tầng đó với tầng giống nó rồi "
            "nhập lại, hoặc chọn cách xử lý tầng chỉ có một đơn vị."
        ),
        PSUInTwoStrata: _("có đơn vị mẫu nằm trong hai tầng. Hãy sửa mã tầng hoặc mã đơn vị rồi nhập lại."),
        UnusablePopulation: _(
            "số đơn vị của tổng thể (fpc) không dùng được. Hãy sửa các cột fpc rồi nhập lại."
        ),
        PopulationSmallerThanSample: _(
            "số đơn vị của tổng thể (fpc) nhỏ hơn số đơn vị trong mẫu. Hãy sửa các cột fpc rồi nhập lại."
        ),
        MissingCode: _("có phiếu thiếu tầng hoặc đơn vị mẫu. Hãy điền đủ rồi nhập lại."),
        MissingWeight: _("có phiếu thiếu trọng số. Hãy điền cột weight rồi nhập lại."),
    }
    why = words.get(type(error), _("số liệu không hợp với thiết kế mẫu. Hãy kiểm tra các cột thiết kế mẫu."))
    return _("Không tính được theo thiết kế mẫu: %(why)s Chi tiết: %(details)s", why=why, details=str(error))

"""Reads the steps of a weight set from a plain document, and says of each fault where it is and what to do.

The document is the same in a file, in the database and in a result:

    {"steps": [{"base": "design"}, {"rake": {"margins": [{"variable": "sex", "totals": {"1": 480, "2": 520}}]}}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any

from survey_app.campaigns.rules.plain_documents import Fault, PlainReader, Where
from survey_app.campaigns.rules.weight_steps import (
    MAXIMUM_ROUNDS,
    NOTE_LENGTH,
    TOLERANCE,
    Base,
    Blanks,
    Calibrate,
    CalibrationMethod,
    Margin,
    Nonresponse,
    Poststratify,
    Rake,
    Step,
    StepKind,
    Trim,
)
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

MOST_STEPS = 20
MOST_ROUNDS = 100_000
SAME_SUM = 1e-10
"""Sums of two margins that differ by less, relatively, are the same population."""

Codes = frozenset[str] | None


class UnusableWeightSet(Refused):
    """The document is no weight set; `faults` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(f"{one.message}. {one.remedy}." for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class WeightDocument:
    """The steps of a weight set with the note that explains them."""

    steps: tuple[Step, ...]
    note: str


def read_document(
    document: Mapping[str, Any], variables: Mapping[str, Codes] | None = None
) -> WeightDocument:
    """Return the steps and the note of a document.

    `variables` maps what a margin may go by to its codes, None where any code is possible; without it variables
    and codes are not checked, as for what was stored.

    Raises
    ------
    UnusableWeightSet
        With every fault found.
    """
    reader = _Reader(variables)
    found = reader.document(document)
    if reader.faults:
        raise UnusableWeightSet(reader.faults)
    return found


class _Reader(PlainReader):
    """Reads a weight set."""

    def __init__(self, variables: Mapping[str, Codes] | None) -> None:
        super().__init__()
        self._variables = variables

    def document(self, document: Mapping[str, Any]) -> WeightDocument:
        self.keys(document, (), {"steps"}, {"note"})
        note = document.get("note") or ""
        if not isinstance(note, str) or len(note) > NOTE_LENGTH:
            self.refuse(
                ("note",),
                _("ghi chú không phải chữ hoặc dài hơn %(most)s ký tự", most=NOTE_LENGTH),
                _("Viết lại ghi chú ngắn hơn"),
            )
        listed = self.items(document.get("steps"), ("steps",), MOST_STEPS) if "steps" in document else []
        steps = tuple(
            step for at, one in enumerate(listed) if (step := self._step(one, ("steps", at))) is not None
        )
        self._order(listed)
        return WeightDocument(steps, str(note))

    def _order(self, listed: list[Any]) -> None:
        kinds = [next(iter(one)) for one in listed if isinstance(one, dict) and one]
        if kinds and (kinds[0] != StepKind.BASE or kinds.count(StepKind.BASE) > 1):
            self.refuse(
                ("steps", 0),
                _("bước đầu tiên, và chỉ bước đầu tiên, là “base”"),
                _("Bắt đầu bằng “- base: design” và xóa các bước “base” khác"),
            )

    def _step(self, one: Any, where: Where) -> Step | None:
        if not isinstance(one, dict) or len(one) != 1 or next(iter(one)) not in set(StepKind):
            self.refuse(
                where,
                _("đây không phải là một bước tính trọng số"),
                _("Mỗi bước bắt đầu bằng một trong các tên: %(names)s", names=", ".join(StepKind)),
            )
            return None
        ((name, value),) = one.items()
        kind, inside = StepKind(name), (*where, name)
        if kind is StepKind.BASE and value == "design":
            return Base()
        if not isinstance(value, dict):
            self.refuse(
                inside,
                _("bước “%(name)s” thiếu nội dung", name=name),
                _("Ghi nội dung của bước ở các dòng dưới, thụt vào"),
            )
            return None
        return self._content(kind, value, inside)

    def _content(self, kind: StepKind, value: dict[str, Any], where: Where) -> Step | None:
        match kind:
            case StepKind.BASE:
                population = self._margin(value, where, "population")
                return Base(population) if population else None
            case StepKind.NONRESPONSE:
                sampled = self._margin(value, where, "sampled")
                return Nonresponse(sampled) if sampled else None
            case StepKind.POSTSTRATIFY:
                margin = self._margin(value, where)
                return Poststratify(margin) if margin else None
            case StepKind.RAKE:
                self.keys(value, where, {"margins"}, {"tolerance", "maximum"})
                return Rake(
                    self._margins(value, where),
                    self.number(value, where, "tolerance", above=0, most=0.01) or TOLERANCE,
                    int(self.number(value, where, "maximum", above=0, most=MOST_ROUNDS) or MAXIMUM_ROUNDS),
                )
            case StepKind.CALIBRATE:
                return self._calibration(value, where)
            case StepKind.TRIM:
                self.keys(value, where, set(), {"lower", "upper"})
                return Trim(*self._limits(value, where, around=None))

    def _calibration(self, value: dict[str, Any], where: Where) -> Calibrate:
        self.keys(value, where, {"margins"}, {"method", "lower", "upper"})
        method = self.word(value, where, "method", CalibrationMethod.LINEAR)
        lower, upper = self._limits(value, where, around=1.0)
        if method is CalibrationMethod.LOGIT and (lower is None or upper is None):
            self.refuse(
                where,
                _("phương pháp “logit” cần cả “lower” và “upper”"),
                _("Thêm hai mục đó, ví dụ lower: 0.3 và upper: 3"),
            )
        return Calibrate(self._margins(value, where), method, lower, upper)

    def _limits(
        self, value: dict[str, Any], where: Where, *, around: float | None
    ) -> tuple[float | None, float | None]:
        lower, upper = (self.number(value, where, name) for name in ("lower", "upper"))
        if around is None and not {"lower", "upper"} & value.keys():
            self.refuse(where, _("bước “trim” thiếu giới hạn"), _("Thêm mục “lower”, “upper” hoặc cả hai"))
        low, high = (0.0 if lower is None else lower), (float("inf") if upper is None else upper)
        if low >= high or (around is not None and not low < around < high):
            self.refuse(
                where,
                _("giới hạn “lower” và “upper” không dùng được"),
                _("Để “lower” nhỏ hơn “upper”; với “calibrate”, số 1 nằm giữa hai giới hạn"),
            )
        return lower, upper

    def _margins(self, value: dict[str, Any], where: Where) -> tuple[Margin, ...]:
        inside = (*where, "margins")
        listed = self.items(value.get("margins"), inside, MOST_STEPS) if "margins" in value else []
        margins: list[Margin] = []
        for at, one in enumerate(listed):
            margin = self._margin(one, (*inside, at))
            if margin is None:
                continue
            if margin.variable in {other.variable for other in margins}:
                self.refuse(
                    (*inside, at),
                    _("biến “%(name)s” có hai lần", name=margin.variable),
                    _("Giữ lại một lần"),
                )
            elif margins and not _same_sum(margins[0], margin):
                self.refuse(
                    (*inside, at),
                    _(
                        "tổng số người theo “%(one)s” là %(sum_one)s, theo “%(other)s” là %(sum_other)s",
                        one=margins[0].variable,
                        sum_one=f"{_sum(margins[0]):.12g}",
                        other=margin.variable,
                        sum_other=f"{_sum(margin):.12g}",
                    ),
                    _("Sửa cho các tổng bằng nhau: đó là cùng một dân số"),
                )
            margins.append(margin)
        return tuple(margins)

    def _margin(self, value: Any, where: Where, counts: str = "totals") -> Margin | None:
        if not isinstance(value, dict):
            self.refuse(
                where,
                _("thiếu biến và số người theo từng mã"),
                _("Ghi “variable: tên_biến” và “%(counts)s:” với từng mã", counts=counts),
            )
            return None
        with_blanks = counts == "totals"
        self.keys(value, where, {"variable", counts}, {"blanks"} if with_blanks else set())
        if "variable" not in value or counts not in value:
            return None
        variable = str(value["variable"])
        totals = self._totals(value[counts], (*where, counts), zero=with_blanks)
        self._known(variable, totals, where, counts)
        blanks = self.word(value, where, "blanks", Blanks.REFUSE)
        return Margin(variable, totals, blanks)

    def _totals(self, value: Any, where: Where, *, zero: bool) -> dict[str, float]:
        if not isinstance(value, dict) or not value:
            self.refuse(where, _("thiếu số người theo từng mã"), _("Ghi mỗi mã một dòng, ví dụ “1: 25000”"))
            return {}
        totals = {str(code): self.number(value, where, code) or 0.0 for code in value}
        if not zero:
            for code, total in totals.items():
                if total == 0:
                    self.refuse((*where, code), _("số người phải lớn hơn 0"), _("Sửa số này hoặc bỏ dòng"))
        elif not any(totals.values()):
            self.refuse(where, _("mọi tổng đều bằng 0"), _("Ghi số người thật của từng mã"))
        return totals

    def _known(self, variable: str, totals: Mapping[str, float], where: Where, counts: str) -> None:
        if self._variables is None:
            return
        if variable not in self._variables:
            self.refuse(
                (*where, "variable"),
                _("không có biến “%(name)s”", name=variable[:60]),
                _("Dùng một trong các biến: %(names)s", names=", ".join(self._variables)),
            )
            return
        codes = self._variables[variable]
        for code in totals if codes is not None else ():
            if codes is not None and code not in codes:
                self.refuse(
                    (*where, counts, code),
                    _("biến “%(name)s” không có mã “%(code)s”", name=variable, code=code[:60]),
                    _("Dùng một trong các mã: %(codes)s", codes=", ".join(sorted(codes)[:30])),
                )


def _sum(margin: Margin) -> float:
    return sum(margin.totals.values())


def _same_sum(one: Margin, other: Margin) -> bool:
    return isclose(_sum(one), _sum(other), rel_tol=SAME_SUM)

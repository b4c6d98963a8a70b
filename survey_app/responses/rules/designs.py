"""How one person of a drawn sample was drawn: the columns that say so, and what may stand in them.

The words are those of survey sampling: strata, primary sampling units (PSU) and the units drawn inside them at later
stages, finite population counts (fpc), design weights (S. Lohr, Sampling: Design and Analysis, 3rd ed., chapters 3,
5 and 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from survey_app.foundation.languages import gettext as _

DESIGN_LABEL_LENGTH = 80
FILE_NAME_LENGTH = 200
STAGES = 3
PSUS = tuple(f"psu{stage}" for stage in range(1, STAGES + 1))
FPCS = tuple(f"fpc{stage}" for stage in range(1, STAGES + 1))
DESIGN_COLUMNS = ("stratum", *PSUS, *FPCS, "weight", "phase")

_LARGEST_COUNT = 10**12
_MOST_PHASES = 9


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one column, and what to do, in the reader's language."""

    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """How one respondent was drawn. `psus` and `fpcs` hold the stages that were given, first stage first."""

    stratum: str | None = None
    psus: tuple[str, ...] = ()
    fpcs: tuple[int, ...] = ()
    weight: float | None = None
    phase: int | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The names of the columns that say something."""
        single = {"stratum": self.stratum, "weight": self.weight, "phase": self.phase}
        named = {name for name, value in single.items() if value is not None}
        return frozenset(named.union(PSUS[: len(self.psus)], FPCS[: len(self.fpcs)]))

    def values(self) -> tuple[str | int | float | None, ...]:
        """The values in the order of `DESIGN_COLUMNS`."""
        psus = self.psus + (None,) * (STAGES - len(self.psus))
        fpcs = self.fpcs + (None,) * (STAGES - len(self.fpcs))
        return (self.stratum, *psus, *fpcs, self.weight, self.phase)


class _Unreadable(Exception):
    """One cell of the design says nothing that can be used."""


def read_design(cells: Mapping[str, str]) -> tuple[Drawn | None, list[Fault]]:
    """Read the design of one row.

    Parameters
    ----------
    cells
        Names of `DESIGN_COLUMNS` -> text; empty texts and absent names say nothing.

    Returns
    -------
    tuple
        The design, None if the row has none or it has faults; and the faults.
    """
    given = {name: cells[name] for name in DESIGN_COLUMNS if cells.get(name)}
    if not given:
        return None, []
    values: dict[str, str | int | float] = {}
    faults = []
    for name, text in given.items():
        try:
            values[name] = _READERS[name](text)
        except _Unreadable as error:
            faults.append(Fault(name, str(error)))
    faults += _gaps(given)
    return (None if faults else _drawn(values)), faults


def _drawn(values: Mapping[str, str | int | float]) -> Drawn:
    stratum, weight, phase = values.get("stratum"), values.get("weight"), values.get("phase")
    return Drawn(
        None if stratum is None else str(stratum),
        tuple(str(values[name]) for name in PSUS if name in values),
        tuple(int(values[name]) for name in FPCS if name in values),
        None if weight is None else float(weight),
        None if phase is None else int(phase),
    )


def _label(text: str) -> str:
    if len(text) > DESIGN_LABEL_LENGTH:
        raise _Unreadable(
            _(
                "“%(text)s…” dài quá %(most)s ký tự. Hãy dùng mã ngắn.",
                text=text[:30],
                most=DESIGN_LABEL_LENGTH,
            )
        )
    return text


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        raise _Unreadable(
            _("“%(text)s” không phải là số. Hãy viết số với dấu chấm thập phân, ví dụ 412.5.", text=text[:30])
        ) from None
    if not math.isfinite(weight) or weight <= 0:
        raise _Unreadable(
            _(
                "Trọng số %(text)s phải là số hữu hạn lớn hơn 0. Hãy sửa trọng số, hoặc bỏ dòng của người "
                "không trả lời.",
                text=text[:30],
            )
        )
    return weight


def _count(text: str) -> int:
    try:
        count = float(text)
    except ValueError:
        count = 0
    if not (1 <= count <= _LARGEST_COUNT and count == int(count)):
        raise _Unreadable(
            _(
                "“%(text)s” không phải là số đơn vị của tổng thể. Hãy ghi một số nguyên từ 1 trở lên, "
                "không phải tỷ lệ chọn mẫu.",
                text=text[:30],
            )
        )
    return int(count)


def _phase(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_PHASES):
        raise _Unreadable(
            _(
                "“%(text)s” không phải là số của pha chọn mẫu. Hãy ghi 1, 2, ... hoặc để trống.",
                text=text[:30],
            )
        )
    return int(text)


_READERS: dict[str, Callable[[str], str | int | float]] = {
    "stratum": _label,
    **dict.fromkeys(PSUS, _label),
    **dict.fromkeys(FPCS, _count),
    "weight": _weight,
    "phase": _phase,
}


def _gaps(given: Mapping[str, str]) -> list[Fault]:
    """Say which stage lacks the stage before it, and whether the counts fit the stages."""
    psus = [stage for stage, name in enumerate(PSUS, start=1) if name in given]
    fpcs = [stage for stage, name in enumerate(FPCS, start=1) if name in given]
    if psus != list(range(1, len(psus) + 1)):
        name = PSUS[psus[-1] - 1]
        return [
            Fault(
                name,
                _("Có %(name)s nhưng thiếu đơn vị chọn ở giai đoạn trước. Hãy điền từ psu1.", name=name),
            )
        ]
    stages = max(len(psus), 1)
    if fpcs and fpcs != list(range(1, stages + 1)):
        return [
            Fault(
                FPCS[fpcs[-1] - 1],
                _(
                    "Mẫu có %(stages)s giai đoạn, nên cần đủ fpc1 đến fpc%(stages)s hoặc không có cột fpc nào.",
                    stages=stages,
                ),
            )
        ]
    if "weight" not in given and not fpcs:
        return [
            Fault(
                "weight",
                _(
                    "Dòng có thiết kế mẫu nhưng không có trọng số, cũng không có fpc để tính. Hãy điền weight."
                ),
            )
        ]
    return []

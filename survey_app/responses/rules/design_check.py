"""What the rows of a sampling design must agree on: strata, population counts, the columns that are filled."""

from __future__ import annotations

from collections import Counter

from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.responses.rules.designs import DESIGN_COLUMNS, FPCS, PSUS, Drawn, Fault

SMALLEST_CELL = 10
"""Below so many responses a cell of the design may lead to a person."""


class DesignCheck:
    """What the rows of a design say together; feed it row by row, then ask for the end.

    Memory grows with the number of different units that were drawn, not with what their rows hold.
    """

    def __init__(self) -> None:
        self._columns: frozenset[str] | None = None
        self._stratum_of: dict[str, str | None] = {}
        self._population: dict[tuple[str | None, ...], int] = {}
        self._line: dict[tuple[str | None, ...], int] = {}
        self._sampled: Counter[tuple[str | None, ...]] = Counter()
        self._units: set[tuple[str | None, ...]] = set()
        self._cells: Counter[tuple[object, ...]] = Counter()

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the design that the rows fill, none if they have no design."""
        return self._columns or frozenset()

    @property
    def cells(self) -> int:
        """How many cells (stratum, units, weight) the rows lie in."""
        return len(self._cells)

    @property
    def small_cells(self) -> int:
        """How many of these cells hold fewer responses than `SMALLEST_CELL`."""
        return sum(count < SMALLEST_CELL for count in self._cells.values())

    def add(self, drawn: Drawn | None, line: int) -> list[Fault]:
        """Take the design of one row of the file (`line` 0: of a response that is stored already)."""
        columns = drawn.columns if drawn else frozenset()
        if self._columns is None:
            self._columns = columns
        if columns != self._columns:
            return [self._mixture(columns)]
        if drawn is None:
            return []
        self._cells[drawn.stratum, drawn.psus, drawn.weight] += 1
        faults = self._in_another_stratum(drawn)
        return faults or self._count(drawn, line)

    def _mixture(self, columns: frozenset[str]) -> Fault:
        known = self._columns or frozenset()
        name = next(one for one in DESIGN_COLUMNS if one in known ^ columns)
        if name in known:
            return Fault(
                name,
                _(
                    "Ô trống, trong khi các phiếu khác của đợt có cột này. Hãy điền cho mọi dòng hoặc bỏ cả cột."
                ),
            )
        return Fault(
            name,
            _("Có giá trị, trong khi các phiếu khác của đợt để trống. Hãy điền cho mọi dòng hoặc bỏ cả cột."),
        )

    def _in_another_stratum(self, drawn: Drawn) -> list[Fault]:
        if not drawn.psus:
            return []
        stratum = self._stratum_of.setdefault(drawn.psus[0], drawn.stratum)
        if stratum == drawn.stratum:
            return []
        return [
            Fault(
                PSUS[0],
                _(
                    "Đơn vị “%(psu)s” nằm ở hai tầng: “%(one)s” và “%(other)s”. Hãy sửa tầng, hoặc thêm mã tầng "
                    "vào mã đơn vị nếu đó là hai đơn vị khác nhau.",
                    psu=drawn.psus[0],
                    one=stratum,
                    other=drawn.stratum,
                ),
            )
        ]

    def _count(self, drawn: Drawn, line: int) -> list[Fault]:
        """Count the row's units, each once inside the unit (or stratum) from which it was drawn."""
        path: tuple[str | None, ...] = (drawn.stratum,)
        for stage in range(max(len(drawn.psus), 1)):
            if stage < len(drawn.fpcs):
                fpc = drawn.fpcs[stage]
                if self._population.setdefault(path, fpc) != fpc:
                    return [self._varying(path, stage, fpc)]
                self._line.setdefault(path, line)
            if not drawn.psus:
                self._sampled[path] += 1
                break
            unit = (*path, drawn.psus[stage])
            if unit not in self._units:
                self._units.add(unit)
                self._sampled[path] += 1
            path = unit
        return []

    def _varying(self, path: tuple[str | None, ...], stage: int, fpc: int) -> Fault:
        return Fault(
            FPCS[stage],
            _(
                "%(one)s khác với %(other)s ở dòng trước của cùng “%(where)s”. Hãy ghi một số cho cả tầng hoặc đơn vị.",
                one=format_number(fpc),
                other=format_number(self._population[path]),
                where=path[-1] or _("toàn bộ mẫu"),
            ),
        )

    def finish(self) -> list[tuple[int, Fault]]:
        """Return what only all rows together show, each with the line where it begins: counts below the sample."""
        return [
            (
                self._line[path],
                Fault(
                    FPCS[len(path) - 1],
                    _(
                        "“%(where)s” có %(sampled)s đơn vị trong mẫu nhưng tổng thể chỉ ghi %(fpc)s. fpc là số đơn "
                        "vị của tổng thể, không phải của mẫu.",
                        where=path[-1] or _("toàn bộ mẫu"),
                        sampled=format_number(self._sampled[path]),
                        fpc=format_number(population),
                    ),
                ),
            )
            for path, population in self._population.items()
            if population < self._sampled[path]
        ]

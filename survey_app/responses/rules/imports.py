"""The check of a whole file of responses, row by row in bounded memory, and the report of what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from survey_app.foundation.languages import gettext as _
from survey_app.responses.rules.design_check import DesignCheck
from survey_app.responses.rules.designs import Fault
from survey_app.responses.rules.rows import ReadRow, RowReader

FAULTS_KEPT = 100


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one line of the file (0: in the file as a whole), and what to do."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a file holds.

    `faults` are the first `FAULTS_KEPT` of `fault_count`; `off_path` counts by item the answers that are not stored
    because the respondent's path does not show the item; `design` names the columns of the sampling design, whose
    `cells` (stratum, units, weight) hold fewer than ten responses `small_cells` times.
    """

    rows: int
    fault_count: int
    faults: tuple[RowFault, ...]
    off_path: Mapping[str, int] = field(default_factory=dict)
    offices: Mapping[str, int] = field(default_factory=dict)
    design: tuple[str, ...] = ()
    cells: int = 0
    small_cells: int = 0


class _Faults:
    """Hands every fault on and keeps the first ones."""

    def __init__(self, found: Callable[[RowFault], None]) -> None:
        self._found = found
        self.count = 0
        self.first: list[RowFault] = []

    def add(self, line: int, faults: Iterable[Fault]) -> None:
        for fault in faults:
            one = RowFault(line, fault.column, fault.message)
            self._found(one)
            self.count += 1
            if len(self.first) < FAULTS_KEPT:
                self.first.append(one)


def check_rows(
    lines: Iterable[tuple[int, Sequence[str]]],
    reader: RowReader,
    design: DesignCheck,
    *,
    office_codes: Mapping[int, str],
    keep: Callable[[ReadRow], None],
    found: Callable[[RowFault], None] = lambda fault: None,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Read every line; hand rows without a fault to `keep` and faults to `found`, and report.

    Parameters
    ----------
    design
        Knows what the stored responses of the campaign say already; lines are added to it.
    progress
        Called with the number of lines read so far, every 10,000 lines.
    """
    faults = _Faults(found)
    offices: Counter[str] = Counter()
    off_path: Counter[str] = Counter()
    rows = 0
    for rows, (line, cells) in enumerate(lines, start=1):
        row, wrong = reader.read(cells)
        if row is not None:
            wrong = design.add(row.drawn, line)
            offices[office_codes[row.office_id]] += 1
            off_path.update(row.off_path)
            keep(row)
        faults.add(line, wrong)
        if rows % 10_000 == 0:
            progress(rows)
    for line, fault in design.finish():
        faults.add(line, [fault])
    if not rows:
        faults.add(0, [Fault("", _("Dưới dòng tiêu đề không có dòng nào. Hãy kiểm tra lại tệp."))])
    return ImportReport(
        rows=rows,
        fault_count=faults.count,
        faults=tuple(faults.first),
        off_path=dict(sorted(off_path.items())),
        offices=dict(sorted(offices.items())),
        design=tuple(sorted(design.columns)),
        cells=design.cells,
        small_cells=design.small_cells,
    )

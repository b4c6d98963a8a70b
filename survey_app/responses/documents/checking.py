"""Checks a file of responses against what a campaign accepts; needs no database."""

from __future__ import annotations

from collections.abc import Callable

from survey_app.responses.documents.spool import Spool
from survey_app.responses.documents.tables import Table
from survey_app.responses.rules.answers import encode
from survey_app.responses.rules.design_check import DesignCheck
from survey_app.responses.rules.imports import ImportReport, RowFault, check_rows
from survey_app.responses.rules.layouts import FileMapping, lay_out
from survey_app.responses.rules.rows import Frame, ReadRow, RowReader


def check_table(
    table: Table,
    *,
    frame: Frame,
    design: DesignCheck,
    mapping: FileMapping,
    spool: Spool,
    found: Callable[[RowFault], None] = lambda fault: None,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Check all rows of a table, keep the sound ones in `spool`, and report.

    Parameters
    ----------
    design
        Holds the designs of the stored responses; those of the table are added to it.
    found, progress
        Called with every fault, and with the number of rows read every 10,000 rows.

    Raises
    ------
    UnusableColumns, UnreadableTable
        The file as a whole cannot be used.
    """
    reader = RowReader(frame, lay_out(table.header, frame.questionnaire, mapping), mapping)

    def keep(row: ReadRow) -> None:
        spool.keep(row, encode(frame.questionnaire, row.answers))

    return check_rows(
        table.lines,
        reader,
        design,
        office_codes={office_id: code for code, office_id in frame.offices.items()},
        keep=keep,
        found=found,
        progress=progress,
    )

"""Keeps checked rows on disk between the check of a file and the one transaction that stores them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from survey_app.responses.rules.answers import Answers
from survey_app.responses.rules.rows import ReadRow


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A checked row with its coded answers, and its design in the order of `DESIGN_COLUMNS` (None: no design)."""

    office_id: int
    instrument: str
    language: str
    received_hour: datetime
    answers: Answers
    codes: bytes
    design: tuple[Any, ...] | None


class Spool:
    """An unnamed temporary file of checked rows; it is gone when it is closed. May be read several times."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (closed by __exit__)

    def __enter__(self) -> Spool:
        """Give the empty spool."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Delete what was kept."""
        self._file.close()

    def keep(self, row: ReadRow, codes: bytes) -> None:
        """Add a row."""
        design = row.drawn.values() if row.drawn else None
        place = [row.office_id, row.instrument, row.language, row.received_hour.isoformat()]
        # dumps, not dump: only the former uses the fast encoder
        self._file.write(json.dumps([*place, row.answers, codes.hex(), design], ensure_ascii=False) + "\n")

    def batches(self, size: int) -> Iterator[list[KeptRow]]:
        """Yield all rows in the order in which they were added, `size` at a time."""
        self._file.seek(0)
        rows = map(_kept, self._file)
        while batch := list(islice(rows, size)):
            yield batch


def _kept(line: str) -> KeptRow:
    office_id, instrument, language, hour, answers, codes, design = json.loads(line)
    return KeptRow(
        office_id,
        instrument,
        language,
        datetime.fromisoformat(hour),
        answers,
        bytes.fromhex(codes),
        None if design is None else tuple(design),
    )

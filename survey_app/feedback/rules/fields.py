"""Fields of work: the list that ships with the product. A case keeps the code; what stood there before it stays."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO


@dataclass(frozen=True, slots=True)
class Field:
    """One field of work with its names."""

    code: str
    vi: str
    en: str

    def label(self, language: str) -> str:
        """Return its name in `language`, in Vietnamese for one that it has no name in."""
        return self.en if language == "en" else self.vi


def read_fields(text: str) -> tuple[Field, ...]:
    """Return the fields of a CSV file, one a record, in its order."""
    return tuple(Field(**row) for row in csv.DictReader(StringIO(text)))


def offered(fields: Iterable[Field], language: str, kept: str = "") -> list[tuple[str, str]]:
    """Return codes and names to choose from; `kept`, where it is none of them, stays as it is at the end."""
    known = [(one.code, one.label(language)) for one in fields]
    is_older = kept and kept not in {code for code, _label in known}
    return [*known, (kept, kept)] if is_older else known

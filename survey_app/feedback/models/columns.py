"""Lengths and word columns that the tables of the room share."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum, String

CODE_LENGTH = 11
PATH_LENGTH = 120
NAME_LENGTH = 200
FIELD_LENGTH = 60
BASIS_LENGTH = 300

# Compared byte by byte, so that an index finds all that lies below a path; SQLite does so anyway.
PATH = String(PATH_LENGTH).with_variant(String(PATH_LENGTH, collation="C"), "postgresql")


def words(kind: type[StrEnum], length: int = 24) -> Enum:
    """Store the values of `kind` as plain text, alike on every database."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [str(m) for m in members]
    )

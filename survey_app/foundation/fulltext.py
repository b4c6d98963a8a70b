"""Full-text search on SQLite and PostgreSQL; the one place that knows their words for it.

What is searched is a column of folded words (small letters, no diacritics). The index stands beside the table and is
kept in step by the database itself: on SQLite a table of FTS5 with triggers, on PostgreSQL an index on the column.
No operation can forget it then, whether a row is added, corrected, emptied or purged. A migration makes both; what
it makes begins with `PREFIX`, because models do not describe it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, column, false, func, literal_column, select, table, text
from sqlalchemy.orm import Session

PREFIX = "search_"
FEW = 1_000
"""SQLite fetches and sorts all rows that its index finds; from this number on it looks into row after row instead."""


def is_described(name: str | None, kind: str, _parents: Any) -> bool:
    """Say whether models describe the table or index called `name`; Alembic asks when it compares."""
    return kind not in ("table", "index") or not (name or "").startswith(PREFIX)


def matching(
    session: Session,
    *,
    key: Any,
    words: Any,
    phrases: Sequence[Sequence[str]],
    is_open: bool = False,
) -> ColumnElement[bool]:
    """Return the condition that the column `words` holds every one of `phrases`.

    Parameters
    ----------
    key
        The primary key of the same table, an integer.
    phrases
        Folded words (letters and digits only) that stand side by side; none match nothing.
    is_open
        Whether the last word may go on: `duo` then finds `duong`.
    """
    if not phrases:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        found = _rows(f"{PREFIX}{words.class_.__tablename__}", _fts5(phrases, is_open))
        return and_(key.in_(found) if _are_few(session, found) else _holds(words, phrases, is_open))
    vector = func.to_tsvector(literal_column("'simple'::regconfig"), words)
    query = func.to_tsquery(literal_column("'simple'::regconfig"), _tsquery(phrases, is_open))
    return and_(vector.bool_op("@@")(query))


def _are_few(session: Session, found: Any) -> bool:
    counted = select(func.count()).select_from(found.limit(FEW).subquery())
    return (session.scalar(counted) or 0) < FEW


def _holds(words: Any, phrases: Sequence[Sequence[str]], is_open: bool) -> ColumnElement[bool]:
    """Return the condition without the index, for what so many rows hold that a page is full after a few."""
    sought = [f" {' '.join(phrase)} " for phrase in phrases]
    sought[-1] = sought[-1][:-1] if is_open else sought[-1]
    return and_(*(func.instr(" " + words + " ", one) > 0 for one in sought))


def _rows(index: str, query: str) -> Any:
    found: ColumnElement[bool] = literal_column(index).bool_op("MATCH")(query)
    return select(column("rowid")).select_from(table(index)).where(found)


def _fts5(phrases: Iterable[Sequence[str]], is_open: bool) -> str:
    quoted = " AND ".join('"{}"'.format(" ".join(phrase)) for phrase in phrases)
    return f"{quoted}*" if is_open else quoted


def _tsquery(phrases: Iterable[Sequence[str]], is_open: bool) -> str:
    quoted = " & ".join("({})".format(" <-> ".join(f"'{word}'" for word in phrase)) for phrase in phrases)
    return f"{quoted[:-1]}:*)" if is_open else quoted


def forget_deleted_words(session: Session, table_name: str) -> None:
    """Write the index anew without the words of rows that were deleted or emptied.

    SQLite keeps them in its files until parts of the index are merged by themselves; whoever purges must not wait
    for that. PostgreSQL removes them with its next vacuum.
    """
    if session.get_bind().dialect.name == "sqlite":
        index = f"{PREFIX}{table_name}"
        session.execute(text(f"INSERT INTO {index}({index}) VALUES ('optimize')"))  # noqa: S608

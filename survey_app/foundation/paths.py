"""Unit paths in queries: `04` reaches `04` itself and everything below, such as `04/01273`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true


def inside_any(column: Any, scopes: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that the path in `column` lies inside one of `scopes`; an empty scope is everywhere."""
    scopes = tuple(scopes)
    if "" in scopes:
        return true()
    conditions = [or_(column == scope, column.startswith(f"{scope}/", autoescape=True)) for scope in scopes]
    return or_(*conditions) if conditions else false()

"""Templates, routes and SQL compiled once for the many applications and databases of one test run.

Each test builds its own application on its own database. What Jinja, Werkzeug and SQLAlchemy compile for it is
the same every time and used to be most of the time the tests took; it is kept by what it was compiled from, so
nothing can be stale.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from survey_app.web import assets

# All statements of a run; an engine of its own keeps 500.
STATEMENTS = 5_000


def compile_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications and databases of this run share what they compile."""
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": TemplatesCompiledOnce()})
    patch.setattr(Flask, "url_rule_class", RuleCompiledOnce)
    patch.setattr(assets, "_asset", cache(assets._asset))
    # A statement is kept with the dialect it was compiled for: those that write alike count as one.
    patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(_writing_of(dialect)))
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: _writing_of(one) == _writing_of(other))
    statements = LRUCache[Any, Any](STATEMENTS)
    patch.setattr(Engine, "_compiled_cache", property(lambda _: statements, lambda *_: None), raising=False)


def _writing_of(dialect: object) -> tuple[object, ...]:
    return type(dialect), getattr(dialect, "_json_serializer", None)


class TemplatesCompiledOnce(BytecodeCache):
    """Keeps the code of each template in memory, by its name, file and text."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back the code that was compiled from the same text."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code


class RuleCompiledOnce(Rule):
    """A route whose pattern and address builder are shared by all applications."""

    _compiled: dict[tuple[Any, ...], Rule] = {}  # noqa: RUF012
    _builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}  # noqa: RUF012

    def compile(self) -> None:
        """Take over what was compiled for an equal route."""
        assert self.map is not None
        defaults = tuple(sorted((self.defaults or {}).items()))
        domain = self.host if self.map.host_matching else self.subdomain
        key = (self.rule, domain, self.merge_slashes, defaults, frozenset(self.map.converters.items()))
        first = self._compiled.get(key)
        if first is None:
            super().compile()
            self._compiled[key] = self
        else:
            self._parts, self._trace, self._converters = first._parts, first._trace, first._converters
            self.arguments = first.arguments
            self._build = self._compile_builder(False).__get__(self, None)
            self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Return the builder; it takes the rule as argument."""
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, tuple(self._trace), defaults, append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]

"""Templates and routes compiled once for the many applications of one test run.

Each test builds its own application. What Jinja and Werkzeug compile for it is the same every time and used to
be most of the time the tests took; it is kept by the text it was compiled from, so nothing can be stale.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


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
    """A route whose address builder is shared by all applications; the builder takes the rule as argument."""

    _builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}  # noqa: RUF012

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, tuple(self._trace), defaults, append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]

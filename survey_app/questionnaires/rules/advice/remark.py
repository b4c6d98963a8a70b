"""One remark of the linter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """A `warning` costs answers or makes a figure wrong; `advice` is a matter of care."""

    ADVICE = "advice"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark.

    `path` is `items.<id>` (a question or a row), `sections.<id>`, `scales.<name>`, `missing_answers.<code>`,
    `recipe`, or "" for the whole form; `rule` is the slug of the rule; `message` and `remedy` are in the
    reader's language.
    """

    path: str
    severity: Severity
    rule: str
    message: str
    remedy: str

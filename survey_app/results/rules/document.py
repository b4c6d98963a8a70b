"""The result document: what a run says, in one canonical text that names itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.questionnaires.rules import Recipe, canonical_json, nodes

DECIMALS = 9
RUN_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Computation:
    """A run that is not stored yet: `text` is its canonical JSON and `run_id` is made from it."""

    run_id: str
    campaign_id: int
    recipe_hash: str
    last_response_id: int
    responses: int
    method: dict[str, Any]
    text: str


def canonical(result: Mapping[str, Any]) -> str:
    """Return the one text of a result: keys in the order written, no spaces, letters as they are."""
    return json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def run_id(text: str, key: str) -> str:
    """Return the name of the run whose canonical text this is: 12 hex digits of its HMAC-SHA-256.

    The name is published, the complete text is not: without the installation's `key` nobody can try out which
    hidden answers would give this name.
    """
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:RUN_ID_LENGTH]


def with_run(text: str, name: str) -> str:
    """Return the canonical text with the run's name in front, as it is printed: `{"run":"…",…}`."""
    return f'{{"run":"{name}",{text[1:]}'


def recipe_hash(recipe: Recipe) -> str:
    """Return the SHA-256 (hex) of what a recipe does: score, blanks, and each criterion's share in each node.

    Labels and notes are left out: they change no figure.
    """
    shares = [[node.id, node.level, sorted(node.coefficients.items())] for node in nodes(recipe)]
    does = {
        "score": recipe.score,
        "aggregation": recipe.aggregation,
        "blanks": recipe.blanks,
        "nodes": shares,
    }
    return hashlib.sha256(canonical_json(does).encode()).hexdigest()


def percent(value: float) -> float | None:
    """Return a share in percent to nine decimals; None for NaN. Minus zero becomes zero."""
    return number(100 * float(value))


def number(value: float) -> float | None:
    """Return `value` to nine decimals; None where it is undefined (NaN or infinite)."""
    value = float(value)
    return round(value, DECIMALS) + 0.0 if math.isfinite(value) else None

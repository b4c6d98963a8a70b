"""Weight sets: the steps by which the responses of a campaign are weighted, as plain values.

A weight set says in order how each response comes to stand for as many people as it does. It is only a record;
room results carries it out (`results.rules.weighting`), and every run keeps the steps that it used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

NAME_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
NAME_LENGTH = 60
NOTE_LENGTH = 500
RESERVED_NAMES = frozenset({"new"})
"""Words that stand in the place of a name in addresses of staff pages."""

TOLERANCE = 1e-10
MAXIMUM_ROUNDS = 1000


class StepKind(StrEnum):
    """What a step does to the weights."""

    BASE = "base"
    NONRESPONSE = "nonresponse"
    POSTSTRATIFY = "poststratify"
    RAKE = "rake"
    CALIBRATE = "calibrate"
    TRIM = "trim"


class Place(StrEnum):
    """Variables that every response has, besides the items of its questionnaire."""

    STRATUM = "stratum"
    OFFICE = "office"
    UNIT = "unit"


class Blanks(StrEnum):
    """What becomes of respondents who did not answer the variable of a margin."""

    REFUSE = "refuse"
    KEEP_SHARE = "keep_share"
    """They keep the share of the weights that they had; the totals hold for those who answered."""


class CalibrationMethod(StrEnum):
    """The distance between the old and the new weights that calibration keeps small."""

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True)
class Margin:
    """A number of people for each code of a variable: of the population, or of the sample."""

    variable: str
    totals: Mapping[str, float]
    blanks: Blanks = Blanks.REFUSE


@dataclass(frozen=True, slots=True)
class Base:
    """Begin with the weights of the sampling design, or with people over responses in each class of `population`."""

    population: Margin | None = None


@dataclass(frozen=True, slots=True)
class Nonresponse:
    """Multiply by people selected over people who answered, in each class of `sampled`."""

    sampled: Margin


@dataclass(frozen=True, slots=True)
class Poststratify:
    """Make the weights of each class add up to its total."""

    margin: Margin


@dataclass(frozen=True, slots=True)
class Rake:
    """Make the weights add up to the totals of each of several variables in turn, until all hold."""

    margins: tuple[Margin, ...]
    tolerance: float = TOLERANCE
    maximum: int = MAXIMUM_ROUNDS


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Change the weights as little as possible so that all totals hold; factors stay between `lower` and `upper`."""

    margins: tuple[Margin, ...]
    method: CalibrationMethod = CalibrationMethod.LINEAR
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Trim:
    """Cut weights off at `lower` and `upper`; what is cut is spread evenly over the others."""

    lower: float | None = None
    upper: float | None = None


Step: TypeAlias = Base | Nonresponse | Poststratify | Rake | Calibrate | Trim


def is_weight_set_name(text: str) -> bool:
    """Say whether `text` may name a weight set: 1 to 60 small letters, digits and inner hyphens."""
    return NAME_PATTERN.fullmatch(text) is not None and text not in RESERVED_NAMES


def kind_of(step: Step) -> StepKind:
    """Return what a step does."""
    return {
        Base: StepKind.BASE,
        Nonresponse: StepKind.NONRESPONSE,
        Poststratify: StepKind.POSTSTRATIFY,
        Rake: StepKind.RAKE,
        Calibrate: StepKind.CALIBRATE,
        Trim: StepKind.TRIM,
    }[type(step)]


def margins_of(step: Step) -> tuple[Margin, ...]:
    """Return the numbers of people that a step goes by."""
    match step:
        case Base(population):
            return (population,) if population else ()
        case Nonresponse(margin) | Poststratify(margin):
            return (margin,)
        case Rake(margins) | Calibrate(margins):
            return margins
        case Trim():
            return ()


def steps_document(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return steps as plain values, which `weight_documents.read_document` reads again."""
    return [{kind_of(step).value: _plain(step)} for step in steps]


def _plain(step: Step) -> Any:
    plain: Any
    match step:
        case Base(population):
            plain = _plain_margin(population, "population") if population else "design"
        case Nonresponse(margin):
            plain = _plain_margin(margin, "sampled")
        case Poststratify(margin):
            plain = _plain_margin(margin)
        case Rake(margins, tolerance, maximum):
            plain = {"margins": [*map(_plain_margin, margins)], "tolerance": tolerance, "maximum": maximum}
        case Calibrate(margins, method, lower, upper):
            plain = {"margins": [*map(_plain_margin, margins)], "method": method.value} | _bounds(
                lower, upper
            )
        case Trim(lower, upper):
            plain = _bounds(lower, upper)
    return plain


def _plain_margin(margin: Margin, counts: str = "totals") -> dict[str, Any]:
    plain: dict[str, Any] = {"variable": margin.variable, counts: dict(margin.totals)}
    return plain if margin.blanks is Blanks.REFUSE else plain | {"blanks": margin.blanks.value}


def _bounds(lower: float | None, upper: float | None) -> dict[str, float]:
    return {name: bound for name, bound in (("lower", lower), ("upper", upper)) if bound is not None}

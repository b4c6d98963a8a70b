"""The keys of a request, and what each may hold. null is the same as an absent key."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.estimation.codes import UnableToEstimate


class UnusableRequest(UnableToEstimate):
    """One request cannot be understood; the message names the key and the remedy."""


@dataclass(frozen=True)
class Kind:
    """What a key may hold, and the words that say so."""

    fits: Callable[[Any], bool]
    words: str


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    # JSON's whole numbers may be longer than those of arrays
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(fits(part) for part in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


TEXT = Kind(_is_text, "a text")
COLUMN = Kind(_is_text, "the name of one column")
COLUMNS = Kind(_list_of(_is_text), "a list of column names, or null")
FLAG = Kind(lambda value: isinstance(value, bool), "true or false")
NUMBER = Kind(_is_number, "a number")
WHOLE = Kind(lambda value: _is_number(value) and float(value).is_integer(), "a whole number")
NUMBERS = Kind(_list_of(_is_number), "a list of numbers")
PROBABILITIES = Kind(
    lambda value: _is_number(value) or _list_of(_is_number)(value),
    "a list of probabilities, such as [0.25, 0.5, 0.75]",
)
LEVEL = Kind(
    lambda value: _is_number(value) and 0 < value < 1, "a confidence level between 0 and 1, such as 0.95"
)
SCALAR = Kind(_is_scalar, "a text, a number, true or false")
SCALARS = Kind(_list_of(_is_scalar), "a list of texts, numbers, true or false")
BOUNDS = Kind(
    lambda value: _list_of(lambda bound: bound is None or _is_number(bound))(value) and len(value) == 2,
    "[lower, upper], null where there is none",
)
OBJECT = Kind(lambda value: isinstance(value, dict), "an object")
OBJECTS = Kind(_list_of(OBJECT.fits), "a list of objects")
AMOUNTS = Kind(
    lambda value: isinstance(value, dict) and all(_is_number(amount) for amount in value.values()),
    "an object of names and numbers",
)

KEYS: dict[str, dict[str, Kind]] = {
    "": {
        "id": TEXT,
        "data_file": TEXT,
        "design": OBJECT,
        "estimator": TEXT,
        "variables": COLUMNS,
        "level": LEVEL,
        "domain": OBJECT,
        "options": OBJECT,
        "by": COLUMNS,
        "statistic": TEXT,
        "contrast": AMOUNTS,
        "expression": TEXT,
        "formula": TEXT,
        "level_value": SCALAR,
    },
    "design": {
        "weights": COLUMN,
        "strata": COLUMNS,
        "psu": COLUMNS,
        "nest": FLAG,
        "fpc": COLUMNS,
        "ultimate_cluster": FLAG,
        "lonely_psu": TEXT,
        "adjust": OBJECTS,
        "replicate": OBJECT,
    },
    "design.replicate": {
        "type": TEXT,
        "weights_file": TEXT,
        "combined_weights": FLAG,
        "includes_adjust": FLAG,
        "scale": NUMBER,
        "rscales": NUMBERS,
        "mse": FLAG,
        "degf": WHOLE,
        "fay_rho": NUMBER,
        "replicates": WHOLE,
        "n_replicates": WHOLE,
        "seed": WHOLE,
    },
    "domain": {"variable": COLUMN, "values": SCALARS},
    "options": {
        "na_rm": FLAG,
        "deff": FLAG,
        "method": TEXT,
        "level": LEVEL,
        "p": PROBABILITIES,
        "interval": TEXT,
        "qrule": TEXT,
        "statistic": TEXT,
        "test": TEXT,
        "family": TEXT,
    },
    "design.adjust[poststratify]": {"type": TEXT, "variable": COLUMN, "totals": AMOUNTS},
    "design.adjust[rake]": {"type": TEXT, "margins": OBJECTS, "epsilon": NUMBER, "maxit": WHOLE},
    "design.adjust[rake].margins": {"variable": COLUMN, "totals": AMOUNTS},
    "design.adjust[calibrate]": {
        "type": TEXT,
        "method": TEXT,
        "terms": COLUMNS,
        "totals": AMOUNTS,
        "bounds": BOUNDS,
        "epsilon": NUMBER,
        "maxit": WHOLE,
    },
    "design.adjust[trim]": {"type": TEXT, "lower": NUMBER, "upper": NUMBER, "strict": FLAG},
}


def without_nulls(part: Any) -> Any:
    """The same objects and lists, without keys that hold null."""
    if isinstance(part, dict):
        return {key: without_nulls(value) for key, value in part.items() if value is not None}
    return [without_nulls(value) for value in part] if isinstance(part, list) else part


def check_keys(part: Mapping[str, Any], where: str) -> None:
    """Refuse keys that nobody knows, and values of another kind than the key's.

    Raises
    ------
    UnusableRequest
    """
    known = KEYS[where]
    for key in part:
        name = f"{where}.{key}" if where else key
        if key not in known:
            raise UnusableRequest(
                f"{name}: unknown key. Remove it, or use one of: {', '.join(sorted(known))}."
            )
        if not known[key].fits(part[key]):
            raise UnusableRequest(f"{name}: {_shown(part[key])}. Give {known[key].words}.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

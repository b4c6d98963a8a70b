"""The weighting steps that a request describes (`design.adjust`)."""

from typing import Any

import numpy as np

from survey_app.estimation.requests.document import Document
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.tables import Table
from survey_app.estimation.weighting.calibration import Calibration
from survey_app.estimation.weighting.poststratification import PostStratification
from survey_app.estimation.weighting.raking import Margin, Raking
from survey_app.estimation.weighting.steps import WeightingStep
from survey_app.estimation.weighting.trimming import Trimming


def steps_of(given: list[Document], table: Table) -> list[WeightingStep]:
    """One step of `weighting` for each object with a `type`.

    Raises
    ------
    UnableToEstimate
        An unusable total or bound, or a missing column.
    """
    return [_STEPS[step["type"]](step, table) for step in given]


def _poststratification(step: Document, table: Table) -> WeightingStep:
    name = step["variable"]
    return PostStratification.create(table.factor(name), _totals(step["totals"], "poststratify"), name=name)


def _raking(step: Document, table: Table) -> WeightingStep:
    margins = [
        Margin(one["variable"], table.factor(one["variable"]), _totals(one["totals"], "rake"))
        for one in step["margins"]
    ]
    chosen = {"tolerance": step.get("epsilon"), "max_iterations": step.get("maxit")}
    return Raking.create(margins, **_given(chosen))


def _calibration(step: Document, table: Table) -> WeightingStep:
    columns = {name: table.factor(name) for name in step["terms"]}
    chosen = {
        "method": step.get("method"),
        "bounds": _bounds(step.get("bounds")),
        "tolerance": step.get("epsilon"),
        "max_iterations": step.get("maxit"),
    }
    return Calibration.create(columns, _totals(step["totals"], "calibrate"), **_given(chosen))


def _trimming(step: Document, table: Table) -> WeightingStep:
    lower, upper = step.get("lower"), step.get("upper")
    return Trimming.create(
        lower=-np.inf if lower is None else lower,
        upper=np.inf if upper is None else upper,
        strict=step.get("strict", False),
    )


_STEPS = {
    "poststratify": _poststratification,
    "rake": _raking,
    "calibrate": _calibration,
    "trim": _trimming,
}


def _totals(given: Any, kind: str) -> dict[str, float]:
    if not isinstance(given, dict) or not all(isinstance(total, int | float) for total in given.values()):
        raise UnusableRequest(f"design.adjust[{kind}].totals: give an object of codes and numbers.")
    return given


def _bounds(given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2:
        raise UnusableRequest(f"design.adjust[calibrate].bounds: {given!r}. Give [lower, upper].")
    lower, upper = given
    return -np.inf if lower is None else float(lower), np.inf if upper is None else float(upper)


def _given(options: Document) -> Document:
    """Options that are given; the others keep their default."""
    return {name: value for name, value in options.items() if value is not None}

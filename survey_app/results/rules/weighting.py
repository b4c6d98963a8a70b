"""Carries out the steps of a weight set on a design, and reports what each did."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.campaigns.rules import (
    Base,
    Blanks,
    Calibrate,
    Margin,
    Nonresponse,
    Place,
    Poststratify,
    Rake,
    Step,
    StepKind,
    Trim,
    kind_of,
    margins_of,
)
from survey_app.estimation.codes import FloatArray, UnableToEstimate, is_missing
from survey_app.estimation.design import Design
from survey_app.estimation.weighting import raking
from survey_app.estimation.weighting.calibration import calibrate
from survey_app.estimation.weighting.classes import Classes, Totals
from survey_app.estimation.weighting.model_matrix import INTERCEPT
from survey_app.estimation.weighting.poststratification import poststratify
from survey_app.estimation.weighting.report import WeightingReport, kish_effect
from survey_app.estimation.weighting.trimming import trim
from survey_app.questionnaires.rules import Questionnaire
from survey_app.results.rules.document import number
from survey_app.results.rules.scoring import Codes

Labels = npt.NDArray[Any]
Column = Callable[[str], Labels]
Change = tuple[Design, WeightingReport]
BLANK = "blank"
"""The class of respondents who did not answer the variable of a margin and keep their share of the weights."""


class UnableToWeigh(Exception):
    """Step `number` (from 1) of a weight set cannot be carried out on these responses; `cause` says why."""

    def __init__(self, number: int, kind: StepKind, cause: UnableToEstimate) -> None:
        super().__init__(f"step {number} ({kind}): {cause}")
        self.number, self.kind, self.cause = number, kind, cause


class UnknownVariable(UnableToEstimate):
    """A margin goes by something that the responses do not have."""


class MoreAnswersThanPeople(UnableToEstimate):
    """More people of a class answered than were selected."""


@dataclass(frozen=True)
class Weighted:
    """A design with its final weights, and what each step did (plain numbers, ready for JSON)."""

    design: Design
    report: list[dict[str, Any]]


def weigh(design: Design, steps: Sequence[Step], column: Column) -> Weighted:
    """Take all steps in turn.

    Parameters
    ----------
    design : Design
        Of n responses, with the weights that they came with.
    steps
        Of a weight set.
    column
        From the name of a variable to its codes (n,), "" where a response has none (`variable_columns`).

    Raises
    ------
    UnableToWeigh
    """
    report = []
    for place, step in enumerate(steps, start=1):
        try:
            design, done = _take(step, design, column)
        except UnableToEstimate as error:
            raise UnableToWeigh(place, kind_of(step), error) from error
        report.append(_plain(step, done, _smallest_class(step, design, column)))
    return Weighted(design, report)


@singledispatch
def _take(step: Any, _design: Design, _column: Column) -> Change:
    raise TypeError(f"{step!r} is no step of a weight set")


@_take.register
def _base(step: Base, design: Design, column: Column) -> Change:
    if step.population is None:
        return design, WeightingReport.of("base", design.weights, design.weights)
    # people over responses in each class, which is to post-stratify responses of weight 1
    equal = replace(design, weights=np.ones(design.size), adjustments=())
    return poststratify(
        equal, column(step.population.variable), _totals(step.population), name=step.population.variable
    )


@_take.register
def _nonresponse(step: Nonresponse, design: Design, column: Column) -> Change:
    margin = step.sampled
    classes = Classes.create(margin.variable, column(margin.variable), _totals(margin))
    answered = classes.sums((design.weights > 0).astype(np.float64))
    classes.check(answered)
    fewer = np.flatnonzero(classes.totals < answered)
    if fewer.size:
        raise MoreAnswersThanPeople(
            f"{margin.variable}: {classes.levels[fewer[0]]}: {answered[fewer[0]]:.0f} answered of "
            f"{classes.totals[fewer[0]]:g} selected. Correct the number selected."
        )
    factors = np.divide(classes.totals, answered, out=np.ones(answered.size), where=answered > 0)
    after = design.weights * np.append(factors, 0.0)[classes.codes]
    return design.adjusted(after), WeightingReport.of("nonresponse", design.weights, after)


@_take.register
def _poststratify(step: Poststratify, design: Design, column: Column) -> Change:
    codes, totals = _filled(step.margin, design.weights, column)
    return poststratify(design, codes, totals, name=step.margin.variable)


@_take.register
def _rake(step: Rake, design: Design, column: Column) -> Change:
    margins = [
        raking.Margin(margin.variable, *_filled(margin, design.weights, column)) for margin in step.margins
    ]
    return raking.rake(design, margins, tolerance=step.tolerance, max_iterations=step.maximum)


@_take.register
def _calibrate(step: Calibrate, design: Design, column: Column) -> Change:
    columns: dict[str, Labels] = {}
    known: dict[str, float] = {}
    for margin in step.margins:
        codes, totals = _filled(margin, design.weights, column)
        classes = Classes.create(margin.variable, codes, totals)
        classes.check(classes.sums(design.weights))
        # the first class follows from the intercept and the others
        others = [
            (level, total) for level, total in zip(classes.levels, classes.totals, strict=True) if total > 0
        ][1:]
        columns[margin.variable] = codes
        known |= {INTERCEPT: float(classes.totals.sum())}
        known |= {f"{margin.variable}{level}": float(total) for level, total in others}
    bounds = (
        -np.inf if step.lower is None else step.lower,
        np.inf if step.upper is None else step.upper,
    )
    return calibrate(design, columns, known, method=step.method.value, bounds=bounds)


@_take.register
def _trim(step: Trim, design: Design, _column: Column) -> Change:
    bounds = (0.0 if step.lower is None else step.lower, np.inf if step.upper is None else step.upper)
    return trim(design, lower=bounds[0], upper=bounds[1])


def _filled(margin: Margin, weights: FloatArray, column: Column) -> tuple[Labels, Totals]:
    """Return codes and totals of a margin, with a class for those without a code where they keep their share."""
    codes = column(margin.variable)
    blank = codes == ""
    share = float(weights[blank].sum() / weights.sum())
    if margin.blanks is Blanks.REFUSE or not 0 < share < 1:
        return codes, _totals(margin)
    totals = {code: total * (1 - share) for code, total in _totals(margin).items()}
    return np.where(blank, BLANK, codes), totals | {BLANK: share * sum(margin.totals.values())}


def _totals(margin: Margin) -> dict[Hashable, float]:
    return dict(margin.totals.items())


def _smallest_class(step: Step, design: Design, column: Column) -> int | None:
    """Return the responses of the smallest class that a step weighted by, None if it has no classes."""
    counts = []
    for margin in margins_of(step):
        codes = column(margin.variable)[design.weights > 0]
        counts.append(int(np.unique(codes, return_counts=True)[1].min(initial=codes.size)))
    return min(counts, default=None)


def _plain(step: Step, done: WeightingReport, smallest: int | None) -> dict[str, Any]:
    return {
        "step": kind_of(step).value,
        "variables": [margin.variable for margin in margins_of(step)],
        "iterations": done.iterations,
        "misfit": number(done.misfit),
        "g_min": number(done.g_min),
        "g_max": number(done.g_max),
        "weight_min": number(done.weight_min),
        "weight_max": number(done.weight_max),
        "deff": number(done.deff_after),
        "at_bounds": done.at_lower + done.at_upper,
        "empty": list(done.empty),
        "smallest_class": smallest,
    }


def effective_size(design: Design) -> dict[str, Any]:
    """Return responses with a weight, Kish's design effect of unequal weights, and the effective sample size."""
    count, effect = int((design.weights > 0).sum()), kish_effect(design.weights)
    return {"responses": count, "deff": number(effect), "n_effective": number(count / effect)}


def weighting_key(design: Design, *, is_given: bool) -> str:
    """Name what every response weighs, and what becomes of strata with one unit; another name, other sums.

    `is_given` says that weights are those that the responses came with, which later responses leave as they are.
    """
    relative = np.round(design.weights / design.weights.max(), 9)
    weights = "given" if is_given else hashlib.sha256(relative.tobytes()).hexdigest()[:16]
    return f"{weights} {design.lonely_psu}"


def variable_columns(
    questionnaire: Questionnaire,
    codes: Codes,
    places: Mapping[Place, Labels],
) -> Column:
    """Return what gives the codes of a variable as text, "" where a response has none.

    Parameters
    ----------
    questionnaire, codes
        Answers (n, c) in the order of `questionnaire.coded_items`; codes below 1 are no answers.
    places : dict of array (n,)
        What each response has besides.
    """
    position = {item.id: at for at, item in enumerate(questionnaire.coded_items)}

    def column(name: str) -> Labels:
        if name in set(Place) and Place(name) in places:
            return _text(places[Place(name)])
        if name not in position:
            raise UnknownVariable(f"{name}: the responses have no such variable. Use another weight set.")
        answers = codes[:, position[name]]
        return np.where(answers > 0, answers.astype(np.str_), "")

    return column


def _text(labels: Labels) -> Labels:
    return np.where(is_missing(labels), "", labels).astype(np.str_)

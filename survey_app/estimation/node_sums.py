"""Sums, linearised variances and degrees of freedom of every node of a recipe in every domain."""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.adjusted_sums import adjusted_variance
from survey_app.estimation.cells import (
    Linearisation,
    Runs,
    Scores,
    SortedRows,
    add_block,
    block_of,
    run_of,
    sums_of_runs,
)
from survey_app.estimation.codes import BoolArray, FloatArray, IntArray
from survey_app.estimation.design import Design
from survey_app.estimation.variance import parent_factors


@dataclass(frozen=True)
class Recipe:
    """Linear combinations of item means.

    Attributes
    ----------
    coefficients, uses : arrays (nodes, items)
        Coefficients, and which are not zero.
    items : tuple of arrays
        Items of each node.
    averages : array (nodes,) of bool
        Nodes that are weighted averages, and so lie in [0, 1].
    """

    coefficients: FloatArray
    uses: BoolArray
    items: tuple[IntArray, ...]
    averages: BoolArray

    @classmethod
    def of(cls, coefficients: FloatArray) -> "Recipe":
        """Recipe of an array (nodes, items)."""
        uses = coefficients != 0
        averages = (coefficients >= 0).all(axis=1) & (np.abs(coefficients.sum(axis=1) - 1) < 1e-9)
        return cls(coefficients, uses, tuple(np.flatnonzero(row) for row in uses), averages)


@dataclass(frozen=True)
class DomainSums:
    """What the estimates of D domains are made of.

    Attributes
    ----------
    mean : array (D, items)
        Weighted item means, zero where nobody answered.
    answers : array (D, items)
        Answers to each item.
    respondents, people : arrays (D, nodes)
        Respondents with an answer to the node, and the sum of their weights.
    df : array (D, nodes)
        PSUs minus strata that hold such respondents.
    variance : array (D, nodes)
        Of the linear combination of the means.
    simple : array (D, nodes)
        Sum of w e^2 / N^2 with w e / N the respondents' linearised scores and N = `people`.
    """

    mean: FloatArray
    answers: IntArray
    respondents: IntArray
    people: FloatArray
    df: IntArray
    variance: FloatArray
    simple: FloatArray


@dataclass(frozen=True)
class _Tally:
    """First pass over the rows: sums by run of the deepest stage's parents."""

    weight: FloatArray  # (items, runs): weights of the answers
    value: FloatArray  # (items, runs): weighted answers
    answers: FloatArray  # (items, runs)
    respondents: FloatArray  # (nodes, runs)
    people: FloatArray  # (nodes, runs): weights of the respondents
    units: FloatArray  # (nodes, runs): deepest units with a respondent


def sum_by_domain(
    scores: Scores, recipe: Recipe, design: Design, rows: SortedRows, domain_count: int
) -> DomainSums:
    """Two passes over the sorted rows: sums and means, then squared linearised scores.

    Raises
    ------
    UnusableScores, LonelyPSU
    """
    tally = _tally(scores, recipe, design, rows)
    linear, totals = _linearise(tally, recipe, rows)
    variance = _upper_stages(design, rows, totals)
    deepest, simple = _deepest_stage(scores, design, rows, linear, totals)
    variance = adjusted_variance(variance + deepest, scores, linear, design, rows)

    def summed(columns: FloatArray) -> FloatArray:
        return sums_of_runs(columns, rows.domains, rows.parents[-1])

    def spread(columns: FloatArray) -> FloatArray:
        """(k, domains present) to (domain_count, k)."""
        out = np.zeros((domain_count, columns.shape[0]))
        out[rows.present] = columns.T
        return out

    return DomainSums(
        mean=spread(linear.mean),
        answers=spread(summed(tally.answers)).astype(np.int64),
        respondents=spread(summed(tally.respondents)).astype(np.int64),
        people=spread(summed(tally.people)),
        df=spread(_degrees_of_freedom(tally, rows)).astype(np.int64),
        variance=spread(variance),
        simple=spread(simple),
    )


def _linearise(tally: _Tally, recipe: Recipe, rows: SortedRows) -> tuple[Linearisation, FloatArray]:
    """Linearised scores of the nodes, and their totals (nodes, runs of the tally)."""
    within, domains = rows.parents[-1], rows.domains
    weight = sums_of_runs(tally.weight, domains, within)
    value = sums_of_runs(tally.value, domains, within)
    mean = np.divide(value, weight, out=np.zeros_like(weight), where=weight > 0)
    scale = np.divide(1.0, weight, out=np.zeros_like(weight), where=weight > 0)
    domain = run_of(domains, within.starts)
    totals = recipe.coefficients @ ((tally.value - mean[:, domain] * tally.weight) * scale[:, domain])
    return Linearisation(mean, scale, recipe.coefficients), totals


def _tally(scores: Scores, recipe: Recipe, design: Design, rows: SortedRows) -> _Tally:
    within, units = rows.parents[-1], rows.units[-1]
    nodes, items = ((count, within.starts.size) for count in recipe.coefficients.shape)
    weight, value, answers = np.zeros(items), np.zeros(items), np.zeros(items)
    respondents, people, held = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes)
    every_row_a_unit = units.starts.size == rows.order.size
    for block in rows.blocks():
        values, used, row_weight = block_of(scores, design, rows.order[block])
        weights = used * row_weight
        add_block(weight, weights, within, block)
        add_block(value, values * weights, within, block)
        add_block(answers, used.astype(np.float64), within, block)
        answered = _respondents(used, recipe)
        add_block(respondents, answered, within, block)
        add_block(people, answered * row_weight, within, block)
        if not every_row_a_unit:
            _add_units(held, answered, rows, block)
    return _Tally(weight, value, answers, respondents, people, respondents if every_row_a_unit else held)


def _respondents(used: BoolArray, recipe: Recipe) -> FloatArray:
    """1.0 where a respondent answered at least one item of the node: array (nodes, rows)."""
    answered = np.empty((len(recipe.items), used.shape[1]))
    for node, items in enumerate(recipe.items):
        np.logical_or.reduce(used[items], axis=0, out=answered[node])
    return answered


def _add_units(counts: FloatArray, respondents: FloatArray, rows: SortedRows, block: slice) -> None:
    """Count the block's deepest units that hold a respondent, by run of their parents."""
    units, within = rows.units[-1], rows.parents[-1]
    chosen = _units_in(units, block)
    held = np.maximum.reduceat(respondents, units.starts[chosen] - block.start, axis=1)
    parents = run_of(within, units.starts[chosen])
    first = np.flatnonzero(np.diff(parents, prepend=-1))
    counts[:, parents[first]] += np.add.reduceat(held, first, axis=1)


def _units_in(units: Runs, block: slice) -> slice:
    """Runs of deepest units that make up the block; blocks never cut one."""
    first, last = np.searchsorted(units.starts, [block.start, block.stop])
    return slice(int(first), int(last))


def _degrees_of_freedom(tally: _Tally, rows: SortedRows) -> FloatArray:
    within, strata = rows.parents[-1], rows.parents[0]
    in_strata = sums_of_runs(tally.respondents, strata, within) > 0
    psus = tally.units
    if len(rows.units) > 1:
        first_stage = rows.units[0]
        held = sums_of_runs(tally.respondents, first_stage, within) > 0
        psus, within = held.astype(np.float64), first_stage
    return sums_of_runs(psus, rows.domains, within) - sums_of_runs(
        in_strata.astype(np.float64), rows.domains, strata
    )


@dataclass(frozen=True)
class _Centres:
    """What the unit totals of a stage are compared with, by run of their parents, and with what factor."""

    value: FloatArray  # (nodes, runs)
    factor: FloatArray  # (runs,)


def _centres(design: Design, number: int, rows: SortedRows, totals: FloatArray) -> _Centres:
    parents = rows.parents[number - 1]
    sampled = design.stages[number - 1].sampled[parents.code]
    factor, centred_at_mean = parent_factors(design, number)
    value = sums_of_runs(totals, parents, rows.parents[-1]) / sampled
    if number == 1:
        # the mean over all PSUs of a mean's linearised scores is zero
        value[:, centred_at_mean[parents.code]] = 0.0
    return _Centres(value, factor[parents.code])


def _absent_units(design: Design, number: int, rows: SortedRows, centres: _Centres) -> FloatArray:
    """Contribution, by domain, of the sampled units that hold no row of the domain: their totals are zero."""
    parents, units = rows.parents[number - 1], rows.units[number - 1]
    occupied = np.bincount(run_of(parents, units.starts), minlength=parents.starts.size)
    absent = design.stages[number - 1].sampled[parents.code] - occupied
    return sums_of_runs(centres.value**2 * (centres.factor * absent), rows.domains, parents)


def _upper_stages(design: Design, rows: SortedRows, totals: FloatArray) -> FloatArray:
    """Variance by domain from all stages but the deepest, whose unit totals follow from the tally."""
    variance = np.zeros((totals.shape[0], rows.present.size))
    for number in range(1, len(design.stages)):
        units = rows.units[number - 1]
        centres = _centres(design, number, rows, totals)
        parent = run_of(rows.parents[number - 1], units.starts)
        deviations = sums_of_runs(totals, units, rows.parents[-1]) - centres.value[:, parent]
        variance += sums_of_runs(deviations**2 * centres.factor[parent], rows.domains, units)
        variance += _absent_units(design, number, rows, centres)
    return variance


def _deepest_stage(
    scores: Scores, design: Design, rows: SortedRows, linear: Linearisation, totals_above: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Variance by domain from the deepest stage, and `DomainSums.simple`: arrays (nodes, domains present)."""
    number, units = len(design.stages), rows.units[-1]
    centres = _centres(design, number, rows, totals_above)
    variance = _absent_units(design, number, rows, centres)
    simple = np.zeros_like(variance)
    for block in rows.blocks():
        node_scores, weight = linear.node_scores(scores, design, rows, block)
        inverse = np.divide(1.0, weight, out=np.zeros_like(weight), where=weight > 0)
        add_block(simple, node_scores**2 * inverse, rows.domains, block)
        starts = units.starts[_units_in(units, block)]
        totals = node_scores
        if starts.size < weight.size:
            totals = np.add.reduceat(node_scores, starts - block.start, axis=1)
        parent = run_of(rows.parents[-1], starts)
        squares = (totals - centres.value[:, parent]) ** 2 * centres.factor[parent]
        _add_by_domain(variance, squares, run_of(rows.domains, starts))
    return variance, simple


def _add_by_domain(sums: FloatArray, columns: FloatArray, domain: IntArray) -> None:
    first = np.flatnonzero(np.diff(domain, prepend=-1))
    sums[:, domain[first]] += np.add.reduceat(columns, first, axis=1)

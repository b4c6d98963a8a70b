"""Variances of many domains and nodes at once when the weights were adjusted to known totals.

An adjustment makes the linearised scores of a domain residuals, which are not zero outside the domain. With s
the scores, H the auxiliaries times their weights and c the regression coefficients of all adjustments, the
residuals are s - H c, and a variance M (a quadratic form of unit totals, added up over the stages) becomes::

    s'Ms - 2 s'MH c + c'(H'MH) c

H'MH is worked out once. The scores touch the rows of their domain only, so s'MH and the products that give c
are sums over these: nothing is ever as large as domains x rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation import cells
from survey_app.estimation.cells import Linearisation, Scores, SortedRows
from survey_app.estimation.codes import FloatArray, IntArray
from survey_app.estimation.design import Design
from survey_app.estimation.intervals import ROUNDING
from survey_app.estimation.stages import Stage
from survey_app.estimation.variance import covariance_of_totals, parent_factors

NUMBERS_AT_ONCE = 4_000_000
"""Coefficients (domain x auxiliary x node) held at once."""
CANCELLATION = 1e-6
"""Where adjusting leaves a smaller share of a variance, too few digits are left: it is computed row by row."""


@dataclass(frozen=True)
class _StageForm:
    """M of one stage: unit totals of H times their parent's factor, and the same of what centres them."""

    stage: Stage
    units: scipy.sparse.csr_array
    centres: scipy.sparse.csr_array


@dataclass(frozen=True)
class _Adjusting:
    """All adjustments of a design, made ready for many domains; p auxiliaries in all."""

    products: scipy.sparse.csr_array  # (n, p): what a row's score is multiplied with to give products X'Qz
    coefficients: FloatArray  # (p, p): from products to coefficients, each after the adjustments before it
    quadratic: FloatArray  # (p, p): H'MH
    stages: tuple[_StageForm, ...]


def adjusted_variance(
    unadjusted: FloatArray, scores: Scores, linear: Linearisation, design: Design, rows: SortedRows
) -> FloatArray:
    """Variance of every node in every domain after the adjustments of the design.

    Parameters
    ----------
    unadjusted : array (nodes, domains)
        Variance of the linearised scores themselves.
    scores : array (n, items)
    linear : Linearisation
        Gives the linearised scores of the nodes.
    design : Design
    rows : SortedRows
        Of `domains` domains.

    Returns
    -------
    array (nodes, domains)
        As `variance.covariance_of_totals` gives for the scores of one node in one domain.
    """
    if not design.adjustments or not rows.order.size:
        return unadjusted
    variance = unadjusted + _changes(scores, linear, design, rows)
    rounding = ROUNDING * np.abs(linear.coefficients).sum(axis=1, keepdims=True)
    doubtful = (variance < CANCELLATION * unadjusted) & (unadjusted > rounding**2)
    for domain in np.flatnonzero(doubtful.any(axis=0)):
        nodes = doubtful[:, domain]
        variance[nodes, domain] = _row_by_row(scores, linear, design, rows, int(domain))[nodes]
    return np.maximum(variance, 0.0)


def _changes(scores: Scores, linear: Linearisation, design: Design, rows: SortedRows) -> FloatArray:
    adjusting = _prepare(design)
    nodes, auxiliaries = linear.coefficients.shape[0], adjusting.quadratic.shape[0]
    changes = np.zeros((nodes, rows.present.size))
    at_once = max(NUMBERS_AT_ONCE // max(nodes * auxiliaries, 1), 1)
    for first in range(0, rows.present.size, at_once):
        last = min(first + at_once, rows.present.size)
        products = np.zeros((last - first, auxiliaries, nodes))
        crossed = np.zeros_like(products)
        for block in _blocks(rows, first, last):
            node_scores = linear.node_scores(scores, design, rows, block)[0]
            members, domain = rows.order[block], rows.position[block] - first
            _add_outer(products, adjusting.products[members], node_scores, domain)
            for form in adjusting.stages:
                unit = form.stage.unit[members]
                _add_outer(crossed, *_by_unit(form.units, unit, node_scores, domain))
                parent = form.stage.parent[unit]
                _add_outer(crossed, *_by_unit(form.centres, parent, -node_scores, domain))
        coefficients = adjusting.coefficients @ products
        change = coefficients * (adjusting.quadratic @ coefficients - 2 * crossed)
        changes[:, first:last] = change.sum(axis=1).T
    return changes


def _blocks(rows: SortedRows, first: int, last: int) -> Iterator[slice]:
    """Slices of the sorted rows of the domains first..last-1."""
    starts = np.append(rows.domains.starts, rows.order.size)
    for start in range(int(starts[first]), int(starts[last]), cells.ROWS_AT_ONCE):
        yield slice(start, min(start + cells.ROWS_AT_ONCE, int(starts[last])))


def _by_unit(
    totals: scipy.sparse.csr_array, unit: IntArray, node_scores: FloatArray, domain: IntArray
) -> tuple[scipy.sparse.csr_array, FloatArray, IntArray]:
    """Rows of `totals` (U, p), sums of scores (nodes, runs) and domains (runs,) of runs of one unit."""
    change = (np.diff(unit, prepend=-1) != 0) | (np.diff(domain, prepend=-1) != 0)
    starts = np.flatnonzero(change)
    sums = node_scores if starts.size == unit.size else np.add.reduceat(node_scores, starts, axis=1)
    return totals[unit[starts]], sums, domain[starts]


def _add_outer(
    sums: FloatArray, auxiliaries: scipy.sparse.csr_array, node_scores: FloatArray, domain: IntArray
) -> None:
    """Add the outer products of rows (m, p) and scores (nodes, m) to the sums (domains, p, nodes)."""
    low, high = int(domain[0]), int(domain[-1]) + 1
    width = auxiliaries.shape[1]
    shift = np.repeat((domain - low) * width, np.diff(auxiliaries.indptr))
    placed = scipy.sparse.csc_array(
        (auxiliaries.data, auxiliaries.indices + shift, auxiliaries.indptr),
        shape=((high - low) * width, domain.size),
    )
    sums[low:high] += (placed @ node_scores.T).reshape(high - low, width, -1)


def _prepare(design: Design) -> _Adjusting:
    before = [
        np.divide(1.0, a.weights, out=np.zeros(design.size), where=a.weights > 0) for a in design.adjustments
    ]
    factors = [
        a.auxiliary.multiply((a.regression_weights * inverse)[:, None])
        for a, inverse in zip(design.adjustments, before, strict=True)
    ]
    products = scipy.sparse.hstack(factors, format="csr")
    weighted = scipy.sparse.hstack(
        [a.auxiliary.multiply(a.weights[:, None]) for a in design.adjustments], format="csr"
    )
    forms, quadratic = zip(
        *(_stage_form(design, number, weighted) for number in range(1, len(design.stages) + 1)), strict=True
    )
    return _Adjusting(products, _chain(design, products, weighted), sum(quadratic), forms)


def _chain(design: Design, products: scipy.sparse.csr_array, weighted: scipy.sparse.csr_array) -> FloatArray:
    """Products of the scores to coefficients: each regression sees the residuals of those before it."""
    size, start = weighted.shape[1], 0
    operator = np.zeros((size, size))
    for adjustment in design.adjustments:
        block = slice(start, start + adjustment.auxiliary.shape[1])
        own = np.eye(size)[block]
        earlier = (products[:, block].T @ weighted[:, :start]).toarray()
        operator[block] = adjustment.coefficients(own - earlier @ operator[:start])
        start = block.stop
    return operator


def _stage_form(
    design: Design, number: int, weighted: scipy.sparse.csr_array
) -> tuple[_StageForm, FloatArray]:
    """M of one stage applied to H, and H'MH."""
    stage = design.stages[number - 1]
    factor, centred_at_mean = parent_factors(design, number)
    units = _sums(stage.unit, stage.parent.size, weighted)
    sums = _sums(stage.parent, stage.sampled.size, units)
    size = np.maximum(stage.sampled, 1).astype(np.float64)
    centres = _scaled(1.0 / size, sums)
    if number == 1 and centred_at_mean.any():
        mean = scipy.sparse.csr_array(units.sum(axis=0)[None, :] / stage.parent.size)
        lonely = scipy.sparse.csr_array(centred_at_mean[:, None].astype(np.float64))
        centres = _scaled((~centred_at_mean).astype(np.float64), centres) + lonely @ mean
    centred = _scaled(factor, centres)
    form = _StageForm(stage, _scaled(factor[stage.parent], units), centred)
    crossed = sums.T @ centred
    within = _scaled(size, centres).T @ centred
    quadratic = form.units.T @ units - crossed - crossed.T + within
    return form, quadratic.toarray()


def _sums(codes: IntArray, count: int, columns: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """Column sums of sparse rows (m, p) by code: sparse array (count, p)."""
    rows = np.arange(codes.size + 1)
    chosen = scipy.sparse.csc_array((np.ones(codes.size), codes, rows), shape=(count, codes.size))
    return scipy.sparse.csr_array(chosen @ columns)


def _scaled(factors: FloatArray, rows: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(rows.multiply(factors[:, None]))


def _row_by_row(
    scores: Scores, linear: Linearisation, design: Design, rows: SortedRows, domain: int
) -> FloatArray:
    """Variance of every node (nodes,) in one domain from the scores of all rows of the design."""
    whole = np.zeros((design.size, linear.coefficients.shape[0]))
    for block in _blocks(rows, domain, domain + 1):
        whole[rows.order[block]] = linear.node_scores(scores, design, rows, block)[0].T
    return np.diag(covariance_of_totals(whole, design))

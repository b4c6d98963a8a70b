"""Groups of units that cannot be told apart, so that nobody reads noise as an order.

Bands overlap where the evidence does: A may be above C while B differs from neither. Cutting such a row into
disjoint classes would either part A from B, or put A and C together, without evidence.
"""

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray, IntArray, UnableToEstimate


class UnusableClaims(UnableToEstimate):
    """Estimates and the matrix of established orders do not fit each other."""


def bands(estimate: FloatArray, better: BoolArray) -> tuple[IntArray, ...]:
    """Group units so that two share a band exactly when neither is established above the other.

    Parameters
    ----------
    estimate : array (k,)
    better : array (k, k) of bool
        better[i, j]: i is established above j (`ranks.RankIntervals.better`).

    Returns
    -------
    tuple of int arrays
        Positions of each band's units, largest estimate first; the bands in the order of their first, then
        of their last unit.

    Raises
    ------
    UnusableClaims

    Notes
    -----
    No band is wider than the pairs require: all its units are pairwise indistinguishable, and no unit can be
    added. First come runs of neighbours in the order of the estimates; then, for a pair apart only by a more
    precise unit between them, a band grown from that pair.

    References
    ----------
    H.-P. Piepho, Journal of Computational and Graphical Statistics 13 (2004), 456-466 (letter displays).
    """
    _check(estimate, better)
    order = np.argsort(-estimate, kind="stable")
    together = ~(better | better.T)[np.ix_(order, order)]
    np.fill_diagonal(together, val=True)
    uncovered = together.copy()
    found: list[BoolArray] = []
    for seed in _runs(together):
        _add(_grown(seed, together), uncovered, found)
    while uncovered.any():
        pair = np.zeros(order.size, dtype=np.bool_)
        pair[list(divmod(int(np.argmax(uncovered)), order.size))] = True
        _add(_grown(pair, together), uncovered, found)
    members = [np.flatnonzero(band) for band in found]
    return tuple(order[band] for band in sorted(members, key=lambda band: (band[0], band[-1], band.tolist())))


def leaders(better: BoolArray) -> IntArray:
    """Positions of the units that none is established to be above: candidates for the first place."""
    return np.flatnonzero(~better.any(axis=0))


def _runs(together: BoolArray) -> list[BoolArray]:
    """The longest runs of neighbours that are all pairwise together."""
    runs: list[BoolArray] = []
    count, end = together.shape[0], 0
    for start in range(count):
        longer = max(end, start + 1)
        while longer < count and together[longer, start:longer].all():
            longer += 1
        if longer > end:
            run = np.zeros(count, dtype=np.bool_)
            run[start:longer] = True
            runs.append(run)
            end = longer
    return runs


def _grown(seed: BoolArray, together: BoolArray) -> BoolArray:
    """The seed with every further unit, best first, that is together with all members."""
    members = seed.copy()
    candidates = together[members].all(axis=0) & ~members
    while candidates.any():
        new = int(np.argmax(candidates))
        members[new] = True
        candidates &= together[new]
        candidates[new] = False
    return members


def _add(band: BoolArray, uncovered: BoolArray, found: list[BoolArray]) -> None:
    if uncovered[np.ix_(band, band)].any():
        found.append(band)
        uncovered[np.ix_(band, band)] = False


def _check(estimate: FloatArray, better: BoolArray) -> None:
    if estimate.ndim != 1 or better.shape != (estimate.size, estimate.size) or better.dtype != np.bool_:
        raise UnusableClaims(
            f"Estimates of shape {estimate.shape} and claims of shape {better.shape}: give (k,) and (k, k)."
        )
    if (better & better.T).any():
        raise UnusableClaims("Two units are each established above the other. Give one set of claims.")

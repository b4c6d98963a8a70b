"""Balanced repeated replication: half-samples of PSU pairs, balanced by a Hadamard matrix."""

import numpy as np

from survey_app.estimation.codes import IntArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.factors import first_stage, replicated
from survey_app.estimation.replication.hadamard import hadamard
from survey_app.estimation.stages import Stage


class UnpairedPSUs(UnableToEstimate):
    """A stratum has an odd number of PSUs, so they form no pairs."""


class UnusableRho(UnableToEstimate):
    """Fay's factor lies outside [0, 1)."""


def brr(design: Design, *, mse: bool = False) -> ReplicateDesign:
    """Balanced repeated replication: `fay` with rho = 0, one PSU of each pair at double weight, one at zero."""
    return fay(design, rho=0.0, mse=mse)


def fay(design: Design, *, rho: float, mse: bool = False) -> ReplicateDesign:
    """Fay's balanced replication: one PSU of each pair at 2 - rho, the other at rho times its weight.

    Parameters
    ----------
    design : Design
        With an even number of PSUs in every stratum. Strata of more than two are cut into pairs in the order
        of the rows. Finite populations and later stages are left out, which is conservative.
    rho : float
        In [0, 1); 0 is plain BRR. Above 0 no row vanishes from a replicate, so small domains stay defined.
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    UnpairedPSUs, UnusableRho, NothingToReplicate, AdjustedTooEarly

    Notes
    -----
    R replicates, the smallest order of a Hadamard matrix above the number of pairs; scale
    1 / (R (1 - rho)^2). Pair i follows row i + 1 of the matrix; pairs are counted in the order of the strata's
    names as text (case aside), strata of more than two PSUs first.

    References
    ----------
    D. R. Judkins, Journal of Official Statistics 6 (1990), 223-239; R survey, `as.svrepdesign`.
    """
    if not 0 <= rho < 1:
        raise UnusableRho(f"rho={rho}: give a number from 0 (plain BRR) to below 1, such as 0.3.")
    stage = first_stage(design)
    one, other = _pairs(stage)
    matrix = hadamard(one.size)
    factors = np.empty((stage.parent.size, matrix.shape[0]))
    factors[one] = np.where(matrix[1 : one.size + 1], 2.0 - rho, rho)
    factors[other] = 2.0 - factors[one]
    scale = 1.0 / (matrix.shape[0] * (1.0 - rho) ** 2)
    return replicated(design, factors, scale=scale, mse=mse, degf=one.size)


def _pairs(stage: Stage) -> tuple[IntArray, IntArray]:
    odd = np.flatnonzero(stage.sampled % 2)
    if odd.size:
        raise UnpairedPSUs(
            f"Stratum {stage.labels[odd[0]]} has {stage.sampled[odd[0]]} PSUs ({odd.size} strata with an odd "
            "number), which form no pairs. Merge strata until each has an even number, or use JKn or a bootstrap."
        )
    ranked = sorted(
        range(stage.sampled.size), key=lambda h: (stage.sampled[h] == 2, *_collated(stage.labels[h]))
    )
    place = np.argsort(np.array(ranked))
    first_row = np.unique(stage.unit, return_index=True)[1]
    order = np.lexsort((first_row, place[stage.parent]))
    return order[0::2], order[1::2]


def _collated(label: object) -> tuple[str, str]:
    """A name to sort by as R's collation does: case matters only between names that are equal otherwise."""
    name = str(label)
    return name.casefold(), name.swapcase()

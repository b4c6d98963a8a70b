"""Jackknife: one replicate for each PSU, without it."""

import numpy as np

from survey_app.estimation.codes import IntArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.factors import (
    NothingToReplicate,
    check_lonely,
    first_stage,
    lonely_parents,
    replicated,
    share_left,
)
from survey_app.estimation.stages import Stage

_WHOLE = "All PSUs of the population were taken, so nothing was left to chance. Use the design as it is."
_LONELY = "Every stratum left to chance holds one PSU only. Merge similar strata."


class StratifiedDesign(UnableToEstimate):
    """The unstratified jackknife was asked of a design with strata."""


def jk1(design: Design, *, mse: bool = False) -> ReplicateDesign:
    """Jackknife of an unstratified design (JK1).

    Parameters
    ----------
    design : Design
        With one stratum. A finite population of the first stage is in the scale; later stages are left out.
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    StratifiedDesign, LonelyPSU, NothingToReplicate, AdjustedTooEarly

    Notes
    -----
    Replicate r leaves PSU r out and multiplies the others by n/(n - 1); scale (1 - n/N) (n - 1)/n.

    References
    ----------
    K. M. Wolter, Introduction to Variance Estimation (Springer 2007), chapter 4; R survey, `as.svrepdesign`.
    """
    stage = first_stage(design)
    if stage.sampled.size > 1:
        raise StratifiedDesign(
            f'JK1 is for designs without strata; this one has {stage.sampled.size}. Use "JKn".'
        )
    check_lonely(design)
    size, left = int(stage.sampled[0]), float(share_left(stage)[0])
    if size == 1 or left == 0:
        raise NothingToReplicate(_WHOLE)
    factors = np.full((size, size), size / (size - 1))
    np.fill_diagonal(factors, 0.0)
    return replicated(design, factors, scale=left * (size - 1) / size, mse=mse, degf=size - 1)


def jkn(design: Design, *, mse: bool = False) -> ReplicateDesign:
    """Jackknife of a stratified design (JKn).

    Parameters
    ----------
    design : Design
        A finite population of the first stage is in `rscales`; later stages are left out. Lonely PSUs follow
        its rule: "remove" and "certainty" make no replicate of theirs, "average" raises the scale by PSUs over
        replicates, "adjust" leaves the PSU out with all others raised by H/(H - 1), H the number of strata.
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    LonelyPSU, NothingToReplicate, AdjustedTooEarly

    Notes
    -----
    Replicate r leaves one PSU of stratum h out and multiplies the others of h by n_h/(n_h - 1); its rscale is
    (1 - n_h/N_h) (n_h - 1)/n_h. Strata taken whole have no replicates.

    References
    ----------
    K. M. Wolter, Introduction to Variance Estimation (Springer 2007), section 4.5; R survey, `as.svrepdesign`.
    """
    stage = first_stage(design)
    strata = stage.sampled.size
    if design.lonely_psu in ("fail", "remove", "certainty") or strata == 1:
        check_lonely(design)
    left_out = _units_to_leave_out(design, stage)
    size, lonely = stage.sampled, lonely_parents(stage)
    raised = size / np.maximum(size - 1, 1)
    shrunk = share_left(stage) * (size - 1) / size
    shrunk[lonely] = (strata - 1) / strata
    stratum = stage.parent[left_out]
    factors = np.where(stage.parent[:, None] == stratum, raised[stratum], 1.0)
    factors[:, lonely[stratum]] = strata / max(strata - 1, 1)
    factors[left_out, np.arange(left_out.size)] = 0.0
    average = design.lonely_psu == "average" and left_out.size < stage.parent.size
    scale = stage.parent.size / left_out.size if average else 1.0
    counted = np.where(lonely, 1, size - 1)[np.unique(stratum)]
    return replicated(design, factors, scale=scale, rscales=shrunk[stratum], mse=mse, degf=int(counted.sum()))


def _units_to_leave_out(design: Design, stage: Stage) -> IntArray:
    varies = (share_left(stage) > 0) & ((stage.sampled > 1) | (design.lonely_psu == "adjust"))
    chosen = np.flatnonzero(varies[stage.parent])
    if not chosen.size:
        raise NothingToReplicate(_WHOLE if (share_left(stage) == 0).all() else _LONELY)
    return chosen

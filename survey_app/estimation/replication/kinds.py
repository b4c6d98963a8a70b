"""Replicates of any kind by the name R's survey package gives it."""

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.balanced import fay
from survey_app.estimation.replication.bootstrap import bootstrap, subbootstrap
from survey_app.estimation.replication.jackknife import jk1, jkn
from survey_app.estimation.replication.rescaled import mrbbootstrap
from survey_app.estimation.sampling.selection import Seed

KINDS = ("auto", "JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap", "mrbbootstrap")
_RANDOM = {"bootstrap": bootstrap, "subbootstrap": subbootstrap, "mrbbootstrap": mrbbootstrap}


class UnknownKind(UnableToEstimate):
    """No kind of replicates has that name, or it lacks a parameter."""


def make(
    kind: str,
    design: Design,
    *,
    rho: float | None = None,
    replicates: int | None = None,
    seed: Seed | None = None,
    mse: bool = False,
) -> ReplicateDesign:
    """Make the replicates of a design.

    Parameters
    ----------
    kind : {"auto", "JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap", "mrbbootstrap"}
        "auto": JKn where there are strata, JK1 otherwise.
    design : Design
    rho : float, optional
        For "Fay"; also makes "BRR" Fay's, as in R.
    replicates, seed : int, int or numpy Generator, optional
        For the bootstraps.
    mse : bool
        Squares around the full-sample estimate instead of the mean of the replicates.

    Raises
    ------
    UnknownKind
        Also when `rho`, `replicates` or `seed` is needed and absent.
    UnableToEstimate
        As the functions of the kind.
    """
    if kind in _RANDOM:
        if replicates is None or seed is None:
            raise UnknownKind(
                f"{kind}: give the number of replicates and a seed, so that it can be repeated."
            )
        return _RANDOM[kind](design, replicates=replicates, seed=seed, mse=mse)
    if kind == "Fay":
        if rho is None:
            raise UnknownKind("Fay: give rho, the factor of the PSUs that are weighted down, such as 0.3.")
        return fay(design, rho=rho, mse=mse)
    if kind not in KINDS:
        raise UnknownKind(f"{kind!r} is no kind of replicates: choose one of {', '.join(KINDS)}.")
    if kind == "BRR":
        return fay(design, rho=rho or 0.0, mse=mse)
    stratified = design.stages[0].sampled.size > 1
    return jkn(design, mse=mse) if kind == "JKn" or (kind == "auto" and stratified) else jk1(design, mse=mse)

"""Replicate means from a PSU table: replicate factors act on whole PSUs, so rows are not needed.

Make the replicates from the table's design: ``replication.bootstrap.bootstrap(table.design(), ...)`` has one row
a PSU and weights of one, so its replicate weights are factors.
"""

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, FloatArray
from survey_app.estimation.estimates import Estimates, MismatchedValues, divide
from survey_app.estimation.intervals import t_interval
from survey_app.estimation.psu_tables.estimates import Moments, moments, simple_random_variance
from survey_app.estimation.psu_tables.tables import PSUTable
from survey_app.estimation.replicates import ReplicateDesign, covariance_of_replicates, degrees_of_freedom_of


def replicate_means(
    table: PSUTable,
    values: npt.ArrayLike,
    replicates: ReplicateDesign,
    *,
    domain: BoolArray | None = None,
) -> FloatArray:
    """Means of all items with each set of replicate factors: array (R, J), NaN where no weight is left.

    Raises
    ------
    MismatchedValues
    """
    return _replicate_means(moments(table, values, domain), _factors(table, replicates))


def mean(
    table: PSUTable,
    values: npt.ArrayLike,
    replicates: ReplicateDesign,
    *,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> Estimates:
    """Means of all items with the covariance of the replicates.

    Parameters
    ----------
    table, values, domain, level
        As `psu_tables.estimates.mean`.
    replicates : ReplicateDesign
        Of the P PSUs, made from `PSUTable.design`.

    Raises
    ------
    MismatchedValues
    """
    found = moments(table, values, domain)
    size = found.size.sum(axis=0)
    centre = divide(found.total.sum(axis=0), size)
    vcov = covariance_of_replicates(centre, _replicate_means(found, _factors(table, replicates)), replicates)
    unknown = np.isnan(centre)
    vcov[unknown] = vcov[:, unknown] = np.nan
    se = np.sqrt(np.diag(vcov))
    df = _degrees_of_freedom(found, replicates)
    low, high = t_interval(centre, se, df, level)
    simple, remaining = simple_random_variance(
        found.histogram, found.values, found.n, np.where(size > 0, size, 1.0)
    )
    return Estimates(
        estimate=centre,
        se=se,
        ci_low=low,
        ci_high=high,
        n=found.n,
        df=replicates.degf,
        df_domain=df,
        deff=divide(se**2, simple * remaining),
        deff_wr=divide(se**2, simple),
        vcov=vcov,
        level=level,
    )


def _factors(table: PSUTable, replicates: ReplicateDesign) -> FloatArray:
    if replicates.size != table.psus.size:
        raise MismatchedValues(
            f"Replicates of {replicates.size} rows for {table.psus.size} PSUs. Make them from table.design()."
        )
    return replicates.replicate_weights


def _replicate_means(found: Moments, factors: FloatArray) -> FloatArray:
    return divide(factors.T @ found.total, factors.T @ found.size)


def _degrees_of_freedom(found: Moments, replicates: ReplicateDesign) -> npt.NDArray[np.int64]:
    """Items answered in all PSUs have the degrees of freedom of the design; the others those of their PSUs."""
    patterns, back = np.unique(found.present, axis=1, return_inverse=True)
    df = [degrees_of_freedom_of(replicates, None if rows.all() else rows) for rows in patterns.T]
    return np.array(df, dtype=np.int64)[back]

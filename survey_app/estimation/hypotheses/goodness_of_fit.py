"""Test of one column against given shares, such as those of a census, that knows the sampling design."""

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, Labels
from survey_app.estimation.hypotheses.association import AssociationTest
from survey_app.estimation.hypotheses.quadratic_forms import satterthwaite_tail
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation, UnableToTest
from survey_app.estimation.means import Domain, indicators, rows_inside, total
from survey_app.estimation.variance import AnyDesign


class UnusableShares(UnableToTest):
    """Hypothesised shares are not positive numbers, one for each code that occurs."""


def goodness_of_fit(
    codes: npt.ArrayLike, shares: npt.ArrayLike, design: AnyDesign, *, domain: Domain = None
) -> AssociationTest:
    """Test whether the codes of one column have the given shares in the population.

    Parameters
    ----------
    codes : array-like (n,)
        Rows without a code are left out.
    shares : array-like (k,)
        Hypothesised shares of the sorted codes, positive; scaled to sum to one.
    design, domain
        As `association.independence`.

    Returns
    -------
    AssociationTest
        `statistic` is Pearson's X2 of the estimated totals (in people); `df_num` Satterthwaite's.

    Raises
    ------
    UnusableShares, NothingToCompare, NoVariation, LonelyPSU

    References
    ----------
    R survey, `svygofchisq`.
    """
    inside = rows_inside(design, domain)
    given = np.asarray(codes)
    if given.shape != inside.shape:
        raise NothingToCompare(f"Codes of shape {given.shape} for {inside.size} rows.")
    labels, columns_inside = indicators(given[inside])
    columns = np.full((inside.size, labels.size), np.nan)
    columns[inside] = columns_inside
    expected = _checked_shares(shares, labels)
    found = total(columns, design, domain=inside)
    size = found.estimate.sum()
    observed, fitted = found.estimate, expected * size
    # derivatives of (O - E) / sqrt(E) with E = share x estimated size
    by_size = -(observed + fitted) / (2 * fitted**1.5) * expected
    jacobian = np.diag(1 / np.sqrt(fitted)) + by_size[:, None]
    eigenvalues = np.linalg.eigvalsh(jacobian @ found.vcov @ jacobian.T)
    if not eigenvalues.sum() > 0:
        raise NoVariation("The shares do not vary between PSUs, so they cannot be tested.")
    statistic = float(((observed - fitted) ** 2 / fitted).sum())
    df = float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())
    p_value = satterthwaite_tail(statistic, eigenvalues)
    return AssociationTest(
        "goodness_of_fit",
        statistic,
        df,
        None,
        p_value,
        observed / size,
        labels,
        np.array([]),
        int(inside.sum()),
    )


def _checked_shares(shares: npt.ArrayLike, labels: Labels) -> FloatArray:
    given = np.asarray(shares, dtype=np.float64)
    if labels.size < 2:
        raise NothingToCompare(f"The codes take {labels.size} values; a test of shares needs two.")
    if given.shape != labels.shape or not (np.isfinite(given) & (given > 0)).all():
        raise UnusableShares(
            f"Give one positive share for each of the {labels.size} codes that occur "
            f"({', '.join(str(label) for label in labels[:5])}), got {given.tolist()}."
        )
    return np.asarray(given / given.sum())

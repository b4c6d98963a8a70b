"""Columns for comparing domains: one a domain, so that their estimates come with their joint covariance."""

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, Labels, as_numbers, encode, is_missing
from survey_app.estimation.estimates import MismatchedValues


def columns_by_domain(values: npt.ArrayLike, codes: npt.ArrayLike) -> tuple[Labels, FloatArray]:
    """Columns that are missing outside their domain.

    Parameters
    ----------
    values : array-like (n,) or (n, items)
    codes : array-like (n,)
        Domain of each row; rows without a code lie in none.

    Returns
    -------
    labels : array (D,)
        The sorted domains.
    columns : array (n, D * items)
        The items of the first domain, then those of the next, NaN outside.

    Raises
    ------
    MismatchedValues

    Notes
    -----
    Item-wise means (totals, variances, ...) of these columns are the domains' estimates, and their `vcov` holds
    the covariance between domains that share PSUs: `estimates.contrast` of them is a difference between domains
    or between items of domains.
    """
    items = as_numbers(values, "values", MismatchedValues)
    items = items[:, None] if items.ndim == 1 else items
    given = np.asarray(codes)
    if items.ndim != 2 or given.shape != items.shape[:1]:
        raise MismatchedValues(f"Codes of shape {given.shape} for values of shape {np.shape(values)}.")
    coded = ~is_missing(given)
    level, labels = encode(given[coded], "domain")
    columns = np.full((labels.size, items.shape[0], items.shape[1]), np.nan)
    columns[level, np.flatnonzero(coded)] = items[coded]
    return labels, columns.transpose(1, 0, 2).reshape(items.shape[0], labels.size * items.shape[1])

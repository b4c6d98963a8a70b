"""Tail probabilities of weighted sums of chi-squares: what test statistics of survey data follow.

The denominator degrees of freedom `ddf` speak of a sum divided by an independent chi-square over its degrees
of freedom, as F does; None: of the plain sum.
"""

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import FloatArray

NEAR_THE_MEAN = 1e-4
"""Saddlepoints closer to zero than this divide rounding noise by rounding noise."""
ROUNDING = 1e-12
"""Eigenvalues below this share of the largest are zeros."""


def satterthwaite_tail(x: float, eigenvalues: FloatArray, ddf: float | None = None) -> float:
    """P(sum_i a_i X_i > x), X_i chi-squares of one degree of freedom, by matching mean and variance.

    Parameters
    ----------
    x : float
    eigenvalues : array (k,)
        The a_i; their sum must be positive.
    ddf : float, optional

    References
    ----------
    F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110-114; R survey, `pchisqsum`, `pFsum`.
    """
    df = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    scaled = x / eigenvalues.sum()
    if ddf is None:
        return float(scipy.special.chdtrc(df, max(scaled * df, 0.0)))
    return float(scipy.special.fdtrc(df, ddf, max(scaled, 0.0)))


def saddlepoint_tail(x: float, eigenvalues: FloatArray, ddf: float | None = None) -> float:
    """The same probability by a saddlepoint approximation, which is accurate far in the tail.

    Whole degrees of freedom are taken of `ddf`. Where `x` is so close to the mean that the approximation is
    undefined, the answer is `satterthwaite_tail`.

    References
    ----------
    D. Kuonen, Biometrika 86 (1999), 929-935; R survey, `pFsum(method = "saddlepoint")`.
    """
    if x <= 0:
        return 1.0
    parts = eigenvalues[eigenvalues > ROUNDING * eigenvalues.max()]
    if ddf is None:
        found = _exceeds(x, parts, np.ones(parts.size))
    else:
        # a ratio exceeds x where numerator - x denominator exceeds zero
        counts = np.append(np.ones(parts.size), np.floor(ddf))
        found = _exceeds(0.0, np.append(parts, -x / ddf), counts)
    return satterthwaite_tail(x, eigenvalues, ddf) if found is None else found


def _exceeds(x: float, factors: FloatArray, counts: FloatArray) -> float | None:
    """P(sum_i factors_i X_i > x), X_i of counts_i degrees of freedom; None next to the mean."""
    largest = factors.max()
    factors, x = factors / largest, x / largest

    def slope(zeta: float) -> float:
        return float((counts * factors / (1 - 2 * zeta * factors)).sum()) - x

    inside = 1 - 1e-14
    lower = inside / (2 * factors.min()) if factors.min() < 0 else -counts.sum() / (2 * x)
    zeta = scipy.optimize.brentq(slope, lower, inside / 2, xtol=1e-15)
    if abs(zeta) < NEAR_THE_MEAN:
        return None
    cumulant = -(counts * np.log(1 - 2 * zeta * factors)).sum() / 2
    curvature = 2 * (counts * factors**2 / (1 - 2 * zeta * factors) ** 2).sum()
    w = np.sign(zeta) * np.sqrt(2 * (zeta * x - cumulant))
    v = zeta * np.sqrt(curvature)
    return float(scipy.special.ndtr(-(w + np.log(v / w) / w)))

"""p-values of many tests at once: among a hundred comparisons of equal units five look significant."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import FloatArray
from survey_app.estimation.hypotheses.ttest import UnableToTest


class UnusablePValues(UnableToTest):
    """p-values are missing or lie outside [0, 1]."""


class UnknownAdjustment(UnableToTest):
    """No adjustment of that name."""


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """p-values adjusted so that those below alpha hold a false claim with probability alpha at most.

    Parameters
    ----------
    p_values : array-like (m,)
        Of any joint distribution.

    Returns
    -------
    array (m,)
        In the same order.

    Raises
    ------
    UnusablePValues

    References
    ----------
    S. Holm, Scandinavian Journal of Statistics 6 (1979), 65-70; R, `p.adjust(p, "holm")`.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    return np.minimum(adjusted, 1.0)


def benjamini_hochberg(p_values: npt.ArrayLike) -> FloatArray:
    """p-values adjusted so that of the claims below alpha a share of alpha is false on average.

    Parameters and result as `holm`; for independent or positively dependent tests.

    References
    ----------
    Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995), 289-300; R,
    `p.adjust(p, "BH")`.
    """
    p = _checked(p_values)
    if not p.size:
        return p
    adjusted: FloatArray = scipy.stats.false_discovery_control(p, method="bh")
    return adjusted


def _checked(p_values: npt.ArrayLike) -> FloatArray:
    p = np.array(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise UnusablePValues("p-values are one column of numbers in [0, 1]. Leave out tests without one.")
    return p


ADJUSTMENTS: dict[str, Callable[[npt.ArrayLike], FloatArray]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
    "none": _checked,
}


def adjust(p_values: npt.ArrayLike, adjustment: str) -> FloatArray:
    """p-values adjusted by one of ADJUSTMENTS.

    Raises
    ------
    UnknownAdjustment, UnusablePValues
    """
    if adjustment not in ADJUSTMENTS:
        raise UnknownAdjustment(f"adjustment={adjustment!r}: choose one of {', '.join(ADJUSTMENTS)}.")
    return ADJUSTMENTS[adjustment](p_values)

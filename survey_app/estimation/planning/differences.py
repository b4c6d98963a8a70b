"""The smallest difference two waves or two units can show, and the sample a difference needs.

Two waves may have some respondents in common: their answers correlate, and the difference becomes more
precise. No finite-population correction is made: a difference between two years or two offices is about what
produces the answers, not about who happened to be there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.planning.figures import Numbers, UnusablePlan, between, normal_quantile, round_up


@dataclass(frozen=True)
class ErrorRates:
    """A test of "no difference": how sure it must be, and how often it shall succeed.

    Attributes
    ----------
    alpha : float
        Probability of a false alarm.
    power : float
        Probability of finding a difference that exists.
    two_sided : bool
        Either direction counts.
    """

    alpha: float = 0.05
    power: float = 0.8
    two_sided: bool = True

    @property
    def quantiles(self) -> float:
        """z(1 - alpha/2) + z(power): the detectable difference in standard errors.

        Raises
        ------
        UnusablePlan
            If a probability is outside (0, 1), or the power is not above alpha.
        """
        critical = normal_quantile(1 - self.alpha / (2 if self.two_sided else 1), "1 - alpha")
        reach = critical + normal_quantile(self.power, "power")
        if not 0 < self.alpha < self.power:
            raise UnusablePlan(f"power={self.power} must be above alpha={self.alpha} > 0.")
        return reach


@dataclass(frozen=True)
class Overlap:
    """Respondents that two samples have in common.

    Attributes
    ----------
    share : float
        Of the smaller sample, 0 to 1.
    correlation : float
        Between the two answers of one person, -1 to 1.
    """

    share: float = 0.0
    correlation: float = 0.0


@dataclass(frozen=True)
class DetectableChange:
    """The smallest changes of a proportion that are found with the power asked for.

    Attributes
    ----------
    increase, decrease : float or None
        Both positive; None where no share inside (0, 1) is far enough.
    """

    increase: float | None
    decrease: float | None


TWO_SIDED = ErrorRates()
INDEPENDENT = Overlap()


def detectable_difference(
    answers: tuple[float, float],
    deviations: tuple[float, float],
    *,
    deffs: tuple[float, float] = (1.0, 1.0),
    overlap: Overlap = INDEPENDENT,
    errors: ErrorRates = TWO_SIDED,
) -> float:
    """Smallest difference of two means that is found with the power asked for.

    Parameters
    ----------
    answers : pair of float
        Completed answers of the two waves or units.
    deviations : pair of float
        Standard deviations of the values.
    deffs : pair of float
        Design effects.
    overlap : Overlap
    errors : ErrorRates

    Raises
    ------
    UnusablePlan

    Notes
    -----
    ``(z(1 - alpha/2) + z(power)) sqrt(V1 + V2 - 2 C)`` with ``V = deff S^2 / n`` and, for m common respondents,
    ``C = m r S1 S2 sqrt(deff1 deff2) / (n1 n2)``.

    References
    ----------
    L. Kish, Survey Sampling (Wiley 1965), 12.4.
    R. Valliant, J. Dever, F. Kreuter, Practical Tools for Designing and Weighting Survey Samples (2nd ed.,
    Springer 2018), 4.3.
    """
    _check_pairs(answers, deviations, deffs)
    return errors.quantiles * float(np.sqrt(_variance(answers, deviations, deffs, overlap)))


def detectable_change(
    proportion: float,
    answers: tuple[float, float],
    *,
    deffs: tuple[float, float] = (1.0, 1.0),
    overlap: Overlap = INDEPENDENT,
    errors: ErrorRates = TWO_SIDED,
) -> DetectableChange:
    """Smallest rise and fall from a proportion that are found; other parameters as `detectable_difference`.

    Parameters
    ----------
    proportion : float
        The first wave's share, in (0, 1). The variance of the second is that of the changed share.

    Raises
    ------
    UnusablePlan
    """
    first = float(between("proportion", proportion, 0, 1)[0])
    _check_pairs(answers, (0.5, 0.5), deffs)

    def shortfall(change: float) -> float:
        deviations = (_deviation(first), _deviation(first + change))
        return abs(change) - detectable_difference(
            answers, deviations, deffs=deffs, overlap=overlap, errors=errors
        )

    return DetectableChange(_root(shortfall, 1 - first), _root(shortfall, -first))


def size_for_difference(
    difference: float,
    deviations: tuple[float, float],
    *,
    deffs: tuple[float, float] = (1.0, 1.0),
    ratio: float = 1.0,
    overlap: Overlap = INDEPENDENT,
    errors: ErrorRates = TWO_SIDED,
) -> tuple[int, int]:
    """Answers each of two waves or units needs to find a difference of means.

    Parameters
    ----------
    difference : float
        Not 0; its sign does not matter.
    deviations, deffs, overlap, errors
        As `detectable_difference`. For proportions the deviation is sqrt(p (1 - p)).
    ratio : float
        Size of the second sample for each answer of the first.

    Returns
    -------
    pair of int

    Raises
    ------
    UnusablePlan
    """
    change = float(between("difference", abs(difference), 0, np.inf)[0])
    second = float(between("ratio", ratio, 0, np.inf)[0])
    _check_pairs((1.0, second), deviations, deffs)
    # every term of the variance is proportional to 1/n
    first = (errors.quantiles / change) ** 2 * _variance((1.0, second), deviations, deffs, overlap)
    n_first, n_second = round_up(np.array([first, first * second])).clip(1).tolist()
    return n_first, n_second


def _variance(
    answers: tuple[float, float],
    deviations: tuple[float, float],
    deffs: tuple[float, float],
    overlap: Overlap,
) -> float:
    share = between("overlap share", overlap.share, -1e-12, 1, with_high=True)[0]
    correlation = between("correlation", overlap.correlation, -1 - 1e-12, 1, with_high=True)[0]
    spread = np.sqrt(np.array(deffs)) * np.array(deviations)
    common = share * min(answers) * correlation * spread.prod() / np.prod(answers)
    # with everybody asked twice and perfectly correlated answers nothing but rounding is left
    return max(float((spread**2 / np.array(answers)).sum() - 2 * common), 0.0)


def _root(shortfall: Callable[[float], float], end: float) -> float | None:
    """Distance to the change, towards `end`, from which on the difference is found."""
    steps = np.linspace(0.0, end, 201)
    found = [shortfall(step) >= 0 for step in steps[1:]]
    if not any(found):
        return None
    at = found.index(True)
    return abs(float(scipy.optimize.brentq(shortfall, steps[at], steps[at + 1])))


def _deviation(proportion: float) -> float:
    return float(np.sqrt(max(proportion * (1 - proportion), 0.0)))


def _check_pairs(
    answers: tuple[float, float], deviations: tuple[float, float], deffs: tuple[float, float]
) -> None:
    pairs: dict[str, Numbers] = {"answers": answers, "deviations": deviations, "deffs": deffs}
    for name, pair in pairs.items():
        if between(name, pair, -1e-300 if name == "deviations" else 0, np.inf).size != 2:
            raise UnusablePlan(f"{name}: give two figures, one a wave or unit.")

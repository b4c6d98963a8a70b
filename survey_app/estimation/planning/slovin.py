"""The Slovin (Yamane) formula beside the real need, with what it silently assumes.

Plans of public bodies often take n = N / (1 + N e^2). It is the sample size for a proportion under six
assumptions, none of which the formula shows. Replacing them one after the other by what is true of the survey
leads from its n to the n that is needed.
"""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.planning.figures import Numbers, between, populations, round_up, z_of_level
from survey_app.estimation.planning.precision import size_for_proportion


@dataclass(frozen=True)
class Assumption:
    """One silent assumption, what is true instead, and the sample size once it is replaced.

    Attributes
    ----------
    name : str
        "confidence", "proportion", "finite_population", "design_effect", "domains" or "response_rate".
    assumed, actual : float
        z, p, "N counted as N - 1" (0 or 1), deff, number of domains, response rate.
    n : int
        Sample size with this and all earlier assumptions replaced.
    """

    name: str
    assumed: float
    actual: float
    n: int


@dataclass(frozen=True)
class SlovinComparison:
    """Slovin's sample size, the one needed, and the steps between them.

    Attributes
    ----------
    slovin : int
    answers, invitations : int
        Needed, over all domains.
    steps : tuple of Assumption
        In order; the last one's n is `invitations`.
    """

    slovin: int
    answers: int
    invitations: int
    steps: tuple[Assumption, ...]


def slovin(population: Numbers, margin: float) -> tuple[int, ...]:
    """N / (1 + N e^2), rounded up, for each population.

    Parameters
    ----------
    population : array-like
    margin : float
        e, 0.05 for five points.

    Raises
    ------
    UnusablePlan

    References
    ----------
    T. Yamane, Statistics: An Introductory Analysis (2nd ed., Harper & Row 1967), p. 886.
    """
    people, error = populations(population), between("margin", margin, 0, 1)[0]
    return tuple(round_up(1 / (1 / people + error**2)).tolist())


def compare_with_slovin(
    population: Numbers,
    margin: float,
    *,
    proportion: float = 0.5,
    level: float = 0.95,
    deff: float = 1.0,
    response_rate: float = 1.0,
) -> SlovinComparison:
    """Slovin's formula for all domains together against the sample that gives each domain the margin.

    Parameters
    ----------
    population : array-like (k,)
        People in each domain for which a figure with this margin shall be published.
    margin : float
    proportion, level, deff, response_rate : float
        As `precision.size_for_proportion`.

    Returns
    -------
    SlovinComparison

    Raises
    ------
    UnusablePlan, UnattainablePrecision

    Notes
    -----
    With z = 2 and p = 0.5 the sample for an infinite population is z^2 p (1 - p) / e^2 = 1 / e^2; with the
    finite-population correction N / (N + n0) it is Slovin's formula.
    """
    people = populations(population)
    whole = float(people.sum())
    z, error = z_of_level(level), float(between("margin", margin, 0, 1)[0])
    p, effect = float(between("proportion", proportion, 0, 1)[0]), float(between("deff", deff, 0, np.inf)[0])
    by_domain = size_for_proportion(
        p, margin=error, level=level, population=people, deff=effect, response_rate=response_rate
    )
    variance = p * (1 - p)
    steps = (
        Assumption("confidence", 2.0, z, _n(z**2 * 0.25 / error**2, whole, 0)),
        Assumption("proportion", 0.5, p, _n(z**2 * variance / error**2, whole, 0)),
        Assumption("finite_population", 0.0, 1.0, _n(z**2 * variance / error**2, whole, 1)),
        Assumption("design_effect", 1.0, effect, _n(effect * z**2 * variance / error**2, whole, 1)),
        Assumption("domains", 1.0, float(people.size), by_domain.total_answers),
        Assumption("response_rate", 1.0, float(response_rate), by_domain.total_invitations),
    )
    return SlovinComparison(
        slovin(whole, error)[0], by_domain.total_answers, by_domain.total_invitations, steps
    )


def _n(needed: float, population: float, own: int) -> int:
    return int(round_up(np.array([needed / (1 + (needed - own) / population)])).clip(1)[0])

"""Sample size for a proportion or mean, the margin a sample gives, and a total shared out over domains."""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate, freeze_arrays
from survey_app.estimation.planning.figures import (
    Numbers,
    UnusablePlan,
    between,
    one_a_domain,
    populations,
    round_up,
    z_of_level,
)
from survey_app.estimation.sampling.allocation import power


class UnattainablePrecision(UnableToEstimate):
    """More people would have to be invited than exist."""


@dataclass(frozen=True)
class SampleSize:
    """Sample sizes by domain; arrays (k,).

    Attributes
    ----------
    answers : int array
        Completed answers, rounded up.
    invitations : int array
        People to invite, so that `answers` are expected at the response rate.
    simple_random : float array
        Answers under simple random sampling from an infinite population, not rounded: where it began.
    """

    answers: IntArray
    invitations: IntArray
    simple_random: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def total_answers(self) -> int:
        """Over all domains."""
        return int(self.answers.sum())

    @property
    def total_invitations(self) -> int:
        """Over all domains."""
        return int(self.invitations.sum())


@dataclass(frozen=True)
class SharedTotal:
    """A total number of answers shared out over domains, and what it gives.

    Attributes
    ----------
    answers : int array (k,)
    margin : array (k,)
        Margin of error of each domain's proportion.
    margin_of_whole : float
        That of the proportion over all domains, each weighted with its population.
    """

    answers: IntArray
    margin: FloatArray
    margin_of_whole: float

    def __post_init__(self) -> None:
        freeze_arrays(self)


def size_for_proportion(
    proportion: Numbers = 0.5,
    *,
    margin: Numbers | None = None,
    cv: Numbers | None = None,
    level: float = 0.95,
    population: Numbers = np.inf,
    deff: Numbers = 1.0,
    response_rate: Numbers = 1.0,
) -> SampleSize:
    """Sample size for a proportion with a given margin of error or coefficient of variation.

    Parameters
    ----------
    proportion : array-like
        Expected share in (0, 1); 0.5 needs most answers for a margin.
    margin : array-like, optional
        Half-width of the confidence interval, 0.03 for three points.
    cv : array-like, optional
        Standard error / proportion. Give this or `margin`.
    level : float
        Confidence level of the margin.
    population : array-like
        People in each domain; infinite: no finite-population correction.
    deff : array-like
        Design effect against simple random sampling without replacement.
    response_rate : array-like
        Expected share of invitations that are answered, in (0, 1].

    Returns
    -------
    SampleSize

    Raises
    ------
    UnusablePlan, UnattainablePrecision

    Notes
    -----
    ``n0 = deff p (1 - p) / se^2`` and ``n = n0 / (1 + (n0 - 1) / N)``, from the variance
    ``deff (N - n)/(N - 1) p (1 - p)/n``. The margin is that of a Wald interval; close to 0 and 1 the interval
    on display (`intervals.display_interval`) is wider.

    References
    ----------
    W. G. Cochran, Sampling Techniques (3rd ed., Wiley 1977), 4.4.
    L. Kish, Survey Sampling (Wiley 1965), 2.6 and 8.2.
    """
    p = between("proportion", proportion, 0, 1)
    parts = one_a_domain(p=p, se=_standard_error(margin, cv, p, level), population=populations(population))
    simple = parts["p"] * (1 - parts["p"]) / parts["se"] ** 2
    return _size(simple, parts["population"], 1.0, deff, response_rate)


def size_for_mean(
    deviation: Numbers,
    *,
    margin: Numbers | None = None,
    cv: Numbers | None = None,
    mean: Numbers | None = None,
    level: float = 0.95,
    population: Numbers = np.inf,
    deff: Numbers = 1.0,
    response_rate: Numbers = 1.0,
) -> SampleSize:
    """Sample size for a mean; parameters as `size_for_proportion`, and two more.

    Parameters
    ----------
    deviation : array-like
        Standard deviation of the values in each domain.
    mean : array-like, optional
        Expected mean, not 0: needed with `cv` (standard error / mean).

    Raises
    ------
    UnusablePlan, UnattainablePrecision

    Notes
    -----
    ``n0 = deff S^2 / se^2`` and ``n = n0 / (1 + n0 / N)``.

    References
    ----------
    W. G. Cochran, Sampling Techniques (3rd ed., Wiley 1977), 4.6.
    """
    if (cv is None) != (mean is None):
        raise UnusablePlan("cv and mean go together: a relative error needs the expected mean.")
    centre = np.abs(between("mean", 1.0 if mean is None else mean, -np.inf, np.inf))
    if not centre.all():
        raise UnusablePlan(
            "mean: no error is small relative to a mean of 0. Give margin instead of cv and mean."
        )
    parts = one_a_domain(
        spread=between("deviation", deviation, 0, np.inf),
        se=_standard_error(margin, cv, centre, level),
        population=populations(population),
    )
    return _size((parts["spread"] / parts["se"]) ** 2, parts["population"], 0.0, deff, response_rate)


def margin_of_proportion(
    answers: Numbers,
    proportion: Numbers = 0.5,
    *,
    level: float = 0.95,
    population: Numbers = np.inf,
    deff: Numbers = 1.0,
) -> FloatArray:
    """Margin of error that a number of answers gives: the inverse of `size_for_proportion`.

    Returns
    -------
    array (k,)
        Half-width of the Wald interval; 0 when everybody answered.

    Raises
    ------
    UnusablePlan
    """
    parts = one_a_domain(
        n=between("answers", answers, 0, np.inf),
        p=between("proportion", proportion, 0, 1),
        population=populations(population),
        deff=between("deff", deff, 0, np.inf),
    )
    n, p, people = parts["n"], parts["p"], parts["population"]
    if (n > people).any():
        raise UnusablePlan(
            f"answers: {n[n > people][0]:g} of {people[n > people][0]:g} people. Correct either."
        )
    with np.errstate(invalid="ignore"):
        remaining = np.where(np.isinf(people), 1.0, (people - n) / np.maximum(people - 1, 1))
    margin: FloatArray = z_of_level(level) * np.sqrt(parts["deff"] * remaining * p * (1 - p) / n)
    return margin


def share_total(
    total: int,
    population: Numbers,
    proportion: Numbers = 0.5,
    *,
    exponent: float = 0.5,
    minimum: int = 2,
    level: float = 0.95,
    deff: Numbers = 1.0,
) -> SharedTotal:
    """Share a total number of answers out over domains, and say how precise each domain becomes.

    Parameters
    ----------
    total : int
    population : array-like (k,)
        People in each domain, whole numbers.
    proportion, level, deff
        As `size_for_proportion`.
    exponent : float
        0: the same number of answers everywhere; 1: proportional to population, best for the whole;
        between: a compromise (`sampling.allocation.power` with equal variation).
    minimum : int
        Least number of answers of a domain.

    Returns
    -------
    SharedTotal

    Raises
    ------
    UnusablePlan, UnusableAllocation

    References
    ----------
    M. D. Bankier, The American Statistician 42 (1988), 174-177.
    """
    people = populations(population)
    answers = power(total, people, np.ones(people.size), exponent=exponent, minimum=minimum).sizes
    margin = margin_of_proportion(answers, proportion, level=level, population=people, deff=deff)
    whole = float(np.sqrt(((people / people.sum() * margin) ** 2).sum()))
    return SharedTotal(answers, margin, whole)


def _standard_error(
    margin: Numbers | None, cv: Numbers | None, centre: FloatArray, level: float
) -> FloatArray:
    if (margin is None) == (cv is None):
        raise UnusablePlan("Give the precision wanted: either margin or cv.")
    if margin is not None:
        return between("margin", margin, 0, np.inf) / z_of_level(level)
    parts = one_a_domain(cv=between("cv", cv if cv is not None else (), 0, np.inf), centre=centre)
    return np.asarray(parts["cv"] * parts["centre"])


def _size(
    simple: FloatArray, population: FloatArray, own: float, deff: Numbers, response_rate: Numbers
) -> SampleSize:
    """From n0; `own` is 1 where the variance of the population is p (1 - p) N / (N - 1), 0 where it is S^2."""
    parts = one_a_domain(
        simple=simple,
        population=population,
        deff=between("deff", deff, 0, np.inf),
        rate=between("response_rate", response_rate, 0, 1, with_high=True),
    )
    needed = parts["deff"] * parts["simple"]
    people = parts["population"]
    answers = np.minimum(round_up(needed / (1 + (needed - own) / people)).clip(1), people).astype(np.int64)
    invitations = round_up(answers / parts["rate"])
    if (invitations > people).any():
        at = int(np.argmax(invitations > people))
        raise UnattainablePrecision(
            f"Domain {at}: {invitations[at]} invitations for {answers[at]} answers, but {people[at]:g} people. "
            "Allow a larger margin, join domains, or raise the response rate."
        )
    return SampleSize(answers, invitations, parts["simple"].copy())

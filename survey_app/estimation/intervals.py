"""Confidence intervals of proportions and of other estimates that live in [0, 1].

Every method has the same signature, takes arrays and returns (low, high). With an estimate of exactly 0 or 1
and no estimated variance every method but `mean` is the Clopper-Pearson interval of n answers. Undefined
intervals (no estimate, no degrees of freedom) are NaN.

References
----------
R survey 4.5, `svyciprop`.
E. L. Korn, B. I. Graubard, Survey Methodology 24 (1998), 193-201.
J. D. Parker et al., National Center for Health Statistics Data Presentation Standards for Proportions, Vital
Health Stat 2(175), 2017.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import BoolArray, FloatArray, UnableToEstimate

Interval = tuple[FloatArray, FloatArray]
Numbers = npt.ArrayLike
ROUNDING = 1e-12
"""Distance to 0 or 1, or standard error of a score in [0, 1], below which a figure is rounding noise."""
FEW_EFFECTIVE_ANSWERS = 30.0
"""Below this effective sample size the display interval is Korn-Graubard (NCHS shows no share under 30)."""
FEW_EFFECTIVE_CASES = 10.0
"""The same below this effective number of answers on the rarer side."""
WHY = {
    "logit": "enough effective answers on both sides for normal theory on the logit scale",
    "korn_graubard": "few effective answers, or few of them on the rarer side: exact binomial on their number",
    "clopper_pearson": "no variance in the sample, which is not certainty: exact binomial on the answers",
    "mean": "not a share or an average in [0, 1]: estimate -+ t se",
    "none": "no estimate, or no degrees of freedom for its standard error",
}
"""Why `display_interval` (and for "mean", whoever does not ask it) chose a method, by its name."""


class UnknownLevel(UnableToEstimate):
    """A confidence level outside the open interval (0, 1)."""


class UnknownMethod(UnableToEstimate):
    """No interval of that name."""


class OutsideUnitInterval(UnableToEstimate):
    """A proportion below 0 or above 1, or a negative standard error."""


def t_quantile(df: Numbers, level: float) -> FloatArray:
    """Two-sided quantile of Student's t: P(|T| <= q) = level; NaN where df < 1."""
    if not 0 < level < 1:
        raise UnknownLevel(f"level={level}: give a confidence level between 0 and 1, such as 0.95.")
    degrees, back = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    quantiles = scipy.special.stdtrit(np.where(degrees >= 1, degrees, np.nan), (1 + level) / 2)
    return np.asarray(quantiles, dtype=np.float64)[back].reshape(np.shape(df))


def t_interval(estimate: Numbers, se: Numbers, df: Numbers, level: float = 0.95) -> Interval:
    """estimate -+ t(df) se: the interval of means, totals and ratios. A zero se needs no df."""
    centre, error = np.asarray(estimate, dtype=np.float64), np.asarray(se, dtype=np.float64)
    half = np.where(error == 0, 0.0, t_quantile(df, level) * error)
    return centre - half, centre + half


def clopper_pearson(estimate: Numbers, n: Numbers, level: float = 0.95) -> Interval:
    """Exact binomial interval of n p successes in n trials; n p need not be whole, an infinite n leaves p.

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413.
    """
    p, size = np.broadcast_arrays(np.asarray(estimate, dtype=np.float64), np.asarray(n, dtype=np.float64))
    cases, tail = p * size, (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = scipy.special.betaincinv(cases, size - cases + 1, tail)
        high = scipy.special.betaincinv(cases + 1, size - cases, 1 - tail)
    low, high = np.where(np.isinf(size), p, low), np.where(np.isinf(size), p, high)
    return np.where(cases <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def mean(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """Wald-t. Under-covers near 0 and 1 and may leave [0, 1]; kept for comparison."""
    return t_interval(estimate, se, df, level)


def logit(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """Wald-t on the logit scale, back-transformed (R's `xlogit`; its `logit` agrees to 1e-9)."""
    half = t_quantile(df, level) * se / (estimate * (1 - estimate))
    centre = scipy.special.logit(estimate)
    return scipy.special.expit(centre - half), scipy.special.expit(centre + half)


def asin(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """Wald-t on the arcsine-square-root scale, which stabilises the variance."""
    half = t_quantile(df, level) * se / (2 * np.sqrt(estimate * (1 - estimate)))
    centre = np.arcsin(np.sqrt(estimate))
    return np.sin(np.maximum(centre - half, 0)) ** 2, np.sin(np.minimum(centre + half, np.pi / 2)) ** 2


def wilson(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """Wilson score with n_eff = p(1-p)/se^2 and t(df); the df enter once, through t."""
    squared = t_quantile(df, level) ** 2
    size = estimate * (1 - estimate) / se**2
    centre = (estimate + squared / (2 * size)) / (1 + squared / size)
    half = np.sqrt(squared * (estimate * (1 - estimate) / size + squared / (4 * size**2))) / (
        1 + squared / size
    )
    return centre - half, centre + half


def beta(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """Clopper-Pearson on n_eff = p(1-p)/se^2 (t(n-1)/t(df))^2, not capped."""
    return clopper_pearson(estimate, _adjusted_size(estimate, se, n, df, level), level)


def korn_graubard(
    estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float
) -> Interval:
    """As `beta`, with the effective size capped at n: no credit for a design effect below one."""
    return clopper_pearson(estimate, np.minimum(_adjusted_size(estimate, se, n, df, level), n), level)


def likelihood(estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float) -> Interval:
    """All q with 2 n_eff KL(p || q) <= t(df)^2, n_eff = (n-1)/n p(1-p)/se^2 (Rao-Scott scaled likelihood)."""
    size = (n - 1) / n * estimate * (1 - estimate) / se**2
    bound = t_quantile(df, level) ** 2 / (2 * size)
    return _divergence_root(estimate, bound, np.zeros_like(estimate)), _divergence_root(
        estimate, bound, np.ones_like(estimate)
    )


def _adjusted_size(
    estimate: FloatArray, se: FloatArray, n: FloatArray, df: FloatArray, level: float
) -> FloatArray:
    ratio = t_quantile(n - 1, level) / t_quantile(df, level)
    return estimate * (1 - estimate) / se**2 * ratio**2


def _divergence_root(p: FloatArray, bound: FloatArray, edge: FloatArray) -> FloatArray:
    """The q between p and `edge` where KL(p || q) = bound, by bisection to the last bit."""
    near, far = p.copy(), edge
    for _ in range(60):
        middle = (near + far) / 2
        divergence = scipy.special.rel_entr(p, middle) + scipy.special.rel_entr(1 - p, 1 - middle)
        inside = divergence <= bound
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.where(np.isnan(bound), np.nan, near)


Method = Callable[[FloatArray, FloatArray, FloatArray, FloatArray, float], Interval]
METHODS: dict[str, Method] = {
    "mean": mean,
    "logit": logit,
    "xlogit": logit,
    "asin": asin,
    "likelihood": likelihood,
    "beta": beta,
    "korn_graubard": korn_graubard,
    "wilson": wilson,
}


def proportion_interval(
    estimate: Numbers, se: Numbers, n: Numbers, df: Numbers, *, method: str, level: float = 0.95
) -> Interval:
    """Confidence interval of a proportion by a named method.

    Parameters
    ----------
    estimate, se : array-like
        Proportion in [0, 1] and its standard error from the design.
    n : array-like
        Answers behind the estimate (of the domain).
    df : array-like
        Degrees of freedom of the design (of the domain).
    method : one of METHODS
    level : float

    Returns
    -------
    low, high : arrays of the common shape

    Raises
    ------
    UnknownMethod, UnknownLevel, OutsideUnitInterval
    """
    if method not in METHODS:
        raise UnknownMethod(f"method={method!r}: choose one of {', '.join(METHODS)}.")
    p, error, size, degrees = _checked(estimate, se, n, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = METHODS[method](p, error, size, degrees, level)
        if method != "mean":
            exact = (error == 0) & ((p == 0) | (p == 1))
            low, high = _replace(low, high, exact, clopper_pearson(p, size, level))
    return low, high


def display_interval(
    estimate: Numbers, se: Numbers, n: Numbers, df: Numbers, level: float = 0.95
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.str_]]:
    """The interval to print beside an estimate in [0, 1], and the name of the method chosen.

    Parameters
    ----------
    estimate, se : array-like
        A proportion, a mean of scores in [0, 1], or a weighted average of such; and its standard error.
    n : array-like
        Respondents behind it (of the domain).
    df : array-like
        Degrees of freedom (of the domain).
    level : float

    Returns
    -------
    low, high : arrays of the common shape
    method : array of str
        "logit", "korn_graubard", "clopper_pearson" or "none"; `WHY` says in words what each was chosen for.

    Raises
    ------
    UnknownLevel, OutsideUnitInterval

    Notes
    -----
    * ``logit`` normally: stays inside [0, 1], is asymmetric near the ends, and covers where Wald-t does not
      (satisfaction sits at 80-99 %).
    * ``korn_graubard`` where normal theory has too little to stand on: fewer than `FEW_EFFECTIVE_ANSWERS`
      effective answers p(1-p)/se^2, or fewer than `FEW_EFFECTIVE_CASES` of them on the rarer side. An average
      of several items carries more than n effective answers, so a small office's index keeps its logit
      interval where a single item of the same office would not. The two bounds were chosen by coverage:
      benchmarks/simulate_coverage.py prints it.
    * ``clopper_pearson`` where the estimated variance is zero (all answers equal, or one respondent): a zero
      variance in a sample is not certainty, and no variable in [0, 1] varies more than a binary one. The
      answers are counted as n (t(n-1)/t(df))^2, the factor Korn and Graubard use: n when every row is a PSU,
      fewer in clustered samples, where equal answers of few PSUs say less (with n itself, 200 answers of 10
      PSUs cover a share of 98 % in 93 % of samples at an intraclass correlation of 0.05 and in 88 % at 0.1;
      with the factor in 99 %), and one answer where there is but one PSU.
    * ``none`` (NaN) without an estimate or, the variance being positive, without degrees of freedom.
    """
    p, error, size, degrees = _checked(estimate, se, n, df)
    exact = (error <= ROUNDING) & (size > 0) & ~np.isnan(p)
    defined = ~exact & (degrees >= 1) & ~np.isnan(p) & ~np.isnan(error)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = p * (1 - p) / error**2
    few = (effective < FEW_EFFECTIVE_ANSWERS) | (effective * np.minimum(p, 1 - p) < FEW_EFFECTIVE_CASES)
    method = np.select([exact, defined & few, defined], ["clopper_pearson", "korn_graubard", "logit"], "none")
    low, high = np.full(p.shape, np.nan), np.full(p.shape, np.nan)
    counted = _answers_counted(size[exact], degrees[exact], level)
    low[exact], high[exact] = clopper_pearson(p[exact], counted, level)
    for name in ("korn_graubard", "logit"):
        chosen = method == name
        low[chosen], high[chosen] = METHODS[name](
            p[chosen], error[chosen], size[chosen], degrees[chosen], level
        )
    return low, high, method


def _answers_counted(n: FloatArray, df: FloatArray, level: float) -> FloatArray:
    """Answers without variance, discounted for the degrees of freedom that clustering leaves; at least one."""
    with np.errstate(invalid="ignore"):
        ratio = np.where(n - 1 <= df, 1.0, t_quantile(n - 1, level) / t_quantile(df, level))
    return np.asarray(np.maximum(np.nan_to_num(n * ratio**2), np.minimum(n, 1.0)), dtype=np.float64)


def _checked(estimate: Numbers, se: Numbers, n: Numbers, df: Numbers) -> tuple[FloatArray, ...]:
    p, error, size, degrees = (
        np.array(array, dtype=np.float64) for array in np.broadcast_arrays(estimate, se, n, df)
    )
    if (p < -ROUNDING).any() or (p > 1 + ROUNDING).any() or (error < 0).any():
        raise OutsideUnitInterval("Estimates must lie in [0, 1] and standard errors must not be negative.")
    p[p < ROUNDING], p[p > 1 - ROUNDING] = 0.0, 1.0
    return p, error, size, degrees


def _replace(low: FloatArray, high: FloatArray, where: BoolArray, other: Interval) -> Interval:
    return np.where(where, other[0], low), np.where(where, other[1], high)

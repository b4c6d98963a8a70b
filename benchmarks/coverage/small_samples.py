"""Shares near 1 estimated from 30 to 200 answers."""

import numpy as np
from scipy.stats import binom

from benchmarks.coverage.tally import Figures, Line, line
from survey_app.estimation.design import Design
from survey_app.estimation.means import mean

SIZES = (30, 50, 100, 200)
SHARES = (0.5, 0.9, 0.95, 0.98, 0.99)
CORRELATION = 0.05
AT_LEAST = (0.93, 1.0)
"""Few answers give few possible intervals: exact methods must cover more than the level at most shares."""


def simple_random(n: int, share: float) -> Line:
    """Exact, by summing over the binomial distribution."""
    answers = np.arange(n + 1)
    estimate = answers / n
    figures = Figures(
        estimate=estimate,
        se=np.sqrt(estimate * (1 - estimate) / (n - 1)),
        n=np.full(n + 1, n),
        df=np.full(n + 1, n - 1),
        truth=np.full(n + 1, share),
    )
    return line(f"random    n = {n:3}  p = {share}", figures, AT_LEAST, weights=binom.pmf(answers, n, share))


def clustered(n: int, share: float, samples: int) -> Line:
    """Simulated: PSUs of 5 answers (10 from n = 100), their shares beta-distributed, through the engine."""
    rng = np.random.default_rng([2026, n, round(1000 * share)])
    take = 5 if n < 100 else 10
    size = (1 - CORRELATION) / CORRELATION
    of_psu = rng.beta(share * size, (1 - share) * size, (n // take, samples))
    answers = (rng.random((n, samples)) < np.repeat(of_psu, take, axis=0)).astype(np.float64)
    design = Design.create(weights=np.ones(n), psus=np.repeat(np.arange(n // take), take))
    # every sample is one column: the same design estimates all of them
    found = mean(answers, design)
    figures = Figures(found.estimate, found.se, found.n, found.df_domain, np.full(samples, share))
    return line(f"clusters  n = {n:3}  p = {share}", figures, AT_LEAST)


def all_lines(samples: int) -> list[Line]:
    """Return a line for every n and p, random and clustered."""
    exact = [simple_random(n, share) for n in SIZES for share in SHARES]
    return exact + [clustered(n, share, samples) for n in SIZES for share in SHARES]

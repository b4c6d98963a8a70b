"""Do rank intervals hold the true rank as often as they say, and are bands no wider than they must be?

Simulates surveys of 20 units (strata) with 10 PSUs each and goes the engine's own way: design, means with
their joint covariance, rank intervals, bands. The truths are the hard ones: all units equal, groups of equals,
neighbours a fraction of a standard error apart, and clear steps. Among equals an interval holds the true rank
only when it holds every place of the tie.

    python -m benchmarks.simulate_ranks [--surveys 1000]

Exits with 1 if a method covers less than 95 % by more than twice the simulation error, or if a band is wider
than the pairs require by more than the simulation error.
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.bands import bands
from survey_app.estimation.hypotheses.comparisons import UnitEstimates, estimates_by_unit
from survey_app.estimation.hypotheses.ranks import (
    RankIntervals,
    ranks_by_simulation,
    ranks_from_differences,
    ranks_from_holm,
    ranks_from_intervals,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Places = tuple[IntArray, IntArray]
UNITS, PSUS = 20, 10
DRAWS, EXACT_DRAWS = 1000, 50_000
LEVEL = 0.95
# in standard errors of one unit's mean
TRUTHS: dict[str, FloatArray] = {
    "all equal": np.zeros(UNITS),
    "four ties": np.repeat([0.0, 3.0, 6.0, 9.0], 5),
    "near ties": np.linspace(0, 5.7, UNITS),
    "clear steps": np.linspace(0, 152, UNITS),
}
METHODS = ("differences", "holm", "intervals", "simulation", "percentiles")
EACH_BY_ITSELF = ("simulation", "percentiles")


def survey(truth: FloatArray, rng: np.random.Generator) -> UnitEstimates:
    """Estimates of one simulated survey; a unit's mean of PSU values has standard error 1."""
    unit = np.repeat(np.arange(UNITS), PSUS)
    values = truth[unit] + np.sqrt(PSUS) * rng.standard_normal(unit.size)
    design = Design.create(weights=np.ones(unit.size), strata=unit)
    _, means = estimates_by_unit(values, unit, design)
    return UnitEstimates.create(means.estimate[:-1], means.vcov[:-1, :-1], means.df_domain[:-1])


def places(method: str, units: UnitEstimates, rng: np.random.Generator) -> Places:
    """Lowest and highest rank of every unit by one method."""
    offered: dict[str, Callable[[], Places]] = {
        "differences": lambda: low_high(ranks_from_differences(units, rng=rng, level=LEVEL, draws=DRAWS)),
        "holm": lambda: low_high(ranks_from_holm(units, level=LEVEL)),
        "intervals": lambda: low_high(ranks_from_intervals(units, level=LEVEL)),
        "simulation": lambda: low_high(ranks_by_simulation(units, rng=rng, level=LEVEL, draws=DRAWS)),
        "percentiles": lambda: percentiles(units, rng),
    }
    return offered[method]()


def low_high(found: RankIntervals) -> Places:
    """The two arrays of rank intervals."""
    return found.low, found.high


def percentiles(units: UnitEstimates, rng: np.random.Generator) -> Places:
    """The shortcut the engine does not offer: quantiles of the ranks of simulated estimates."""
    drawn = rng.multivariate_normal(units.estimate, units.vcov, DRAWS)
    ranks = 1 + (-drawn).argsort(axis=1).argsort(axis=1)
    low, high = np.quantile(ranks, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64)


def holds(found: Places, truth: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether each interval holds every place that the unit may take."""
    best = 1 + (truth[:, None] < truth).sum(axis=1)
    worst = UNITS - (truth[:, None] > truth).sum(axis=1)
    return np.asarray((found[0] <= best) & (worst <= found[1]))


def cover(method: str, truth: FloatArray, surveys: int) -> tuple[float, float, float]:
    """Coverage of one unit's rank (mean over units), of all ranks at once, and mean width in places."""
    held, width = np.empty((surveys, UNITS), dtype=np.bool_), 0.0
    for seed in range(surveys):
        rng = np.random.default_rng([2026, seed])
        found = places(method, survey(truth, rng), rng)
        held[seed] = holds(found, truth)
        width += float((found[1] - found[0] + 1).mean()) / surveys
    return float(held.mean()), float(held.all(axis=1).mean()), width


def print_coverage(surveys: int) -> bool:
    """Print the table; whether every offered method covers."""
    print(f"{'truth':12} {'method':12} {'one rank %':>11} {'all ranks %':>12} {'width':>6}  (asked: 95)")
    lowest = LEVEL - 2 * np.sqrt(LEVEL * (1 - LEVEL) / surveys)
    fine = True
    for name, truth in TRUTHS.items():
        for method in METHODS:
            one, every, width = cover(method, truth, surveys)
            print(f"{name:12} {method:12} {100 * one:11.1f} {100 * every:12.1f} {width:6.1f}")
            if method != "percentiles":
                fine &= (one if method in EACH_BY_ITSELF else every) >= lowest
    print('"simulation" promises one rank at a time; "percentiles" is what the engine does not offer')
    return fine


def claims(units: UnitEstimates, draws: int, level: float, seed: int) -> npt.NDArray[np.bool_]:
    """Which unit is established above which."""
    rng = np.random.default_rng(seed)
    return ranks_from_differences(units, rng=rng, level=level, draws=draws).better


def print_bands(surveys: int) -> bool:
    """Compare bands with those of nearly exact critical values; whether any excess is simulation error."""
    # 4 standard errors: the engine takes the upper end of the error, and the error itself may go there too
    upper = LEVEL + 4 * np.sqrt(LEVEL * (1 - LEVEL) / DRAWS)
    wider, missed = 0, 0
    for seed in range(surveys):
        units = survey(TRUTHS["four ties"], np.random.default_rng([7, seed]))
        found = claims(units, DRAWS, LEVEL, seed)
        exact = claims(units, EXACT_DRAWS, LEVEL, seed + surveys)
        wider += max(map(len, bands(units.estimate, found))) - max(map(len, bands(units.estimate, exact)))
        missed += int((claims(units, EXACT_DRAWS, upper, seed + surveys) & ~found).sum())
    print(
        f"\nwidest band with {DRAWS} draws against {EXACT_DRAWS}: {wider / surveys:+.2f} units on average; pairs "
        f"joined beyond the simulation error of the critical value: {missed} in {surveys} surveys (asked: 0)"
    )
    return missed == 0


def main() -> int:
    """Print everything; 1 if ranks are covered too rarely or bands are too wide."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--surveys", type=int, default=1000, help="simulated surveys (default: 1000)")
    surveys = parser.parse_args().surveys
    started = time.perf_counter()
    print(f"{surveys} surveys of {UNITS} units with {PSUS} PSUs each")
    covered = print_coverage(surveys)
    narrow = print_bands(max(surveys // 20, 5))
    print(f"\n{time.perf_counter() - started:.1f} s")
    return 0 if covered and narrow else 1


if __name__ == "__main__":
    sys.exit(main())

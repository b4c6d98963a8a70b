"""Does the displayed interval cover the truth as often as it says?

Simulates voluntary counter data shaped like the demo: offices as strata, 33 five-point items from a latent-
variable model whose top-2 shares are known exactly, answers missing item by item. The overall index of
every seed is estimated with `composite_index`, for a moderate and for a very satisfied population. The
table of methods for single proportions is exact, summed over the binomial distribution.

    python benchmarks/simulate_coverage.py [--seeds 1000]

Exits with 1 if an overall index is covered in less than 93 % or more than 97 % of the seeds.
"""

import argparse
import sys
import time

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import binom

from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.intervals import display_interval, proportion_interval

FloatArray = npt.NDArray[np.float64]
ITEMS = 33
OFFICE_SIZES = np.array([150, 120, 90, 75, 60, 45, 30, 30])
EASE = (1.3, 2.6)
SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
SIZES = (30, 100, 500)
METHODS = ("mean", "logit", "likelihood", "asin", "wilson", "beta", "korn_graubard")
LEVEL = 0.95


class Population:
    """Visitors of eight offices; the answer to item j at office h is an ordered probit of a common opinion.

    z = easy_j + office_h + load_j f + e with f, e ~ N(0, 1); answer = 1 + number of cut points below z.
    """

    def __init__(self, seed: int, ease: float) -> None:
        rng = np.random.default_rng(seed)
        self.easy = rng.normal(ease, 0.35, ITEMS)
        self.load = rng.uniform(0.5, 1.2, ITEMS)
        self.office = rng.normal(0.0, 0.35, OFFICE_SIZES.size)
        self.cuts = np.array([-2.0, -1.2, 0.0, 1.1])
        self.missing = np.where(np.arange(ITEMS) % 11 == 10, 0.5, 0.05)

    def office_shares(self) -> FloatArray:
        """True share of answers 4 and 5, offices x items (the integral over opinion in closed form)."""
        z = self.easy + self.office[:, None] - self.cuts[2]
        return np.asarray(ndtr(z / np.sqrt(1 + self.load**2)))

    def true_index(self) -> float:
        """Plain mean of the items' shares among all visitors."""
        return float((OFFICE_SIZES / OFFICE_SIZES.sum() @ self.office_shares()).mean())

    def draw(self, rng: np.random.Generator) -> tuple[FloatArray, npt.NDArray[np.int64]]:
        """Top-2 scores (n, items) with NaN where skipped, and the office of each row."""
        office = np.repeat(np.arange(OFFICE_SIZES.size), OFFICE_SIZES)
        z = self.easy + self.office[office][:, None] + rng.standard_normal((office.size, ITEMS))
        z += self.load * rng.standard_normal((office.size, 1))
        answers = 1 + np.searchsorted(self.cuts, z)
        scores = np.where(rng.random(z.shape) < self.missing, np.nan, answers >= 4)
        return scores, office


def cover_index(population: Population, seeds: int) -> tuple[float, float]:
    """Share of seeds whose intervals hold the truth: overall, and per office averaged over offices."""
    truth, by_office = population.true_index(), population.office_shares().mean(axis=1)
    coefficients = np.full((1, ITEMS), 1 / ITEMS)
    overall, offices = 0, 0.0
    for seed in range(seeds):
        scores, office = population.draw(np.random.default_rng([2026, seed]))
        design = Design.create(weights=np.ones(office.size), strata=office, lonely_psu="adjust")
        found = composite_index(
            scores=scores,
            coefficients=coefficients,
            design=design,
            domains=office,
            domain_count=by_office.size,
            level=LEVEL,
        )
        overall += bool(found.overall.ci_low[0] <= truth <= found.overall.ci_high[0])
        held = (found.domains.ci_low[:, 0] <= by_office) & (by_office <= found.domains.ci_high[:, 0])
        offices += float(held.mean())
    return overall / seeds, offices / seeds


def covered_exactly(method: str, share: float, n: int) -> float:
    """Probability that the interval of n independent answers holds the true share."""
    estimate = np.arange(n + 1) / n
    se = np.sqrt(estimate * (1 - estimate) / (n - 1))
    if method == "display":
        low, high, _ = display_interval(estimate, se, n, n - 1, LEVEL)
    else:
        low, high = proportion_interval(estimate, se, n, n - 1, method=method, level=LEVEL)
    return float(binom.pmf(np.arange(n + 1), n, share)[(low <= share) & (share <= high)].sum())


def print_methods() -> None:
    """Table of the exact coverage of every method."""
    print("\nexact coverage in % of intervals of a single proportion")
    print(f"{'n':>5} {'p':>5} " + " ".join(f"{name:>13}" for name in (*METHODS, "display")))
    for n in SIZES:
        for share in SHARES:
            figures = (f"{100 * covered_exactly(method, share, n):13.1f}" for method in (*METHODS, "display"))
            print(f"{n:5d} {share:5.2f} " + " ".join(figures))


def main() -> int:
    """Print everything; 1 if an overall index is covered too rarely or too often."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1000, help="simulated surveys (default: 1000)")
    seeds = parser.parse_args().seeds
    started = time.perf_counter()
    print(f"{seeds} seeds, n = {OFFICE_SIZES.sum()} each in offices of {OFFICE_SIZES.tolist()}")
    covered = []
    for ease in EASE:
        population = Population(seed=2026, ease=ease)
        overall, offices = cover_index(population, seeds)
        covered.append(overall)
        truth = f"true index {100 * population.true_index():.2f} %"
        print(f"{truth}: covered in {100 * overall:.1f} % of the seeds (asked: 93-97)")
        print(f"  indices of the offices: covered in {100 * offices:.1f} %, mean over offices")
    print_methods()
    print(f"\n{time.perf_counter() - started:.1f} s")
    return 0 if all(0.93 <= share <= 0.97 for share in covered) else 1


if __name__ == "__main__":
    sys.exit(main())

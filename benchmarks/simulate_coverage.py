"""Do the intervals cover the truth as often as they say? A table of every method in many situations.

Samples of the synthetic population (`sipas_population`), small samples with shares near 1, and the product's
own way from stored codes to the overall index.

    python -m benchmarks.simulate_coverage [--seeds 1000]

Exits with 1 if the displayed interval covers too rarely anywhere, or (national figures and the product's
index) too often: under 93 % or over 97 % of the samples. Small samples and provinces with five degrees of
freedom may be covered more often: few answers give few possible intervals, so a method that never covers too
rarely must cover too often at some shares.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from benchmarks.coverage import national_samples, shipped_form, small_samples
from benchmarks.coverage.tally import print_lines
from benchmarks.sipas_population import SipasPopulation

WORKERS = 2
PART = 50


def main() -> int:
    """Print everything; 1 if a demand is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1000, help="samples a situation (default: 1000)")
    seeds = parser.parse_args().seeds
    started = time.perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        forms = [pool.submit(cover_form, ease, seeds) for ease in shipped_form.EASE]
        small = pool.submit(small_samples.all_lines, seeds)
        parts = [range(first, min(first + PART, seeds)) for first in range(0, seeds, PART)]
        national = pool.map(national_samples.estimate_many, parts)
        truth = national_samples.Truth.of(SipasPopulation())
        lines = national_samples.all_lines([one for part in national for one in part], truth)
        print(f"{seeds} samples a situation, level 95 %; * = displayed interval outside what is asked")
        print_lines("national samples, n = 9,180", lines)
        print_lines("small samples", small.result())
        kept = [each.kept for each in lines + small.result()] + [form.result() for form in forms]
    print(f"\n{time.perf_counter() - started:.0f} s")
    return 0 if all(kept) else 1


def cover_form(ease: float, seeds: int) -> bool:
    """Print the coverage of the product's indices; true if the overall one is covered as often as asked."""
    population = shipped_form.Population(seed=2026, ease=ease)
    overall, offices = shipped_form.cover_index(population, seeds)
    print(
        f"the product's index, n = {shipped_form.OFFICE_SIZES.sum()}, truth {100 * population.true_index():.2f} %: "
        f"covered in {100 * overall:.1f} % of the samples; of offices, on average in {100 * offices:.1f} %",
        flush=True,
    )
    return 0.93 <= overall <= 0.97


if __name__ == "__main__":
    sys.exit(main())

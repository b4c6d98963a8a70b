"""The displayed interval covers the truth as often as it says: a short version of `make simulate`."""

import functools

import numpy as np
import pytest

from benchmarks.coverage import national_samples, small_samples
from benchmarks.coverage.tally import Line, differences
from benchmarks.sipas_population import SipasPopulation

SAMPLES = 200


@functools.cache
def national() -> dict[str, Line]:
    """10 provinces and 5 items instead of 34 and 30."""
    population = SipasPopulation(n_provinces=10, n_items=5)
    samples = [national_samples.estimate(population, seed) for seed in range(SAMPLES)]
    lines = national_samples.all_lines(samples, national_samples.Truth.of(population))
    return {line.situation: line for line in lines}


@pytest.mark.parametrize("n", small_samples.SIZES)
@pytest.mark.parametrize("share", small_samples.SHARES)
def test_random_samples_are_covered_exactly_as_often_as_asked(n: int, share: float) -> None:
    assert small_samples.simple_random(n, share).coverage["display"] >= 0.93


def test_wald_is_not_displayed_for_a_reason() -> None:
    line = small_samples.simple_random(50, 0.98)
    assert line.coverage["mean"] < 0.65
    assert line.width["display"] < 0.11


@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("share", [0.9, 0.98])
def test_small_clustered_samples_are_covered(n: int, share: float) -> None:
    assert small_samples.clustered(n, share, 1000).coverage["display"] >= 0.93


@pytest.mark.parametrize("situation", ["share satisfied, by item", "mean score, by item", "index"])
def test_national_figures_are_covered_as_often_as_they_say(situation: str) -> None:
    """200 samples: 93 to 97 % with two standard errors of the simulation either side."""
    assert 0.90 <= national()[situation].coverage["display"] <= 0.99


@pytest.mark.parametrize(
    "situation",
    [
        "share, by province (df 5)",
        "index, by province (df 5)",
        "difference of two items' means",
        "difference of two provinces' shares",
    ],
)
def test_provinces_and_differences_are_covered_at_least(situation: str) -> None:
    assert national()[situation].coverage["display"] >= 0.92


def test_a_situation_covered_too_rarely_is_marked() -> None:
    low, high = np.array([0.0, 0.2]), np.array([0.1, 0.3])
    line = differences("made up", low, high, np.array(0.05))
    assert (line.coverage["display"], line.kept) == (0.5, False)
    assert line.width["display"] == pytest.approx(0.1)

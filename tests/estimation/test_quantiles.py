"""Quantiles equal R survey 4.1-1 (reference/make_r_quantiles.R made the numbers), and behave at the edges."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.intervals import UnknownLevel
from survey_app.estimation.quantile_rules import RULES, SortedSample, UnknownRule, quantiles_of
from survey_app.estimation.quantiles import (
    Quantiles,
    UnusableInterval,
    UnusableProbability,
    quantile,
)
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.variance import AnyDesign, LonelyPSU

HERE = Path(__file__).parent / "reference"
Numbers = npt.NDArray[np.float64]
FIELDS = ("estimate", "se", "ci_low", "ci_high")


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


VISITS = read("visits.csv")
COLUMNS: dict[str, Numbers] = {
    name: np.array([float(row[name] or "nan") for row in VISITS]) for name in VISITS[0]
}
ONLINE = COLUMNS["online"] == 1
R_ROWS = read("r_quantiles.csv")


def sampled(weights: Numbers) -> Design:
    return Design.create(weights=weights, strata=COLUMNS["stratum"], psus=COLUMNS["office"])


def poststratified() -> Design:
    """Weights that sum to 90 for visits in person and 60 online."""
    before = COLUMNS["weight"]
    online, in_person = before[ONLINE].sum(), before[~ONLINE].sum()
    after = before * np.where(ONLINE, 60 / online, 90 / in_person)
    classes = scipy.sparse.csr_array(np.column_stack([~ONLINE, ONLINE]).astype(np.float64))
    return sampled(before).adjusted(after, Adjustment(classes, before, after))


DESIGNS: dict[str, AnyDesign] = {
    "linear": sampled(COLUMNS["weight"]),
    "zero": sampled(COLUMNS["weight0"]),
    "rows": Design.create(weights=COLUMNS["weight"][:9]),
    "equal": Design.create(weights=np.full(20, 2.1)),
    "bootstrap": ReplicateDesign.create(
        weights=COLUMNS["weight"],
        replicate_weights=np.column_stack([COLUMNS[f"boot{r:02d}"] for r in range(1, 21)]),
        scale=1 / 19,
        mse=True,
    ),
    "poststratified": poststratified(),
}


def one(found: Quantiles) -> list[float]:
    return [float(getattr(found, field)[0, 0]) for field in FIELDS]


def asked(row: dict[str, str]) -> list[float]:
    design = DESIGNS[row["design"]]
    options: dict[str, Any] = {"rule": row["rule"], "interval": row["interval"], "level": float(row["level"])}
    domain = ONLINE if row["domain"] else None
    values = COLUMNS[row["variable"]][: design.size]
    try:
        return one(quantile(values, design, float(row["p"]), domain=domain, **options))
    except UnusableInterval:
        return [np.inf] * 4


def kind_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["design"], row["rule"], row["interval"]


@pytest.mark.parametrize("kind", sorted({kind_of(row) for row in R_ROWS}), ids="-".join)
def test_quantiles_equal_r(kind: tuple[str, str, str]) -> None:
    for row in R_ROWS:
        if kind_of(row) == kind:
            expected = [np.inf if row[field] == "refused" else float(row[field] or "nan") for field in FIELDS]
            assert asked(row) == pytest.approx(expected, rel=1e-9, nan_ok=True), row


def test_all_rules_and_interval_kinds_were_compared_with_r() -> None:
    assert {row["rule"] for row in R_ROWS} == set(RULES)
    assert {row["interval"] for row in R_ROWS} == {"mean", "beta", "xlogit", "asin", "score", "quantile"}
    assert len(R_ROWS) > 1200


def test_many_columns_and_probabilities_are_the_single_ones() -> None:
    columns = np.column_stack([COLUMNS["rating"], COLUMNS["minutes"]])
    together = quantile(columns, DESIGNS["linear"], [0.25, 0.9])
    alone = quantile(COLUMNS["minutes"], DESIGNS["linear"], 0.9)
    assert together.estimate.shape == (2, 2)
    assert [float(getattr(together, field)[1, 1]) for field in FIELDS] == one(alone)
    assert together.n.tolist() == [55, 60]


def test_listwise_drops_a_row_from_every_column() -> None:
    columns = np.column_stack([COLUMNS["rating"], COLUMNS["minutes"]])
    assert quantile(columns, DESIGNS["linear"], 0.5, missing="listwise").n.tolist() == [55, 55]


def test_degrees_of_freedom_are_those_of_the_domain() -> None:
    first_offices = COLUMNS["office"] <= 2
    found = quantile(COLUMNS["minutes"], DESIGNS["linear"], 0.5, domain=first_offices)
    assert (found.df, found.df_domain.tolist(), found.n.tolist()) == (8, [1], [10])


def test_an_empty_domain_is_undefined() -> None:
    nobody = np.zeros(60, dtype=np.bool_)
    found = quantile(COLUMNS["minutes"], DESIGNS["linear"], [0.1, 0.5], domain=nobody)
    assert np.isnan([found.estimate, found.se, found.ci_low, found.ci_high]).all()
    assert found.n.tolist() == [0]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_one_row_is_its_own_quantile_without_an_interval(rule: str) -> None:
    found = quantile([7.0], Design.create(weights=[2.0], lonely_psu="remove"), [0.1, 0.9], rule=rule)
    assert found.estimate.tolist() == [[7.0, 7.0]]
    assert np.isnan([found.se, found.ci_low, found.ci_high]).all()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_constant_item_has_its_value_as_every_quantile(rule: str) -> None:
    found = quantile(np.full(60, 4.0), DESIGNS["linear"], [0.01, 0.5, 0.99], rule=rule)
    assert (found.estimate == 4).all()
    assert (found.se == 0).all()
    assert (found.ci_low == 4).all()


def test_a_limit_of_f_beyond_one_is_undefined_and_not_clipped() -> None:
    values = np.arange(20.0)
    found = quantile(values, Design.create(weights=np.ones(20)), 0.95)
    assert (found.ci_low[0, 0], np.isnan(found.ci_high[0, 0])) == (16.0, True)


def test_the_score_interval_says_when_the_data_give_no_limit() -> None:
    with pytest.raises(UnusableInterval, match=r"p = 0\.99 rejects no value at one end.*xlogit"):
        quantile(COLUMNS["rating"], DESIGNS["linear"], 0.99, interval="score")


def test_replicate_quantiles_need_replicates() -> None:
    with pytest.raises(UnusableInterval, match="needs replicate weights"):
        quantile(COLUMNS["minutes"], DESIGNS["linear"], 0.5, interval="quantile")


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_probabilities_outside_the_unit_interval_are_refused(p: float) -> None:
    with pytest.raises(UnusableProbability):
        quantile(COLUMNS["minutes"], DESIGNS["linear"], p)


def test_unknown_choices_are_refused_with_the_known_ones() -> None:
    values, design = COLUMNS["minutes"], DESIGNS["linear"]
    with pytest.raises(UnknownRule, match="hf7"):
        quantile(values, design, 0.5, rule="hf10")
    with pytest.raises(UnusableInterval, match="xlogit"):
        quantile(values, design, 0.5, interval="wald")
    with pytest.raises(UnknownLevel):
        quantile(values, design, 0.5, level=95)


def test_values_and_domains_of_another_length_are_refused() -> None:
    with pytest.raises(MismatchedValues, match="shape"):
        quantile([1.0, 2.0], DESIGNS["linear"], 0.5)
    with pytest.raises(MismatchedValues, match="boolean"):
        quantile(COLUMNS["minutes"], DESIGNS["linear"], 0.5, domain=np.ones(3, dtype=np.bool_))


def test_a_lonely_psu_is_refused() -> None:
    design = Design.create(weights=np.ones(3), strata=["a", "a", "b"])
    with pytest.raises(LonelyPSU):
        quantile([1.0, 2.0, 3.0], design, 0.5)


NUMPY_NAMES: dict[str, Any] = {
    "hf1": "inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
}


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.integers(0, 20), min_size=2, max_size=30, unique=True),
    place=st.integers(0, 29),
    rule=st.sampled_from(sorted(NUMPY_NAMES)),
)
def test_equal_weights_give_the_quantiles_of_hyndman_and_fan(
    values: list[int], place: int, rule: str
) -> None:
    """NumPy has the unweighted definitions. p lies above the first step and off every step."""
    data = np.array(values, dtype=np.float64)
    p = (1 + place % (data.size - 1) + 0.37) / data.size
    found = quantiles_of(SortedSample.of(data, np.ones(data.size)), np.array([p]), rule)
    assert found[0] == pytest.approx(np.quantile(data, p, method=NUMPY_NAMES[rule]), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rule=st.sampled_from(["math", "school", "hf3", "hf4", "hf5", "hf6", "hf7"]),
)
def test_quantiles_grow_with_p_and_stay_among_the_values(seed: int, rule: str) -> None:
    rng = np.random.default_rng(seed)
    sample = SortedSample.of(rng.integers(1, 6, 40).astype(float), rng.integers(1, 9, 40).astype(float))
    found = quantiles_of(sample, np.linspace(0.25, 1, 31), rule)
    assert (np.diff(found) >= 0).all()
    assert sample.values[0] <= found.min() <= found.max() <= sample.values[-1]


@pytest.mark.parametrize("interval", ["beta", "xlogit", "asin"])
def test_limits_are_undefined_together_where_everybody_is_at_or_below(interval: str) -> None:
    # R survey 4.1-1: svyquantile(~x, svydesign(~1, weights = ~1), 0.9, interval.type = "beta") has no limits
    found = quantile(np.arange(8.0), Design.create(weights=np.ones(8)), 0.9, interval=interval)
    assert found.estimate[0, 0] == 7
    assert np.isnan([found.se[0, 0], found.ci_low[0, 0], found.ci_high[0, 0]]).all()

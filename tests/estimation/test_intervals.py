import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from survey_app.estimation.intervals import (
    METHODS,
    WHY,
    OutsideUnitInterval,
    UnknownLevel,
    UnknownMethod,
    clopper_pearson,
    display_interval,
    proportion_interval,
    t_interval,
    t_quantile,
)

R_FILE = Path(__file__).parent / "reference" / "r_intervals.csv"
R_ROWS = list(csv.DictReader(R_FILE.read_text(encoding="utf-8").splitlines()))
R_NAMES = ("mean", "logit", "xlogit", "asin", "beta", "likelihood")


@pytest.mark.parametrize("method", R_NAMES)
def test_intervals_equal_r_near_the_ends_and_for_tiny_clusters(method: str) -> None:
    """R survey 4.1-1, `svyciprop`: reference/make_r_intervals.R. R solves `likelihood` on a coarse profile."""
    rows = [row for row in R_ROWS if row["method"] == method]
    assert len(rows) > 20
    for row in rows:
        share, se, n, df, level = (float(row[name]) for name in ("estimate", "se", "n", "df", "level"))
        low, high = proportion_interval(share, se, n, df, method=method, level=level)
        rel, floor = (3e-3, 0.0) if method == "likelihood" else (1e-8, 1e-15)
        assert low == pytest.approx(float(row["ci_low"]), rel=rel, abs=floor), row
        assert high == pytest.approx(float(row["ci_high"]), rel=rel, abs=floor), row


def test_korn_graubard_is_r_s_beta_where_the_design_effect_is_not_below_one() -> None:
    rows = [row for row in R_ROWS if row["method"] == "beta"]
    share, se, n, df, level = (
        np.array([float(row[name]) for row in rows]) for name in ("estimate", "se", "n", "df", "level")
    )
    ratio = np.array(
        [t_quantile(a - 1, c) / t_quantile(b, c) for a, b, c in zip(n, df, level.tolist(), strict=True)]
    )
    uncapped = share * (1 - share) / se**2 * ratio**2 <= n
    assert 50 < uncapped.sum() < len(rows)
    for k in np.flatnonzero(uncapped):
        found = proportion_interval(
            share[k], se[k], n[k], df[k], method="korn_graubard", level=float(level[k])
        )
        assert float(found[0]) == pytest.approx(float(rows[k]["ci_low"]), rel=1e-8, abs=1e-15)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_no_degrees_of_freedom_give_no_interval_for_a_positive_variance(method: str) -> None:
    assert np.isnan(proportion_interval(0.8, 0.1, 10, 0, method=method)).all()


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"mean"}))
def test_one_answer_bounds_the_share_from_one_side_only(method: str) -> None:
    """1 of 1 at 90 %: Clopper-Pearson, lower limit alpha / 2."""
    low, high = proportion_interval(1.0, 0.0, 1, 0, method=method, level=0.9)
    assert (low, high) == (pytest.approx(0.05), 1)


def test_t_quantiles_are_those_of_the_tables() -> None:
    """Student's t, two-sided 95 %: R 4.2.2 qt(0.975, c(1, 10, 1e6))."""
    assert t_quantile([1, 10, 1_000_000], 0.95) == pytest.approx(
        [12.70620473617471, 2.228138851964939, 1.959966]
    )


def test_a_zero_standard_error_needs_no_degrees_of_freedom() -> None:
    low, high = t_interval([5.0, 5.0], [0.0, 1.0], [0, 0])
    assert (low[0], high[0]) == (5, 5)
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.parametrize(("cases", "n"), [(0, 20), (1, 20), (13, 20), (20, 20), (400, 413)])
def test_clopper_pearson_equals_scipy(cases: int, n: int) -> None:
    exact = binomtest(cases, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(cases / n, n) == (pytest.approx(exact.low), pytest.approx(exact.high))


def test_wilson_equals_scipy_for_independent_answers_and_many_degrees_of_freedom() -> None:
    expected = binomtest(90, 100).proportion_ci(0.95, method="wilson")
    found = proportion_interval(0.9, np.sqrt(0.9 * 0.1 / 100), 100, 1e9, method="wilson")
    assert found == (pytest.approx(expected.low, rel=1e-6), pytest.approx(expected.high, rel=1e-6))


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"mean"}))
@pytest.mark.parametrize(("estimate", "limit"), [(0.0, 1 - 0.025 ** (1 / 50)), (1.0, 0.025 ** (1 / 50))])
def test_all_answers_equal_gives_clopper_pearson(method: str, estimate: float, limit: float) -> None:
    """0 of n: the upper limit is 1 - (alpha/2)^(1/n), in closed form."""
    low, high = proportion_interval(estimate, 0.0, 50, 49, method=method)
    assert (low, high) == ((0, pytest.approx(limit)) if estimate == 0 else (pytest.approx(limit), 1))


@settings(max_examples=100, deadline=None)
@given(
    method=st.sampled_from(sorted(METHODS)),
    cases=st.integers(1, 199),
    df=st.integers(1, 300),
    effect=st.floats(0.2, 5),
)
def test_intervals_hold_the_estimate_mirror_and_stay_inside(
    method: str, cases: int, df: int, effect: float
) -> None:
    p = cases / 200
    se = np.sqrt(effect * p * (1 - p) / 200)
    low, high = proportion_interval(p, se, 200, df, method=method)
    mirrored = proportion_interval(1 - p, se, 200, df, method=method)
    assert low <= p <= high
    assert (1 - mirrored[1], 1 - mirrored[0]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert method == "mean" or (low >= 0 and high <= 1)


def test_korn_graubard_takes_no_credit_for_a_small_design_effect() -> None:
    small = proportion_interval(0.9, 0.01, 100, 99, method="korn_graubard")
    assert small == (pytest.approx(clopper_pearson(0.9, 100)[0]), pytest.approx(clopper_pearson(0.9, 100)[1]))
    assert proportion_interval(0.9, 0.01, 100, 99, method="beta")[0] > small[0]


def test_display_chooses_by_what_is_there() -> None:
    estimate = np.array([0.85, 0.85, 0.99, 1.0, 0.7, np.nan, 0.5])
    se = np.array([0.02, 0.10, 0.005, 0.0, 0.0, np.nan, 0.1])
    low, high, method = display_interval(
        estimate, se, [300, 12, 400, 40, 1, 0, 2], [299, 11, 399, 39, 0, 0, 0]
    )
    assert method.tolist() == [
        "logit",
        "korn_graubard",
        "korn_graubard",
        "clopper_pearson",
        "clopper_pearson",
        "none",
        "none",
    ]
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False] * 5 + [True] * 2


def test_display_equals_the_method_it_names() -> None:
    shown = display_interval(0.85, 0.02, 300, 299)
    assert (shown[0], shown[1]) == proportion_interval(0.85, 0.02, 300, 299, method="logit")
    few = display_interval(0.98, 0.02, 49, 48)
    assert (few[0], few[1]) == proportion_interval(0.98, 0.02, 49, 48, method="korn_graubard")


def test_rounding_noise_beside_one_is_exactly_one() -> None:
    low, high, method = display_interval(1 - 1e-16, 1e-17, 33, 32)
    assert (high, method) == (1, "clopper_pearson")
    assert low == pytest.approx(0.025 ** (1 / 33))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_psus_that_all_agree_leave_an_interval_without_length(method: str) -> None:
    """Every PSU has the same share: the design sees no variance, though the answers differ."""
    low, high = proportion_interval(0.8, 0.0, 50, 4, method=method)
    expected = clopper_pearson(0.8, 50) if method == "korn_graubard" else (0.8, 0.8)
    assert [float(low), float(high)] == pytest.approx([float(limit) for limit in expected])


def test_every_choice_for_display_has_its_reason_in_words() -> None:
    methods = display_interval([0.85, 0.99, 1.0, np.nan], [0.02, 0.005, 0.0, np.nan], 400, 399)[2]
    assert set(methods.tolist()) == {"logit", "korn_graubard", "clopper_pearson", "none"}
    assert set(methods.tolist()) < set(WHY)


def test_equal_answers_of_few_psus_count_for_less_than_their_number() -> None:
    """200 answers of 10 PSUs: (t(199) / t(9))^2 = (1.971957 / 2.262157)^2 of them (R 4.2.2 qt)."""
    low, high, method = display_interval(1.0, 0.0, 200, 9)
    assert (high, method) == (1, "clopper_pearson")
    assert low == pytest.approx(0.025 ** (1 / (200 * (1.971957 / 2.262157) ** 2)), rel=1e-6)


def test_equal_answers_of_one_psu_count_as_one() -> None:
    assert display_interval(1.0, 0.0, 200, 0)[0] == pytest.approx(0.025)


def test_display_broadcasts_over_domains_and_nodes() -> None:
    low, high, method = display_interval(np.full((3, 2), 0.8), 0.03, np.array([[200], [30], [9]]), 29)
    assert low.shape == high.shape == method.shape == (3, 2)


@pytest.mark.parametrize(("estimate", "se"), [(1.1, 0.1), (-0.1, 0.1), (0.5, -0.1)])
def test_figures_outside_the_unit_interval_are_refused(estimate: float, se: float) -> None:
    with pytest.raises(OutsideUnitInterval):
        display_interval(estimate, se, 100, 99)


def test_unknown_methods_and_levels_are_refused() -> None:
    with pytest.raises(UnknownMethod, match="korn_graubard"):
        proportion_interval(0.5, 0.1, 10, 9, method="normal")
    with pytest.raises(UnknownLevel, match=r"0\.95"):
        t_quantile(10, 95)

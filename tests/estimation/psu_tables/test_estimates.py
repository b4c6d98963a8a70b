import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey_app.estimation import means, quantiles
from survey_app.estimation.composite import composite_index
from survey_app.estimation.estimates import Estimates, MismatchedValues, contrast
from survey_app.estimation.psu_tables import estimates
from survey_app.estimation.psu_tables.domains import DomainMeans, domain_means
from survey_app.estimation.psu_tables.estimates import composite, share_values
from survey_app.estimation.psu_tables.histograms import Scale
from survey_app.estimation.psu_tables.quantiles import quantile
from survey_app.estimation.psu_tables.tables import build
from survey_app.estimation.quantiles import UnusableInterval, UnusableProbability
from survey_app.estimation.variance import LonelyPSU
from tests.estimation.psu_tables.samples import SCALE, sample

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)
POPULATIONS: dict[object, float] = {0: 7, 1: 40, 2: 1000}
FIELDS = ("estimate", "se", "ci_low", "ci_high", "deff", "deff_wr")


def same(first: Estimates, second: Estimates) -> None:
    for name in FIELDS:
        np.testing.assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(first.vcov, second.vcov, rtol=1e-8, atol=1e-12 * np.nanmax(second.vcov))
    assert first.n.tolist() == second.n.tolist()
    assert (first.df, first.df_domain.tolist()) == (second.df, second.df_domain.tolist())


@quick
@given(seed=seeds, fpc=st.booleans())
def test_means_equal_those_of_the_rows(seed: int, fpc: bool) -> None:
    rows, populations = sample(seed), POPULATIONS if fpc else None
    table = rows.table()
    found = estimates.mean(table, SCALE.values, table.design(populations=populations))
    same(found, means.mean(rows.values, rows.design(populations)))


@quick
@given(seed=seeds)
def test_totals_and_top_two_shares_equal_those_of_the_rows(seed: int) -> None:
    rows = sample(seed)
    table, top = rows.table(), np.where(rows.answers > 0, rows.answers >= 4, np.nan).T
    same(estimates.total(table, SCALE.values, table.design()), means.total(rows.values, rows.design()))
    same(estimates.mean(table, share_values(SCALE, 4, 5), table.design()), means.mean(top, rows.design()))


@quick
@given(seed=seeds)
def test_a_domain_of_psus_equals_the_domain_of_their_rows(seed: int) -> None:
    rows = sample(seed)
    table, chosen = rows.table(), np.random.default_rng(seed).random(12) < 0.5
    inside = np.isin(rows.psus, table.psus[chosen])
    same(
        estimates.mean(table, SCALE.values, table.design(), domain=chosen),
        means.mean(rows.values, rows.design(), domain=inside),
    )


@quick
@given(seed=seeds, fpc=st.booleans())
def test_many_domains_equal_one_domain_after_another(seed: int, fpc: bool) -> None:
    rows = sample(seed)
    table = rows.table()
    design = table.design(populations=POPULATIONS if fpc else None)
    codes = np.random.default_rng(seed).integers(-1, 4, 12)
    many = domain_means(table, SCALE.values, design, codes, 5)
    for domain in range(5):
        one = estimates.mean(table, SCALE.values, design, domain=codes == domain)
        for name in FIELDS:
            np.testing.assert_allclose(getattr(many, name)[domain], getattr(one, name), rtol=1e-9, atol=1e-11)
        assert many.n[domain].tolist() == one.n.tolist()
        assert many.df[domain].tolist() == one.df_domain.tolist()


@quick
@given(seed=seeds)
def test_a_composite_index_equals_that_of_the_rows(seed: int) -> None:
    rows = sample(seed, items=4)
    table, recipe = rows.table(), np.array([[0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4], [1, -1, 0, 0]])
    scores = (SCALE.values - 1) / 4
    index = composite(table, scores, recipe, table.design())
    of_rows = composite_index(scores=(rows.values - 1) / 4, coefficients=recipe, design=rows.design()).overall
    assert index.estimate == pytest.approx(of_rows.estimate, abs=1e-12)
    assert index.se == pytest.approx(of_rows.se)
    assert (index.n.tolist(), index.df_domain.tolist()) == (of_rows.n_min_item.tolist(), of_rows.df.tolist())


def test_a_composite_index_is_a_contrast_of_the_means() -> None:
    table = sample(8).table()
    recipe = np.array([[0.2, 0.2, 0.2, 0.2, 0.2]])
    index = composite(table, SCALE.values, recipe, table.design())
    assert index.vcov == pytest.approx(
        contrast(estimates.mean(table, SCALE.values, table.design()), recipe).vcov
    )


@quick
@example(seed=0, p=[0.75], interval="beta")  # an item's estimate is its highest code: F is 1 there
@given(
    seed=seeds,
    p=st.lists(st.floats(0.02, 0.98), min_size=1, max_size=3),
    interval=st.sampled_from(["mean", "xlogit", "beta"]),
)
def test_quantiles_equal_those_of_the_rows(seed: int, p: list[float], interval: str) -> None:
    rows = sample(seed)
    found = quantile(rows.table(), rows.table().design(), p, interval=interval)
    of_rows = quantiles.quantile(rows.values, rows.design(), p, interval=interval)
    for name in ("estimate", "ci_low", "ci_high", "se", "n", "df_domain"):
        np.testing.assert_allclose(getattr(found, name), getattr(of_rows, name), rtol=1e-9)


def test_each_item_may_have_values_of_its_own() -> None:
    rows = sample(9, items=2)
    table = rows.table()
    values = np.array([SCALE.values, 6 - SCALE.values])
    found = estimates.mean(table, values, table.design())
    plain = estimates.mean(table, SCALE.values, table.design())
    assert found.estimate == pytest.approx([plain.estimate[0], 6 - plain.estimate[1]])
    assert found.vcov[0, 1] == pytest.approx(-plain.vcov[0, 1])


def test_a_constant_item_has_no_variance_and_an_unanswered_one_no_estimate() -> None:
    rows = sample(10)
    answers = rows.answers.copy()
    answers[0], answers[1] = 3, 0
    table = build(list(answers), strata=rows.strata, psus=rows.psus, weights=rows.weights, scale=SCALE)
    found = estimates.mean(table, SCALE.values, table.design())
    assert (found.estimate[0], found.se[0]) == (3, 0)
    assert np.isnan([found.estimate[1], found.se[1], found.vcov[0, 1]]).all()
    assert (found.n[1], found.df_domain[1]) == (0, 0)
    assert np.isnan(quantile(table, table.design(), 0.5).estimate[1]).all()
    index = composite(table, SCALE.values, [[0.5, 0.5, 0, 0, 0], [0, 0, 0.5, 0.5, 0]], table.design())
    assert np.isnan(index.estimate).tolist() == [True, False]


def test_an_empty_domain_has_no_estimate() -> None:
    table = sample(11).table()
    found = estimates.mean(table, SCALE.values, table.design(), domain=np.zeros(12, dtype=np.bool_))
    assert np.isnan(found.estimate).all()
    assert found.n.tolist() == [0] * 5


def test_a_lonely_psu_is_refused_or_treated_by_the_rule_named() -> None:
    rows = sample(12)
    kept = np.flatnonzero((rows.strata != 2) | (rows.psus == rows.psus[rows.strata == 2][0]))
    table = rows.rows(kept).table()
    with pytest.raises(LonelyPSU, match="Stratum 2"):
        estimates.mean(table, SCALE.values, table.design())
    one, many = table.design(lonely_psu="adjust"), np.zeros(table.psus.size, dtype=np.int64)
    whole = estimates.mean(table, SCALE.values, one)
    assert domain_means(table, SCALE.values, one, many, 1).se[0] == pytest.approx(whole.se)
    assert (whole.se > estimates.mean(table, SCALE.values, table.design(lonely_psu="remove")).se).all()


def test_one_row_gives_an_estimate_without_error() -> None:
    table = build([np.array([4], dtype=np.int8)], strata=None, psus=[1], weights=[2.0], scale=SCALE)
    found = estimates.mean(table, SCALE.values, table.design(lonely_psu="remove"))
    assert (found.estimate[0], found.n[0], found.df) == (4, 1, 0)


def test_refuses_what_does_not_fit_the_table() -> None:
    table = sample(13).table()
    design = table.design()
    with pytest.raises(MismatchedValues, match="5 items with 6 codes"):
        estimates.mean(table, [1, 2, 3], design)
    with pytest.raises(MismatchedValues, match="one boolean a PSU"):
        estimates.mean(table, SCALE.values, design, domain=np.ones(5, dtype=np.bool_))
    with pytest.raises(MismatchedValues, match="for 5 items"):
        composite(table, SCALE.values, [[1, 2]], design)
    with pytest.raises(MismatchedValues, match="no answers of the scale"):
        share_values(Scale(0, 5, missing=0), 0)
    with pytest.raises(MismatchedValues, match="one integer a PSU"):
        domain_means(table, SCALE.values, design, np.zeros(3, dtype=np.int64), 1)
    with pytest.raises(MismatchedValues, match=r"domain_count - 1 = 0"):
        domain_means(table, SCALE.values, design, np.ones(12, dtype=np.int64), 1)
    with pytest.raises(UnusableProbability):
        quantile(table, design, 1.5)
    with pytest.raises(UnusableInterval):
        quantile(table, design, 0.5, interval="score")


def test_results_cannot_be_written_to() -> None:
    table = sample(14).table()
    found = domain_means(table, SCALE.values, table.design(), np.zeros(12, dtype=np.int64), 1)
    assert isinstance(found, DomainMeans)
    with pytest.raises(ValueError, match="read-only"):
        found.se[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        table.weights[0] = 1

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation import means
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.psu_tables import estimates, replicates
from survey_app.estimation.replication.balanced import brr
from survey_app.estimation.replication.bootstrap import bootstrap
from survey_app.estimation.replication.jackknife import jkn
from tests.estimation.psu_tables.samples import SCALE, sample

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=15, deadline=None)


@quick
@given(seed=seeds)
def test_jackknife_means_equal_those_of_the_rows(seed: int) -> None:
    rows = sample(seed)
    table = rows.table()
    found = replicates.mean(table, SCALE.values, jkn(table.design()))
    of_rows = means.mean(rows.values, jkn(rows.design()))
    assert found.estimate == pytest.approx(of_rows.estimate)
    assert found.vcov == pytest.approx(of_rows.vcov, rel=1e-8, abs=1e-12)
    assert found.df == of_rows.df
    assert found.deff == pytest.approx(of_rows.deff)


@quick
@given(seed=seeds)
def test_each_bootstrap_mean_equals_that_of_the_rows_of_its_psus(seed: int) -> None:
    rows = sample(seed)
    table = rows.table()
    factors = bootstrap(table.design(), replicates=20, seed=seed)
    found = replicates.replicate_means(table, SCALE.values, factors)
    place = {code: number for number, code in enumerate(table.psus.tolist())}
    factor = factors.replicate_weights[[place[code] for code in rows.psus.tolist()]]
    weights = factor * rows.weights[:, None]
    given, values = (rows.answers > 0).astype(float), rows.answers.astype(float)
    assert found == pytest.approx((weights.T @ values.T) / (weights.T @ given.T))


def test_balanced_replicates_of_two_psus_a_stratum_come_near_the_linearised_errors() -> None:
    rows = sample(1, n=4000, psus=20, strata=10)
    table = rows.table()
    balanced = replicates.mean(table, SCALE.values, brr(table.design()))
    assert balanced.se == pytest.approx(estimates.mean(table, SCALE.values, table.design()).se, rel=0.02)


def test_the_same_seed_gives_the_same_bytes() -> None:
    table = sample(2).table()
    first, second = (
        replicates.replicate_means(
            table, SCALE.values, bootstrap(table.design(), replicates=50, seed=7)
        ).tobytes()
        for _ in range(2)
    )
    assert first == second


def test_an_item_without_answers_has_no_error() -> None:
    rows = sample(3)
    rows.answers[0] = 0
    table = rows.table()
    found = replicates.mean(table, SCALE.values, jkn(table.design()))
    assert np.isnan(found.se).tolist() == [True, False, False, False, False]


def test_replicates_of_other_psus_are_refused() -> None:
    with pytest.raises(MismatchedValues, match="12 PSUs"):
        replicates.mean(sample(4).table(), SCALE.values, jkn(sample(4, psus=14).table().design()))

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import Estimates, MismatchedValues
from survey_app.estimation.moments import population_covariance, population_variance
from survey_app.estimation.replication.jackknife import jk1, jkn
from tests.estimation.api_schools import CLUS, DISTRICTS, SCHOOLS, STRAT, numbers


def figures(found: Estimates) -> list[float]:
    return [*found.estimate, *found.se]


def test_variance_equals_r() -> None:
    # reference case variance_strat_api00: R survey 4.5, svyvar(~api00, dstrat)
    found = population_variance(numbers(STRAT["api00"]), SCHOOLS)
    assert figures(found) == pytest.approx([15190.586205827334, 1255.7399786809804], rel=1e-11)
    assert [found.ci_low[0], found.ci_high[0]] == pytest.approx([12714.167721993112, 17667.004689661557])


def test_variance_with_missing_values_equals_r() -> None:
    found = population_variance(numbers(STRAT["acs_46"]), SCHOOLS)
    # svyvar(~acs_46, dstrat, na.rm = TRUE) by the rule of R survey 4.2 to 4.5: n counts rows with a value
    assert figures(found) == pytest.approx([11.34821419494685, 2.78173459173433], rel=1e-11)
    assert found.n[0] == (STRAT["acs_46"] != "").sum()


def test_variance_in_a_domain_equals_r() -> None:
    found = population_variance(numbers(STRAT["api00"]), SCHOOLS, domain=STRAT["stype"] == "E")
    # R survey 4.1-1: svyvar(~api00, subset(dstrat, stype == "E"))
    assert figures(found) == pytest.approx([15687.4192929293, 1635.6169444806], rel=1e-11)


def test_variance_in_a_domain_with_missing_values_equals_r() -> None:
    found = population_variance(numbers(STRAT["acs_46"]), SCHOOLS, domain=STRAT["comp_imp"] == "Yes")
    # svyvar(~acs_46, subset(dstrat, comp.imp == "Yes"), na.rm = TRUE), rule of R survey 4.2 to 4.5
    assert figures(found) == pytest.approx([12.52737221628469, 3.90157161805754], rel=1e-11)


def test_covariance_matrix_equals_r() -> None:
    found = population_covariance(numbers(STRAT["acs_46"], STRAT["meals"]), SCHOOLS)
    # svyvar(~acs_46 + meals, dstrat, na.rm = TRUE), rule of R survey 4.2 to 4.5
    cross = [-2.96463119027058] * 2
    assert found.estimate == pytest.approx([11.34821419494685, *cross, 866.907778414625], rel=1e-11)
    se = [2.78173459173433, *[9.13895983590732] * 2, 71.4202250738346]
    assert found.se == pytest.approx(se, rel=1e-11)


def test_replicates_equal_r() -> None:
    replicated = jkn(SCHOOLS)
    found = population_covariance(numbers(STRAT["acs_46"], STRAT["meals"]), replicated)
    # R survey 4.1-1: svyvar(~acs_46 + meals, as.svrepdesign(dstrat), na.rm = TRUE)
    cross = [-2.96463119027058] * 2
    assert found.estimate == pytest.approx([11.3482141949469, *cross, 866.907778414625], rel=1e-11)
    assert found.se == pytest.approx([2.80664706599681, *[9.21944529607021] * 2, 72.0477095288464], rel=1e-9)


def test_replicates_of_a_domain_equal_r() -> None:
    found = population_variance(numbers(CLUS["api00"]), jk1(DISTRICTS, mse=True), domain=CLUS["stype"] == "E")
    # R survey 4.1-1: svyvar(~api00, subset(as.svrepdesign(dclus1, mse = TRUE), stype == "E"))
    assert figures(found) == pytest.approx([11270.8286227661, 1528.10012143239], rel=1e-11)


def test_an_adjusted_design_uses_the_residuals_of_its_scores() -> None:
    """Calibrated on the squared deviations themselves, their mean has no variance left."""
    y = np.array([1.0, 2, 4, 8])
    design = Design.create(weights=np.ones(4))
    auxiliary = scipy.sparse.csr_array(np.column_stack([np.ones(4), (y - y.mean()) ** 2]))
    adjusted = design.adjusted(np.ones(4), Adjustment(auxiliary, np.ones(4), np.ones(4)))
    assert population_variance(y, adjusted).se[0] == pytest.approx(0, abs=1e-9)
    assert population_variance(y, design).se[0] > 1


@pytest.mark.parametrize("constant", [3.0, 0.1, 1e9])
def test_a_constant_has_variance_zero_without_rounding_noise(constant: float) -> None:
    for design in (SCHOOLS, jkn(SCHOOLS)):
        found = population_variance(np.full(200, constant), design)
        assert (found.estimate[0], found.se[0]) == (0, 0)


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_than_two_values_have_no_variance(rows: int) -> None:
    values = np.full((200, 2), np.nan)
    values[:rows, 0] = 5.0
    values[:, 1] = numbers(STRAT["api00"])[:, 0]
    found = population_variance(values, SCHOOLS)
    assert np.isnan([found.estimate[0], found.se[0]]).all()
    assert found.n.tolist() == [rows, 200]
    assert found.estimate[1] == pytest.approx(15190.586205827334)


def test_values_of_other_rows_are_refused() -> None:
    with pytest.raises(MismatchedValues, match=r"shape \(3, 1\) for a design of 200 rows"):
        population_variance(np.ones(3), SCHOOLS)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20))
@settings(deadline=None, max_examples=40)
def test_equal_weights_give_the_sample_variance(values: list[float]) -> None:
    y = np.array(values)
    found = population_variance(y, Design.create(weights=np.full(y.size, 3.0)))
    assert found.estimate[0] == pytest.approx(y.var(ddof=1), rel=1e-9, abs=1e-9)

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design, NegativeWeight
from survey_app.estimation.hypotheses.regression import NoConvergence, UnusableVariables, linear, logistic
from survey_app.estimation.hypotheses.ttest import TooFewDegreesOfFreedom, two_sample
from survey_app.estimation.replicates import ReplicateDesign

Rows = dict[str, npt.NDArray[Any]]


def variables(rows: Rows, *names: str) -> npt.NDArray[np.float64]:
    return np.column_stack([np.ones(rows["pw"].size), *(rows[name] for name in names)])


def test_linear_regression_with_a_domain_equals_r(clus: Design, clus_rows: Rows) -> None:
    domain = clus_rows["stype"] != "H"
    found = linear(clus_rows["api00"], variables(clus_rows, "ell", "meals"), clus, domain=domain)
    # R survey 4.1-1: svyglm(api00 ~ ell + meals, subset(dclus1, stype != "H"))
    assert found.coefficients == pytest.approx([829.51378168635415, -0.636432746654641, -3.196810973738304])
    assert found.se == pytest.approx([17.344648926080719, 0.386645617527660, 0.269108699029521])
    assert found.p_value == pytest.approx([4.56920635330238e-15, 0.125675756514812, 5.41229478108688e-08])


def test_linear_regression_with_missing_values_equals_r(strat: Design, strat_rows: Rows) -> None:
    outcome = strat_rows["api00"].copy()
    outcome[[0, 49, 50]] = np.nan
    found = linear(outcome, variables(strat_rows, "ell", "meals"), strat)
    # R survey 4.1-1: svyglm(api00 ~ ell + meals, dstrat with the same NA)
    assert found.coefficients == pytest.approx([819.72334028864111, -0.55797671582241, -3.03060662701631])
    assert found.se == pytest.approx([8.79886458243468, 0.388749245528119, 0.276049396097639])
    assert (found.df, found.n) == (192, 197)


def test_linear_regression_with_replicates_equals_r(jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    found = linear(clus_rows["api00"], variables(clus_rows, "ell", "meals"), jackknife)
    # R survey 4.1-1: svyglm(api00 ~ ell + meals, as.svrepdesign(dclus1))
    assert found.se == pytest.approx([19.887003453056515, 0.345391580740437, 0.323216067408624])
    assert found.p_value == pytest.approx([2.79427023617601e-14, 0.166464059770947, 4.79839867811577e-07])


def test_logistic_regression_with_poststratified_weights_equals_r(
    poststratified: Design, clus_rows: Rows
) -> None:
    outcome = clus_rows["sch_wide"] == "Yes"
    found = logistic(outcome, variables(clus_rows, "ell", "meals"), poststratified)
    # R survey 4.1-1: svyglm(I(sch.wide == "Yes") ~ ell + meals, postStratify(dclus1, ...), quasibinomial)
    assert found.coefficients == pytest.approx([1.717935939379194, 0.0431262694847753, -0.0189323891440916])
    assert found.se == pytest.approx([0.5237376024968654, 0.0153342241365204, 0.010205152449537], rel=1e-6)
    assert found.df == 12


def test_logistic_regression_with_replicates_equals_r(jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    outcome = clus_rows["sch_wide"] == "Yes"
    found = logistic(outcome, variables(clus_rows, "ell", "meals"), jackknife)
    # R survey 4.1-1: svyglm(I(sch.wide == "Yes") ~ ell + meals, as.svrepdesign(dclus1), quasibinomial)
    assert found.coefficients == pytest.approx([1.8995569111363253, 0.0399254107978012, -0.0191146824661448])
    assert found.se == pytest.approx([0.53534047577856, 0.01358829657100504, 0.00960915930038889], rel=1e-6)


def test_regression_on_a_group_is_the_t_test(clus: Design, clus_rows: Rows) -> None:
    yes = clus_rows["comp_imp"] == "Yes"
    found = linear(clus_rows["api00"], np.column_stack([np.ones(yes.size), yes]), clus)
    test = two_sample(clus_rows["api00"], yes, clus)
    assert (found.coefficients[1], found.se[1], found.df) == pytest.approx((test.estimate, test.se, test.df))


def test_units_of_a_variable_do_not_matter(clus: Design, clus_rows: Rows) -> None:
    x = variables(clus_rows, "enroll", "meals")
    plain, scaled = linear(clus_rows["api00"], x, clus), linear(clus_rows["api00"], x * [1, 1e-9, 1e9], clus)
    assert scaled.t == pytest.approx(plain.t)


def test_a_separating_variable_is_refused() -> None:
    x = np.column_stack([np.ones(8), np.arange(8)])
    with pytest.raises(NoConvergence, match="separates the outcomes"):
        logistic(np.arange(8) > 3, x, Design.create(weights=np.ones(8)))


@pytest.mark.parametrize(
    ("y", "x", "said"),
    [
        (np.zeros(4), np.ones((4, 2)), "combination of the others"),
        (np.zeros(4), np.zeros((4, 1)), "constant at zero"),
        (np.full(4, np.nan), np.ones((4, 1)), "No row has an outcome"),
        (np.zeros(3), np.ones((4, 1)), r"shape \(3,\)"),
        (np.zeros(4), np.full((4, 1), np.inf), "infinity"),
    ],
)
def test_unusable_variables_are_named(y: Any, x: Any, said: str) -> None:
    with pytest.raises(UnusableVariables, match=said):
        linear(y, x, Design.create(weights=np.ones(4)))


def test_an_outcome_outside_zero_and_one_is_refused() -> None:
    with pytest.raises(UnusableVariables, match="code it as 0 and 1"):
        logistic([1, 2, 1, 2], np.ones((4, 1)), Design.create(weights=np.ones(4)))


def test_more_coefficients_than_psus_are_refused() -> None:
    x = np.column_stack([np.ones(5), np.eye(5)[:, :3]])
    with pytest.raises(TooFewDegreesOfFreedom, match="4 coefficients"):
        linear(np.arange(5.0), x, Design.create(weights=np.ones(5), psus=[1, 1, 2, 3, 3]))


def test_negative_replicate_weights_are_refused() -> None:
    replicates = np.array([[-0.5, 2.5], [1.5, 0.5], [1.0, 1.0], [2.0, 0.0]])
    design = ReplicateDesign.create(weights=np.ones(4), replicate_weights=replicates, scale=0.5)
    with pytest.raises(NegativeWeight, match="Some replicate weights are negative"):
        linear(np.arange(4.0), np.ones((4, 1)), design)

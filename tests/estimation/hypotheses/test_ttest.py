from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.hypotheses.ttest import (
    NothingToCompare,
    NoVariation,
    TooFewDegreesOfFreedom,
    TTest,
    difference,
    one_sample,
    t_test,
    two_sample,
)
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.variance import LonelyPSU

Rows = dict[str, npt.NDArray[Any]]


def figures(test: TTest) -> list[float]:
    return [test.estimate, test.t, test.df, test.p_value, test.ci_low, test.ci_high]


def test_two_groups_equal_r(strat: Design, strat_rows: Rows) -> None:
    # reference case ttest_strat_compimp: R survey 4.5, svyttest(api00 ~ comp.imp, dstrat)
    found = two_sample(strat_rows["api00"], strat_rows["comp_imp"], strat)
    assert [found.estimate, found.se, found.df] == pytest.approx([40.989930035176755, 19.66657641329139, 196])
    assert found.p_value == pytest.approx(0.03843418795120528, rel=1e-9)


def test_two_groups_in_a_domain_equal_r(clus: Design, clus_rows: Rows) -> None:
    found = two_sample(
        clus_rows["api00"], clus_rows["comp_imp"], clus, domain=clus_rows["stype"] != "H", level=0.95
    )
    # R survey 4.1-1: svyttest(api00 ~ comp.imp, subset(dclus1, stype != "H"))
    assert figures(found) == pytest.approx(
        [18.948320413436711, 1.11836438778976, 13, 0.283652105693947, -17.65455961451547, 55.551200441388893]
    )


def test_two_groups_with_poststratified_weights_equal_r(poststratified: Design, clus_rows: Rows) -> None:
    found = two_sample(clus_rows["api00"], clus_rows["comp_imp"], poststratified)
    # R survey 4.1-1: svyttest(api00 ~ comp.imp, postStratify(dclus1, ~stype, pop.types))
    assert figures(found) == pytest.approx(
        [
            12.792027690582813,
            0.809207363511814,
            13,
            0.432957402185888,
            -21.359287437601601,
            46.943342818767228,
        ]
    )


def test_two_groups_with_replicate_weights_equal_r(jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    found = two_sample(clus_rows["api00"], clus_rows["comp_imp"], jackknife)
    # R survey 4.1-1: svyttest(api00 ~ comp.imp, as.svrepdesign(dclus1))
    assert figures(found) == pytest.approx(
        [
            15.506015037593974,
            0.840538450773022,
            13,
            0.415799006876156,
            -24.347853447602404,
            55.359883522790355,
        ]
    )


def test_one_mean_with_replicate_weights_equals_r(jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    found = one_sample(clus_rows["api00"] - clus_rows["api99"], jackknife)
    # R survey 4.1-1: svyttest(I(api00 - api99) ~ 0, as.svrepdesign(dclus1))
    assert figures(found) == pytest.approx(
        [37.1912568306011, 11.9009234711243, 13, 2.30811052178677e-08, 30.4399466699873, 43.9425669912149]
    )


def test_rows_without_value_or_group_are_left_out_as_in_r(strat: Design, strat_rows: Rows) -> None:
    groups, values = strat_rows["comp_imp"].copy(), strat_rows["api00"].copy()
    groups[[2, 16, 119]], values[[0, 49, 50]] = "", np.nan
    found = two_sample(values, groups, strat)
    # R survey 4.1-1: svyttest(api00 ~ comp.imp, design) with the same NA
    assert figures(found) == pytest.approx(
        [
            42.7990359059597409,
            2.1767314660337487,
            190,
            0.0307338033928189,
            4.015058275122783,
            81.5830135367966989,
        ]
    )
    # R survey 4.1-1: svyttest(api00 ~ 0, design, na.rm = TRUE)
    alone = one_sample(values, strat)
    assert [alone.estimate, alone.t, alone.df] == pytest.approx([659.696360648193, 70.4497555898810, 196])


def test_one_mean_in_a_domain_equals_r(clus: Design, clus_rows: Rows) -> None:
    gain, domain = clus_rows["api00"] - clus_rows["api99"], clus_rows["stype"] != "H"
    found = one_sample(gain, clus, domain=domain)
    # R survey 4.1-1: svyttest(I(api00 - api99) ~ 0, subset(dclus1, stype != "H"))
    assert figures(found) == pytest.approx(
        [38.3786982248521, 11.6097561956586, 13, 3.10363822012988e-08, 31.2371066768901, 45.5202897728140]
    )


def test_a_null_value_shifts_t_but_not_the_interval(clus: Design, clus_rows: Rows) -> None:
    zero, other = one_sample(clus_rows["api00"], clus), one_sample(clus_rows["api00"], clus, null=640)
    assert other.t == pytest.approx((zero.estimate - 640) / zero.se)
    assert (other.ci_low, other.ci_high) == (zero.ci_low, zero.ci_high)


def test_two_groups_are_two_domains(strat: Design, strat_rows: Rows) -> None:
    yes = strat_rows["comp_imp"] == "Yes"
    assert difference(strat_rows["api00"], yes, ~yes, strat) == two_sample(strat_rows["api00"], yes, strat)


def test_overlapping_domains_use_their_covariance(strat: Design, strat_rows: Rows) -> None:
    everybody = np.ones(strat.size, dtype=np.bool_)
    elementary = strat_rows["stype"] == "E"
    found = difference(strat_rows["api00"], elementary, everybody, strat)
    apart = difference(strat_rows["api00"], elementary, ~elementary, strat)
    # a part and the whole differ by a fixed share of the part's difference from the rest: strata have fixed size
    share = strat.weights[~elementary].sum() / strat.weights.sum()
    assert (found.estimate, found.se) == pytest.approx((share * apart.estimate, share * apart.se))


@pytest.mark.parametrize(
    ("groups", "said"),
    [(["a"] * 4, "1 have answers: a"), (["a", "b", "c", "a"], "3 have answers: a, b, c"), ([""] * 4, "none")],
)
def test_other_than_two_groups_are_refused(groups: list[str], said: str) -> None:
    with pytest.raises(NothingToCompare, match=said):
        two_sample([1.0, 2.0, 3.0, 4.0], groups, Design.create(weights=np.ones(4)))


@pytest.mark.parametrize("values", [[np.nan] * 4, np.ones((4, 2))])
def test_no_answers_and_several_columns_are_refused(values: npt.ArrayLike) -> None:
    with pytest.raises(NothingToCompare):
        one_sample(values, Design.create(weights=np.ones(4)))


def test_groups_of_another_length_are_refused() -> None:
    with pytest.raises(NothingToCompare, match=r"groups of shape \(3,\)"):
        two_sample([1.0, 2.0, 3.0, 4.0], ["a", "b", "a"], Design.create(weights=np.ones(4)))


def test_a_constant_item_cannot_be_tested() -> None:
    with pytest.raises(NoVariation, match="Report it without a test"):
        one_sample(np.full(5, 4.0), Design.create(weights=np.ones(5)))


def test_two_psus_leave_no_degree_of_freedom() -> None:
    with pytest.raises(TooFewDegreesOfFreedom, match="Sample more PSUs"):
        one_sample([1.0, 2.0], Design.create(weights=np.ones(2)))


def test_one_degree_of_freedom_is_the_cauchy_distribution() -> None:
    assert t_test(1.0, 1.0, 1).p_value == pytest.approx(0.5)


def test_no_rows_and_one_row_are_refused() -> None:
    with pytest.raises(NothingToCompare, match="No row of the values"):
        one_sample([], Design.create(weights=[]))
    with pytest.raises(LonelyPSU):
        one_sample([3.0], Design.create(weights=[1.0]))


def test_an_empty_domain_is_refused(clus: Design, clus_rows: Rows) -> None:
    nobody = np.zeros(clus.size, dtype=np.bool_)
    with pytest.raises(NothingToCompare, match="the second domain"):
        difference(clus_rows["api00"], ~nobody, nobody, clus)
    with pytest.raises(MismatchedValues, match="one boolean a row"):
        difference(clus_rows["api00"], ~nobody, nobody[:5], clus)

from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues
from survey_app.estimation.hypotheses.association import (
    AssociationTest,
    Statistic,
    TableTooSparse,
    UnknownStatistic,
    independence,
)
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation, TooFewDegreesOfFreedom
from survey_app.estimation.replicates import ReplicateDesign

Rows = dict[str, npt.NDArray[Any]]
Figures = dict[Statistic, list[float]]


def figures(test: AssociationTest) -> list[float]:
    numbers = (test.statistic, test.df_num, test.df_den, test.p_value)
    return [number for number in numbers if number is not None]


def assert_equal(found: dict[Statistic, AssociationTest], expected: Figures) -> None:
    for statistic, numbers in expected.items():
        assert figures(found[statistic]) == pytest.approx(numbers, rel=1e-6), statistic


def all_statistics(rows: npt.ArrayLike, columns: npt.ArrayLike, design: Any, **keywords: Any) -> Any:
    return {
        name: independence(rows, columns, design, statistic=name, **keywords) for name in get_args(Statistic)
    }


def test_a_domain_equals_r(strat: Design, strat_rows: Rows) -> None:
    found = all_statistics(
        strat_rows["sch_wide"], strat_rows["stype"], strat, domain=strat_rows["api99"] > 600
    )
    # R survey 4.1-1: svychisq(~sch.wide + stype, subset(dstrat, api99 > 600), statistic = ...)
    expected: Figures = {
        "F": [5.92872187381079, 1.88742085155869, 205.728728819897, 0.00374958272194599],
        "Chisq": [8.7612657655103, 2, 0.002661882036612],
        "Wald": [4.434916635276577, 2, 109, 0.014070147999307],
        "adjWald": [4.3942293266960579, 2, 108, 0.0146314292389335],
        "saddlepoint": [8.76126576551030, 0.00423568210452067],
    }
    assert_equal(found, expected)


def test_missing_codes_equal_r(strat: Design, strat_rows: Rows) -> None:
    rows, columns = strat_rows["comp_imp"].copy(), strat_rows["awards"].copy()
    rows[[2, 16, 119]], columns[[4, 8]] = "", ""
    # R survey 4.1-1: svychisq(~comp.imp + awards, design) with the same NA; X2 is scaled to all 200 rows
    expected: Figures = {
        "F": [144.71841044225, 1, 197, 2.3789976789841e-25],
        "Chisq": [185.508143813079, 1, 2.47470719702914e-33],
        "Wald": [394.343622097110, 1, 197, 6.60307520353304e-49],
        "saddlepoint": [185.508143813079, 2.69870753701777e-25],
    }
    assert_equal(all_statistics(rows, columns, strat), expected)


def test_three_by_three_with_an_empty_cell_equals_r(strat: Design, strat_rows: Rows) -> None:
    rows = np.digitize(strat_rows["meals"], [20.5, 50.5])
    columns = np.digitize(strat_rows["ell"], [10.5, 30.5])
    columns[(rows == 0) & (columns == 2)] = 1
    # R survey 4.1-1: svychisq(~cut(meals, c(-1, 20, 50, 101)) + cut(ell, c(-1, 10, 30, 101)), dstrat)
    expected: Figures = {
        "F": [23.0879840551291, 3.98612193984672, 785.266022149804, 5.22049462676506e-18],
        "Chisq": [103.962837602951, 4, 4.16632048818407e-19],
        "Wald": [31.9049845058093, 4, 197, 1.71206149600857e-20],
        "adjWald": [31.4191217975990, 4, 194, 3.56769189431739e-20],
        "saddlepoint": [103.962837602951, 1.00643583226044e-17],
    }
    assert_equal(all_statistics(rows, columns, strat), expected)


def test_replicate_weights_equal_r(jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    # R survey 4.1-1: svychisq(~sch.wide + stype, as.svrepdesign(dclus1))
    expected: Figures = {
        "F": [4.4639053819295871, 1.4197254796946035, 19.8761567157244485, 0.0357733990135964],
        "Chisq": [11.9408920807453391, 2, 0.0115172959027779],
        "Wald": [2.40105860060268, 2, 14, 0.12689630060235],
        "adjWald": [2.229554414845349, 2, 13, 0.147057886901248],
        "saddlepoint": [11.9408920807453391, 0.0236525648397439],
    }
    assert_equal(all_statistics(clus_rows["sch_wide"], clus_rows["stype"], jackknife), expected)


def test_poststratified_weights_equal_r(poststratified: Design, clus_rows: Rows) -> None:
    # R survey 4.1-1: svychisq(~sch.wide + comp.imp, postStratify(dclus1, ~stype, pop.types))
    expected: Figures = {
        "F": [269.377762521620, 1, 14, 1.53838257981064e-10],
        "Chisq": [71.1934966729734, 1, 1.55068564795966e-60],
        "Wald": [64.5700213784247, 1, 14, 1.30052175778857e-06],
        "saddlepoint": [71.1934966729734, 1.73982245394655e-10],
    }
    assert_equal(all_statistics(clus_rows["sch_wide"], clus_rows["comp_imp"], poststratified), expected)


def test_transposing_the_table_changes_nothing(strat: Design, strat_rows: Rows) -> None:
    one = all_statistics(strat_rows["stype"], strat_rows["awards"], strat)
    other = all_statistics(strat_rows["awards"], strat_rows["stype"], strat)
    assert_equal(other, {name: figures(test) for name, test in one.items()})
    assert one["F"].shares == pytest.approx(other["F"].shares.T)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_row_order_relabelling_and_split_weights_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns, psus = rng.integers(3, size=80), rng.integers(2, size=80), rng.integers(12, size=80)
    weights = rng.uniform(1, 3, 80)
    plain = all_statistics(rows, columns, Design.create(weights=weights, psus=psus))
    twice = rng.permutation(np.append(np.arange(80), np.arange(80)))
    halves = Design.create(weights=weights[twice] / 2, psus=psus[twice] + 100)
    other = all_statistics(np.array(["z", "a", "m"])[rows][twice], columns[twice], halves)
    for name in ("F", "Wald", "adjWald"):
        assert figures(other[name]) == pytest.approx(figures(plain[name]), rel=1e-6)
    assert other["saddlepoint"].p_value == pytest.approx(plain["saddlepoint"].p_value, rel=1e-5)


def test_shares_and_labels_describe_the_table(strat: Design, strat_rows: Rows) -> None:
    found = independence(strat_rows["awards"], strat_rows["stype"], strat)
    elementary = strat_rows["stype"] == "E"
    assert (found.row_labels.tolist(), found.column_labels.tolist()) == (["No", "Yes"], ["E", "H", "M"])
    assert found.shares[:, 0].sum() == pytest.approx(strat.weights[elementary].sum() / strat.weights.sum())


def test_a_simple_random_sample_gives_pearsons_test() -> None:
    rows, columns = np.repeat([0, 0, 1, 1], [30, 20, 15, 35]), np.repeat([0, 1, 0, 1], [30, 20, 15, 35])
    found = independence(rows, columns, Design.create(weights=np.ones(100)), statistic="Chisq")
    # R: chisq.test(matrix(c(30, 15, 20, 35), 2), correct = FALSE)
    assert found.statistic == pytest.approx(9.090909090909092)
    # the design's own variance replaces the multinomial one: close, not equal
    assert found.p_value == pytest.approx(0.002569, rel=0.3)


def test_whole_districts_of_one_answer_weaken_the_evidence(clus_rows: Rows) -> None:
    rows, columns = np.tile([0, 1], 50), np.tile([0, 1, 0, 1, 1, 0, 0, 1, 0, 1], 10)
    apart = independence(rows, columns, Design.create(weights=np.ones(100)))
    copies = Design.create(weights=np.ones(400), psus=np.tile(np.arange(100), 4))
    together = independence(np.tile(rows, 4), np.tile(columns, 4), copies)
    assert together.p_value == pytest.approx(apart.p_value)


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ([1, 1, 1, 1], [1, 2, 1, 2], "rows have only 1"),
        ([1, 2, 1, 2], ["a", "a", "a", "a"], "columns have only a"),
        ([np.nan] * 4, [1, 2, 1, 2], "rows have none"),
        ([1, 2, 1], [1, 2, 1, 2], r"rows have shape \(3,\)"),
    ],
)
def test_a_table_without_two_levels_is_refused(rows: Any, columns: Any, said: str) -> None:
    with pytest.raises(NothingToCompare, match=said):
        independence(rows, columns, Design.create(weights=np.ones(4)))


@pytest.mark.parametrize("statistic", get_args(Statistic))
def test_a_table_with_one_cell_a_row_is_too_sparse(statistic: Statistic) -> None:
    codes = np.tile([1, 2, 3], 5)
    with pytest.raises(TableTooSparse, match="Merge categories"):
        independence(codes, codes, Design.create(weights=np.ones(15)), statistic=statistic)


def test_psus_with_equal_tables_leave_no_variation() -> None:
    design = Design.create(weights=np.ones(12), psus=np.repeat([1, 2, 3], 4))
    with pytest.raises(NoVariation):
        independence(np.tile([1, 1, 2, 2], 3), np.tile([1, 2, 1, 2], 3), design)


def test_too_few_psus_are_refused() -> None:
    rng = np.random.default_rng(7)
    rows, columns, one = rng.integers(3, size=60), rng.integers(3, size=60), np.ones(60)
    four = Design.create(weights=one, psus=np.arange(60) % 4)
    with pytest.raises(TooFewDegreesOfFreedom, match="3 degrees of freedom for 4 interactions"):
        independence(rows, columns, four, statistic="adjWald")
    with pytest.raises(TooFewDegreesOfFreedom):
        independence(rows, columns, Design.create(weights=one, psus=one))


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(UnknownStatistic, match="'G': choose one of F, Chisq"):
        independence([1, 2], [1, 2], Design.create(weights=np.ones(2)), statistic="G")  # type: ignore[arg-type]


def test_a_domain_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MismatchedValues, match="one boolean a row"):
        independence([1, 2], [1, 2], Design.create(weights=np.ones(2)), domain=np.ones(3, dtype=np.bool_))


def test_no_rows_and_one_row_are_refused() -> None:
    with pytest.raises(NothingToCompare, match="none"):
        independence([], [], Design.create(weights=[]))
    with pytest.raises(NothingToCompare, match="only 1"):
        independence([1], [1], Design.create(weights=[1.0]))

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.rank_tests import RANK_SCORES, RankTest, UnknownRankTest, rank_test
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation, TooFewDegreesOfFreedom
from survey_app.estimation.replicates import ReplicateDesign

Rows = dict[str, npt.NDArray[Any]]


def figures(test: RankTest) -> list[float]:
    return [test.statistic, test.df, test.p_value]


# R survey 4.1-1: svyranktest(ell ~ comp.imp, as.svrepdesign(dclus1), test = ...)
JACKKNIFE = {
    "wilcoxon": [2.136723758020688, 13, 0.052205812626434],
    "KruskalWallis": [2.136723758020688, 13, 0.052205812626434],
    "vanderWaerden": [2.1618021834865604, 13, 0.0498691119201839],
    "median": [1.686581816199277, 13, 0.115518288952620],
}
# R survey 4.1-1: svyranktest(ell ~ comp.imp, dstrat with NA in both columns, test = ...)
MISSING = {
    "wilcoxon": [-0.21289079646930378, 193, 0.83163683741008898],
    "KruskalWallis": [-0.21289079646930378, 193, 0.83163683741008898],
    "vanderWaerden": [0.0382670183725820, 193, 0.969514340224765],
    "median": [-0.126099618439441, 193, 0.899784334465169],
}
# R survey 4.1-1: svyranktest(api00 ~ stype, dclus1, test = ...): three groups
THREE = {
    "wilcoxon": [2.223974821375529, 12, 0.360546784857326],
    "KruskalWallis": [2.223974821375529, 12, 0.360546784857326],
    "vanderWaerden": [3.040724886809547, 12, 0.257913972650972],
    "median": [0.0937041424171406, 12, 0.9544022110019597],
}


@pytest.mark.parametrize("test", RANK_SCORES)
def test_replicate_weights_equal_r(test: str, jackknife: ReplicateDesign, clus_rows: Rows) -> None:
    found = rank_test(clus_rows["ell"], clus_rows["comp_imp"], jackknife, test=test)
    assert figures(found) == pytest.approx(JACKKNIFE[test])


@pytest.mark.parametrize("test", RANK_SCORES)
def test_missing_groups_equal_r(test: str, strat: Design, strat_rows: Rows) -> None:
    groups = strat_rows["comp_imp"].copy()
    groups[[2, 16, 119]] = ""
    assert figures(rank_test(strat_rows["ell"], groups, strat, test=test)) == pytest.approx(MISSING[test])


@pytest.mark.parametrize("test", RANK_SCORES)
def test_three_groups_equal_r(test: str, clus: Design, clus_rows: Rows) -> None:
    found = rank_test(clus_rows["api00"], clus_rows["stype"], clus, test=test)
    assert figures(found) == pytest.approx(THREE[test])
    assert found.df_num == 2


def test_ranks_ignore_monotone_changes(clus: Design, clus_rows: Rows) -> None:
    plain = rank_test(clus_rows["api00"], clus_rows["stype"], clus)
    assert figures(rank_test(np.log(clus_rows["api00"]), clus_rows["stype"], clus)) == figures(plain)


def test_a_domain_is_the_same_as_missing_values_outside(clus: Design, clus_rows: Rows) -> None:
    domain = clus_rows["api99"] > 550
    inside = rank_test(clus_rows["api00"], clus_rows["comp_imp"], clus, domain=domain)
    missing = rank_test(np.where(domain, clus_rows["api00"], np.nan), clus_rows["comp_imp"], clus)
    assert figures(inside) == figures(missing)


def test_refusals_name_the_remedy() -> None:
    four = Design.create(weights=np.ones(4))
    with pytest.raises(UnknownRankTest, match="choose one of wilcoxon"):
        rank_test([1, 2, 3, 4], [1, 1, 2, 2], four, test="sign")
    with pytest.raises(NothingToCompare, match="1 groups"):
        rank_test([1, 2, 3, 4], [1, 1, 1, 1], four)
    with pytest.raises(NothingToCompare, match=r"shape \(2,\)"):
        rank_test([1, 2], [1, 1, 2, 2], four)
    with pytest.raises(TooFewDegreesOfFreedom, match="merge groups"):
        rank_test([1, 2, 3, 4], [1, 2, 3, 4], four)
    with pytest.raises(NoVariation):
        rank_test([3, 3, 3, 3], [1, 1, 2, 2], four)

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.goodness_of_fit import UnusableShares, goodness_of_fit
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation
from survey_app.estimation.replicates import ReplicateDesign

Rows = dict[str, npt.NDArray[Any]]


@pytest.mark.parametrize("name", ["clus", "jackknife"])
def test_goodness_of_fit_equals_r(
    name: str, clus_rows: Rows, clus: Design, jackknife: ReplicateDesign
) -> None:
    design = clus if name == "clus" else jackknife
    found = goodness_of_fit(clus_rows["stype"], [0.7, 0.12, 0.18], design)
    # R survey 4.1-1: svygofchisq(~stype, c(0.7, 0.12, 0.18), dclus1), and of its jackknife
    assert [found.statistic, found.df_num, found.p_value] == pytest.approx(
        [229.237142221234, 1.483318819638387, 0.130541361242095]
    )


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.5, 0.5, 0.0], [0.5, 0.3, np.nan]])
def test_shares_that_do_not_fit_the_codes_are_refused(
    shares: list[float], clus: Design, clus_rows: Rows
) -> None:
    with pytest.raises(UnusableShares, match="each of the 3 codes"):
        goodness_of_fit(clus_rows["stype"], shares, clus)


def test_one_code_has_no_shares_to_test() -> None:
    with pytest.raises(NothingToCompare):
        goodness_of_fit([1, 1, 1], [1.0], Design.create(weights=np.ones(3)))


def test_shares_that_never_vary_cannot_be_tested() -> None:
    design = Design.create(weights=np.ones(6), psus=[1, 1, 2, 2, 3, 3])
    with pytest.raises(NoVariation):
        goodness_of_fit([1, 2, 1, 2, 1, 2], [0.4, 0.6], design)

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.design import Design, LonelyRule
from survey_app.estimation.means import mean, total
from survey_app.estimation.replication.factors import AdjustedTooEarly, NothingToReplicate
from survey_app.estimation.replication.jackknife import StratifiedDesign, jk1, jkn
from survey_app.estimation.variance import LonelyPSU
from tests.estimation.replication.conftest import Schools


def test_jkn_weights_equal_r(schools: Schools) -> None:
    """R survey 4.1-1: weights(as.svrepdesign(d), "analysis"); the stratum taken whole has no replicate."""
    made = jkn(schools.design(fpc=True, rows=7))
    assert made.replicate_weights.tolist() == [
        [0, 3, 3, 2, 2],
        [3, 0, 3, 2, 2],
        [3, 3, 0, 2, 2],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
        [3, 3, 3, 0, 6],
        [3, 3, 3, 6, 0],
    ]
    assert made.rscales.tolist() == pytest.approx([1 / 3] * 5)
    assert (made.scale, made.degf) == (1.0, 3)


def test_jkn_mean_equals_r(schools: Schools) -> None:
    found = mean(schools.y[:7], jkn(schools.design(fpc=True, rows=7)))
    # R survey 4.1-1: svymean(~y, as.svrepdesign(d))
    assert found.se[0] == pytest.approx(0.749149177264394, rel=1e-12)


@pytest.mark.parametrize(
    ("rule", "fpc", "scale", "degf", "se_mean", "se_total"),
    # R survey 4.1-1: svymean and svytotal(~y, as.svrepdesign(d)) under options(survey.lonely.psu = rule)
    [
        ("remove", False, 1.0, 4, 0.730719246553661, 13.1529464379659),
        ("certainty", False, 1.0, 4, 0.730719246553661, 13.1529464379659),
        ("average", False, 8 / 7, 4, 0.78117173329297, 14.0610911992735),
        ("adjust", False, 1.0, 5, 0.739557217183385, 13.1556355425262),
        ("remove", True, 1.0, 3, 0.582671582316751, 10.4880884817015),
        ("average", True, 1.6, 3, 0.737027731190089, 13.2664991614216),
        ("adjust", True, 1.0, 4, 0.592520250213932, 10.4910921454009),
    ],
)
def test_lonely_rules_equal_r(
    schools: Schools,
    rule: LonelyRule,
    fpc: bool,
    scale: float,
    degf: int,
    se_mean: float,
    se_total: float,
) -> None:
    made = jkn(schools.design(rule, fpc=fpc))
    assert [made.scale, made.degf] == pytest.approx([scale, degf])
    assert [mean(schools.y, made).se[0], total(schools.y, made).se[0]] == pytest.approx([se_mean, se_total])


def test_a_lonely_psu_is_named(schools: Schools) -> None:
    with pytest.raises(LonelyPSU, match="Stratum d has only one PSU at stage 1 "):
        jkn(schools.design())


def test_strata_refuse_the_unstratified_jackknife(schools: Schools) -> None:
    with pytest.raises(StratifiedDesign, match=r'has 4\. Use "JKn"'):
        jk1(schools.design())


def test_one_psu_cannot_be_left_out() -> None:
    design = Design.create(weights=np.ones(3), psus=[7, 7, 7])
    with pytest.raises(LonelyPSU, match="all rows has only one PSU"):
        jk1(design)
    with pytest.raises(LonelyPSU, match="all rows has only one PSU"):
        jkn(design)


@pytest.mark.parametrize("jackknife", [jk1, jkn])
def test_a_whole_population_has_nothing_to_replicate(jackknife: type) -> None:
    with pytest.raises(NothingToReplicate, match="All PSUs of the population were taken"):
        jackknife(Design.create(weights=np.ones(3), fpc=np.full(3, 3)))


def test_strata_of_one_psu_each_leave_nothing() -> None:
    design = Design.create(weights=np.ones(2), strata=["a", "b"], lonely_psu="remove")
    with pytest.raises(NothingToReplicate, match="Merge similar strata"):
        jkn(design)


def test_adjusted_weights_are_refused_before_replication(schools: Schools) -> None:
    weights = np.ones(8)
    step = Adjustment(scipy.sparse.csr_array(np.ones((8, 1))), weights, weights)
    with pytest.raises(AdjustedTooEarly, match="readjusted"):
        jkn(schools.design("remove").adjusted(weights, step))


def test_jk1_scale_holds_the_finite_population() -> None:
    made = jk1(Design.create(weights=np.full(4, 2.5), fpc=np.full(4, 10)), mse=True)
    assert made.scale == pytest.approx(0.6 * 3 / 4)
    assert made.replicate_weights[0].tolist() == pytest.approx([0, 10 / 3, 10 / 3, 10 / 3])
    assert (made.mse, made.degf) == (True, 3)


rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.floats(0.5, 9), st.floats(-50, 50)),
    min_size=1,
    max_size=20,
)


@given(rows)
@settings(deadline=None, max_examples=50)
def test_the_total_has_the_linearised_variance(drawn: list[tuple[int, int, float, float]]) -> None:
    """Wolter (2007), section 4.5: for a linear statistic the jackknife is the textbook variance."""
    # two PSUs without values make sure that no stratum is lonely
    sure = [(stratum, psu, 1.0, 0.0) for stratum in range(3) for psu in (8, 9)]
    stratum, psu, weight, y = (np.array(column) for column in zip(*(drawn + sure), strict=True))
    design = Design.create(weights=weight, strata=stratum, psus=psu, nest=True, fpc=np.full(y.size, 20))
    linearised = total(y, design)
    for mse in (False, True):
        found = total(y, jkn(design, mse=mse))
        assert found.se[0] == pytest.approx(linearised.se[0], rel=1e-9, abs=1e-9)
        assert found.df == linearised.df


@given(st.lists(st.tuples(st.floats(0.5, 9), st.floats(-50, 50)), min_size=2, max_size=15))
@settings(deadline=None, max_examples=30)
def test_unstratified_totals_have_the_linearised_variance(drawn: list[tuple[float, float]]) -> None:
    weight, y = (np.array(column) for column in zip(*drawn, strict=True))
    design = Design.create(weights=weight, fpc=np.full(y.size, 40))
    assert total(y, jk1(design)).se[0] == pytest.approx(total(y, design).se[0], rel=1e-9, abs=1e-9)

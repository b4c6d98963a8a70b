import numpy as np
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.means import total
from survey_app.estimation.replication.factors import NothingToReplicate
from survey_app.estimation.replication.rescaled import NegativeReplicateWeight, mrbbootstrap
from survey_app.estimation.variance import LonelyPSU
from tests.estimation.replication.conftest import Schools

PSU = np.repeat(np.arange(9), 8)
STRATUM = np.repeat([0, 1, 2], [24, 32, 16])
SECOND = np.tile(np.repeat(np.arange(4), 2), 9)
Y = np.random.default_rng(3).normal(10, 2, 72) + PSU


def three_stages(first: tuple[int, int, int], second: int = 7, third: int = 9) -> Design:
    return Design.create(
        weights=None,
        strata=STRATUM,
        psus=(PSU, SECOND, np.arange(72)),
        fpc=(np.array(first)[STRATUM], np.full(72, second), np.full(72, third)),
    )


# in the second population the last stratum was taken whole, so only later stages vary there
@pytest.mark.parametrize("first", [(30, 30, 30), (9, 7, 2)])
def test_all_stages_vary_as_linearised_on_average(first: tuple[int, int, int]) -> None:
    design = three_stages(first)
    found = total(Y, mrbbootstrap(design, replicates=1500, seed=1)).se / total(Y, design).se
    assert found[0] == pytest.approx(1, abs=0.075)


def test_one_stage_without_replacement_doubles_half_of_the_units() -> None:
    design = Design.create(weights=np.full(6, 2.0))
    made = mrbbootstrap(design, replicates=25, seed=1)
    assert set(np.unique(made.replicate_weights)) == {0.0, 4.0}
    assert (made.replicate_weights.sum(axis=0) == 12).all()
    assert (made.scale, made.rscales[0]) == (1.0, pytest.approx(1 / 24))


def test_rows_outside_the_half_keep_a_share_when_the_population_is_finite() -> None:
    design = Design.create(weights=np.ones(5), fpc=np.full(5, 10))
    spread = np.sqrt(2 * 0.5 / 3)
    factors = np.unique(mrbbootstrap(design, replicates=25, seed=1).replicate_weights.round(12))
    assert factors == pytest.approx([1 - spread, 1 + spread * 1.5])


def test_a_unit_alone_stays_and_its_later_stages_vary() -> None:
    """R survey 4.1-1 gives such a PSU's rows no variance at all; the rows of a certain PSU were sampled too."""
    design = Design.create(
        weights=np.full(4, 2.0), psus=(np.zeros(4), np.arange(4)), fpc=(np.ones(4), np.full(4, 8))
    )
    y = np.array([1.0, 5, 2, 7])
    found = total(y, mrbbootstrap(design, replicates=3000, seed=1)).se / total(y, design).se
    assert found[0] == pytest.approx(1, abs=0.05)


def test_a_lonely_unit_of_a_later_stage_is_named() -> None:
    design = Design.create(
        weights=np.ones(3), psus=([1, 1, 2], [1, 2, 3]), fpc=(np.full(3, 9), np.full(3, 9))
    )
    with pytest.raises(LonelyPSU, match="Stratum 2 has only one PSU at stage 2"):
        mrbbootstrap(design, replicates=20, seed=1)


def test_lonely_units_stay_under_the_rule_certainty(schools: Schools) -> None:
    made = mrbbootstrap(schools.design("certainty"), replicates=20, seed=1)
    assert (made.replicate_weights[7] == 4).all()


def test_negative_weights_are_refused_with_the_remedy() -> None:
    design = Design.create(
        weights=np.ones(8),
        psus=(np.repeat([1, 2], 4), np.arange(8)),
        fpc=(np.full(8, 2.01), np.full(8, 1000)),
    )
    with pytest.raises(NegativeReplicateWeight, match="Take the PSUs as strata"):
        mrbbootstrap(design, replicates=20, seed=1)


def test_a_whole_population_has_nothing_to_redraw() -> None:
    with pytest.raises(NothingToReplicate, match="Check strata and fpc"):
        mrbbootstrap(Design.create(weights=np.ones(3), fpc=np.full(3, 3)), replicates=20, seed=1)

import numpy as np
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.means import total
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.bootstrap import bootstrap, subbootstrap
from survey_app.estimation.replication.factors import NothingToReplicate
from survey_app.estimation.variance import LonelyPSU
from tests.estimation.replication.conftest import Schools

STRATA = np.repeat(["a", "b", "c"], 8)


def design(fpc: int | None = None) -> Design:
    return Design.create(
        weights=np.linspace(1, 3, 24), strata=STRATA, fpc=None if fpc is None else np.full(24, fpc)
    )


def spread(made: ReplicateDesign, drawn: Design) -> float:
    y = np.arange(24) % 7 * 3.0 + np.arange(24) % 5
    return float(total(y, made).se[0] / total(y, drawn).se[0])


# 1,500 replicates: the standard error of a spread is 1 / sqrt(2 * 1500), or 1.8 %; allow four of them
CLOSE = pytest.approx(1, abs=0.075)


@pytest.mark.parametrize("fpc", [None, 20, 16, 1000])
def test_canty_davison_has_the_linearised_variance_on_average(fpc: int | None) -> None:
    drawn = design(fpc)
    assert spread(bootstrap(drawn, replicates=1500, seed=4), drawn) == CLOSE


def test_rao_wu_has_the_linearised_variance_on_average() -> None:
    assert spread(subbootstrap(design(), replicates=1500, seed=4), design()) == CLOSE


def test_canty_davison_draws_as_many_psus_as_the_sample_has() -> None:
    made = bootstrap(design(), replicates=30, seed=1)
    counts = made.replicate_weights / design().weights[:, None]
    assert np.allclose(counts, counts.round())
    assert np.allclose(np.add.reduceat(counts, [0, 8, 16]), 8)
    assert made.scale == pytest.approx(8 / (7 * 29))


def test_no_psu_is_drawn_more_often_than_the_population_has_copies() -> None:
    made = bootstrap(design(16), replicates=200, seed=1)
    assert (made.replicate_weights / design().weights[:, None]).max() == pytest.approx(2)


def test_rao_wu_draws_one_psu_less_and_raises_the_rest() -> None:
    made = subbootstrap(design(), replicates=30, seed=1)
    counts = made.replicate_weights / design().weights[:, None] * 7 / 8
    assert np.allclose(counts, counts.round())
    assert np.allclose(np.add.reduceat(counts, [0, 8, 16]), 7)
    assert made.scale == pytest.approx(1 / 29)


@pytest.mark.parametrize("kind", [bootstrap, subbootstrap])
def test_strata_without_a_choice_keep_their_weights(schools: Schools, kind: type) -> None:
    drawn = schools.design("certainty", fpc=True)
    made = kind(drawn, replicates=40, seed=2)
    whole_or_alone = [3, 4, 7]
    assert (made.replicate_weights[whole_or_alone] == drawn.weights[whole_or_alone][:, None]).all()
    # only the strata of three and two PSUs count: their harmonic mean is 2.4
    assert made.scale == pytest.approx(2.4 / (1.4 * 39) if kind is bootstrap else 1 / 39)


def test_equal_seeds_give_equal_bytes() -> None:
    one, other = (bootstrap(design(), replicates=20, seed=9).replicate_weights.tobytes() for _ in range(2))
    assert one == other
    assert one != bootstrap(design(), replicates=20, seed=10).replicate_weights.tobytes()


@pytest.mark.parametrize("kind", [bootstrap, subbootstrap])
def test_a_lonely_psu_is_named(schools: Schools, kind: type) -> None:
    with pytest.raises(LonelyPSU, match="Stratum d has only one PSU"):
        kind(schools.design("adjust"), replicates=20, seed=1)


def test_a_whole_population_has_nothing_to_redraw() -> None:
    with pytest.raises(NothingToReplicate, match="Check strata and fpc"):
        bootstrap(Design.create(weights=np.ones(3), fpc=np.full(3, 3)), replicates=20, seed=1)

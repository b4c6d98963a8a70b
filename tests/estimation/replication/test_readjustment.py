import numpy as np
import pytest

from survey_app.estimation.codes import FloatArray, UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.means import total
from survey_app.estimation.replication import readjusted
from survey_app.estimation.replication.balanced import brr, fay
from survey_app.estimation.replication.jackknife import jk1
from survey_app.estimation.replication.readjustment import UnableToReadjust
from tests.estimation.replication.conftest import Pairs

GROUP = np.array([0, 0, 1, 1, 1])


class EmptyGroup(UnableToEstimate):
    pass


def poststratify(weights: FloatArray) -> FloatArray:
    sums = np.bincount(GROUP, weights)
    if not sums.all():
        raise EmptyGroup("Nobody is left in a group.")
    return np.asarray(weights * np.array([40.0, 60.0])[GROUP] / sums[GROUP])


def test_every_replicate_meets_the_totals() -> None:
    made = readjusted(jk1(Design.create(weights=np.ones(5))), poststratify)
    sums = np.array([np.bincount(GROUP, column) for column in made.replicate_weights.T])
    assert np.allclose(sums, [40, 60])
    assert np.bincount(GROUP, made.weights).tolist() == [40, 60]
    assert made.scale == pytest.approx(4 / 5)


def test_a_known_total_has_no_variance() -> None:
    made = readjusted(jk1(Design.create(weights=np.ones(5))), poststratify)
    found = total((GROUP == 0).astype(float), made)
    assert (found.estimate[0], found.se[0]) == (40, 0)


def test_degrees_of_freedom_are_counted_anew(pairs: Pairs) -> None:
    """Weights rescaled to one sum keep their rank; weights made equal have none to spare."""
    made = brr(pairs.design)
    assert readjusted(made, lambda weights: weights * 100 / weights.sum()).degf == 7
    assert readjusted(made, lambda weights: np.ones(14)).degf == 0


def test_the_replicate_that_cannot_be_adjusted_is_named() -> None:
    design = Design.create(weights=np.ones(5), psus=[1, 1, 2, 3, 4])
    with pytest.raises(UnableToReadjust, match=r"Replicate 1: Nobody is left in a group\. .*Fay"):
        readjusted(jk1(design), poststratify)


def test_a_refusal_of_the_full_weights_is_raised_as_it_is() -> None:
    design = Design.create(weights=[0, 0, 1, 1, 1])
    with pytest.raises(EmptyGroup):
        readjusted(jk1(design), poststratify)


def test_the_adjuster_cannot_change_the_design(pairs: Pairs) -> None:
    made = fay(pairs.design, rho=0.5)
    before = made.replicate_weights.copy()

    def in_place(weights: FloatArray) -> FloatArray:
        weights *= 2
        return weights

    doubled = readjusted(made, in_place)
    assert np.array_equal(made.replicate_weights, before)
    assert np.array_equal(doubled.replicate_weights, 2 * before)

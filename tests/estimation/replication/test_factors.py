import numpy as np
import pytest

from survey_app.estimation.design import Design, LonelyRule
from survey_app.estimation.replicates import rank
from survey_app.estimation.replication.balanced import brr
from survey_app.estimation.replication.factors import (
    NothingToReplicate,
    UnusableReplicateCount,
    check_count,
    first_stage,
    replicated,
    share_left,
)
from survey_app.estimation.replication.jackknife import jk1, jkn
from tests.estimation.replication.conftest import Pairs, Schools

RULES: tuple[LonelyRule, ...] = ("adjust", "remove", "average")


def test_a_design_without_rows_is_refused() -> None:
    with pytest.raises(NothingToReplicate, match="no rows"):
        first_stage(Design.create(weights=np.zeros(0), strata=np.zeros(0, dtype=int)))


def test_rounding_in_a_population_count_leaves_nothing_to_chance() -> None:
    design = Design.create(weights=np.ones(2), fpc=np.full(2, 2 + 1e-9))
    assert share_left(design.stages[0])[0] == 0


@pytest.mark.parametrize("count", [1, 0, -3, 2.5, True])
def test_a_count_that_shows_no_spread_is_refused(count: int) -> None:
    with pytest.raises(UnusableReplicateCount, match="whole number above 1"):
        check_count(count)


def test_degrees_of_freedom_are_the_rank_of_the_weights_less_one() -> None:
    design = Design.create(weights=[1, 1, 2, 0], psus=[1, 1, 2, 3])
    made = replicated(design, np.array([[1.0, 2, 3], [0, 1, 1], [9, 0, 4]]), scale=1.0, mse=False)
    # the third unit has no weight, so its factors add nothing to the rank of two
    assert made.degf == 1
    assert made.replicate_weights[:, 1].tolist() == [2, 2, 2, 0]


def test_replicates_of_one_row_a_psu_are_the_factors_of_psus() -> None:
    weights, psus = np.array([1.0, 2, 3, 4, 5]), np.array([0, 0, 1, 2, 2])
    rows = jk1(Design.create(weights=weights, psus=psus))
    factors = jk1(Design.create(weights=np.ones(3))).replicate_weights
    assert np.array_equal(rows.replicate_weights, weights[:, None] * factors[psus])


def test_known_degrees_of_freedom_are_the_rank(schools: Schools, pairs: Pairs) -> None:
    made = [jkn(schools.design(rule, fpc=fpc)) for rule in RULES for fpc in (True, False)]
    for design in [*made, brr(pairs.design), jk1(Design.create(weights=np.ones(5)))]:
        assert design.degf == rank(design.replicate_weights) - 1


def test_units_without_weight_lower_the_degrees_of_freedom() -> None:
    design = jk1(Design.create(weights=[0, 1, 2, 1, 3]))
    assert design.degf == rank(design.replicate_weights) - 1 == 3

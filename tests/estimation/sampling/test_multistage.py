"""Samples in stages against the whole of a small made country: provinces, communes, villages, people."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.design import Design
from survey_app.estimation.means import mean, total
from survey_app.estimation.sampling.draws import people_of_lists
from survey_app.estimation.sampling.multistage import Method, StagePlan, UnusableStage, draw
from survey_app.estimation.sampling.samples import Sample
from survey_app.estimation.sampling.selection import UnusableTake
from survey_app.estimation.stages import MismatchedRows

Array = npt.NDArray[np.float64]
rng = np.random.default_rng(11)
COMMUNES, VILLAGES = 40, 6
VILLAGE_COMMUNE = np.repeat(np.arange(COMMUNES), VILLAGES)
VILLAGE_PROVINCE = VILLAGE_COMMUNE // 20
ADULTS = rng.integers(30, 90, COMMUNES * VILLAGES) * np.where(VILLAGE_COMMUNE == 3, 10, 1)
ADULTS_OF_COMMUNE = np.bincount(VILLAGE_COMMUNE, ADULTS)[VILLAGE_COMMUNE]
LEVEL = 0.8 + rng.normal(0, 0.06, COMMUNES)[VILLAGE_COMMUNE] + rng.normal(0, 0.03, VILLAGE_COMMUNE.size)
ANSWERS = [rng.random(adults) < level for adults, level in zip(ADULTS, LEVEL, strict=True)]
SATISFIED = sum(int(village.sum()) for village in ANSWERS)


def cascade(seed: int) -> Sample:
    """Communes by size, villages by size, ten adults of each village; the big commune is certain."""
    generator = np.random.default_rng(seed)
    communes = StagePlan(8, VILLAGE_COMMUNE, "pps_systematic", ADULTS_OF_COMMUNE, shuffle=True)
    take = np.where(VILLAGE_COMMUNE == 3, 3, 2)
    villages = StagePlan(take, None, "pps_systematic", ADULTS, shuffle=True)
    sample = draw(ADULTS.size, (communes, villages), strata=VILLAGE_PROVINCE, seed=generator)
    return people_of_lists(sample, ADULTS, 10, seed=generator)


def answers(sample: Sample) -> Array:
    assert sample.positions is not None
    pairs = zip(sample.rows, sample.positions, strict=True)
    return np.array([ANSWERS[row][place] for row, place in pairs], dtype=np.float64)


def test_three_stages_with_a_certain_commune_are_unbiased_and_cover() -> None:
    draws = 500
    estimates, covered = np.empty(draws), np.empty(draws)
    for seed in range(draws):
        sample = cascade(seed)
        result = total(answers(sample), sample.design())
        estimates[seed] = result.estimate[0]
        covered[seed] = result.ci_low[0] <= SATISFIED <= result.ci_high[0]
    assert abs(estimates.mean() - SATISFIED) < 3.5 * estimates.std() / np.sqrt(draws)
    # 500 draws: simulation error 1 point; about 40 % of the communes are drawn, as if with replacement
    assert 0.92 <= covered.mean() <= 0.995


def test_a_certain_commune_is_a_stratum_whose_villages_are_the_psus() -> None:
    design = cascade(1).design()
    assert (cascade(1).probabilities[:, 0] == 1).sum() == 30
    # 7 + 8 communes of two provinces, and the 3 villages of the certain commune
    assert sorted(design.stages[0].sampled.tolist()) == [3, 7, 8]


def test_probabilities_are_given_for_each_stage_and_multiplied() -> None:
    sample = cascade(4)
    adults, take = ADULTS[sample.rows], np.where(VILLAGE_COMMUNE[sample.rows] == 3, 3, 2)
    assert sample.probabilities.shape == (330, 3)
    assert sample.probabilities[:, 1] == pytest.approx(take * adults / ADULTS_OF_COMMUNE[sample.rows])
    assert sample.probabilities[:, 2] == pytest.approx(10 / adults)
    assert sample.probability == pytest.approx(sample.probabilities.prod(axis=1))


def test_two_simple_random_stages_feed_the_textbook_variance() -> None:
    plans = (StagePlan(5, VILLAGE_COMMUNE), StagePlan(3))
    sample = draw(ADULTS.size, plans, strata=VILLAGE_PROVINCE, seed=2)
    values = LEVEL[sample.rows]
    # the same design written by hand: 20 communes a province, 6 villages a commune
    by_hand = Design.create(
        weights=np.full(30, 20 / 5 * 6 / 3), strata=VILLAGE_PROVINCE[sample.rows],
        psus=(VILLAGE_COMMUNE[sample.rows], sample.rows), fpc=(np.full(30, 20), np.full(30, 6)),
    )  # fmt: skip
    assert mean(values, sample.design()).se == pytest.approx(mean(values, by_hand).se, rel=1e-12)


def test_whole_clusters_are_taken_when_the_last_stage_is_not_a_row() -> None:
    sample = draw(ADULTS.size, (StagePlan(5, VILLAGE_COMMUNE),), seed=2)
    assert sample.rows.size == 5 * VILLAGES
    assert sample.design().stages[0].population.tolist() == [COMMUNES]


def test_a_census_of_every_stage_has_no_sampling_error() -> None:
    plans = (StagePlan(COMMUNES, VILLAGE_COMMUNE), StagePlan(99, whole_when_short=True))
    sample = draw(ADULTS.size, plans, seed=1)
    result = mean(LEVEL[sample.rows], sample.design())
    assert result.estimate[0] == pytest.approx(LEVEL.mean())
    assert result.se[0] == 0


def test_whole_certain_clusters_of_many_rows_are_a_design() -> None:
    sample = draw(ADULTS.size, (StagePlan(COMMUNES, VILLAGE_COMMUNE),), seed=1)
    assert mean(LEVEL[sample.rows], sample.design()).se[0] == 0


def test_sample_sizes_may_differ_between_units() -> None:
    take = np.where(VILLAGE_COMMUNE == 0, 1, 2)
    sample = draw(ADULTS.size, (StagePlan(COMMUNES, VILLAGE_COMMUNE), StagePlan(take)), seed=1)
    assert np.bincount(VILLAGE_COMMUNE[sample.rows]).tolist() == [1] + [2] * 39


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["simple_random", "systematic", "pps_systematic"]))
def test_any_two_stages_give_whole_takes_and_positive_weights(seed: int, method: Method) -> None:
    sizes = ADULTS_OF_COMMUNE if method == "pps_systematic" else None
    plans = (StagePlan(6, VILLAGE_COMMUNE, method, sizes), StagePlan(2, method="systematic"))
    sample = draw(ADULTS.size, plans, strata=VILLAGE_PROVINCE, seed=seed)
    assert sample.rows.tolist() == sorted(set(sample.rows.tolist()))
    assert np.unique(VILLAGE_COMMUNE[sample.rows], return_counts=True)[1].tolist() == [2] * 12
    assert ((sample.probability > 0) & (sample.probability <= 1)).all()


@pytest.mark.parametrize(
    "plan",
    [
        StagePlan(2, method="pps"),  # type: ignore[arg-type]
        StagePlan(2, method="pps_systematic"),
        StagePlan(2, sizes=ADULTS),
        StagePlan(2, VILLAGE_COMMUNE, "pps_systematic", ADULTS),
        StagePlan(ADULTS),
    ],
)
def test_a_stage_that_contradicts_itself_is_refused(plan: StagePlan) -> None:
    with pytest.raises(UnusableStage):
        draw(ADULTS.size, (plan,), seed=1)


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(MismatchedRows):
        draw(ADULTS.size, (StagePlan(2),), strata=[1, 2], seed=1)
    with pytest.raises(MismatchedRows):
        draw(ADULTS.size, (StagePlan([2, 2]),), seed=1)


def test_a_unit_with_too_few_units_is_named_with_its_stage() -> None:
    with pytest.raises(UnusableTake, match="Stage 2, the list that begins at frame row"):
        draw(ADULTS.size, (StagePlan(2, VILLAGE_COMMUNE), StagePlan(7)), seed=1)


def test_no_stage_is_refused() -> None:
    with pytest.raises(UnusableStage, match="0 stages"):
        draw(5, (), seed=1)

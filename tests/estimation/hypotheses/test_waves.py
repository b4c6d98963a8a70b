import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.hypotheses.comparisons import all_pairs
from survey_app.estimation.hypotheses.ttest import NothingToCompare, NoVariation, difference, one_sample
from survey_app.estimation.hypotheses.waves import (
    UnusableWaves,
    Wave,
    as_units,
    change,
    joint_covariance,
    mean_wave,
    trend,
)

Rows = dict[str, npt.NDArray[Any]]


def wave(values: npt.ArrayLike, psus: npt.ArrayLike, **design: Any) -> Wave:
    names = np.asarray(psus)
    return mean_wave(values, Design.create(weights=np.ones(names.size), psus=names, **design), psus=names)


def test_a_panel_is_tested_on_its_differences(clus: Design, clus_rows: Rows) -> None:
    before = mean_wave(clus_rows["api99"], clus, psus=clus_rows["dnum"])
    after = mean_wave(clus_rows["api00"], clus, psus=clus_rows["dnum"])
    paired = one_sample(clus_rows["api00"] - clus_rows["api99"], clus)
    found = change(before, after)
    assert (found.estimate, found.se) == pytest.approx((paired.estimate, paired.se))
    assert found.df == 14


def test_a_panel_with_poststratified_weights_too(poststratified: Design, clus_rows: Rows) -> None:
    before, after = (
        mean_wave(clus_rows[year], poststratified, psus=clus_rows["dnum"]) for year in ("api99", "api00")
    )
    paired = one_sample(clus_rows["api00"] - clus_rows["api99"], poststratified)
    assert change(before, after).se == pytest.approx(paired.se)


def test_independent_waves_add_their_variances(clus: Design, clus_rows: Rows) -> None:
    before, after = mean_wave(clus_rows["api99"], clus), mean_wave(clus_rows["api00"], clus)
    covariance = joint_covariance((before, after))
    assert covariance[0, 1] == 0
    assert change(before, after).se == pytest.approx(np.sqrt(np.trace(covariance)))


def test_waves_stacked_in_one_design_with_all_psus_shared_agree() -> None:
    rng = np.random.default_rng(3)
    psus, village = np.repeat(np.arange(12), 5), np.repeat(rng.normal(size=12), 5)
    first, second = village + rng.normal(size=60), village + rng.normal(size=60)
    strata = np.where(psus < 6, "north", "south")
    waves = [wave(values, psus, strata=strata) for values in (first, second)]
    stacked = Design.create(
        weights=np.ones(120), strata=np.tile(strata, 2), psus=np.tile(psus, 2), lonely_psu="fail"
    )
    late = np.arange(120) >= 60
    expected = difference(np.concatenate([first, second]), late, ~late, stacked)
    found = change(*waves)
    assert (found.estimate, found.se) == pytest.approx((expected.estimate, expected.se))


def test_the_order_of_rows_and_the_type_of_design_codes_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    psus, values = np.repeat(np.arange(8), 3), rng.normal(size=24)
    shuffled = rng.permutation(24)
    recoded = Design.create(weights=np.ones(24), psus=[f"u{7 - code}" for code in psus[shuffled]])
    other = mean_wave(values[shuffled], recoded, psus=psus[shuffled])
    assert joint_covariance((wave(values, psus), other)) == pytest.approx(
        np.full((2, 2), one_sample(values, Design.create(weights=np.ones(24), psus=psus)).se ** 2)
    )


def test_sharing_part_of_the_psus_lies_between_independence_and_a_panel() -> None:
    rng = np.random.default_rng(5)
    village = rng.normal(size=30)
    panel = [village[:20] + rng.normal(0, 0.1, 20), village[:20] + rng.normal(0, 0.1, 20)]
    moved = village[10:] + rng.normal(0, 0.1, 20)
    first = wave(panel[0], np.arange(20))
    covariances = [
        joint_covariance((first, wave(values, psus)))[0, 1]
        for values, psus in (
            (panel[1], np.arange(20)),
            (moved, np.arange(10, 30)),
            (moved, np.arange(50, 70)),
        )
    ]
    assert covariances[0] > covariances[1] > covariances[2] == 0


def test_partly_shared_waves_have_an_unbiased_and_valid_covariance() -> None:
    rng, changes, claimed = np.random.default_rng(6), [], []
    for _ in range(400):
        village = rng.normal(size=30)
        before = wave(village[:20] + rng.normal(0, 0.5, 20), np.arange(20))
        after = wave(village[5:25] + rng.normal(0, 0.5, 20), np.arange(5, 25))
        found = change(before, after)
        changes.append(found.estimate)
        claimed.append(found.se**2)
    # true variance 2 (1.25 - 0.75) / 20 with 15 of 20 shared; the claim is a little above
    assert np.mean(claimed) == pytest.approx(np.var(changes), rel=0.15)
    assert 0.05 < np.mean(claimed) < 0.06


def test_psu_names_may_repeat_between_strata() -> None:
    rng = np.random.default_rng(8)
    names, strata = np.tile(np.arange(5), 2), np.repeat(["a", "b"], 5)
    values = rng.normal(size=10)
    design = Design.create(weights=np.ones(10), strata=strata, psus=names, nest=True)
    found = mean_wave(values, design, psus=names, strata=strata)
    with pytest.raises(UnusableWaves, match="pass strata"):
        joint_covariance((found, mean_wave(values, design, psus=names)))
    assert joint_covariance((found, found))[0, 1] == pytest.approx(one_sample(values, design).se ** 2)


def test_a_trend_through_two_waves_is_their_change() -> None:
    rng = np.random.default_rng(9)
    waves = (wave(rng.normal(size=9), np.arange(9)), wave(rng.normal(size=9), np.arange(9)))
    per_year, step = trend(waves, [2022, 2024]), change(*waves)
    assert (2 * per_year.estimate, 2 * per_year.se) == pytest.approx((step.estimate, step.se))
    assert per_year.p_value == pytest.approx(step.p_value)


def test_precision_weighs_waves_and_equal_does_not() -> None:
    rng = np.random.default_rng(10)
    waves = tuple(wave(rng.normal(0, spread, 40), np.arange(40)) for spread in (1.0, 1.0, 6.0))
    means, variance = [one.estimate for one in waves], np.diag(joint_covariance(waves))
    weighted = np.polynomial.Polynomial.fit([1, 2, 3], means, 1, w=1 / np.sqrt(variance)).convert().coef[1]
    plain = np.polynomial.Polynomial.fit([1, 2, 3], means, 1).convert().coef[1]
    assert trend(waves, [1, 2, 3]).estimate == pytest.approx(weighted)
    assert trend(waves, [1, 2, 3], weighting="equal").estimate == pytest.approx(plain)


def test_waves_can_be_compared_each_with_each() -> None:
    rng = np.random.default_rng(11)
    waves = tuple(wave(rng.normal(size=9), np.arange(9)) for _ in range(3))
    pairs = all_pairs(as_units(waves))
    assert -pairs.estimate[0] == pytest.approx(change(waves[0], waves[1]).estimate)
    assert pairs.p_value[0] == pytest.approx(change(waves[0], waves[1]).p_value)


def test_a_domain_and_missing_answers_keep_the_design(clus: Design, clus_rows: Rows) -> None:
    answers, domain = clus_rows["api00"].copy(), clus_rows["stype"] == "E"
    answers[:9] = np.nan
    found = mean_wave(answers, clus, psus=clus_rows["dnum"], domain=domain)
    expected = one_sample(answers, clus, domain=domain)
    assert joint_covariance((found,)) == pytest.approx(np.array([[expected.se**2]]))


def test_lonely_psus_may_be_centred_at_the_mean_of_all() -> None:
    values, strata = np.array([1.0, 4.0, 2.0, 8.0, 5.0]), np.array([1, 1, 2, 2, 3])
    one = wave(values, np.arange(5), strata=strata, lonely_psu="adjust")
    covariance = joint_covariance((one, one))
    assert covariance[0, 1] == pytest.approx(covariance[0, 0])


def test_a_panel_that_moves_together_cannot_be_tested() -> None:
    values = np.array([1.0, 4.0, 2.0, 8.0])
    with pytest.raises(NoVariation):
        change(wave(values, np.arange(4)), wave(values + 1, np.arange(4)))


def test_unusable_waves_are_refused() -> None:
    one = wave(np.arange(4.0), np.arange(4))
    with pytest.raises(UnusableWaves, match="give each wave its time"):
        trend((one, one), [2024, 2024])
    with pytest.raises(UnusableWaves, match="choose one of precision, equal"):
        trend((one, one), [2023, 2024], weighting="gls")  # type: ignore[arg-type]
    with pytest.raises(UnusableWaves, match="give each of the wave's 4 rows one"):
        joint_covariance((dataclasses.replace(one, psus=np.arange(3)), one))
    with pytest.raises(UnusableWaves, match="Convert them to one"):
        joint_covariance((dataclasses.replace(one, psus=np.array(["0", "1", "2", "3"])), one))
    with pytest.raises(UnusableWaves, match="one to one"):
        joint_covariance((dataclasses.replace(one, psus=np.array([1, 1, 2, 3])), one))
    with pytest.raises(NoVariation, match="weighting='equal'"):
        trend((one, wave(np.ones(4), np.arange(4))), [2023, 2024])
    with pytest.raises(NothingToCompare):
        wave([np.nan] * 4, np.arange(4))

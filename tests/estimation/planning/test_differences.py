import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.planning.differences import (
    ErrorRates,
    Overlap,
    detectable_change,
    detectable_difference,
    size_for_difference,
)
from survey_app.estimation.planning.figures import UnusablePlan

quick = settings(max_examples=60, deadline=None)


def test_the_detectable_difference_equals_that_of_r() -> None:
    # R 4.2.2: power.t.test(n = 5000, sd = 1, power = .8)$delta, which has t with 9,998 df for z
    assert detectable_difference((5000, 5000), (1, 1)) == pytest.approx(0.05603708724, rel=2e-4)
    # power.t.test(n = 5000, sd = 1, power = .9, sig.level = .01, alternative = "one.sided")$delta
    strict = ErrorRates(alpha=0.01, power=0.9, two_sided=False)
    assert detectable_difference((5000, 5000), (1, 1), errors=strict) == pytest.approx(
        0.07216775536, rel=2e-4
    )


def test_the_size_for_a_difference_equals_that_of_r() -> None:
    # R 4.2.2: power.t.test(delta = .05, sd = 1, power = .8)$n
    assert size_for_difference(0.05, (1, 1))[0] == pytest.approx(6280.06, abs=2)
    # power.prop.test(p1 = .84, p2 = .80, power = .8)$n = 1446.9 pools the variance under no difference
    deviations = (float(np.sqrt(0.84 * 0.16)), float(np.sqrt(0.80 * 0.20)))
    assert size_for_difference(0.04, deviations)[0] == pytest.approx(1446.9, rel=3e-3)


def test_a_simulated_panel_finds_the_detectable_difference_as_often_as_asked() -> None:
    """Two waves of 400, half of them the same people, with answers that correlate by 0.6."""
    rng = np.random.default_rng(8)
    waves, n, common = 4000, 400, 200
    change = detectable_difference((n, n), (2, 3), overlap=Overlap(0.5, 0.6))
    both = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], (waves, common))
    first = np.concatenate([both[..., 0], rng.standard_normal((waves, n - common))], axis=1).mean(axis=1) * 2
    second = np.concatenate([both[..., 1], rng.standard_normal((waves, n - common))], axis=1).mean(axis=1) * 3
    se = np.sqrt(4 / n + 9 / n - 2 * 0.5 * 0.6 * 6 / n)
    found = np.abs(second + change - first) > 1.959964 * se
    # 4,000 repetitions: simulation error 0.6 points
    assert found.mean() == pytest.approx(0.8, abs=0.02)


@quick
@given(
    st.integers(20, 5000), st.floats(0.2, 5), st.floats(0.5, 4), st.floats(0, 1), st.floats(-0.5, 0.9),
    st.booleans(),
)  # fmt: skip
def test_size_and_difference_are_inverse(
    n: int, ratio: float, deff: float, share: float, correlation: float, two_sided: bool
) -> None:
    settings_of_both = {
        "deffs": (deff, 1.0), "overlap": Overlap(share, correlation), "errors": ErrorRates(two_sided=two_sided),
    }  # fmt: skip
    change = detectable_difference((n, n * ratio), (0.4, 0.5), **settings_of_both)  # type: ignore[arg-type]
    sizes = size_for_difference(change, (0.4, 0.5), ratio=ratio, **settings_of_both)  # type: ignore[arg-type]
    assert sizes[0] == pytest.approx(n, abs=1)
    assert sizes[1] == pytest.approx(n * ratio, abs=1)


def test_asking_the_same_people_again_shows_smaller_changes() -> None:
    apart = detectable_difference((500, 500), (0.4, 0.4))
    same = detectable_difference((500, 500), (0.4, 0.4), overlap=Overlap(1, 0.5))
    assert same == pytest.approx(apart * np.sqrt(0.5))


def test_a_design_effect_counts_like_fewer_answers() -> None:
    clustered = detectable_difference((500, 500), (0.4, 0.4), deffs=(2, 2))
    assert clustered == pytest.approx(detectable_difference((250, 250), (0.4, 0.4)))


def test_a_change_of_a_high_share_is_easier_to_find_upwards() -> None:
    change = detectable_change(0.84, (486, 486), deffs=(2.3, 2.3))
    assert change.increase is not None
    assert change.decrease is not None
    assert change.increase < change.decrease
    # at the limit the difference in standard errors is z(0.975) + z(0.8)
    after = 0.84 + change.increase
    se = np.sqrt(2.3 * (0.84 * 0.16 + after * (1 - after)) / 486)
    assert change.increase / se == pytest.approx(scipy.special.ndtri([0.975, 0.8]).sum())


def test_a_rise_that_no_share_reaches_is_not_invented() -> None:
    change = detectable_change(0.97, (30, 30))
    assert change.increase is None
    assert change.decrease == pytest.approx(0.22, abs=0.05)


@pytest.mark.parametrize(
    "call",
    [
        lambda: detectable_difference((0, 10), (1, 1)),
        lambda: detectable_difference((10, 10), (1, -1)),
        lambda: detectable_difference((10, 10), (1, np.nan)),
        lambda: detectable_difference((10, 10, 10), (1, 1)),  # type: ignore[arg-type]
        lambda: detectable_difference((10, 10), (1, 1), overlap=Overlap(1.5)),
        lambda: detectable_difference((10, 10), (1, 1), overlap=Overlap(1, 2)),
        lambda: detectable_difference((10, 10), (1, 1), errors=ErrorRates(alpha=0)),
        lambda: detectable_difference((10, 10), (1, 1), errors=ErrorRates(power=1)),
        lambda: detectable_difference((10, 10), (1, 1), errors=ErrorRates(alpha=0.2, power=0.1)),
        lambda: detectable_change(1, (10, 10)),
        lambda: size_for_difference(0, (1, 1)),
        lambda: size_for_difference(0.1, (1, 1), ratio=0),
    ],
)
def test_unusable_figures_are_refused(call: object) -> None:
    with pytest.raises(UnusablePlan):
        call()  # type: ignore[operator]

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.hypotheses.multiplicity import (
    UnknownAdjustment,
    UnusablePValues,
    adjust,
    benjamini_hochberg,
    holm,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_both_equal_r() -> None:
    p_values = [0.01, 0.04, 0.03, 0.005, 0.2, 0.03]
    # R 4.2.2: p.adjust(p, "holm"), p.adjust(p, "BH")
    assert holm(p_values) == pytest.approx([0.05, 0.12, 0.12, 0.03, 0.20, 0.12])
    assert benjamini_hochberg(p_values) == pytest.approx([0.030, 0.048, 0.045, 0.030, 0.200, 0.045])


@settings(deadline=None, max_examples=40)
@given(P_VALUES, st.integers(0, 1000))
def test_the_order_of_the_tests_does_not_matter(p_values: list[float], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(len(p_values))
    for adjusted in (holm, benjamini_hochberg):
        expected = adjusted(p_values)[shuffled]
        assert adjusted(np.array(p_values)[shuffled]) == pytest.approx(expected)


@settings(deadline=None, max_examples=40)
@given(P_VALUES)
def test_holm_is_the_strictest_and_never_above_bonferroni(p_values: list[float]) -> None:
    p = np.array(p_values)
    assert (p <= benjamini_hochberg(p) + 1e-15).all()
    assert (benjamini_hochberg(p) <= holm(p) + 1e-15).all()
    assert (holm(p) <= np.minimum(p * p.size, 1)).all()


def test_no_tests_need_no_adjustment() -> None:
    assert [adjust([], name).size for name in ("holm", "benjamini_hochberg", "none")] == [0, 0, 0]


@pytest.mark.parametrize("p_values", [[0.1, np.nan], [1.2], [-0.1], [[0.1]]])
def test_other_than_probabilities_are_refused(p_values: npt.ArrayLike) -> None:
    with pytest.raises(UnusablePValues):
        holm(p_values)


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(UnknownAdjustment, match="choose one of holm, benjamini_hochberg, none"):
        adjust([0.1], "tukey")

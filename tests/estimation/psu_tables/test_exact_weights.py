import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.psu_tables.exact_weights import (
    ROWS_OF_A_SUM,
    UnusableLargestWeight,
    WeightTooLarge,
    carry,
    exponent_of,
    pack,
    split,
    to_float,
    unpack,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.just(0.0) | st.floats(1e-9, 1000), min_size=1, max_size=50))
def test_a_sum_is_off_by_no_more_than_a_trillionth_of_the_largest_weight_a_row(weights: list[float]) -> None:
    exponent = exponent_of(max(weights) or 1.0)
    sums, counts = unpack(pack(np.array(weights), exponent).sum(keepdims=True))
    high, low = split(sums.astype(np.int64))
    exact = sum(map(Fraction, weights))
    assert abs(Fraction(float(to_float(high, low, exponent)[0])) - exact) <= Fraction(2.3e-13) * len(
        weights
    ) * Fraction(max(weights)) + Fraction(math.ulp(float(exact) or 1.0))
    assert counts[0] == sum(weight > 0 for weight in weights)


@pytest.mark.parametrize("weight", [1.0, np.nextafter(1.0, 0), 4.0, 3.999999999999999])
def test_the_most_rows_of_the_largest_weight_do_not_overflow(weight: float) -> None:
    packed = pack(np.full(ROWS_OF_A_SUM, weight), exponent_of(weight))
    sums, counts = unpack(packed.sum(keepdims=True))
    assert counts[0] == ROWS_OF_A_SUM
    assert math.ldexp(sums[0], exponent_of(weight) - 42) == pytest.approx(weight * ROWS_OF_A_SUM, rel=1e-12)


def test_carrying_gives_one_form_to_equal_sums() -> None:
    high, low = np.array([1, 2]), np.array([2**32 + 5, 5])
    carry(high, low)
    assert (high.tolist(), low.tolist()) == ([2, 2], [5, 5])


def test_refuses_a_weight_beyond_the_declared_largest() -> None:
    with pytest.raises(WeightTooLarge, match=r"weight of 9 .*below 8"):
        pack(np.array([1.0, 9.0]), exponent_of(7.5))


@pytest.mark.parametrize("largest", [0.0, -1.0, math.inf, math.nan, 1e-300])
def test_refuses_a_largest_weight_that_is_no_positive_number(largest: float) -> None:
    with pytest.raises(UnusableLargestWeight, match="positive number"):
        exponent_of(largest)

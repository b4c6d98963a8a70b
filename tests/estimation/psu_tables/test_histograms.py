import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.psu_tables.exact_weights import exponent_of, to_float
from survey_app.estimation.psu_tables.histograms import (
    Histograms,
    Scale,
    UnusableAnswers,
    count_answers,
    stable_order,
)


def counted(answers: np.ndarray, psu: np.ndarray, weights: np.ndarray, scale: Scale, psus: int) -> Histograms:
    exponent = exponent_of(float(weights.max()))
    return count_answers(list(answers), psu, weights, psus=psus, scale=scale, exponent=exponent)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    items=st.integers(1, 7),
    codes=st.sampled_from([1, 2, 3, 6, 11, 17, 100, 256]),
    n=st.sampled_from([1, 50, 3000]),
    psus=st.sampled_from([1, 2, 40]),
)
def test_weights_and_counts_are_those_of_a_plain_count(
    seed: int, items: int, codes: int, n: int, psus: int
) -> None:
    rng = np.random.default_rng(seed)
    answers = rng.integers(0, codes, (items, n)).astype(np.uint8)
    psu, weights = rng.integers(0, psus, n), np.maximum(rng.uniform(-0.1, 3, n), 0) + (np.arange(n) == 0)
    found = counted(answers, psu, weights, Scale(0, codes - 1), psus)
    expected = np.zeros((psus, items, codes))
    counts = np.zeros((psus, items, codes), dtype=np.int64)
    for item in range(items):
        np.add.at(expected[:, item], (psu, answers[item]), weights)
        np.add.at(counts[:, item], (psu, answers[item]), weights > 0)
    sums = to_float(found.high, found.low, exponent_of(float(weights.max())))
    assert sums == pytest.approx(expected, rel=1e-11, abs=1e-11)
    assert (found.counts == counts).all()


def test_a_psu_of_many_rows_is_added_up_exactly() -> None:
    n = 100_000
    found = counted(
        np.ones((2, n), dtype=np.int8), np.zeros(n, dtype=np.int64), np.full(n, 1.5), Scale(0, 1), 1
    )
    assert to_float(found.high, found.low, 1)[0].tolist() == [[0, 150_000]] * 2
    assert found.counts[0].tolist() == [[0, n]] * 2


def test_psus_far_apart_do_not_mix() -> None:
    psu = np.array([3, 70_000, 3, 140_000])
    found = counted(np.array([[1, 2, 2, 0]], dtype=np.int8), psu, np.ones(4), Scale(0, 2), 140_001)
    assert np.argwhere(found.counts).tolist() == [[3, 0, 1], [3, 0, 2], [70_000, 0, 2], [140_000, 0, 0]]


def test_rows_are_ordered_stably_beyond_sixteen_bits() -> None:
    codes = np.random.default_rng(1).integers(0, 200_000, 5000)
    order = stable_order(codes)
    assert order is not None
    assert order.tolist() == np.argsort(codes, kind="stable").tolist()
    assert stable_order(np.sort(codes)) is None


@pytest.mark.parametrize(
    ("column", "scale", "message"),
    [
        (np.array([1, 6], dtype=np.int8), Scale(0, 5), "Item 0 holds codes from 1 to 6"),
        (np.array([-1, 5], dtype=np.int8), Scale(0, 5), "from -1 to 5"),
        (np.array([0, 300]), Scale(0, 255), "from 0 to 300"),
        (np.array([255, 1], dtype=np.uint8), Scale(-1, 5), "from 1 to 255"),
        (np.array([1.0, 2.0]), Scale(0, 5), "float64 is no code"),
        (np.array(["1", "2"]), Scale(0, 5), "is no code"),
    ],
)
def test_refuses_answers_off_the_scale(column: np.ndarray, scale: Scale, message: str) -> None:
    with pytest.raises(UnusableAnswers, match=message):
        counted(column[None], np.zeros(2, dtype=np.int64), np.ones(2), scale, 1)


def test_codes_may_start_below_zero() -> None:
    column = np.array([-1, 3, -1], dtype=np.int8)
    found = counted(column[None], np.zeros(3, dtype=np.int64), np.ones(3), Scale(-1, 3, missing=-1), 1)
    assert found.counts[0, 0].tolist() == [2, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("lowest", "highest", "missing"), [(5, 1, None), (0, 256, None), (-129, 0, None), (1, 5, 0)]
)
def test_refuses_a_scale_that_cannot_be(lowest: int, highest: int, missing: int | None) -> None:
    with pytest.raises(UnusableAnswers):
        Scale(lowest, highest, missing)

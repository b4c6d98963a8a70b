import numpy as np
import pytest

from survey_app.estimation.codes import MissingCode, UnreadableCode, encode, encode_pairs, is_missing


def test_encodes_in_the_order_of_the_sorted_codes() -> None:
    codes, labels = encode(["b", "a", "b", "c"], "strata")
    assert codes.tolist() == [1, 0, 1, 2]
    assert labels.tolist() == ["a", "b", "c"]


def test_pairs_sort_by_their_outer_code_first() -> None:
    codes, outer, inner = encode_pairs(np.array([1, 0, 1, 0]), np.array([0, 5, 2, 0]))
    assert codes.tolist() == [2, 1, 3, 0]
    assert (outer.tolist(), inner.tolist()) == ([0, 0, 1, 1], [0, 5, 0, 2])


@pytest.mark.parametrize(
    "column", [np.array([1.0, np.nan]), np.array(["x", ""]), np.array([None, "x"], dtype=object)], ids=str
)
def test_a_missing_code_is_named_with_its_row(column: np.ndarray) -> None:
    with pytest.raises(MissingCode, match=r"strata: 1 rows have no code"):
        encode(column, "strata")


def test_mixed_types_are_refused() -> None:
    with pytest.raises(UnreadableCode, match="Convert the column to one type"):
        encode(np.array([1, "x"], dtype=object), "psus, stage 1")


def test_a_table_is_not_a_column() -> None:
    with pytest.raises(UnreadableCode, match="expected one column"):
        encode(np.zeros((2, 2)), "strata")


def test_integers_are_never_missing() -> None:
    assert not is_missing(np.array([0, -1])).any()

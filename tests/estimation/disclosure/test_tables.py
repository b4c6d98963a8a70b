import numpy as np
import pytest

from survey_app.estimation.codes import MissingCode
from survey_app.estimation.disclosure.tables import (
    UnusableTable,
    nested_table,
    overlapping_figures,
    small_cells,
)

PROVINCE = ["X", "X", "Y", "Y"]
COMMUNE = ["a", "b", "a", "c"]


def test_a_hierarchy_has_totals_at_every_level_and_codes_may_repeat_below() -> None:
    table = nested_table({"place": (PROVINCE, COMMUNE)}, [4, 6, 10, 20])
    assert dict(zip(table.labels, table.counts.tolist(), strict=True)) == {
        ("*", "*"): 40,
        ("X", "*"): 10,
        ("Y", "*"): 30,
        ("X", "a"): 4,
        ("X", "b"): 6,
        ("Y", "a"): 10,
        ("Y", "c"): 20,
    }


def test_a_crossing_has_a_cell_for_every_combination_even_if_empty() -> None:
    table = nested_table({"place": (PROVINCE, COMMUNE), "answer": ([1, 2, 1, 1],)})
    cells = dict(zip(table.labels, table.counts.tolist(), strict=True))
    assert len(cells) == 7 * 3
    assert (cells["*", "*", "*"], cells["Y", "*", 1], cells["X", "*", 2]) == (4, 2, 1)
    assert cells["Y", "c", 2] == 0


def test_rows_of_the_same_cell_add_up_in_any_order() -> None:
    forwards = nested_table({"place": (["b", "a", "b"],)}, [1, 2, 3])
    backwards = nested_table({"place": (["b", "b", "a"],)}, [3, 1, 2])
    assert forwards.labels == backwards.labels == (("*",), ("a",), ("b",))
    assert forwards.counts.tolist() == backwards.counts.tolist() == [6, 2, 4]


def test_overlapping_figures_leave_the_groups_between_them() -> None:
    inside = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=bool)
    table = overlapping_figures(["women", "over 60"], inside, [30, 8, 20, 5])
    assert dict(zip(table.labels, table.counts.tolist(), strict=True)) == {
        ("women",): 38,
        ("over 60",): 28,
        ("only", "over 60"): 20,
        ("only", "women"): 30,
        ("only", "women", "over 60"): 8,
    }
    assert table.publishable.tolist() == [True, True, False, False, False]


def test_empty_cells_are_not_small() -> None:
    table = nested_table({"a": (["x", "y", "z"],)}, [0, 9, 10])
    assert small_cells(table, 10).tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("dimensions", "counts"),
    [
        ({}, None),
        ({"a": ()}, None),
        ({"a": (["x"],), "b": (["x", "y"],)}, None),
        ({"a": ([],)}, None),
        ({"a": (["x", "y"],)}, [1]),
        ({"a": (["x", "y"],)}, [1, -1]),
        ({"a": (["x", "y"],)}, [1, 1.5]),
        ({"a": (["x", "y"],)}, [1, np.nan]),
        ({"a": (["x", "y"],)}, ["one", "two"]),
    ],
)
def test_columns_that_make_no_table_are_refused(
    dimensions: dict[str, tuple[list[str], ...]], counts: list[float] | None
) -> None:
    with pytest.raises(UnusableTable):
        nested_table(dimensions, counts)


def test_a_missing_code_is_named_with_its_dimension() -> None:
    with pytest.raises(MissingCode, match="place, column 2"):
        nested_table({"place": (["x", "y"], ["a", ""])})


@pytest.mark.parametrize("membership", [[[1, 0]], [[True]], np.zeros((0, 2), dtype=bool)])
def test_a_membership_that_is_not_one_boolean_a_figure_is_refused(membership: list[list[int]]) -> None:
    with pytest.raises(UnusableTable):
        overlapping_figures(["a", "b"], membership)


@pytest.mark.parametrize("minimum", [1, 0, 2.5])
def test_a_minimum_that_hides_nothing_is_refused(minimum: int) -> None:
    with pytest.raises(UnusableTable, match="minimum"):
        small_cells(nested_table({"a": (["x"],)}), minimum)

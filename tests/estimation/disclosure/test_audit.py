from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.disclosure.audit import Exposure, exposures
from survey_app.estimation.disclosure.tables import (
    Table,
    UnusableTable,
    nested_table,
    overlapping_figures,
    small_cells,
)

Flags = npt.NDArray[np.bool_]


def hide(table: Table, *labels: tuple[object, ...]) -> Flags:
    return np.array([label in labels for label in table.labels])


def by_label(found: tuple[Exposure, ...]) -> dict[object, tuple[int, int]]:
    return {exposure.label: (exposure.low, exposure.high) for exposure in found}


def value_of(table: Table, exposure: Exposure) -> float:
    """What the combination of published figures comes to."""
    counts = dict(zip(table.labels, table.counts.tolist(), strict=True))
    return float(sum(counts[label] * multiplier for label, multiplier in exposure.combination))


def test_one_hidden_part_is_the_total_minus_the_others() -> None:
    table = nested_table({"office": (["A", "B", "C"],)}, [3, 50, 60])
    (found,) = exposures(table, hide(table, ("A",)), 10)
    assert (found.label, found.low, found.high, found.solved) == (("A",), 3, 3, True)
    assert dict(found.combination) == {("*",): 1, ("B",): -1, ("C",): -1}


def test_a_small_cell_that_is_published_exposes_itself() -> None:
    table = nested_table({"office": (["A", "B"],)}, [3, 50])
    (found,) = exposures(table, hide(table), 10)
    assert (found.label, found.low, found.high) == (("A",), 3, 3)


def test_hidden_parts_with_a_small_sum_are_bounded_by_it() -> None:
    table = nested_table({"office": (["A", "B", "C"],)}, [3, 4, 60])
    found = by_label(exposures(table, hide(table, ("A",), ("B",)), 10))
    assert found == {("A",): (0, 7), ("B",): (0, 7)}


def test_hidden_parts_with_a_large_sum_are_safe() -> None:
    table = nested_table({"office": (["A", "B", "C"],)}, [9, 9, 60])
    assert exposures(table, hide(table, ("A",), ("B",)), 10) == ()


def test_a_province_gives_its_commune_away_through_the_other_provinces() -> None:
    places = (["X", "X", "Y"], ["a", "b", "c"])
    table = nested_table({"place": places}, [3, 40, 80])
    hidden = hide(table, ("X", "a"), ("X", "*"))
    (found,) = exposures(table, hidden, 10)
    assert found.label == ("X", "a")
    assert found.solved
    assert value_of(table, found) == 3


def test_a_crossed_table_is_attacked_through_rows_and_columns_at_once() -> None:
    # the four hidden corners look safe by pairs, but the second row's other hidden cell is solved by its row
    columns = (["r1", "r1", "r1", "r2", "r2", "r2"],), (["c1", "c2", "c3"] * 2,)
    table = nested_table({"row": columns[0], "column": columns[1]}, [5, 20, 30, 20, 6, 40])
    hidden = hide(table, ("r1", "c1"), ("r2", "c1"), ("r2", "c2"))
    found = by_label(exposures(table, hidden, 10))
    assert found == {("r1", "c1"): (5, 5), ("r2", "c2"): (6, 6)}
    square = hidden | hide(table, ("r1", "c2"))
    assert exposures(table, square, 10) == ()


def test_a_later_publication_minus_an_earlier_one_exposes_who_came_between() -> None:
    inside = np.array([[True, True], [False, True]])
    table = overlapping_figures(["January", "February"], inside, [50, 4])
    (found,) = exposures(table, hide(table), 10)
    assert (found.label, found.low, found.high) == (("only", "February"), 4, 4)
    assert dict(found.combination) == {("February",): 1, ("January",): -1}


def test_overlapping_domains_are_safe_where_their_overlap_is_open() -> None:
    inside = np.array([[True, False], [True, True], [False, True]])
    table = overlapping_figures(["women", "over 60"], inside, [30, 8, 20])
    assert exposures(table, hide(table), 10) == ()


def test_overlapping_domains_and_their_union_bound_the_rest() -> None:
    inside = np.array([[True, False, True], [True, True, True], [False, True, True]])
    table = overlapping_figures(["women", "over 60", "either"], inside, [30, 8, 20])
    # women + over 60 - either = both
    found = {exposure.label: exposure for exposure in exposures(table, hide(table), 10)}
    both = found["only", "women", "over 60", "either"]
    assert (both.low, both.high, value_of(table, both)) == (8, 8, 8)
    assert len(found) == 1


def test_two_offices_joined_in_a_third_figure_are_seen() -> None:
    inside = np.array([[True, True, False], [False, True, False], [False, False, True]])
    table = overlapping_figures(["A", "A+B", "C"], inside, [25, 6, 40])
    assert [one.label for one in exposures(table, hide(table), 10)] == [("only", "A+B")]
    assert exposures(table, hide(table, ("A",)), 10) == ()


def test_the_middle_of_three_figures_is_bounded_as_trying_all_tables_bounds_it() -> None:
    inside = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]], dtype=bool)
    table = overlapping_figures(["p", "q", "r"], inside, [3, 3, 9, 2])
    found = exposures(table, hide(table), 10)
    assert {one.cell: one.high for one in found} == largest_counts(table, hide(table))
    assert found


def test_whole_numbers_can_say_more_than_any_sum() -> None:
    """In a triangle of groups each pair and its rest hold 3: together at most 4.5, in whole numbers 4."""
    triangle = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    corners = np.array([[1], [1], [1], [0], [0], [0]])
    none = np.zeros_like(triangle)
    # two triangles, a crowd in every pair so that no published figure is small, and the crowd alone
    inside = np.block([
        [triangle, none, corners, 0 * corners],
        [none, triangle, corners, 0 * corners],
        [np.ones((1, 6), dtype=int), np.zeros((1, 1), dtype=int), np.ones((1, 1), dtype=int)],
    ]).astype(bool)  # fmt: skip
    table = overlapping_figures([*"abcdef", "corners", "crowd"], inside, [1] * 12 + [50])
    found = {one.label: one for one in exposures(table, hide(table, ("corners",)), 9)}
    assert found["corners",].high == 8
    assert found["corners",].combination == ()


def largest_counts(table: Table, hidden: Flags, minimum: int = 10) -> dict[int, int]:
    """Small cells that stay small in every whole-number table that fits, by trying all tables."""
    known = table.publishable & ~hidden
    matrix = table.membership.toarray()
    values = range(int(table.counts.max()) + 1)
    counts = np.array(list(product(values, repeat=table.sizes.size))) @ matrix.T
    largest = counts[(counts[:, known] == table.counts[known]).all(axis=1)].max(axis=0)
    small = small_cells(table, minimum) & (largest < minimum)
    return {int(cell): int(largest[cell]) for cell in np.flatnonzero(small)}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_the_audit_finds_what_trying_all_tables_finds(sizes: list[int], flags: list[bool]) -> None:
    table = nested_table({"row": (["a", "a", "b", "b"],), "column": (["x", "y", "x", "y"],)}, sizes)
    # the grand total is published, so that there are not too many tables to try
    hidden = np.array([False, *flags])
    minimum = 5
    found = {exposure.cell: exposure.high for exposure in exposures(table, hidden, minimum)}
    assert found == largest_counts(table, hidden, minimum)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_combination_adds_up_to_what_it_proves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = np.repeat(np.arange(4), 4), np.tile(np.arange(4), 4)
    table = nested_table({"place": (rows // 2, rows), "answer": (columns,)}, rng.poisson(12, 16))
    hidden = small_cells(table, 10)
    for exposure in exposures(table, hidden, 10):
        known = {label for label, flag in zip(table.labels, hidden, strict=True) if not flag}
        assert {label for label, _ in exposure.combination} <= known
        assert exposure.low <= exposure.count <= exposure.high < 10
        assert int(value_of(table, exposure) + 1e-6) == exposure.high


@pytest.mark.parametrize("hidden", [np.array([True]), np.array([1, 0, 0])])
def test_marks_that_do_not_fit_the_table_are_refused(hidden: Flags) -> None:
    with pytest.raises(UnusableTable, match="one boolean a cell"):
        exposures(nested_table({"a": (["x", "y"],)}), hidden, 10)

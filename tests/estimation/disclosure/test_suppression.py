"""What is left after suppression is attacked by linear programmes of the test's own."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.disclosure.audit import exposures
from survey_app.estimation.disclosure.suppression import Suppression, Unprotectable, suppress
from survey_app.estimation.disclosure.tables import (
    Table,
    UnusableTable,
    nested_table,
    overlapping_figures,
    small_cells,
)

quick = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def names(table: Table, cells: npt.NDArray[np.bool_]) -> set[object]:
    return {table.labels[cell] for cell in np.flatnonzero(cells)}


def attack(table: Table, hidden: npt.NDArray[np.bool_], cell: int) -> tuple[float, float]:
    """Smallest and largest count of a cell for somebody who knows all published cells."""
    matrix = table.membership.toarray()
    known = table.publishable & ~hidden
    low, high = (
        scipy.optimize.linprog(sign * matrix[cell], A_eq=matrix[known], b_eq=table.counts[known],
                               bounds=(0, 10_000)).fun
        for sign in (1, -1)
    )  # fmt: skip
    return low, -high


def assert_safe(table: Table, result: Suppression, minimum: int = 10) -> None:
    for cell in np.flatnonzero(small_cells(table, minimum)):
        low, high = attack(table, result.hidden, int(cell))
        assert high > minimum - 1e-6
        assert low < high - 1e-6


def random_table(seed: int, level: float) -> Table:
    """Provinces of communes, crossed with three answers."""
    rng = np.random.default_rng(seed)
    communes = np.arange(rng.integers(2, 8))
    provinces = np.sort(rng.integers(0, 3, communes.size))
    place, answer = np.repeat(communes, 3), np.tile([1, 2, 3], communes.size)
    counts = rng.poisson(level * rng.gamma(1, 1, place.size))
    counts[0] += 1
    return nested_table({"place": (np.repeat(provinces, 3), place), "answer": (answer,)}, counts)


@quick
@given(seeds, st.sampled_from([5.0, 20.0, 80.0]))
def test_no_attack_on_a_nested_and_crossed_table_finds_a_small_cell(seed: int, level: float) -> None:
    table = random_table(seed, level)
    result = suppress(table)
    assert_safe(table, result)
    assert exposures(table, result.hidden, 10) == ()


@quick
@given(seeds)
def test_no_attack_on_overlapping_domains_finds_a_small_group(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = rng.random((rng.integers(3, 9), 4)) < 0.5
    inside[0] = True
    table = overlapping_figures(list("abcd"), inside, rng.integers(1, 30, len(inside)))
    result = suppress(table)
    assert_safe(table, result)
    assert exposures(table, result.hidden, 10) == ()


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_every_complementary_cell_is_needed(seed: int) -> None:
    table = random_table(seed, 20.0)
    result = suppress(table)
    for cell in np.flatnonzero(result.complementary):
        shown = result.hidden.copy()
        shown[cell] = False
        assert exposures(table, shown, 10)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_the_order_of_rows_does_not_change_what_is_hidden(seed: int) -> None:
    rng = np.random.default_rng(seed)
    place, answer, counts = rng.integers(0, 4, 20), rng.integers(0, 3, 20), rng.integers(0, 12, 20)
    order = rng.permutation(20)
    table = nested_table({"place": (place,), "answer": (answer,)}, counts)
    again = nested_table({"place": (place[order],), "answer": (answer[order],)}, counts[order])
    assert suppress(table).hidden.tolist() == suppress(again).hidden.tolist()


def test_the_smallest_other_cell_protects_a_single_small_one() -> None:
    table = nested_table({"office": (["A", "B", "C", "D"],)}, [3, 50, 40, 60])
    result = suppress(table)
    assert names(table, result.primary) == {("A",)}
    assert names(table, result.complementary) == {("C",)}


def test_small_cells_that_protect_each_other_need_no_other() -> None:
    table = nested_table({"office": (["A", "B", "C"],)}, [6, 7, 60])
    assert not suppress(table).complementary.any()


def test_a_crossed_cell_is_protected_by_a_rectangle() -> None:
    rows, columns = ["r1"] * 3 + ["r2"] * 3 + ["r3"] * 3, ["c1", "c2", "c3"] * 3
    table = nested_table({"row": (rows,), "column": (columns,)}, [3, 50, 90, 20, 20, 90, 90, 90, 90])
    expected = {("r1", "c2"), ("r2", "c1"), ("r2", "c2")}
    assert names(table, suppress(table).complementary) == expected


def test_a_small_province_hides_its_communes_and_another_province() -> None:
    places = (["X", "X", "Y", "Y", "Z"], ["a", "b", "c", "d", "e"])
    table = nested_table({"place": places}, [3, 4, 30, 20, 90])
    result = suppress(table)
    assert names(table, result.primary) == {("X", "*"), ("X", "a"), ("X", "b")}
    # Y gives way as the smallest other province, and one commune of it or its province would follow
    assert names(table, result.complementary) == {("Y", "*"), ("Y", "d")}


def test_costs_steer_what_is_hidden() -> None:
    table = nested_table({"office": (["A", "B", "C", "D"],)}, [3, 50, 40, 60])
    result = suppress(table, costs=[1000, 1, 900, 900, 1])
    assert names(table, result.complementary) == {("D",)}


def test_a_cell_that_must_stay_is_published_and_another_hidden() -> None:
    table = nested_table({"office": (["A", "B", "C", "D"],)}, [3, 50, 40, 60])
    must = np.array([label in {("*",), ("C",)} for label in table.labels])
    result = suppress(table, always_published=must)
    assert names(table, result.hidden) == {("A",), ("B",)}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    table = nested_table({"office": (["A", "B"],)}, [10, 0])
    assert not suppress(table).hidden.any()


def test_a_table_of_few_people_is_hidden_altogether() -> None:
    table = nested_table({"office": (["A", "B"],)}, [3, 0])
    assert names(table, suppress(table).hidden) == {("*",), ("A",)}


def test_between_publications_the_change_is_hidden_with_one_of_the_figures() -> None:
    inside = np.array([[True, True], [False, True]])
    table = overlapping_figures(["January", "February"], inside, [50, 4])
    result = suppress(table, always_published=[True, False, False, False])
    assert names(table, result.hidden) == {("February",)}


def test_a_small_cell_cannot_stay_published() -> None:
    table = nested_table({"office": (["A", "B"],)}, [3, 50])
    with pytest.raises(Unprotectable, match="'A'"):
        suppress(table, always_published=[False, True, False])


def test_a_cell_that_nothing_else_may_protect_is_refused() -> None:
    table = nested_table({"office": (["A", "B"],)}, [3, 50])
    with pytest.raises(Unprotectable, match="holds 3 and cannot be protected"):
        suppress(table, always_published=[True, False, True])


@pytest.mark.parametrize("costs", [[1, 2], [1, 0, 1], [1, np.nan, 1], ["a", "b", "c"]])
def test_costs_that_are_not_positive_are_refused(costs: list[float]) -> None:
    with pytest.raises(UnusableTable, match="costs"):
        suppress(nested_table({"office": (["A", "B"],)}, [3, 50]), costs=costs)


def test_marks_of_another_length_are_refused() -> None:
    with pytest.raises(UnusableTable, match="always_published"):
        suppress(nested_table({"office": (["A", "B"],)}, [3, 50]), always_published=[True])

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import MissingCode, UnableToEstimate
from survey_app.estimation.design import MissingWeight, NegativeWeight, WeightsSumToZero
from survey_app.estimation.psu_tables.histograms import Scale, UnusableAnswers
from survey_app.estimation.psu_tables.readers import from_chunks
from survey_app.estimation.psu_tables.tables import (
    DifferentTables,
    PSUTable,
    UnreadableTable,
    add,
    build,
    merge,
    psus_where,
)
from survey_app.estimation.stages import (
    MismatchedRows,
    PopulationSmallerThanSample,
    PSUInTwoStrata,
    UnusablePopulation,
)
from tests.estimation.psu_tables.samples import LARGEST, SCALE, sample

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=30, deadline=None)


@quick
@given(seed=seeds)
def test_shuffled_rows_give_the_same_bytes(seed: int) -> None:
    rows = sample(seed)
    shuffled = rows.rows(np.random.default_rng(seed).permutation(rows.psus.size))
    assert shuffled.table().to_bytes() == rows.table().to_bytes()


@quick
@given(seed=seeds, cuts=st.lists(st.integers(0, 200), max_size=6), shuffle=st.booleans())
def test_any_chunking_gives_the_same_bytes(seed: int, cuts: list[int], shuffle: bool) -> None:
    rows = sample(seed)
    if shuffle:
        rows = rows.rows(np.random.default_rng(seed).permutation(rows.psus.size))
    edges = [0, *sorted(cuts), rows.psus.size]
    chunks = [rows.rows(slice(a, b)).chunk() for a, b in pairwise(edges)]
    table = from_chunks(chunks, scale=SCALE, largest_weight=LARGEST)
    assert table.to_bytes() == rows.table().to_bytes()


@quick
@given(seed=seeds)
def test_tables_of_several_machines_add_up_in_any_order(seed: int) -> None:
    rows = sample(seed)
    parts = [rows.rows(slice(start, start + 70)).table() for start in (0, 70, 140)]
    stored = [PSUTable.from_bytes(part.to_bytes()) for part in parts]
    assert merge(stored[::-1]).to_bytes() == rows.table().to_bytes()


@quick
@given(seed=seeds)
def test_splitting_a_weight_over_two_copies_of_a_row_keeps_the_weights(seed: int) -> None:
    rows = sample(seed)
    halved = build(
        list(np.tile(rows.answers, 2)),
        strata=np.tile(rows.strata, 2),
        psus=np.tile(rows.psus, 2),
        weights=np.tile(rows.weights / 2, 2),
        scale=SCALE,
    )
    assert halved.weights == pytest.approx(rows.table().weights, rel=1e-11, abs=1e-11)
    assert (halved.counts == 2 * rows.table().counts).all()


def test_equal_rows_give_equal_tables_whatever_the_type_of_the_columns() -> None:
    rows = sample(1)
    other = build(
        rows.answers.T.astype(np.int32),
        strata=rows.strata.astype(np.int16),
        psus=rows.psus.astype(np.int32),
        weights=rows.weights.tolist(),
        scale=SCALE,
        largest_weight=LARGEST,
    )
    assert other.to_bytes() == rows.table().to_bytes()


def test_psus_may_have_names() -> None:
    rows = sample(2)
    names = np.array([f"xã {code:04}" for code in rows.psus], dtype=object)
    columns: dict[str, Any] = {
        "strata": rows.strata,
        "weights": rows.weights,
        "scale": SCALE,
        "largest_weight": LARGEST,
    }
    named = build(list(rows.answers), psus=names, **columns)
    parts = [
        build(
            list(rows.answers[:, half]),
            psus=names[half],
            strata=rows.strata[half],
            weights=rows.weights[half],
            scale=SCALE,
            largest_weight=LARGEST,
        )
        for half in (slice(0, 90), slice(90, None))
    ]
    assert merge(parts).to_bytes() == named.to_bytes()
    assert (named.weights == rows.table().weights).all()


def test_widely_spread_psu_codes_keep_apart() -> None:
    psus = np.array([10**15, 3, 10**15, -7, 10**12])
    table = build([np.arange(5, dtype=np.int8)], strata=None, psus=psus, weights=None, scale=Scale(0, 4))
    assert table.psus.tolist() == [-7, 3, 10**12, 10**15]
    assert table.counts.sum(axis=(1, 2)).tolist() == [1, 1, 1, 2]


def test_psu_codes_that_repeat_between_strata_are_refused_unless_nested() -> None:
    table = build(
        [np.zeros(4, dtype=np.int8)], strata=[1, 1, 2, 2], psus=[1, 2, 1, 2], weights=None, scale=Scale(0, 1)
    )
    assert table.psus.size == 4
    assert table.design(nest=True).size == 4
    with pytest.raises(PSUInTwoStrata):
        table.design()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"weights": [1.0, np.nan, 1.0]}, MissingWeight),
        ({"weights": [1.0, -1.0, 1.0]}, NegativeWeight),
        ({"weights": [1.0]}, MismatchedRows),
        ({"psus": ["a", "", "b"]}, MissingCode),
        ({"strata": [1.0, np.nan, 2.0]}, MissingCode),
        ({"answers": [np.array(["good", "bad", "bad"])]}, UnusableAnswers),
        ({"answers": []}, UnusableAnswers),
        ({"answers": [np.zeros(2, dtype=np.int8)]}, MismatchedRows),
        ({"items": ["a", "b"]}, UnusableAnswers),
    ],
)
def test_refuses_rows_it_cannot_count(change: dict[str, Any], error: type[UnableToEstimate]) -> None:
    columns: dict[str, Any] = {
        "answers": [np.zeros(3, dtype=np.int8)],
        "strata": [1, 1, 1],
        "psus": [1, 2, 3],
        "weights": None,
        "scale": Scale(0, 5),
    }
    columns |= change
    answers = columns.pop("answers")
    with pytest.raises(error):
        build(answers, **columns)


def test_a_table_without_a_weighted_row_has_no_design() -> None:
    empty = sample(1).rows(slice(0, 0)).table()
    weightless = build([np.ones(2, dtype=np.int8)], strata=None, psus=[1, 2], weights=[0, 0], scale=SCALE)
    for table in (empty, weightless):
        with pytest.raises(WeightsSumToZero, match="Add the sample's rows"):
            table.design()


def test_adding_nothing_changes_nothing() -> None:
    rows = sample(5)
    nothing = rows.rows(slice(0, 0)).table()
    assert add(nothing, rows.table()).to_bytes() == rows.table().to_bytes()


def test_populations_must_be_complete_and_large_enough() -> None:
    table = sample(3).table()
    assert table.design(populations={0: 10, 1: 20, 2: 30}).stages[0].population.tolist() == [10, 20, 30]
    with pytest.raises(UnusablePopulation, match="stratum 2 has no count"):
        table.design(populations={0: 10, 1: 20})
    with pytest.raises(PopulationSmallerThanSample):
        table.design(populations={0: 3, 1: 20, 2: 20})


def test_different_tables_are_not_added() -> None:
    rows = sample(4)
    with pytest.raises(DifferentTables, match="same largest_weight"):
        add(rows.table(), rows.table(largest_weight=100))
    with pytest.raises(DifferentTables, match="other items"):
        add(
            rows.table(),
            build(list(rows.answers[:2]), strata=None, psus=rows.psus, weights=None, scale=SCALE),
        )
    named = build(
        list(rows.answers),
        strata=None,
        psus=rows.psus.astype(str),
        weights=None,
        scale=SCALE,
        largest_weight=LARGEST,
    )
    with pytest.raises(DifferentTables, match="numbers in one table"):
        add(rows.table(), named)
    with pytest.raises(DifferentTables, match="at least one"):
        merge([])
    with pytest.raises(DifferentTables, match="at least one"):
        from_chunks([], scale=SCALE, largest_weight=1)


@pytest.mark.parametrize("stored", [b"", b"no table", sample(1).table().to_bytes()[:-300]])
def test_bytes_that_are_no_table_are_refused(stored: bytes) -> None:
    with pytest.raises(UnreadableTable):
        PSUTable.from_bytes(stored)


def test_three_hundred_items_are_counted() -> None:
    rows = sample(6, n=100, items=300)
    assert rows.table().weights.sum(axis=(0, 2)) == pytest.approx(np.full(300, rows.weights.sum()))


def test_strata_are_domains_of_whole_psus() -> None:
    table = sample(7).table()
    assert (table.strata[psus_where(table, [1, 2])] > 0).all()
    assert psus_where(table, [1, 2]).sum() == 8

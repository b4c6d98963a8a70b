"""Figures as sums over disjoint groups of respondents: nested and crossed tables, overlapping domains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy  # submodules load on first use, so importing this module stays fast

from survey_app.estimation.codes import (
    BoolArray,
    IntArray,
    UnableToEstimate,
    encode,
    encode_pairs,
    freeze_arrays,
)

Label = tuple[Any, ...]
ALL = "*"
"""In a label: over everything below this place of the hierarchy."""


class UnusableTable(UnableToEstimate):
    """Columns, counts or memberships do not make a table."""


@dataclass(frozen=True)
class Table:
    """Counts of cells, each the sum over some of the disjoint groups the respondents fall into.

    Attributes
    ----------
    labels : tuple of tuple
        Name of each cell.
    membership : sparse array (cells, groups)
        1 where a group belongs to a cell.
    sizes : array (groups,)
        Respondents in each group.
    counts : array (cells,)
        Respondents in each cell.
    publishable : array (cells,) of bool
        Cells that somebody might publish. The others are groups that follow from overlapping figures only.
    """

    labels: tuple[Label, ...]
    membership: Any
    sizes: IntArray
    counts: IntArray
    publishable: BoolArray

    def __post_init__(self) -> None:
        freeze_arrays(self)


def nested_table(
    dimensions: Mapping[str, Sequence[npt.ArrayLike]], counts: npt.ArrayLike | None = None
) -> Table:
    """Cross hierarchies with each other, with totals at every level of each.

    Parameters
    ----------
    dimensions : mapping of name to sequence of array-like (n,)
        Columns of each hierarchy from broad to fine: {"place": (province, commune), "answer": (answer,)}.
        Codes may repeat between the units above them. Every dimension also has its total.
    counts : array-like (n,), optional
        Respondents each row stands for, whole numbers; absent: one.

    Returns
    -------
    Table
        A cell for every combination of a place in each hierarchy, empty ones too, labelled with the codes of all
        columns in turn and `ALL` for "over everything below": ("Hà Giang", "*", 5).

    Raises
    ------
    UnusableTable, MissingCode, UnreadableCode
    """
    columns = [column for levels in dimensions.values() for column in levels]
    shapes = {np.shape(np.asarray(column)) for column in columns}
    if not dimensions or not all(dimensions.values()) or len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise UnusableTable(
            f"Each dimension needs one column or more, all of one length; got shapes {shapes}."
        )
    if next(iter(shapes)) == (0,):
        raise UnusableTable("No rows. A table of nobody needs no protection; publish nothing.")
    hierarchies = [_hierarchy(name, levels) for name, levels in dimensions.items()]
    size = len(hierarchies[0].leaf_of)
    people = np.ones(size, dtype=np.int64) if counts is None else _whole_numbers(counts, size)
    membership = reduce(
        lambda one, other: scipy.sparse.kron(one, other, "csr"), [h.tree for h in hierarchies]
    )
    labels = reduce(
        lambda ones, others: [(*one, *other) for one in ones for other in others],
        [h.labels for h in hierarchies],
    )
    leaf = np.ravel_multi_index([h.leaf_of for h in hierarchies], [h.tree.shape[1] for h in hierarchies])
    sizes = np.zeros(membership.shape[1], dtype=np.int64)
    np.add.at(sizes, leaf, people)
    return _table(labels, membership, sizes, np.ones(len(labels), dtype=np.bool_))


def overlapping_figures(
    labels: Sequence[Any], membership: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Table:
    """Figures on domains that overlap, or on one domain at several times.

    Parameters
    ----------
    labels : sequence (figures,)
        Name of each figure: "women", "over 60"; "2026-01 office A", "2026-02 office A".
    membership : array-like (n, figures) of bool
        Whether a respondent (or group) is in the domain of a figure.
    counts : array-like (n,), optional
        Respondents each row stands for; absent: one.

    Returns
    -------
    Table
        The figures, publishable, and the groups their overlaps leave, which are not: labelled with the figures
        they lie in, ("only", "women", "over 60").

    Raises
    ------
    UnusableTable
    """
    inside = np.asarray(membership)
    if inside.dtype != np.bool_ or inside.ndim != 2 or inside.shape[1] != len(labels) or not inside.size:
        raise UnusableTable(
            f"membership: expected booleans of shape (respondents, {len(labels)}), got {inside.dtype} "
            f"{inside.shape}."
        )
    people = np.ones(len(inside), dtype=np.int64) if counts is None else _whole_numbers(counts, len(inside))
    used = (people > 0) & inside.any(axis=1)
    groups, group = np.unique(inside[used], axis=0, return_inverse=True)
    sizes = np.bincount(group.ravel(), people[used], minlength=len(groups)).astype(np.int64)
    figures = scipy.sparse.csr_array(groups.T.astype(np.int64))
    stacked = scipy.sparse.vstack([figures, scipy.sparse.eye_array(len(groups), dtype=np.int64)], "csr")
    alone: list[Label] = [
        ("only", *(label for label, member in zip(labels, row, strict=True) if member)) for row in groups
    ]
    names: list[Label] = [label if isinstance(label, tuple) else (label,) for label in labels]
    return _table(names + alone, stacked, sizes, np.arange(len(names) + len(alone)) < len(names))


def small_cells(table: Table, minimum: int) -> BoolArray:
    """Cells with 1 to minimum - 1 respondents.

    Raises
    ------
    UnusableTable
    """
    if minimum < 2 or minimum != int(minimum):
        raise UnusableTable(f"minimum={minimum}: give a whole number of at least 2.")
    return (table.counts > 0) & (table.counts < minimum)


@dataclass(frozen=True)
class _Hierarchy:
    """Nodes of one hierarchy, its total first, as sums over its leaves; the leaf of each row."""

    labels: list[Label]
    tree: Any
    leaf_of: IntArray


def _hierarchy(name: str, levels: Sequence[npt.ArrayLike]) -> _Hierarchy:
    depth = len(levels)
    code = np.zeros(np.size(np.asarray(levels[0])), dtype=np.int64)
    paths: list[list[Label]] = [[()]]
    codes = [code]
    for number, column in enumerate(levels, 1):
        own, labels = encode(column, f"{name}, column {number}")
        code, parent, child = encode_pairs(code, own)
        names = labels.tolist()
        paths.append([(*paths[-1][above], names[at]) for above, at in zip(parent, child, strict=True)])
        codes.append(code)
    leaves, first = np.unique(code, return_index=True)
    above = [
        scipy.sparse.csr_array((np.ones(leaves.size, dtype=np.int64), (level[first], leaves)))
        for level in codes
    ]
    named = [(*path, *[ALL] * (depth - len(path))) for level in paths for path in level]
    return _Hierarchy(named, scipy.sparse.vstack(above, "csr"), code)


def _whole_numbers(counts: npt.ArrayLike, size: int) -> IntArray:
    try:
        people = np.asarray(counts, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UnusableTable(f"counts: not numbers ({error}). Give whole numbers.") from error
    if people.shape != (size,) or not (people >= 0).all() or (people != np.floor(people)).any():
        raise UnusableTable(f"counts: give {size} whole numbers of respondents, none missing or negative.")
    return people.astype(np.int64)


def _table(labels: list[Label], membership: Any, sizes: IntArray, publishable: BoolArray) -> Table:
    return Table(tuple(labels), membership, sizes, np.asarray(membership @ sizes), publishable)

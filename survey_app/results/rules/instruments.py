"""The overall index apart by channel and instrument, because these measure differently, and what of it is published.

A form on a screen, a text and stars are different instruments: people rate lower with stars than with labelled
answers (Toepoel, Vermeeren & Metin 2019, Bulletin de Méthodologie Sociologique 142).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.results.rules.cells import SMALLEST_CELL, Reason, is_small
from survey_app.results.rules.estimates import figures_at
from survey_app.results.rules.scoring import FloatArray, Scores

Document = Mapping[str, Any]
Cells = Mapping[str, Mapping[str, int]]
"""Responses by channel and instrument, then by office code; none where there are none."""

STAFF_ONLY = frozenset({"in_hidden_offices", "by_office"})
"""Keys of an instrument that are not published."""


def figures_by_instrument(
    instruments: npt.NDArray[np.int64],
    scores: Scores,
    overall: FloatArray,
    design: Design,
    level: float,
    offices: npt.NDArray[np.int64],
    hidden_offices: Collection[int],
) -> list[dict[str, Any]]:
    """Return responses and overall index of each instrument; each is a domain of the full design.

    Parameters
    ----------
    instruments : array (n,)
        Position of each response's channel and instrument, 0 to the last.
    overall : array (1, criteria)
        Coefficients of the overall index.
    offices : array (n,)
        Position of each response's office.
    hidden_offices : collection of int
        Positions of the offices whose own figures are not published.
    """
    count = int(instruments.max()) + 1
    found = composite_index(
        scores=scores,
        coefficients=overall,
        design=design,
        domains=instruments,
        domain_count=count,
        level=level,
    )
    sizes = np.bincount(instruments, minlength=count).tolist()
    hidden = np.bincount(instruments[np.isin(offices, list(hidden_offices))], minlength=count).tolist()
    answered = (design.weights > 0) & ~np.isnan(scores).all(axis=1)
    return [
        {
            "responses": sizes[one],
            "in_hidden_offices": hidden[one],
            "by_office": np.bincount(offices[answered & (instruments == one)]).tolist(),
            "overall": figures_at(found.domains, (one,))[0],
        }
        for one in range(count)
    ]


def public_instruments(
    rows: Sequence[Document], whole: Reason | None, cells: Cells, hidden_offices: Collection[str]
) -> list[dict[str, Any]]:
    """Return what is published of `rows`: all of it or, so that nothing follows by subtraction, names alone.

    `whole` is why the overall index of the campaign is hidden; `hidden_offices` holds the codes of those that are.
    """
    if not rows:
        return []
    is_safe = _are_safe(rows) and not _leave_few(cells, hidden_offices)
    # A run that was stored before offices were counted may leave a few of any.
    is_counted = len(cells) == len(rows)
    reason = whole or (None if is_safe and is_counted else Reason.FEW)
    return [_row(row, reason) for row in rows]


def hidden_instruments(rows: Sequence[Document]) -> list[dict[str, Any]]:
    """Return published rows with their names alone."""
    return [_row(row, Reason.WAITS) for row in rows]


def _are_safe(rows: Sequence[Document]) -> bool:
    """Say whether no row, nor its part in the offices that are hidden, leads to 1 to 9 responses.

    Whoever knows that an office has one instrument only can take that office's figure from the instrument's.
    """
    pool = sum(row["in_hidden_offices"] for row in rows)
    return all(
        min(row["responses"], row["overall"]["n"], row["overall"]["n_min"]) >= SMALLEST_CELL
        and not is_small(row["in_hidden_offices"])
        and not is_small(pool - row["in_hidden_offices"])
        for row in rows
    )


def _row(row: Document, reason: Reason | None) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in STAFF_ONLY}
    overall = row["overall"] if reason is None else dict.fromkeys(row["overall"])
    count = row["responses"] if reason is None else None
    return kept | {"responses": count, "overall": {**overall, "hidden": reason}}


def counts_of(rows: Sequence[Document]) -> dict[str, tuple[int, int]]:
    """Return responses, and those of them in hidden offices, by channel and instrument."""
    return {_name(row): (row["responses"], row["in_hidden_offices"]) for row in rows}


def cells_of(result: Document) -> dict[str, dict[str, int]]:
    """Return the responses with an answer of a complete result, by instrument and office."""
    codes = [office["code"] for office in result["offices"]]
    return {
        _name(row): {code: count for code, count in zip(codes, row["by_office"], strict=False) if count}
        for row in result.get("instruments", ())
        if "by_office" in row
    }


def _name(row: Document) -> str:
    return f"{row['channel']}/{row['instrument']}"


def changed_too_little(
    new: Mapping[str, Sequence[int]], then: Mapping[str, Sequence[int]], *, reweighted: bool
) -> bool:
    """Say whether a count differs by 1 to 9 from an earlier publication; with other weights, by less than 10.

    An earlier publication without these counts may have told of one instrument alone.
    """
    nothing = (0, 0)
    if not then:
        return True
    pairs = [(new.get(one, nothing), then.get(one, nothing)) for one in {*new, *then}]
    changes = [(now[0] - before[0], now[1] - before[1]) for now, before in pairs]
    if any(is_small(change) for both in changes for change in both):
        return True
    return reweighted and min(grown for grown, _hidden in changes) < SMALLEST_CELL


def cells_changed_too_little(
    new: Cells, then: Cells, unseen_offices: Collection[str], *, reweighted: bool
) -> bool:
    """Say whether 1 to 9 responses follow from two publications, their offices taken from their instruments.

    With other weights, less than 10. `unseen_offices` are hidden, or keep earlier figures, in either of the two.
    """
    if not then:
        return True
    changes = {
        name: {
            code: change
            for code in {*new.get(name, ()), *then.get(name, ())}
            if (change := new.get(name, {}).get(code, 0) - then.get(name, {}).get(code, 0))
        }
        for name in {*new, *then}
    }
    if _leave_few(changes, unseen_offices):
        return True
    known, grown = _remainders(new, new, unseen_offices), _remainders(changes, new, unseen_offices)
    return reweighted and any(count and grown[group] < SMALLEST_CELL for group, count in known.items())


def _leave_few(cells: Cells, unseen_offices: Collection[str]) -> bool:
    return any(is_small(count) for count in _remainders(cells, cells, unseen_offices).values())


def _remainders(cells: Cells, used: Cells, unseen_offices: Collection[str]) -> dict[tuple[str, ...], int]:
    """Return what is left of each group of instruments without the offices that use no other.

    Which offices have a kiosk is no secret, so a reader takes their figures from those of the kiosks. Which these are
    is told by `used`. Offices that a reader does not see are one office.
    """
    uses, counts = defaultdict[str, set[str]](set), defaultdict[str, Counter[str]](Counter)
    for name, code in ((name, code) for name, row in used.items() for code in row):
        uses["" if code in unseen_offices else code].add(name)
    for name, code, count in ((name, *cell) for name, row in cells.items() for cell in row.items()):
        counts["" if code in unseen_offices else code][name] += count
    together = defaultdict[frozenset[str], Counter[str]](Counter)
    for office, held in counts.items():
        together[frozenset(uses[office])].update(held)
    names = sorted(used)
    return {
        group: sum(held[name] for here, held in together.items() if not here <= {*group} for name in group)
        for size in range(1, len(names))
        for group in combinations(names, size)
    }

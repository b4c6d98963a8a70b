"""The overall index apart by channel and instrument, because these measure differently, and what of it is published.

A form on a screen, a text and stars are different instruments: people rate lower with stars than with labelled
answers (Toepoel, Vermeeren & Metin 2019, Bulletin de Méthodologie Sociologique 142).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.results.rules.cells import SMALLEST_CELL, Reason, is_small
from survey_app.results.rules.estimates import figures_at
from survey_app.results.rules.scoring import FloatArray, Scores

Document = Mapping[str, Any]


def figures_by_instrument(
    instruments: npt.NDArray[np.int64],
    scores: Scores,
    overall: FloatArray,
    design: Design,
    level: float,
    in_hidden_offices: npt.NDArray[np.bool_],
) -> list[dict[str, Any]]:
    """Return responses and overall index of each instrument; each is a domain of the full design.

    Parameters
    ----------
    instruments : array (n,)
        Position of each response's channel and instrument, 0 to the last.
    overall : array (1, criteria)
        Coefficients of the overall index.
    in_hidden_offices : array (n,) of bool
        The office's own figures are not published.
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
    hidden = np.bincount(instruments[in_hidden_offices], minlength=count).tolist()
    return [
        {
            "responses": sizes[one],
            "in_hidden_offices": hidden[one],
            "overall": figures_at(found.domains, (one,))[0],
        }
        for one in range(count)
    ]


def public_instruments(rows: Sequence[Document], whole: Reason | None) -> list[dict[str, Any]]:
    """Return what is published of `rows`: all of it or, so that nothing follows by subtraction, names alone.

    `whole` is why the overall index of the campaign is hidden.
    """
    if not rows:
        return []
    reason = whole or (None if _are_safe(rows) else Reason.FEW)
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
    kept = {key: value for key, value in row.items() if key != "in_hidden_offices"}
    overall = row["overall"] if reason is None else dict.fromkeys(row["overall"])
    count = row["responses"] if reason is None else None
    return kept | {"responses": count, "overall": {**overall, "hidden": reason}}


def counts_of(rows: Sequence[Document]) -> dict[str, tuple[int, int]]:
    """Return responses, and those of them in hidden offices, by channel and instrument."""
    return {
        f"{row['channel']}/{row['instrument']}": (row["responses"], row["in_hidden_offices"]) for row in rows
    }


def changed_too_little(
    new: Mapping[str, Sequence[int]], then: Mapping[str, Sequence[int]], *, reweighted: bool
) -> bool:
    """Say whether a count differs by 1 to 9 from an earlier publication; with other weights, by less than 10.

    An earlier publication without these counts told nothing of instruments.
    """
    nothing = (0, 0)
    if not then:
        return False
    pairs = [(new.get(one, nothing), then.get(one, nothing)) for one in {*new, *then}]
    changes = [(now[0] - before[0], now[1] - before[1]) for now, before in pairs]
    if any(is_small(change) for both in changes for change in both):
        return True
    return reweighted and min(grown for grown, _hidden in changes) < SMALLEST_CELL

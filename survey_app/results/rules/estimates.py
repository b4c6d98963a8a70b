"""Figures of estimates, in percent, as a result document holds them."""

from __future__ import annotations

from typing import Any

from survey_app.estimation.composite import NodeEstimates
from survey_app.results.rules.document import number, percent

Figure = dict[str, Any]


def figures_at(found: NodeEstimates, at: tuple[int, ...]) -> list[Figure]:
    """Return one figure a node; `at` picks a domain."""
    columns = {
        "estimate": [percent(value) for value in found.estimate[at]],
        "se": [percent(value) for value in found.se[at]],
        "ci_low": [percent(value) for value in found.ci_low[at]],
        "ci_high": [percent(value) for value in found.ci_high[at]],
        "n": found.n[at].tolist(),
        "n_min": found.n_min_item[at].tolist(),
        "df": found.df[at].tolist(),
        "deff": [number(value) for value in found.deff[at]],
        "deff_wr": [number(value) for value in found.deff_wr[at]],
        "interval": [None if name == "none" else str(name) for name in found.interval_method[at]],
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

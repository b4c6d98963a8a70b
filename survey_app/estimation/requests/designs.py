"""The design that a request describes, over the rows of its table."""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, get_args

from survey_app.estimation.codes import FloatArray
from survey_app.estimation.design import Design, LonelyRule
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.kinds import make
from survey_app.estimation.requests.document import Document
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.steps import steps_of
from survey_app.estimation.requests.tables import Table, Tables
from survey_app.estimation.variance import AnyDesign
from survey_app.estimation.weighting.steps import SomeDesign, WeightingStep, apply_step

KEPT = 4
"""Designs kept at a time: requests of a file mostly share one, and replicate weights take much memory."""


class Designs:
    """The designs of requests to the tables of one folder; the last few are not built again."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._built: dict[tuple[str, str], AnyDesign] = {}

    def of(self, given: Document, table: Table) -> AnyDesign:
        """As `design_of`."""
        key = table.name, json.dumps(given, sort_keys=True)
        design = self._built.pop(key, None) or design_of(given, table, self._tables)
        self._built[key] = design
        if len(self._built) > KEPT:
            del self._built[next(iter(self._built))]
        return design


def design_of(given: Document, table: Table, tables: Tables) -> AnyDesign:
    """Build a design.

    Parameters
    ----------
    given : dict
        Key `design` of a request, checked.
    table : Table
        With the columns it names.
    tables : Tables
        Where `replicate.weights_file` is found.

    Raises
    ------
    UnableToEstimate
        A column is missing, the design is impossible, or the weights cannot be adjusted.
    """
    steps = steps_of(given.get("adjust") or [], table)
    drawn = sampling_design(given, table)
    replicate = given.get("replicate")
    if replicate is None:
        return _adjusted(drawn, steps)
    design = _replicated(replicate, drawn, steps, tables)
    # given degrees of freedom are those of the finished design: adjusting weights adds none
    return replace(design, degf=int(replicate["degf"])) if "degf" in replicate else design


def sampling_design(given: Document, table: Table) -> Design:
    """The design as drawn, before any adjustment of its weights."""
    lonely = given.get("lonely_psu", "fail")
    if lonely not in get_args(LonelyRule):
        raise UnusableRequest(
            f"design.lonely_psu: {lonely!r}. Choose one of {', '.join(get_args(LonelyRule))}."
        )
    return Design.create(
        weights=table.numbers(given["weights"]) if given.get("weights") else None,
        strata=_columns(given.get("strata"), table.text),
        psus=_columns(given.get("psu"), table.text),
        fpc=_columns(given.get("fpc"), table.numbers),
        nest=given.get("nest", False),
        ultimate_cluster=given.get("ultimate_cluster", False),
        lonely_psu=lonely,
    )


def _replicated(
    replicate: Document, drawn: Design, steps: Sequence[WeightingStep], tables: Tables
) -> ReplicateDesign:
    if replicate.get("weights_file") is None:
        return _adjusted(_made(replicate, drawn), steps)
    if replicate.get("includes_adjust", False):
        return _read(replicate, _adjusted(drawn, steps).weights, tables)
    return _adjusted(_read(replicate, drawn.weights, tables), steps)


def _adjusted(design: SomeDesign, steps: Sequence[WeightingStep]) -> SomeDesign:
    return functools.reduce(lambda before, step: apply_step(step, before)[0], steps, design)


def _columns(names: list[str] | None, read: Callable[[str], Any]) -> tuple[Any, ...] | None:
    return tuple(read(name) for name in names) if names else None


def _read(replicate: Document, full: FloatArray, tables: Tables) -> ReplicateDesign:
    """Replicate weights from their file."""
    if replicate.get("scale") is None:
        raise UnusableRequest("design.replicate.scale: missing. Give the factor of the sum of squares.")
    return ReplicateDesign.create(
        weights=full,
        replicate_weights=tables[replicate["weights_file"]].matrix(),
        scale=replicate["scale"],
        rscales=replicate.get("rscales"),
        mse=replicate.get("mse", False),
        combined_weights=replicate.get("combined_weights", True),
    )


def _made(replicate: Document, design: Design) -> ReplicateDesign:
    """Replicate weights made by the engine, from a seed where they are random."""
    return make(
        str(replicate.get("type")),
        design,
        rho=replicate.get("fay_rho"),
        replicates=replicate.get("replicates"),
        seed=replicate.get("seed"),
        mse=replicate.get("mse", False),
    )

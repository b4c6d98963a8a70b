"""Answers every request of a file; one that fails does not stop the others."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.requests.answers.registry import ANSWERS
from survey_app.estimation.requests.designs import Designs
from survey_app.estimation.requests.document import Document, read_request
from survey_app.estimation.requests.keys import UnusableRequest
from survey_app.estimation.requests.problem import Fields, Problem
from survey_app.estimation.requests.tables import Tables

Progress = Callable[[int], None]


def answers(cases: Iterable[Document], tables: Tables) -> Iterator[Fields]:
    """Results in the order of the requests: `id` with the fields of the estimate, or with `error`."""
    designs = Designs(tables)
    for case in cases:
        try:
            fields = answer(case, tables, designs)
        except UnableToEstimate as error:
            fields = {"error": str(error)}
        except (ArithmeticError, TypeError, ValueError) as error:
            # a wish nobody foresaw must not take the answers of the other requests with it
            fields = {"error": f"This request cannot be computed: {type(error).__name__}: {error}."}
        yield {"id": case["id"]} | plain(fields)


def answer(case: Document, tables: Tables, designs: Designs) -> Fields:
    """The fields of one request's result.

    Raises
    ------
    UnableToEstimate
        Says what is wrong with the request, its table or its design, and the remedy.
    """
    request = read_request(case)
    if request.estimator not in ANSWERS:
        raise UnusableRequest(
            f"estimator: {request.estimator!r}. Choose one of {', '.join(sorted(ANSWERS))}."
        )
    table = tables[request.data_file]
    design = designs.of(request.design, table)
    domain = request.rest.get("domain")
    rows = table.rows_with(domain["variable"], domain["values"]) if domain else None
    return ANSWERS[request.estimator](Problem(request, table, design, rows))


def plain(value: Any) -> Any:
    """Numbers, lists and dictionaries as JSON knows them; NaN and infinity are null."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

"""Reads a file of requests: `{"cases": [{"id", "data_file", "estimator", "design", ...}]}`.

Keys that only say what somebody expects of the result are ignored, so that a file of reference cases is a file
of requests. Any other unknown key is refused: a misspelt option must not be silently left out.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.requests.keys import UnusableRequest, check_keys, without_nulls

Document = dict[str, Any]

_IGNORED = frozenset({"expected", "rtol", "note", "optional", "zero_variance"})
_STEP_NEEDS = {
    "poststratify": ("totals", "variable"),
    "rake": ("margins",),
    "calibrate": ("terms", "totals"),
    "trim": (),
}


class MalformedFile(UnableToEstimate):
    """The file is no file of requests at all."""


@dataclass(frozen=True)
class Request:
    """One request, its keys checked.

    Attributes
    ----------
    id, data_file, estimator : str
    design, options : dict
    level : float
        Confidence level.
    rest : dict
        The whole request, for what only some estimators read: variables, by, contrast, domain, ...
    """

    id: str
    data_file: str
    estimator: str
    design: Document
    options: Document
    level: float
    rest: Document = field(default_factory=dict)

    def need(self, key: str, meaning: str) -> Any:
        """The value of a key that this estimator cannot do without.

        Raises
        ------
        UnusableRequest
        """
        if self.rest.get(key) in (None, [], {}, ""):
            raise UnusableRequest(f"{key}: missing. The estimator {self.estimator!r} needs {meaning}.")
        return self.rest[key]

    def variables(self, count: int | None = None) -> list[str]:
        """Names of the columns to estimate from; exactly `count` of them if given."""
        names: list[str] = self.need("variables", "a list of column names")
        if count is not None and len(names) != count:
            raise UnusableRequest(
                f"variables: {len(names)} names. The estimator {self.estimator!r} needs {count}."
            )
        return names


def read_document(text: str) -> list[Document]:
    """The requests of a file, unchecked but for being objects with an id.

    Raises
    ------
    MalformedFile
        No JSON, no list `cases`, or a request that is no object or has no id.
    """
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise MalformedFile("The file is nested too deeply to be a file of requests.") from error
    except ValueError as error:
        raise MalformedFile(f"The file is not JSON: {error}.") from error
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(cases, list):
        raise MalformedFile('The file must be an object with a list "cases" of requests.')
    for position, case in enumerate(cases, 1):
        if not isinstance(case, dict) or not isinstance(case.get("id"), str) or not case["id"]:
            raise MalformedFile(f'Request {position} of "cases" must be an object with a text "id".')
    return cases


def read_request(case: Document) -> Request:
    """Check every key of a request.

    Raises
    ------
    UnusableRequest
    """
    given = without_nulls({key: value for key, value in case.items() if key not in _IGNORED})
    check_keys(given, "")
    for key in ("data_file", "estimator", "design"):
        if key not in given:
            raise UnusableRequest(f"{key}: missing. Every request names its {key.replace('_', ' ')}.")
    design, options = given["design"], given.get("options", {})
    _check_design(design)
    check_keys(options, "options")
    _check_domain(given.get("domain", {}))
    level = options.get("level", given.get("level", 0.95))
    return Request(given["id"], given["data_file"], given["estimator"], design, options, float(level), given)


def _check_domain(domain: Document) -> None:
    check_keys(domain, "domain")
    if domain and set(domain) != {"variable", "values"}:
        raise UnusableRequest('domain: give both "variable" and "values".')


def _check_design(design: Document) -> None:
    check_keys(design, "design")
    check_keys(design.get("replicate", {}), "design.replicate")
    for step in design.get("adjust", []):
        _check_step(step)


def _check_step(step: Document) -> None:
    kind = str(step.get("type"))
    if kind not in _STEP_NEEDS:
        raise UnusableRequest(f"design.adjust: type {kind!r}. Choose one of {', '.join(_STEP_NEEDS)}.")
    where = f"design.adjust[{kind}]"
    check_keys(step, where)
    for key in _STEP_NEEDS[kind]:
        if not step.get(key):
            raise UnusableRequest(f"{where}.{key}: missing.")
    for margin in step.get("margins", []):
        check_keys(margin, f"{where}.margins")
        if not margin.get("variable") or not margin.get("totals"):
            raise UnusableRequest(f"{where}.margins: each margin needs a variable and its totals.")

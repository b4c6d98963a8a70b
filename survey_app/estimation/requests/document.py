"""Reads a file of requests: `{"cases": [{"id", "data_file", "estimator", "design", ...}]}`.

Keys that only say what somebody expects of the result are ignored, so that a file of reference cases is a file
of requests. Any other unknown key is refused: a misspelt option must not be silently left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_app.estimation.codes import UnableToEstimate

Document = dict[str, Any]

_IGNORED = frozenset({"expected", "rtol", "note", "optional", "zero_variance"})
_KNOWN = {
    "request": frozenset(
        {
            "id",
            "data_file",
            "design",
            "estimator",
            "variables",
            "level",
            "domain",
            "options",
            "by",
            "statistic",
        }
        | {"contrast", "expression", "formula", "level_value"}
    ),
    "design": frozenset(
        {"weights", "strata", "psu", "nest", "fpc", "ultimate_cluster", "lonely_psu", "adjust", "replicate"}
    ),
    "design.replicate": frozenset(
        {"type", "weights_file", "combined_weights", "includes_adjust", "scale", "rscales", "mse", "degf"}
        | {"fay_rho", "replicates", "n_replicates", "seed"}
    ),
    "domain": frozenset({"variable", "values"}),
    "options": frozenset(
        {"na_rm", "deff", "method", "level", "p", "interval", "qrule", "statistic", "test", "family"}
    ),
    "design.adjust[poststratify]": frozenset({"type", "variable", "totals"}),
    "design.adjust[rake]": frozenset({"type", "margins", "epsilon", "maxit"}),
    "design.adjust[rake].margins": frozenset({"variable", "totals"}),
    "design.adjust[calibrate]": frozenset(
        {"type", "method", "terms", "totals", "bounds", "epsilon", "maxit"}
    ),
    "design.adjust[trim]": frozenset({"type", "lower", "upper", "strict"}),
}


class MalformedFile(UnableToEstimate):
    """The file is no file of requests at all."""


class UnusableRequest(UnableToEstimate):
    """One request cannot be understood; the message names the key and the remedy."""


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
        What only some estimators read: variables, by, contrast, domain, ...
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
        names = self.need("variables", "a list of column names")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise UnusableRequest(f"variables: {names!r} is no list of column names.")
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
    _check_keys(case, "request", ignored=_IGNORED)
    design = _part(case, "design", needed=True)
    options = _part(case, "options")
    _check_design(design)
    domain = _part(case, "domain")
    if domain and set(domain) != {"variable", "values"}:
        raise UnusableRequest('domain: give both "variable" and "values".')
    for key in ("data_file", "estimator"):
        if not isinstance(case.get(key), str):
            raise UnusableRequest(f"{key}: missing or no text. Name the {key.replace('_', ' ')}.")
    rest = {
        key: case[key] for key in case if key not in {"id", "data_file", "estimator", "design", "options"}
    }
    level = _level(options.get("level", case.get("level", 0.95)))
    return Request(case["id"], case["data_file"], case["estimator"], design, options, level, rest)


def _level(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 < given < 1:
        return float(given)
    raise UnusableRequest(f"level: {given!r}. Give a confidence level between 0 and 1, such as 0.95.")


def _check_design(design: Document) -> None:
    for key in ("strata", "psu", "fpc"):
        names = design.get(key)
        if names is not None and (not isinstance(names, list) or not all(isinstance(n, str) for n in names)):
            raise UnusableRequest(f"design.{key}: {names!r}. Give a list of column names, or null.")
    for key in ("nest", "ultimate_cluster"):
        if not isinstance(design.get(key, False), bool):
            raise UnusableRequest(f"design.{key}: {design[key]!r}. Give true or false.")
    if design.get("replicate") is not None:
        _check_keys(_part(design, "replicate"), "design.replicate")
    steps = design.get("adjust") or []
    if not isinstance(steps, list):
        raise UnusableRequest("design.adjust: give a list of steps.")
    for step in steps:
        _check_step(step)


def _check_step(step: object) -> None:
    kind = step.get("type") if isinstance(step, dict) else None
    where = f"design.adjust[{kind}]"
    if not isinstance(step, dict) or where not in _KNOWN:
        raise UnusableRequest(
            f"design.adjust: type {kind!r}. Choose one of poststratify, rake, calibrate, trim."
        )
    _check_keys(step, where)
    needed = {"poststratify": {"variable", "totals"}, "rake": {"margins"}, "calibrate": {"terms", "totals"}}
    for key in sorted(needed.get(str(kind), set())):
        if not step.get(key):
            raise UnusableRequest(f"{where}.{key}: missing.")
    for margin in step.get("margins", []):
        if not isinstance(margin, dict) or not margin.get("variable") or not margin.get("totals"):
            raise UnusableRequest(f"{where}.margins: each margin needs a variable and its totals.")
        _check_keys(margin, f"{where}.margins")


def _check_keys(part: Mapping[str, Any], where: str, ignored: frozenset[str] = frozenset()) -> None:
    unknown = sorted(set(part) - _KNOWN[where] - ignored)
    if unknown:
        prefix = "" if where == "request" else f"{where}."
        known = ", ".join(sorted(_KNOWN[where]))
        raise UnusableRequest(f"{prefix}{unknown[0]}: unknown key. Remove it, or use one of: {known}.")


def _part(whole: Document, key: str, *, needed: bool = False) -> Document:
    part = whole.get(key)
    if part is None and not needed:
        return {}
    if not isinstance(part, dict):
        raise UnusableRequest(f"{key}: missing or no object.")
    if key in _KNOWN:
        _check_keys(part, key)
    return part

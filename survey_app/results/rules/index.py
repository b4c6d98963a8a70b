"""The index of a campaign: every node of the recipe, in all and by office, and how much its choices matter.

The population is voluntary: strata are the offices that have responses, every response is its own sampling
unit with weight 1, and there is no finite population. The interval then covers chance among such volunteers
only. Offices with a figure too small to publish share one stratum in the figures of the whole campaign
(`rules.cells.merged_cells`), so that no standard error gives away what such an office holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.composite import NodeEstimates, composite_index
from survey_app.estimation.design import Design
from survey_app.questionnaires.rules import Level, Node, Questionnaire, Recipe, ScoreMethod, nodes
from survey_app.results.rules.cells import merged_cells
from survey_app.results.rules.document import number, percent
from survey_app.results.rules.scoring import BoolArray, Codes, Scores, coefficient_matrix, criteria_of, score

LEVEL = 0.95
DESIGN = (
    "strata = offices with responses, where offices with fewer than 10 responses, or with 1 to 9 answers to a "
    "criterion, or whose figures are hidden to protect such ones, share one stratum of at least 10 responses; "
    "each response a sampling unit of weight 1, no finite population correction; an office's own figures: "
    "its own stratum"
)

Figure = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The responses of a campaign as arrays, in the order they were stored.

    Attributes
    ----------
    offices : array (n,)
        Position of each response's office in the campaign's list of offices.
    flagged : array (n,) of bool
    codes : array (n, c) of int8
        In the order of the questionnaire's coded items.
    """

    offices: npt.NDArray[np.int64]
    flagged: BoolArray
    codes: Codes


@dataclass(frozen=True)
class Index:
    """Figures in percent.

    Attributes
    ----------
    whole : dict
        Keys `overall`, `contents`, `factors`, `criteria`.
    offices : list of dict
        The same for each office, in the order of `Answers.offices`, nodes by id without their labels; nulls
        for an office without responses.
    sensitivity : dict
        Keys `other_score` and `without_flagged`.
    merged : frozenset of int
        Positions of the offices that share a stratum in the figures of the whole campaign.
    intervals : dict
        How many figures carry which kind of interval.
    """

    whole: dict[str, Any]
    offices: list[dict[str, Any]]
    sensitivity: dict[str, Any]
    merged: frozenset[int]
    intervals: dict[str, int]


def index_of(answers: Answers, questionnaire: Questionnaire, recipe: Recipe, office_count: int) -> Index:
    """Estimate the whole tree, overall and for each of `office_count` offices.

    `answers` holds at least one response.

    Raises
    ------
    survey_app.questionnaires.rules.MissingWeight
        The aggregation is by weights and the recipe has none.
    """
    tree = nodes(recipe)
    scores = score(answers.codes, questionnaire, recipe)
    merged = merged_cells(_sizes(answers.offices, scores, office_count))
    cells = np.where(np.isin(answers.offices, list(merged)), office_count, answers.offices)
    design = _design(cells)
    coefficients = coefficient_matrix(tree, criteria_of(recipe))
    by_office = composite_index(
        scores=scores,
        coefficients=coefficients,
        design=_design(answers.offices) if merged else design,
        domains=answers.offices,
        domain_count=office_count,
        level=LEVEL,
    )
    found = by_office
    if merged:
        found = composite_index(scores=scores, coefficients=coefficients, design=design, level=LEVEL)
    labels = _labels(tree, recipe)
    bare = {name: {key: words[key] for key in words if key == "id"} for name, words in labels.items()}
    offices = [_scope(_figures(by_office.domains, (office,)), tree, bare) for office in range(office_count)]
    chosen = Counter([*found.overall.interval_method.flat, *by_office.domains.interval_method.flat])
    return Index(
        whole=_scope(_figures(found.overall, ()), tree, labels),
        offices=offices,
        sensitivity=_sensitivity(answers, questionnaire, recipe, design),
        merged=merged,
        intervals={str(name): count for name, count in sorted(chosen.items())},
    )


def _design(strata: npt.NDArray[np.int64]) -> Design:
    """Return the design of voluntary answers; "adjust" matters where a stratum holds one response only."""
    return Design.create(weights=np.ones(strata.size), strata=strata, lonely_psu="adjust")


def _sizes(offices: npt.NDArray[np.int64], scores: Scores, office_count: int) -> Iterator[list[int]]:
    """Yield the responses of every office, then its answers to each criterion."""
    yield np.bincount(offices, minlength=office_count).tolist()
    for column in scores.T:
        yield np.bincount(offices[~np.isnan(column)], minlength=office_count).tolist()


def other_score(recipe: Recipe) -> ScoreMethod:
    """Return the score method that the recipe does not use."""
    return ScoreMethod.MEAN_SCALED if recipe.score is ScoreMethod.TOP2BOX else ScoreMethod.TOP2BOX


def _sensitivity(
    answers: Answers, questionnaire: Questionnaire, recipe: Recipe, design: Design
) -> dict[str, Any]:
    """Return the overall index under the other score method, and without flagged responses.

    Flagged responses are a domain left out, not rows thrown away: the design stays as it was.
    """
    overall = coefficient_matrix(nodes(recipe)[:1], criteria_of(recipe))
    other = replace(recipe, score=other_score(recipe))
    by_score = composite_index(
        scores=score(answers.codes, questionnaire, other), coefficients=overall, design=design, level=LEVEL
    )
    unflagged = composite_index(
        scores=score(answers.codes, questionnaire, recipe),
        coefficients=overall,
        design=design,
        domains=np.where(answers.flagged, -1, 0),
        domain_count=1,
        level=LEVEL,
    )
    return {
        "other_score": {"score": other.score.value, "overall": _figures(by_score.overall, ())[0]},
        "without_flagged": {
            "left_out": int(answers.flagged.sum()),
            "overall": _figures(unflagged.domains, (0,))[0],
        },
    }


def _figures(found: NodeEstimates, at: tuple[int, ...]) -> list[Figure]:
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


def _scope(figures: list[Figure], tree: list[Node], labels: Mapping[str, Figure]) -> dict[str, Any]:
    levels: dict[Level, list[Figure]] = {level: [] for level in Level}
    for node, figure in zip(tree, figures, strict=True):
        levels[node.level].append(labels[node.id] | figure)
    return {
        "overall": levels[Level.OVERALL][0],
        "contents": levels[Level.CONTENT],
        "factors": levels[Level.FACTOR],
        "criteria": levels[Level.CRITERION],
    }


def _labels(tree: list[Node], recipe: Recipe) -> dict[str, Figure]:
    """Return what each node is called and where it hangs; the overall node needs neither."""
    parents = _parents(recipe)
    labels: dict[str, Figure] = {}
    for node in tree:
        words = node.label or {}
        named = {"id": node.id, "label": words.get("vi"), "label_en": words.get("en", words.get("vi"))}
        labels[node.id] = {} if node.level is Level.OVERALL else named | parents.get(node.id, {})
    return labels


def _parents(recipe: Recipe) -> dict[str, Figure]:
    parents: dict[str, Figure] = {}
    for content in recipe.contents:
        parents |= {one.item: {"content": content.id, "factor": None} for one in content.criteria}
        for factor in content.factors:
            parents[factor.id] = {"content": content.id}
            parents |= {one.item: {"content": content.id, "factor": factor.id} for one in factor.criteria}
    return parents

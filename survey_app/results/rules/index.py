"""The index of a campaign: every node of the recipe, in all and by office, and how much its choices matter.

Every figure rests on one design and one set of weights (`rules.designs`): of volunteers with weight 1, or of a
drawn sample. Offices are domains of the full design. In figures of the whole campaign, offices with a figure too
small to publish are computed together, so that no standard error gives away what such an office holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design, LonelyRule
from survey_app.questionnaires.rules import Level, Node, Questionnaire, Recipe, ScoreMethod, nodes
from survey_app.results.rules.cells import merged_cells
from survey_app.results.rules.designs import Drawn, protected, voluntary_design
from survey_app.results.rules.estimates import Figure, figures_at
from survey_app.results.rules.instruments import figures_by_instrument
from survey_app.results.rules.scoring import (
    BoolArray,
    Codes,
    FloatArray,
    Scores,
    coefficient_matrix,
    criteria_of,
    score,
)

LEVEL = 0.95
DESIGN = (
    "strata = offices with responses, where offices with fewer than 10 responses, or with 1 to 9 answers to a "
    "criterion, or whose figures are hidden to protect such ones, share one stratum of at least 10 responses; "
    "each response a sampling unit of weight 1, no finite population correction; an office's own figures: "
    "its own stratum"
)
DRAWN = (
    "strata, sampling units, population counts and weights as they came in with the responses; offices are domains "
    "of the full design; in figures of the whole campaign, sampling units with 1 to 9 responses of offices whose "
    "figures are hidden are joined until they hold at least 10, and then the first stage counts as drawn with "
    "replacement"
)


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
    drawn : Drawn, optional
        How the respondents were drawn; absent: they are volunteers.
    instruments : array (n,), optional
        Position of each response's channel and instrument among those there are; absent: all have one.
    """

    offices: npt.NDArray[np.int64]
    flagged: BoolArray
    codes: Codes
    drawn: Drawn | None = None
    instruments: npt.NDArray[np.int64] | None = None

    def design(self, lonely: LonelyRule = "fail") -> Design:
        """Return the design of the responses, with the weights that they came with.

        Raises
        ------
        survey_app.estimation.codes.UnableToEstimate
        """
        return self.drawn.design(lonely) if self.drawn else voluntary_design(self.offices)


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
        Keys `other_score` and `without_flagged`, and `unweighted` where weights differ.
    instruments : list of dict
        `responses`, `in_hidden_offices`, `by_office` and `overall` for each of `Answers.instruments`.
    merged : frozenset of int
        Positions of the offices that share a stratum in the figures of the whole campaign.
    intervals : dict
        How many figures carry which kind of interval.
    """

    whole: dict[str, Any]
    offices: list[dict[str, Any]]
    sensitivity: dict[str, Any]
    instruments: list[dict[str, Any]]
    merged: frozenset[int]
    intervals: dict[str, int]


def index_of(
    answers: Answers,
    questionnaire: Questionnaire,
    recipe: Recipe,
    office_count: int,
    weighted: Design | None = None,
) -> Index:
    """Estimate the whole tree, overall and for each of `office_count` offices.

    `answers` holds at least one response. `weighted` is `answers.design()` with the weights to use; absent: as it is.

    Raises
    ------
    survey_app.questionnaires.rules.MissingWeight
        The aggregation is by weights and the recipe has none.
    survey_app.estimation.codes.UnableToEstimate
    """
    full = weighted or answers.design()
    tree = nodes(recipe)
    scores = score(answers.codes, questionnaire, recipe)
    merged = merged_cells(_sizes(answers.offices, scores, full.weights > 0, office_count))
    design = _protected(answers, scores, full, merged) if merged else full
    coefficients = coefficient_matrix(tree, criteria_of(recipe))
    by_office = composite_index(
        scores=scores,
        coefficients=coefficients,
        design=full,
        domains=answers.offices,
        domain_count=office_count,
        level=LEVEL,
    )
    found = by_office
    if merged:
        found = composite_index(scores=scores, coefficients=coefficients, design=design, level=LEVEL)
    labels = _labels(tree, recipe)
    bare = {name: {key: words[key] for key in words if key == "id"} for name, words in labels.items()}
    offices = [_scope(figures_at(by_office.domains, (office,)), tree, bare) for office in range(office_count)]
    chosen = Counter([*found.overall.interval_method.flat, *by_office.domains.interval_method.flat])
    return Index(
        whole=_scope(figures_at(found.overall, ()), tree, labels),
        offices=offices,
        sensitivity=_sensitivity(answers, questionnaire, recipe, design, merged),
        instruments=figures_by_instrument(
            np.zeros_like(answers.offices) if answers.instruments is None else answers.instruments,
            scores,
            coefficients[:1],
            design,
            LEVEL,
            answers.offices,
            merged,
        ),
        merged=merged,
        intervals={str(name): count for name, count in sorted(chosen.items())},
    )


def _protected(answers: Answers, scores: Scores, full: Design, merged: frozenset[int]) -> Design:
    """Return the design for figures of the whole campaign where the figures of some offices are hidden."""
    if answers.drawn is None:
        together = voluntary_design(answers.offices, merged)
    else:
        hidden = np.isin(answers.offices, list(merged)) & (full.weights > 0)
        drawn = replace(answers.drawn, weights=full.weights)
        together = protected(drawn, hidden, ~np.isnan(scores)).design(full.lonely_psu)
    return together.adjusted(full.weights, *full.adjustments)


def _sizes(
    offices: npt.NDArray[np.int64], scores: Scores, counted: BoolArray, office_count: int
) -> Iterator[list[int]]:
    """Yield the responses of every office, then its answers to each criterion; without weight none counts."""
    yield np.bincount(offices[counted], minlength=office_count).tolist()
    for column in scores.T:
        yield np.bincount(offices[counted & ~np.isnan(column)], minlength=office_count).tolist()


def other_score(recipe: Recipe) -> ScoreMethod:
    """Return the score method that the recipe does not use."""
    return ScoreMethod.MEAN_SCALED if recipe.score is ScoreMethod.TOP2BOX else ScoreMethod.TOP2BOX


def _sensitivity(
    answers: Answers, questionnaire: Questionnaire, recipe: Recipe, design: Design, merged: frozenset[int]
) -> dict[str, Any]:
    """Return the overall index under the other score method, without flagged responses, and with equal weights.

    Flagged responses are a domain left out, not rows thrown away: the design stays as it was.
    """
    overall = coefficient_matrix(nodes(recipe)[:1], criteria_of(recipe))
    scores = score(answers.codes, questionnaire, recipe)
    other = replace(recipe, score=other_score(recipe))
    by_score = composite_index(
        scores=score(answers.codes, questionnaire, other), coefficients=overall, design=design, level=LEVEL
    )
    unflagged = composite_index(
        scores=scores,
        coefficients=overall,
        design=design,
        domains=np.where(answers.flagged, -1, 0),
        domain_count=1,
        level=LEVEL,
    )
    found = {
        "other_score": {"score": other.score.value, "overall": figures_at(by_score.overall, ())[0]},
        "without_flagged": {
            "left_out": int(answers.flagged.sum()),
            "overall": figures_at(unflagged.domains, (0,))[0],
        },
    }
    together = np.where(np.isin(answers.offices, list(merged)), -1, answers.offices)
    return found | _unweighted(scores, overall, design, together)


def _unweighted(
    scores: Scores, coefficients: FloatArray, design: Design, offices: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """Return the overall index with equal weights, and how many responses have another weight than most.

    `within_offices` compares each with its own office (those with a hidden figure are one office): a reader who takes
    the figures of the offices, times their commonest weight, from this one is left with so many responses.
    """
    counted = design.weights > 0
    weights = design.weights[counted] / design.weights.max()
    reweighted = _unlike_most(weights, np.zeros(weights.size, dtype=np.int64))
    if not reweighted:
        return {}
    within = _unlike_most(weights, offices[counted])
    equal = replace(design, weights=counted.astype(np.float64), adjustments=())
    found = composite_index(scores=scores, coefficients=coefficients, design=equal, level=LEVEL)
    overall = figures_at(found.overall, ())[0]
    return {"unweighted": {"reweighted": reweighted, "within_offices": within, "overall": overall}}


def _unlike_most(weights: FloatArray, groups: npt.NDArray[np.int64]) -> int:
    """Count the responses that do not have the commonest weight of their group."""
    # weights that differ by rounding alone are equal
    pairs, counts = np.unique(np.column_stack([groups, np.round(weights, 9)]), axis=0, return_counts=True)
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-np.inf))
    return int(weights.size - np.maximum.reduceat(counts, starts).sum())


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

"""How the index is put together from criteria; the numbers themselves are made in estimation and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from survey_app.questionnaires.rules.text import Text


class ScoreMethod(StrEnum):
    """Criterion value: share of answers 4 and 5, or the mean of 1..5 rescaled to 0-100."""

    TOP2BOX = "top2box"
    MEAN_SCALED = "mean_scaled"


class Aggregation(StrEnum):
    """A node is the mean of all criteria below it, of the next lower level, or of that level by weights."""

    EQUAL_CRITERIA = "equal_criteria"
    MEAN_OF_CONTENTS = "mean_of_contents"
    WEIGHTS = "weights"


class BlankRule(StrEnum):
    """A blank criterion is left out, or its whole form is left out, or it counts as not satisfied."""

    DROP_PER_CRITERION = "drop_per_criterion"
    DROP_FORM = "drop_form"
    NOT_SATISFIED = "not_satisfied"


class Level(StrEnum):
    """Level of an index value."""

    OVERALL = "overall"
    CONTENT = "content"
    FACTOR = "factor"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A scale item that counts; `label` is its short label, else the wording of the question."""

    item: str
    label: Text
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A group of criteria inside a content."""

    id: str
    label: Text
    weight: float | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A part of the index: it has factors, or directly criteria, never both."""

    id: str
    label: Text
    weight: float | None
    factors: tuple[Factor, ...] = ()
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another defensible way to compute the same index, with the label it must be shown under."""

    id: str
    label: Text
    score: ScoreMethod
    aggregation: Aggregation
    blanks: BlankRule


@dataclass(frozen=True, slots=True)
class Recipe:
    """Score method, aggregation, treatment of blanks, and the tree; `status_note` says what is unproven."""

    score: ScoreMethod
    aggregation: Aggregation
    blanks: BlankRule
    contents: tuple[Content, ...]
    status_note: Text
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One published value: `coefficients` (criterion item -> share, sum 1) times the criteria's values."""

    id: str
    level: Level
    label: Text | None
    coefficients: Mapping[str, float]


class MissingWeight(Exception):
    """The aggregation is `weights`, but a part of the recipe has none."""


def alternative(recipe: Recipe, id: str) -> Recipe:  # noqa: A002
    """Return `recipe` computed by its alternative `id`; KeyError if there is none."""
    for other in recipe.alternatives:
        if other.id == id:
            return replace(recipe, score=other.score, aggregation=other.aggregation, blanks=other.blanks)
    raise KeyError(id)


def nodes(recipe: Recipe) -> list[Node]:
    """Return every value that the recipe publishes: overall, then each content with its factors and criteria.

    An index is published at every level; 33 criteria in 9 factors and 2 contents make 45 of them, the number
    of satisfaction indices reported for 2022. The overall node has the id `overall` and no label; the node of
    a criterion has the id of its item.

    Raises
    ------
    MissingWeight
        The aggregation is `weights` and a content, factor or criterion has no weight.
    """
    return _flatten(_tree(recipe), recipe.aggregation)


@dataclass(frozen=True, slots=True)
class _Branch:
    id: str
    level: Level
    label: Text | None
    weight: float | None
    below: tuple[_Branch, ...] = ()


def _tree(recipe: Recipe) -> _Branch:
    return _Branch("overall", Level.OVERALL, None, None, tuple(map(_content_branch, recipe.contents)))


def _content_branch(content: Content) -> _Branch:
    below = tuple(map(_factor_branch, content.factors)) + _leaves(content.criteria)
    return _Branch(content.id, Level.CONTENT, content.label, content.weight, below)


def _factor_branch(factor: Factor) -> _Branch:
    return _Branch(factor.id, Level.FACTOR, factor.label, factor.weight, _leaves(factor.criteria))


def _leaves(criteria: Sequence[Criterion]) -> tuple[_Branch, ...]:
    return tuple(_Branch(one.item, Level.CRITERION, one.label, one.weight) for one in criteria)


def _flatten(branch: _Branch, aggregation: Aggregation) -> list[Node]:
    node = Node(branch.id, branch.level, branch.label, _coefficients(branch, aggregation))
    return [node] + [below for child in branch.below for below in _flatten(child, aggregation)]


def _coefficients(branch: _Branch, aggregation: Aggregation) -> dict[str, float]:
    if not branch.below:
        return {branch.id: 1.0}
    if aggregation is Aggregation.EQUAL_CRITERIA:
        items = _items_below(branch)
        return dict.fromkeys(items, 1 / len(items))
    shares = _shares(branch.below, aggregation)
    return {
        item: share * coefficient
        for child, share in zip(branch.below, shares, strict=True)
        for item, coefficient in _coefficients(child, aggregation).items()
    }


def _shares(branches: Sequence[_Branch], aggregation: Aggregation) -> list[float]:
    if aggregation is Aggregation.MEAN_OF_CONTENTS:
        return [1 / len(branches)] * len(branches)
    weights = [branch.weight for branch in branches if branch.weight is not None]
    if len(weights) < len(branches):
        raise MissingWeight(", ".join(branch.id for branch in branches if branch.weight is None))
    return [weight / sum(weights) for weight in weights]


def _items_below(branch: _Branch) -> list[str]:
    if not branch.below:
        return [branch.id]
    return [item for child in branch.below for item in _items_below(child)]

"""From stored codes to scores in [0, 1], and from a recipe to the matrix that makes an index of criteria."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from survey_app.questionnaires.rules import BlankRule, Item, Node, Questionnaire, Recipe, ScoreMethod

FloatArray = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]

_FIVE_POINTS: dict[ScoreMethod, tuple[float, ...]] = {
    ScoreMethod.TOP2BOX: (0.0, 0.0, 0.0, 1.0, 1.0),
    ScoreMethod.MEAN_SCALED: (0.0, 0.25, 0.5, 0.75, 1.0),
}
"""Score of the answers 1 to 5: satisfied (4 or 5) or not; or (x - 1) / 4."""


def criteria_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the ids of the criteria in the order of the recipe's tree."""
    return tuple(
        criterion.item
        for content in recipe.contents
        for criterion in (*(one for factor in content.factors for one in factor.criteria), *content.criteria)
    )


def coefficient_matrix(index_nodes: Sequence[Node], criteria: Sequence[str]) -> FloatArray:
    """Return the share of each criterion in each node: array (nodes, criteria), rows summing to 1."""
    return np.array([[node.coefficients.get(item, 0.0) for item in criteria] for node in index_nodes])


def score(codes: Codes, questionnaire: Questionnaire, recipe: Recipe) -> Scores:
    """Return the score of every response on every criterion, NaN where it does not count.

    Parameters
    ----------
    codes : array (n, c) of int8
        Stored codes in the order of `questionnaire.coded_items`: 1..5, 0 for no answer, negative for an
        answer that says why there is none (not applicable, don't know, refused).
    recipe
        Its score method and its treatment of blanks. A blank is a criterion that the respondent's path showed
        and that has no answer; an answer "don't know" is no blank and never counts in the denominator.

    Returns
    -------
    array (n, k) of float32
        Between 0 and 1, criteria in the order of `criteria_of(recipe)`. Every score is a whole number of
        quarters, so single precision is exact; the engine sums in double precision.
    """
    position = {item.id: column for column, item in enumerate(questionnaire.coded_items)}
    criteria = criteria_of(recipe)
    columns = [position[item] for item in criteria]
    scores: Scores = _table(recipe.score)[codes[:, columns].view(np.uint8)]
    if recipe.blanks is BlankRule.DROP_PER_CRITERION:
        return scores
    blank = codes[:, columns] == 0
    for column, item in enumerate(criteria):
        blank[:, column] &= _shown(questionnaire.item(item), codes, position)
    if recipe.blanks is BlankRule.NOT_SATISFIED:
        scores[blank] = 0.0
    else:
        scores[blank.any(axis=1)] = np.nan
    return scores


def _table(method: ScoreMethod) -> Scores:
    """Score of each code read as an unsigned byte; NaN for every code that is no point of the scale."""
    table = np.full(256, np.nan, dtype=np.float32)
    table[1:6] = _FIVE_POINTS[method]
    return table


def _shown(item: Item, codes: Codes, position: dict[str, int]) -> BoolArray:
    """Say which respondents were asked `item`: answers off the path are stored as 0, so gates read true here.

    A gate that is not stored as one code (a multiple choice) leaves open who was asked; then nobody counts as
    having left the item blank.
    """
    asked = np.ones(codes.shape[0], dtype=np.bool_)
    for gate in item.question.show_if:
        if gate.item not in position:
            return np.zeros_like(asked)
        asked &= np.isin(codes[:, position[gate.item]], gate.codes)
    return asked

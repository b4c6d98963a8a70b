"""Computes the index of a campaign from its stored responses.

Answers are read in chunks, but all are held as arrays while figures are computed: memory grows with the number
of responses. The form of 2022 with its 33 criteria took 107 MB for 100,000 responses, some 1,100 bytes each.

The heavy part is a read: the caller opens a reading session, computes, and then stores the outcome in a short
write (`operations.store_run`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import CampaignOfficeView, CampaignView, campaign_offices
from survey_app.estimation.codes import UnableToEstimate
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires import queries as questionnaires
from survey_app.questionnaires.rules import (
    Aggregation,
    BlankRule,
    MissingWeight,
    Questionnaire,
    Recipe,
    ScoreMethod,
    nodes,
)
from survey_app.responses import queries as responses
from survey_app.results.queries.statements import (
    campaign_facts,
    instrument_facts,
    office_facts,
    population_facts,
)
from survey_app.results.queries.weighting import Weights, read_drawn, weighted
from survey_app.results.rules.designs import sample_facts
from survey_app.results.rules.document import Computation, canonical, recipe_hash, run_id
from survey_app.results.rules.index import DESIGN, DRAWN, LEVEL, Answers, Index, index_of
from survey_app.results.rules.lonely import LonelyRule
from survey_app.results.rules.refusals import UnableToCompute, design_refusal

__all__ = ["Choices", "UnableToCompute", "compute", "try_weights"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What to compute otherwise than the questionnaire's own recipe says; None keeps the recipe.

    `weights` names a weight set; without it responses keep the weights they came with. `lonely_psu` says what to do
    with a stratum of which one sampling unit is left.
    """

    score: ScoreMethod | None = None
    aggregation: Aggregation | None = None
    blanks: BlankRule | None = None
    weights: str | None = None
    lonely_psu: LonelyRule = "fail"


def compute(
    session: Session, *, campaign: CampaignView, choices: Choices | None = None, key: str = ""
) -> Computation:
    """Compute every figure of a campaign as its responses stand now. Writes nothing.

    `key` is the installation's secret: the name of the run is made with it.

    Raises
    ------
    UnableToCompute
        No response yet, a questionnaire without index recipe, weights asked of a recipe that has none,
        channels of different populations, or responses that do not fit their sampling design or the weight set.
    """
    choices = choices or Choices()
    questionnaire = questionnaires.by_id(session, campaign.questionnaire_version_id)
    recipe = _recipe(questionnaire, choices)
    mark = responses.watermark(session, campaign_id=campaign.id)
    if not mark.count:
        raise UnableToCompute(
            _(
                "Đợt khảo sát “%(code)s” chưa có phiếu nào. Hãy tính sau khi có phiếu gửi về.",
                code=campaign.code,
            )
        )
    offices = campaign_offices(session, campaign.id)
    answers, instruments = _read(session, campaign, questionnaire, offices, mark)
    weights = weighted(
        session,
        campaign=campaign,
        questionnaire=questionnaire,
        offices=offices,
        answers=answers,
        name=choices.weights,
        lonely=choices.lonely_psu,
    )
    index = _index(answers, questionnaire, recipe, len(offices), weights)
    method = _method(questionnaire, recipe, index.intervals) | _sample(answers, weights, choices)
    method["data"] = _data(mark, weights)
    document = {
        "campaign": campaign_facts(campaign, questionnaire),
        "method": method,
        "population": population_facts(mark, int(answers.flagged.sum()), drawn=answers.drawn is not None),
        **index.whole,
        "offices": [
            office_facts(office) | scope for office, scope in zip(offices, index.offices, strict=True)
        ],
        "instruments": [
            instrument_facts(*names) | figures
            for names, figures in zip(instruments, index.instruments, strict=True)
        ],
        "sensitivity": index.sensitivity,
    }
    text = canonical(document)
    return Computation(
        run_id(text, key), campaign.id, method["recipe"], mark.last_id, mark.count, method, text
    )


MOST_TRIED = 20_000
"""Responses on which a weight set is tried while somebody waits for a page."""


def try_weights(session: Session, *, campaign: CampaignView, name: str) -> dict[str, Any]:
    """Return what the weight set `name` does to the responses as they stand now, as a result's method says it.

    Raises
    ------
    UnableToCompute
        No response yet, or more than `MOST_TRIED`; or responses that do not fit their design or the weight set.
    """
    questionnaire = questionnaires.by_id(session, campaign.questionnaire_version_id)
    mark = responses.watermark(session, campaign_id=campaign.id)
    if not mark.count:
        raise UnableToCompute(_("Đợt khảo sát chưa có phiếu nào nên chưa tính thử được trọng số."))
    if mark.count > MOST_TRIED:
        raise UnableToCompute(
            _(
                "Đợt có hơn %(most)s phiếu, nhiều quá để tính thử ngay trên trang. Hãy tính kết quả với bộ trọng số "
                "này: kết quả chưa công bố cũng nói rõ từng bước.",
                most=format_number(MOST_TRIED),
            )
        )
    offices = campaign_offices(session, campaign.id)
    answers, _instruments = _read(session, campaign, questionnaire, offices, mark)
    found = weighted(
        session,
        campaign=campaign,
        questionnaire=questionnaire,
        offices=offices,
        answers=answers,
        name=name,
        lonely="adjust",
    )
    assert found is not None, "there is a weight set"
    return found.document


def _index(
    answers: Answers, questionnaire: Questionnaire, recipe: Recipe, office_count: int, weights: Weights | None
) -> Index:
    try:
        return index_of(answers, questionnaire, recipe, office_count, weights.design if weights else None)
    except UnableToEstimate as error:
        raise UnableToCompute(design_refusal(error)) from error


def _recipe(questionnaire: Questionnaire, choices: Choices) -> Recipe:
    recipe = questionnaire.recipe
    if recipe is None:
        raise UnableToCompute(
            _(
                "Phiếu %(name)s không có công thức chỉ số. Hãy thêm mục “recipe” vào một phiên bản mới của "
                "phiếu, hoặc chọn đợt khảo sát dùng phiếu khác.",
                name=questionnaire.name,
            )
        )
    chosen = replace(
        recipe,
        score=choices.score or recipe.score,
        aggregation=choices.aggregation or recipe.aggregation,
        blanks=choices.blanks or recipe.blanks,
    )
    try:
        nodes(chosen)
    except MissingWeight as error:
        raise UnableToCompute(
            _(
                "Công thức của phiếu %(name)s không có trọng số. Hãy chọn cách tổng hợp khác.",
                name=questionnaire.name,
            )
        ) from error
    return chosen


def _read(
    session: Session,
    campaign: CampaignView,
    questionnaire: Questionnaire,
    offices: Sequence[CampaignOfficeView],
    mark: responses.Watermark,
) -> tuple[Answers, list[tuple[str, str]]]:
    """Fill arrays of the watermark's size chunk by chunk: one byte an answer, nothing is held twice.

    Return the channels and instruments there are as well.

    A reading session sees one snapshot, so exactly the responses counted by the watermark come.
    """
    positions = {office.office_id: position for position, office in enumerate(offices)}
    width = len(questionnaire.coded_items)
    places = np.empty(mark.count, dtype=np.int64)
    flagged = np.empty(mark.count, dtype=np.bool_)
    codes = np.empty((mark.count, width), dtype=np.int8)
    found: dict[tuple[str, str], int] = {}
    used = np.empty(mark.count, dtype=np.int64)
    end = 0
    for chunk in responses.coded_answers(session, campaign_id=campaign.id, up_to_id=mark.last_id):
        start, end = end, end + chunk.count
        places[start:end] = [positions[office] for office in chunk.office_ids]
        flagged[start:end] = chunk.flagged
        pairs = zip(chunk.channels, chunk.instruments, strict=True)
        used[start:end] = [found.setdefault(pair, len(found)) for pair in pairs]
        codes[start:end] = np.frombuffer(chunk.codes, dtype=np.int8).reshape(chunk.count, width)
    assert end == mark.count, "compute needs a session of Database.read(), which sees one snapshot"
    drawn = read_drawn(session, campaign_id=campaign.id, mark=mark)
    names = sorted(found)
    # In the order of the names, so that the same responses give the same bytes in whatever order they came.
    order = np.array([names.index(pair) for pair in found], dtype=np.int64)
    return Answers(places, flagged, codes, drawn, order[used]), names


def _method(questionnaire: Questionnaire, recipe: Recipe, intervals: dict[str, int]) -> dict[str, Any]:
    used = recipe_hash(recipe)
    own = questionnaire.recipe
    return {
        "recipe": used,
        "questionnaire_hash": questionnaire.content_hash,
        "questionnaires_own": own is not None and used == recipe_hash(own),
        **_alternative_label(recipe),
        "note": recipe.status_note.get("vi"),
        "note_en": recipe.status_note.get("en"),
        "score": recipe.score.value,
        "aggregation": recipe.aggregation.value,
        "blanks": recipe.blanks.value,
        "level": LEVEL,
        "intervals": intervals,
        "design": DESIGN,
        "engine": f"survey_app {version('survey_app')}",
    }


def _sample(answers: Answers, weights: Weights | None, choices: Choices) -> dict[str, Any]:
    """Return what a result says of sampling and weights; nothing where every volunteer counts once."""
    said: dict[str, Any] = {}
    if answers.drawn is not None:
        said |= {"design": DRAWN, "sample": sample_facts(answers.drawn, choices.lonely_psu)}
    return said | {"weights": weights.document} if weights else said


def _data(mark: responses.Watermark, weights: Weights | None) -> dict[str, Any]:
    """Return the state of the data, which is not published."""
    state = {"last_response": mark.last_id, "responses": mark.count}
    return state | {"weighting": weights.key} if weights else state


def _alternative_label(recipe: Recipe) -> dict[str, str | None]:
    """Return the label that the recipe gives to these choices, if it names them among its alternatives."""
    chosen = (recipe.score, recipe.aggregation, recipe.blanks)
    for other in recipe.alternatives:
        if chosen == (other.score, other.aggregation, other.blanks):
            return {"label": other.label.get("vi"), "label_en": other.label.get("en")}
    return {"label": None, "label_en": None}

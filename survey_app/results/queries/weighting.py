"""Reads how the responses of a campaign were drawn, and weights them by one of its weight sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import CampaignOfficeView, CampaignView, weight_set
from survey_app.campaigns.rules import Base, Place, margins_of, place_label, steps_document
from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.design import Design, LonelyRule
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import use_language
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses import queries as responses
from survey_app.results.rules.designs import Drawn
from survey_app.results.rules.index import Answers
from survey_app.results.rules.refusals import UnableToCompute, design_refusal, step_refusal
from survey_app.results.rules.weighting import (
    UnableToWeigh,
    effective_size,
    variable_columns,
    weigh,
    weighting_key,
)


@dataclass(frozen=True)
class Weights:
    """The design with the weights to use, what a result says of them, and a name for what every response weighs."""

    design: Design
    document: dict[str, Any]
    key: str


def read_drawn(session: Session, *, campaign_id: int, mark: responses.Watermark) -> Drawn | None:
    """Return how the respondents were drawn; None if they are volunteers.

    Raises
    ------
    UnableToCompute
        Only some responses say how they were drawn, or they are of several phases of one sample.
    """
    designed = responses.designed_count(session, campaign_id=campaign_id, up_to_id=mark.last_id)
    if not designed:
        return None
    if designed < mark.count:
        raise UnableToCompute(
            _(
                "%(count)s phiếu của đợt không có thiết kế mẫu, các phiếu khác thì có. Hãy nhập lại các phiếu đó "
                "với đủ cột thiết kế mẫu.",
                count=mark.count - designed,
            )
        )
    chunks = list(responses.designs(session, campaign_id=campaign_id, up_to_id=mark.last_id))
    if len({phase for chunk in chunks for phase in chunk.phases}) > 1:
        raise UnableToCompute(
            _(
                "Phiếu của đợt thuộc nhiều pha chọn mẫu. Hãy tách mỗi pha thành một đợt, với trọng số của cả các "
                "pha trước."
            )
        )
    psus = (_labels([chunk.psus[stage] for chunk in chunks]) for stage in range(3))
    fpcs = (_numbers([chunk.fpcs[stage] for chunk in chunks]) for stage in range(3))
    return Drawn(
        strata=_labels([chunk.strata for chunk in chunks]),
        psus=tuple(column for column in psus if column is not None),
        fpcs=tuple(column for column in fpcs if column is not None),
        weights=_numbers([chunk.weights for chunk in chunks]),
    )


def _labels(parts: Sequence[list[str | None]]) -> npt.NDArray[Any] | None:
    """Return a column of labels, None where no response has one; with a gap it is refused later, by its name."""
    values = [value for part in parts for value in part]
    if all(value is None for value in values):
        return None
    return np.array(values, dtype=object if None in values else np.str_)


def _numbers(parts: Sequence[Sequence[float | None]]) -> npt.NDArray[np.float64] | None:
    values = [np.nan if value is None else value for part in parts for value in part]
    column = np.array(values, dtype=np.float64)
    return None if np.isnan(column).all() else column


def weighted(
    session: Session,
    *,
    campaign: CampaignView,
    questionnaire: Questionnaire,
    offices: Sequence[CampaignOfficeView],
    answers: Answers,
    name: str | None,
    lonely: LonelyRule,
) -> Weights | None:
    """Return the design with the weights of the weight set `name`, or without one with those of the sample.

    None for volunteers without a weight set: every response then has weight 1.

    Raises
    ------
    UnableToCompute
    """
    if name is None and answers.drawn is None:
        return None
    found = weight_set(session, campaign.id, name) if name else None
    if name and found is None:
        raise UnableToCompute(
            _(
                "Đợt khảo sát không có bộ trọng số “%(name)s”. Hãy thêm bộ đó trước, hoặc chọn bộ khác.",
                name=name[:60],
            )
        )
    steps = found.steps if found else ()
    column = variable_columns(questionnaire, answers.codes, _places(answers, offices))
    try:
        done = weigh(answers.design(lonely), steps, column)
    except UnableToWeigh as error:
        raise UnableToCompute(step_refusal(error)) from error
    except UnableToEstimate as error:
        raise UnableToCompute(design_refusal(error)) from error
    variables = {margin.variable for step in steps for margin in margins_of(step)}
    document = {
        "name": found.name if found else None,
        "note": found.note if found else "",
        "steps": steps_document(steps),
        "variables": {variable: _labelled(variable, questionnaire) for variable in sorted(variables)},
        "report": done.report,
        **effective_size(done.design),
    }
    came_so = answers.drawn is not None and answers.drawn.weights is not None
    key = weighting_key(done.design, is_given=came_so and all(step == Base() for step in steps))
    return Weights(done.design, document, key)


def _places(answers: Answers, offices: Sequence[CampaignOfficeView]) -> dict[Place, npt.NDArray[Any]]:
    places = {
        Place.OFFICE: np.array([office.code for office in offices])[answers.offices],
        Place.UNIT: np.array([office.unit_code for office in offices])[answers.offices],
    }
    if answers.drawn is not None and answers.drawn.strata is not None:
        places[Place.STRATUM] = answers.drawn.strata
    return places


def _labelled(variable: str, questionnaire: Questionnaire) -> dict[str, str]:
    """Name a variable in both languages, whatever language the operator uses."""
    if variable not in set(Place):
        text = questionnaire.item(variable).text
        return {"label": text["vi"], "label_en": text.get("en", text["vi"])}
    found = {}
    for key, language in (("label", "vi"), ("label_en", "en")):
        with use_language(language):
            found[key] = place_label(Place(variable))
    return found

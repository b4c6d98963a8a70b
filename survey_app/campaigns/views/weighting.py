"""Weight sets of a campaign: the list, one of them step by step, and adding one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import WeightSetForm
from survey_app.campaigns.operations import add_weight_set
from survey_app.campaigns.queries import (
    CampaignView,
    campaign_offices,
    weight_set,
    weight_sets,
    weight_variables,
)
from survey_app.campaigns.rules import Place, Step, margins_of, place_label, step_words
from survey_app.campaigns.schemas import UnusableWeightFile, read_weight_file
from survey_app.campaigns.views.browsing import words
from survey_app.campaigns.views.finding import campaign_here, crumbs_to
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.gateway import Problem
from survey_app.questionnaires.queries import by_id
from survey_app.questionnaires.rules import Questionnaire
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("weighting", __name__)
MAXIMUM_FILE = 512 * 1024
_ROOM_FOR_THE_FORM = 64 * 1024


@blueprint.get("/campaigns/<code>/weights")
@requires(Action.VIEW_CAMPAIGNS)
def campaign_weights(code: str) -> str:
    """List the weight sets of a campaign."""
    campaign = campaign_here(code)
    with read() as session:
        found = weight_sets(session, campaign.id)
        questionnaire = by_id(session, campaign.questionnaire_version_id)
    return render_template(
        "campaigns/weights.html",
        campaign=campaign,
        found=found,
        step_text=partial(step_words, name_of=_namer(questionnaire)),
        may_manage=staff_here().may(Action.MANAGE_CAMPAIGNS, campaign.unit_path),
        crumbs=crumbs_to(campaign),
        **words(),
    )


@blueprint.get("/campaigns/<code>/weights/<weight_set>")
@requires(Action.VIEW_CAMPAIGNS)
def campaign_weight_set(code: str, weight_set: str) -> str:
    """Show one weight set: each step in words, with its totals."""
    campaign = campaign_here(code)
    found, questionnaire, offices = _found(campaign, weight_set)
    return render_template(
        "campaigns/weight_set.html",
        campaign=campaign,
        weight_set=found,
        steps=[_step(step, questionnaire, offices) for step in found.steps],
        may_run=staff_here().may(Action.VIEW_RUNS, campaign.unit_path),
        crumbs=[*crumbs_to(campaign), (f"/campaigns/{code}/weights", _("Bộ trọng số"))],
        **words(),
    )


def _found(campaign: CampaignView, name: str) -> tuple[Any, Questionnaire, dict[str, str]]:
    with read() as session:
        found = weight_set(session, campaign.id, name)
        questionnaire = by_id(session, campaign.questionnaire_version_id)
        if found is None:
            abort(404)
        # thousands of offices are read only where a step goes by them
        by_office = any(one.variable == Place.OFFICE for step in found.steps for one in margins_of(step))
        offices = campaign_offices(session, campaign.id) if by_office else []
    return found, questionnaire, {one.code: one.name for one in offices}


@blueprint.route("/campaigns/<code>/weights/new", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS, upload_bytes=MAXIMUM_FILE + _ROOM_FOR_THE_FORM)
def new_weight_set(code: str) -> Response | tuple[str, int]:
    """Take the steps of a weight set, typed in or as a file, or say line by line what is wrong with them."""
    campaign, form = campaign_here(code), WeightSetForm()
    problems: list[Problem] = []
    if form.validate_on_submit():
        try:
            name = _add(campaign, form)
        except UnusableWeightFile as error:
            problems = error.problems
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã thêm bộ trọng số. Khi tính kết quả, xin chọn bộ này."), "done")
            return redirect(f"/campaigns/{code}/weights/{name}", 303)
    with read() as session:
        variables = weight_variables(session, campaign)
        questionnaire = by_id(session, campaign.questionnaire_version_id)
    page = render_template(
        "campaigns/weight_set_new.html",
        campaign=campaign,
        form=form,
        problems=problems,
        variables=[(name, _namer(questionnaire)(name), _codes(codes)) for name, codes in variables.items()],
        crumbs=[*crumbs_to(campaign), (f"/campaigns/{code}/weights", _("Bộ trọng số"))],
        **words(),
    )
    return page, 422 if form.errors or problems else 200


def _add(campaign: CampaignView, form: WeightSetForm) -> str:
    name, instant, person = str(form.name.data).strip(), now(), staff_here().account_id
    shown = form.file.data.filename[-80:] if form.file.data else _("phần đã gõ")
    with read() as session:
        variables = weight_variables(session, campaign)
    document = read_weight_file(form.content(MAXIMUM_FILE), shown, variables)
    act(
        lambda session: add_weight_set(
            session, code=campaign.code, name=name, document=document, created_by=person, now=instant
        ),
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"step": "weights", "name": name},
    )
    return name


def _codes(codes: frozenset[str] | None) -> str:
    """Return the codes of a variable in few words, numbers in their order."""
    if codes is None:
        return ""
    ordered = sorted(
        codes, key=lambda code: (not code.isdecimal(), int(code) if code.isdecimal() else 0, code)
    )
    return ", ".join(ordered[:20]) + (" …" if len(ordered) > 20 else "")


def _namer(questionnaire: Questionnaire) -> Callable[[str], str]:
    """Return what names a variable in the reader's language: the question, or the place."""
    language = current_language()
    items = {item.id: item.text.get(language) or item.text["vi"] for item in questionnaire.coded_items}
    places = {place.value: place_label(place) for place in Place}
    return lambda name: places.get(name) or items.get(name) or name


def _step(step: Step, questionnaire: Questionnaire, offices: Mapping[str, str]) -> dict[str, Any]:
    """Return a step in words, with a table for each of its margins."""
    name_of, tables = _namer(questionnaire), []
    for margin in margins_of(step):
        labels = offices if margin.variable == Place.OFFICE else _labels(questionnaire, margin.variable)
        rows = [(code, labels.get(code, ""), total) for code, total in margin.totals.items()]
        tables.append((name_of(margin.variable), rows))
    return {"words": step_words(step, name_of), "tables": tables}


def _labels(questionnaire: Questionnaire, variable: str) -> dict[str, str]:
    language = current_language()
    for item in questionnaire.coded_items:
        if item.id == variable:
            return {str(one.code): one.label.get(language) or one.label["vi"] for one in item.options}
    return {}

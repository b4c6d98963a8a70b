"""Staff pages of results: compute, look at what the public would read, return or publish; two people, one figure."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.campaigns.queries import CampaignView, campaign_by_code, weight_sets
from survey_app.campaigns.rules import Channel
from survey_app.foundation import clock
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.results.documents.page import OFFICES_AT_ONCE, office_line, result_page
from survey_app.results.documents.weighting import weights_in_short
from survey_app.results.documents.words import kept_words
from survey_app.results.forms import ComputeForm, PublishForm, ReturnForm
from survey_app.results.operations import publish_run, request_run, return_run
from survey_app.results.queries import runs, steps
from survey_app.results.queries.publication import Publication, prepare, read_by_public
from survey_app.results.rules.states import State, Step, is_running, may_publish, state_label, step_label
from survey_app.results.views.computing import Asked, compute_beside
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action
from survey_app.web.charts import scale_axis

blueprint = Blueprint("staff", __name__)

_PREVIEWS = "survey_app.results.previews"
_PREVIEWS_KEPT = 8


@blueprint.get("/staff/results")
@requires(Action.VIEW_RUNS)
def result_standings() -> str:
    """List the person's campaigns with what was computed and published of each."""
    with read() as session:
        found = steps.standings(session, scopes=scopes_here(), number=page_number(request.args.get("page")))
    return render_template("results/standings.html", found=found)


@blueprint.get("/results/<campaign>/runs")
@requires(Action.VIEW_RUNS)
def campaign_runs(campaign: str) -> str:
    """Show the runs of a campaign, and let an analyst compute another."""
    view = _campaign(campaign)
    return _runs_page(view, _compute_form(view))


@blueprint.post("/results/<campaign>/runs")
@requires(Action.RUN_RESULTS)
def compute_run(campaign: str) -> Response | tuple[str, int]:
    """Compute the index of a campaign as its responses stand now."""
    view, by = _campaign(campaign), staff_here().account_id
    form = _compute_form(view)
    if not form.validate_on_submit():
        return _runs_page(view, form), 422
    now = clock.now()
    try:
        request_id = act(
            lambda session: request_run(session, campaign_id=view.id, by=by, now=now),
            subject=f"campaign:{view.code}",
            unit_path=view.unit_path,
            details={"score": form.score.data or "recipe", "weights": form.weights.data or "own"},
        )
    except Refused as error:
        form.refuse(error)
        return _runs_page(view, form), 409
    asked = Asked(form.method, form.weights.data or None, form.lonely_psu.data)
    compute_beside(view, asked=asked, request_id=request_id, by=by)
    with read() as session:
        latest = steps.latest_request(session, campaign_id=view.id)
    if latest is None or latest.run_id is None:
        return redirect(f"/results/{view.code}/runs", 303)
    flash(_("Đã tính xong. Người khác có quyền phê duyệt sẽ xem và công bố."), "done")
    return redirect(f"/results/{view.code}/runs/{latest.run_id}", 303)


@blueprint.get("/results/<campaign>/runs/<run_id>")
@requires(Action.VIEW_RUNS)
def review_run(campaign: str, run_id: str) -> str:
    """Show what the public would read if this run were published, beside what it reads now."""
    view = _campaign(campaign)
    return _review(view, _run(view, run_id), None)


@blueprint.get("/results/<campaign>/runs/<run_id>/publish")
@requires(Action.PUBLISH_RESULTS)
def ask_to_publish(campaign: str, run_id: str) -> str:
    """Name what publishing will change, and ask for the approver's word."""
    view = _campaign(campaign)
    return _publish_page(view, _run(view, run_id), PublishForm())


@blueprint.post("/results/<campaign>/runs/<run_id>/publish")
@requires(Action.PUBLISH_RESULTS)
def publish(campaign: str, run_id: str) -> Response | tuple[str, int]:
    """Make the run the public result of its campaign."""
    view, form = _campaign(campaign), PublishForm()
    run = _run(view, run_id)
    if not form.validate_on_submit():
        return _publish_page(view, run, form), 422
    publication, by, now = _publication(run), staff_here().account_id, clock.now()
    try:
        act(
            partial(publish_run, run_id=run.id, now=now, by=by, publication=publication),
            subject=f"run:{run.id}",
            unit_path=view.unit_path,
            details={"campaign": view.code},
        )
    except Refused as error:
        form.refuse(error)
        return _publish_page(view, run, form), 409
    if publication.shows == run.id:
        flash(_("Đã công bố. Mọi người xem được ngay bây giờ."), "done")
    else:
        flash(_("Đã ghi nhận. Mọi người vẫn đọc số liệu của lần công bố trước."), "done")
    return redirect(f"/results/{view.code}/runs/{run.id}", 303)


@blueprint.post("/results/<campaign>/runs/<run_id>/return")
@requires(Action.PUBLISH_RESULTS)
def send_back(campaign: str, run_id: str) -> Response | tuple[str, int]:
    """Send the run back with a reason that who computed it can read."""
    view, form = _campaign(campaign), ReturnForm()
    run = _run(view, run_id)
    if not form.validate_on_submit():
        return _review(view, run, form), 422
    by, note, now = staff_here().account_id, str(form.note.data), clock.now()
    act(
        lambda session: return_run(session, run_id=run.id, by=by, note=note, now=now),
        subject=f"run:{run.id}",
        unit_path=view.unit_path,
        details={"step": Step.RETURNED},
    )
    flash(_("Đã trả lại kèm lý do. Kết quả không được công bố."), "done")
    return redirect(f"/results/{view.code}/runs/{run.id}", 303)


def _campaign(code: str) -> CampaignView:
    """Return the campaign, if it is one of the person's units; 404 otherwise."""
    with read() as session:
        campaign = campaign_by_code(session, code, today=clock.local_date(clock.now()))
    if campaign is None:
        abort(404)
    require_unit(campaign.unit_path)
    return campaign


def _compute_form(campaign: CampaignView) -> ComputeForm:
    with read() as session:
        names = [one.name for one in weight_sets(session, campaign.id)]
    return ComputeForm(names, drawn=Channel.INTERVIEW in campaign.channels)


def _run(campaign: CampaignView, run_id: str) -> runs.RunSummary:
    with read() as session:
        try:
            run = runs.run(session, run_id=run_id)
        except runs.UnknownRun:
            abort(404)
    if run.campaign_id != campaign.id:
        abort(404)
    return run


def _runs_page(campaign: CampaignView, form: ComputeForm) -> str:
    with read() as session:
        found = list(reversed(runs.listed(session, campaign_id=campaign.id)))[:50]
        history = steps.steps_of(session, run_ids=[run.id for run in found])
        methods = runs.methods(session, run_ids=[run.id for run in found])
        latest = steps.latest_request(session, campaign_id=campaign.id)
    running = latest is not None and is_running(latest.requested_at, latest.finished_at, clock.now())
    return render_template(
        "results/runs.html",
        campaign=campaign,
        form=form,
        may_run=staff_here().may(Action.RUN_RESULTS, campaign.unit_path),
        runs=found,
        history=history,
        weights={run_id: weights_in_short(method) for run_id, method in methods.items()},
        latest=latest,
        running=running,
        interrupted=latest is not None and latest.finished_at is None and not running,
        **_words(),
        crumbs=[("/staff/results", _("Kết quả"))],
    )


def _words() -> dict[str, Any]:
    return {
        "state_label": lambda state: state_label(State(state)),
        "step_label": step_label,
    }


def _review(campaign: CampaignView, run: runs.RunSummary, form: ReturnForm | None) -> str:
    publication = _publication(run)
    public = _public(run, publication)
    with read() as session:
        history = steps.steps_of(session, run_ids=[run.id])[run.id]
        now_public = runs.published_run(session, campaign_id=campaign.id)
    person = staff_here()
    may_decide = person.may(Action.PUBLISH_RESULTS, campaign.unit_path)
    return render_template(
        "results/review.html",
        campaign=campaign,
        run=run,
        form=form or ReturnForm(),
        history=history,
        now_public=now_public,
        page=result_page(public),
        offices=_office_lines(publication, public)[:OFFICES_AT_ONCE],
        office_total=len(publication.offices),
        kept=_kept_words(run, publication),
        kept_offices=publication.kept_offices,
        may_decide=may_decide,
        own=may_decide and not _may_publish(run, person.account_id),
        axis=scale_axis(),
        **_words(),
        crumbs=[
            ("/staff/results", _("Kết quả")),
            (f"/results/{campaign.code}/runs", campaign.title_in(current_language())),
        ],
    )


def _publish_page(campaign: CampaignView, run: runs.RunSummary, form: PublishForm) -> str:
    publication = _publication(run)
    public = _public(run, publication)
    with read() as session:
        now_public = runs.published_run(session, campaign_id=campaign.id)
        before = (
            json.loads(runs.published_text(session, run_id=now_public.shows or "")) if now_public else None
        )
    return render_template(
        "results/publish.html",
        campaign=campaign,
        run=run,
        form=form,
        page=result_page(public),
        before=result_page(before) if before else None,
        kept=_kept_words(run, publication),
        crumbs=[
            ("/staff/results", _("Kết quả")),
            (f"/results/{campaign.code}/runs", campaign.title_in(current_language())),
            (f"/results/{campaign.code}/runs/{run.id}", run.id),
        ],
    )


def _may_publish(run: runs.RunSummary, account_id: int) -> bool:
    with read() as session:
        return may_publish(steps.computed_by(session, run_id=run.id), account_id)


def _publication(run: runs.RunSummary) -> Publication:
    """Return what the public would read; kept in memory until somebody publishes, because it takes a while."""
    previews: dict[tuple[str, tuple[str, ...]], Publication] = current_app.extensions.setdefault(
        _PREVIEWS, {}
    )
    with read() as session:
        key = run.id, read_by_public(session, campaign_id=run.campaign_id)
        if key not in previews:
            found = prepare(session, run_id=run.id)
            while len(previews) >= _PREVIEWS_KEPT:
                previews.pop(next(iter(previews)), None)
            previews[key] = found
        return previews[key]


def _public(run: runs.RunSummary, publication: Publication) -> dict[str, Any]:
    """Return the document that the public would read: of this run, or of the run that stays."""
    if publication.values:
        public: dict[str, Any] = json.loads(publication.values["public"])
        return public
    with read() as session:
        return dict(json.loads(runs.published_text(session, run_id=publication.shows)))


def _office_lines(publication: Publication, public: dict[str, Any]) -> list[Any]:
    reference = public["overall"]["estimate"]
    return [office_line(json.loads(row["line"]), reference) for row in publication.offices]


def _kept_words(run: runs.RunSummary, publication: Publication) -> str:
    if publication.shows == run.id:
        return ""
    with read() as session:
        shown = runs.run(session, run_id=publication.shows)
    return kept_words(clock.local_date(shown.published_at or shown.created_at))

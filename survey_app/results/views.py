"""Public pages of published results, and the same figures as JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, render_template, request

from survey_app.campaigns.queries import CampaignView, campaign_by_code, list_campaigns
from survey_app.foundation import clock
from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.results.documents.page import list_row, result_page
from survey_app.results.documents.spreadsheet import as_csv
from survey_app.results.queries import runs
from survey_app.results.rules.disclosure import SMALLEST_CELL, suppress
from survey_app.results.rules.document import canonical
from survey_app.web.charts import scale_axis
from survey_app.web.problems import problem
from survey_app.web.security import content_policy

blueprint = Blueprint("results", __name__)

CACHED_RUNS = 32
CACHED_PAGES = 64
CACHED_FILES = 4


@blueprint.get("/results")
def published_results() -> str:
    """List the campaigns that have a published result."""
    today = clock.local_date(clock.now())
    with read() as session:
        campaigns = {campaign.id: campaign for campaign in list_campaigns(session, today=today)}
        found = [(campaigns[run.campaign_id], run) for run in runs.published(session)]
    entries = [(campaign, _published_on(run), list_row(_publishable(run.id))) for campaign, run in found]
    return render_template("results/list.html", entries=entries)


@blueprint.get("/results/<campaign>")
def campaign_result(campaign: str) -> Response:
    """Show the published result of one campaign."""
    return _answer(campaign, "text/html", _page)


@blueprint.get("/results/<campaign>.json")
def campaign_result_json(campaign: str) -> Response:
    """Answer with the published figures as JSON."""
    return _answer(campaign, "application/json", lambda _campaign, run: _json_text(run))


@blueprint.get("/results/<campaign>.csv")
def campaign_result_csv(campaign: str) -> Response:
    """Answer with the published figures as CSV."""
    response = _answer(campaign, "text/csv", lambda _campaign, run: _csv_text(run))
    if response.status_code == 200:
        response.headers["Content-Disposition"] = f'attachment; filename="{campaign}.csv"'
    return response


Body = Callable[[CampaignView, runs.RunSummary], str]


def _answer(code: str, mimetype: str, body: Body) -> Response:
    """Answer with `body` of the published run, or with what to do when there is none."""
    with read() as session:
        campaign = campaign_by_code(session, code, today=clock.local_date(clock.now()))
        run = runs.published_run(session, campaign_id=campaign.id) if campaign else None
    if campaign is None or run is None:
        return problem(404, detail=_("Đợt khảo sát này chưa công bố kết quả, hoặc địa chỉ chưa đúng."))
    text = body(campaign, run)
    response = Response(text, mimetype=mimetype)
    if mimetype == "text/html":
        # set here, so that a 304 repeats the policy of the page and not that of its own empty body
        response.headers["Content-Security-Policy"] = content_policy(text)
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(sha256(text.encode()).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    del response.headers["Date"]  # the server sets its own
    return response


def _page(campaign: CampaignView, run: runs.RunSummary) -> str:
    choices = (request.full_path, current_language(), request.host_url)
    return _rendered(campaign, run, choices)


@lru_cache(CACHED_PAGES)
def _rendered(campaign: CampaignView, run: runs.RunSummary, _choices: tuple[str, ...]) -> str:
    """Render once for each run and address: the address holds the reader's language and display choices."""
    result = _published(run)
    return render_template(
        "results/campaign.html",
        campaign=campaign,
        run=run,
        published_on=_published_on(run),
        questionnaire=result["campaign"]["questionnaire"],
        engine=result["method"]["engine"],
        page=result_page(result),
        axis=scale_axis(),
    )


@lru_cache(CACHED_FILES)
def _json_text(run: runs.RunSummary) -> str:
    return canonical(_published(run)) + "\n"


@lru_cache(CACHED_FILES)
def _csv_text(run: runs.RunSummary) -> str:
    return as_csv(_published(run))


def _published(run: runs.RunSummary) -> dict[str, Any]:
    """Return what the public may read of a run, with its name and its day of publication in front."""
    head = {"run": run.id, "published": _published_on(run).isoformat(), "smallest_cell": SMALLEST_CELL}
    return head | _publishable(run.id)


def _published_on(run: runs.RunSummary) -> date:
    """Return the day of publication in Việt Nam; of a run never published, the day it was computed."""
    return clock.local_date(run.published_at or run.created_at)


@lru_cache(CACHED_RUNS)
def _publishable(run_id: str) -> dict[str, Any]:
    """Apply disclosure control once a run: the id is made from the figures, so it can never mean others."""
    with read() as session:
        return suppress(json.loads(runs.result_text(session, run_id=run_id)))

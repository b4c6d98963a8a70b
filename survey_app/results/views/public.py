"""Public pages of published results, and the same figures as JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from flask import Blueprint, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState

from survey_app.appearance.queries import Theme, Themes
from survey_app.campaigns.queries import campaign_by_code, list_campaigns
from survey_app.foundation import clock
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.results.documents.page import OFFICES_AT_ONCE, list_row, office_line, office_page, result_page
from survey_app.results.documents.shelf import Shelf
from survey_app.results.documents.spreadsheet import csv_pieces
from survey_app.results.documents.words import kept_words
from survey_app.results.queries import runs
from survey_app.results.rules.cells import SMALLEST_CELL
from survey_app.web.charts import scale_axis
from survey_app.web.display import Display
from survey_app.web.problems import problem
from survey_app.web.shell import accepts_gzip, display

blueprint = Blueprint("public", __name__)

SHELF_BYTES = 32_000_000
_SHELF = "survey_app.results"


@blueprint.record_once
def _install_shelf(state: BlueprintSetupState) -> None:
    state.app.extensions[_SHELF] = Shelf(SHELF_BYTES)


@blueprint.get("/results")
def published_results() -> str:
    """List the campaigns that have a published result."""
    today = clock.local_date(clock.now())
    with read() as session:
        codes = {campaign.id: campaign.code for campaign in list_campaigns(session, today=today)}
        found = runs.published(session)
    entries = [
        (codes[one.campaign_id], clock.local_date(one.published_at), list_row(one.head)) for one in found
    ]
    return render_template("results/list.html", entries=entries)


@blueprint.get("/results/<campaign>")
def campaign_result(campaign: str) -> Response:
    """Show the published result of one campaign; `?page=2` shows the next offices of a long list."""
    run = _published_run(campaign)
    if run is None:
        return _not_published()
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    if number != 1 and not 1 <= number <= _pages(run):
        return problem(404, detail=_("Không có trang này. Xin xem lại từ trang đầu của kết quả."))
    return _answer(run, (_looks(), number), partial(_page, campaign, run, display(), number))


@blueprint.get("/results/<campaign>/offices/<office>")
def office_result(campaign: str, office: str) -> Response:
    """Show the published figures of one office of a campaign."""
    run = _published_run(campaign)
    if run is None:
        return _not_published()
    with read() as session:
        known = runs.office_text(session, run_id=_shown(run), code=office) is not None
    if not known:
        return problem(404, detail=_("Cơ quan này không có trong đợt khảo sát, hoặc địa chỉ chưa đúng."))
    return _answer(run, (_looks(), office), partial(_office_page, campaign, run, display(), office))


@blueprint.get("/results/<campaign>.json")
def campaign_result_json(campaign: str) -> Response:
    """Answer with the published figures as JSON."""
    run = _published_run(campaign)
    return _not_published() if run is None else _answer(run, ".json", partial(_json, run), "application/json")


@blueprint.get("/results/<campaign>.csv")
def campaign_result_csv(campaign: str) -> Response:
    """Answer with the published figures as CSV."""
    run = _published_run(campaign)
    if run is None:
        return _not_published()
    response = _answer(run, ".csv", partial(_csv, run), "text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{campaign}.csv"'
    return response


def _looks() -> tuple[Display, Theme | None]:
    """Return what a page depends on besides its figures: the reader's choices and the installation's theme."""
    themes: Themes = current_app.extensions["survey_app.themes"]
    return display(), themes.of("")


def _published_run(code: str) -> runs.RunSummary | None:
    with read() as session:
        campaign = campaign_by_code(session, code, today=clock.local_date(clock.now()))
        return runs.published_run(session, campaign_id=campaign.id) if campaign else None


def _not_published() -> Response:
    return problem(404, detail=_("Đợt khảo sát này chưa công bố kết quả, hoặc địa chỉ chưa đúng."))


def _answer(
    run: runs.RunSummary, part: object, make: Callable[[], Iterable[str]], mimetype: str = "text/html"
) -> Response:
    """Answer with a document that depends on the run and on `part` of it, and on nothing else."""
    shelf: Shelf = current_app.extensions[_SHELF]
    document = shelf.get((run, part), make)
    packed = accepts_gzip()
    response = Response(document.gzipped if packed else document.plain(), mimetype=mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content_length = document.size
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(document.etag, weak=True)
    response.make_conditional(request)
    del response.headers["Date"]  # the server sets its own
    return response


def _pages(run: runs.RunSummary) -> int:
    with read() as session:
        return -(-runs.office_count(session, run_id=_shown(run)) // OFFICES_AT_ONCE)


def _page(code: str, run: runs.RunSummary, look: Display, number: int) -> Iterator[str]:
    """Render the campaign's page. Nothing of the reader's address but what `look` holds gets into it."""
    start = (number - 1) * OFFICES_AT_ONCE
    with read() as session:
        result = json.loads(runs.published_text(session, run_id=_shown(run)))
        lines = runs.office_lines(session, run_id=_shown(run), start=start, count=OFFICES_AT_ONCE)
        total = runs.office_count(session, run_id=_shown(run))
    reference = result["overall"]["estimate"]
    pages = -(-total // OFFICES_AT_ONCE)
    address = f"/results/{code}"
    yield render_template(
        "results/campaign.html",
        code=code,
        run=run,
        published_on=_published_on(run),
        kept=_kept(run),
        page=result_page(result),
        offices=[office_line(json.loads(line), reference) for line in lines],
        total=total,
        first=start + 1,
        number=number,
        pages=[(other, _link(address, look, other)) for other in range(1, pages + 1)],
        tool_link=lambda chosen: _link(address, chosen, number),
        axis=scale_axis(),
    )


def _office_page(code: str, run: runs.RunSummary, look: Display, office: str) -> Iterator[str]:
    with read() as session:
        result = json.loads(runs.published_text(session, run_id=_shown(run)))
        text = runs.office_text(session, run_id=_shown(run), code=office)
    assert text is not None
    yield render_template(
        "results/office.html",
        code=code,
        run=run,
        published_on=_published_on(run),
        kept=_kept(run),
        page=office_page(json.loads(text), result),
        tool_link=lambda chosen: f"/results/{code}/offices/{office}{chosen.query()}",
        axis=scale_axis(),
    )


def _link(address: str, look: Display, number: int) -> str:
    return address + (look.query(page=str(number)) if number > 1 else look.query())


def _json(run: runs.RunSummary) -> Iterator[str]:
    """Join the stored parts: name and day of publication in front, offices at the end."""
    head = {"run": run.id, "published": _published_on(run).isoformat(), "smallest_cell": SMALLEST_CELL}
    kept = _kept_from(run)
    source = {"run": run.shows, "published": kept.isoformat()} if kept else None
    with read() as session:
        public = runs.published_text(session, run_id=_shown(run))
        yield f'{_compact(head)[:-1]},{public[1:-1]},"kept":{_compact(source)},"offices":['
        comma = ""
        for office in runs.office_texts(session, run_id=_shown(run)):
            yield comma + office
            comma = ","
    yield "]}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _csv(run: runs.RunSummary) -> Iterator[str]:
    with read() as session:
        result = json.loads(runs.published_text(session, run_id=_shown(run)))
        offices = (json.loads(text) for text in runs.office_texts(session, run_id=_shown(run)))
        yield from csv_pieces({**result, "run": run.id, "figures_of": _shown(run)}, offices)


def _shown(run: runs.RunSummary) -> str:
    """Return the run whose figures the public sees."""
    return run.shows or run.id


def _kept_from(run: runs.RunSummary) -> date | None:
    """Return the day on which the figures were first published, if they are those of an earlier run."""
    if _shown(run) == run.id:
        return None
    with read() as session:
        return _published_on(runs.run(session, run_id=_shown(run)))


def _kept(run: runs.RunSummary) -> str:
    day = _kept_from(run)
    return kept_words(day) if day else ""


def _published_on(run: runs.RunSummary) -> date:
    """Return the day of publication in Việt Nam; of a run never published, the day it was computed."""
    return clock.local_date(run.published_at or run.created_at)

"""Posters by the hundred: chosen on a page, made in the background, given to their owner for a day."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.posters import PosterFormat, qr_side_mm
from survey_app.offices.documents.qr import payload
from survey_app.offices.forms import PrintForm
from survey_app.offices.models import PosterJob, Unit
from survey_app.offices.operations import MOST_POSTERS, print_again, request_print
from survey_app.offices.queries import (
    count_printable,
    find_job,
    is_expired,
    is_stale,
    jobs_of,
    office_lines,
    offices_by_code,
    part_content,
    parts_of,
    printable_points,
    units_inside,
    units_meant,
    units_with_offices,
)
from survey_app.offices.rules import CODE_LENGTH, JobState
from survey_app.offices.views.poster_points import minutes_asked
from survey_app.offices.views.printing import wake_printer
from survey_app.offices.views.records import (
    crumbs_to_list,
    is_local_only,
    public_url,
    unit_suggestions,
    unit_words,
)
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action, covers

blueprint = Blueprint("posters", __name__)
_OFFICES_TO_TICK = 100


@blueprint.get("/offices/posters")
@requires(Action.PRINT_POSTERS)
def choose_posters() -> str:
    """Ask for a unit, then for offices, paper and language; list what was printed before."""
    asked = " ".join(request.args.get("unit", "")[:200].split())
    with read() as session:
        found = _units_asked(session, asked)
        suggestions = unit_suggestions(session)
        jobs = jobs_of(session, account_id=staff_here().account_id)
    unit = found[0] if len(found) == 1 else None
    form = PrintForm(
        paper="A4", english="yes", minutes=minutes_asked(), offices=request.args.getlist("office")
    )
    return _page(unit, form, asked=asked, found=found, suggestions=suggestions, jobs=jobs)


def _units_asked(session: Session, asked: str) -> list[Unit]:
    if asked:
        return units_meant(session, asked, inside=scopes_here())
    for units in (units_inside, units_with_offices):
        only = units(session, inside=scopes_here(), limit=2)
        if len(only) == 1:
            return only
    return []


@blueprint.post("/offices/posters")
@requires(Action.PRINT_POSTERS)
def order_posters() -> str | tuple[str, int] | AnyResponse:
    """Put a print into the queue and lead to the page that shows how it goes on."""
    unit = _unit_sent()
    form = PrintForm()
    if form.validate_on_submit():
        try:
            job = _order(unit, form)
        except Refused as error:
            form.refuse(error)
        else:
            wake_printer()
            return redirect(f"/offices/posters/{job.id}", 303)
    with read() as session:
        jobs = jobs_of(session, account_id=staff_here().account_id)
    return _page(unit, form, asked=unit_words(unit), found=[unit], suggestions=[], jobs=jobs), 422


def _unit_sent() -> Unit:
    with read() as session:
        found = units_meant(session, request.form.get("unit", "")[:20], inside=scopes_here())
    if len(found) != 1:
        abort(404)
    require_unit(found[0].path)
    return found[0]


def _order(unit: Unit, form: PrintForm) -> PosterJob:
    instant, staff = now(), staff_here()
    paper = PosterFormat(form.paper.data)
    qr_side_mm(payload(public_url(), "0" * CODE_LENGTH), paper)  # refuses an address too long for this paper
    options = {
        "paper": str(paper),
        "english": form.english.data == "yes",
        "minutes": form.minutes.data,
        "hotline": form.hotline.data or None,
    }

    def order(session: Session) -> PosterJob:
        points = printable_points(
            session, path=unit.path, office_codes=form.offices.data or (), limit=MOST_POSTERS + 1
        )
        return request_print(
            session,
            account_id=staff.account_id,
            unit_path=unit.path,
            title=unit.name,
            points=points,
            options=options,
            now=instant,
        )

    return act(
        order,
        subject=lambda job: f"print:{job.id}",
        unit_path=unit.path,
        details={"did": "posters_ordered", "paper": str(paper), "offices": form.offices.data or "all"},
    )


def _page(
    unit: Unit | None,
    form: PrintForm,
    *,
    asked: str,
    found: list[Unit],
    suggestions: list[str],
    jobs: list[PosterJob],
) -> str:
    offices: list[tuple[str, str]] = []
    posters = 0
    if unit is not None:
        with read() as session:
            offices = _offices_to_tick(session, unit, form.offices.data or [])
            posters = count_printable(session, unit.path)
    form.offices.choices = offices
    return render_template(
        "offices/posters.html",
        crumbs=crumbs_to_list(),
        unit=unit,
        form=form,
        asked=asked,
        choices=[(unit_words(one), one.name) for one in found] if unit is None else [],
        suggestions=suggestions,
        tickable=bool(offices),
        posters=posters,
        jobs=[(job, state_label(job)) for job in jobs],
        local_only=is_local_only(),
    )


def _offices_to_tick(session: Session, unit: Unit, asked: list[str]) -> list[tuple[str, str]]:
    """Return (code, name) of a unit's offices to choose among; of too many, only those already asked for."""
    lines = office_lines(session, inside=[unit.path], size=_OFFICES_TO_TICK)
    if not lines.more:
        return [(one.code, one.name) for one in lines.items] if len(lines.items) > 1 else []
    named = offices_by_code(session, asked[:_OFFICES_TO_TICK])
    return [(office.code, office.name) for office, path in named.values() if covers(unit.path, path)]


def state_label(job: PosterJob) -> tuple[str, str]:
    """Return what became of a print, and the tone to say it in."""
    instant = now()
    if is_expired(job, instant):
        return _("Đã xóa sau 24 giờ"), ""
    if is_stale(job, instant):
        return _("Bị gián đoạn"), "bad"
    return {
        JobState.WAITING: (_("Đang chờ"), "warn"),
        JobState.RUNNING: (_("Đang làm"), "warn"),
        JobState.DONE: (_("Đã xong"), "good"),
        JobState.FAILED: (_("Không làm được"), "bad"),
    }[job.state]


@blueprint.get("/offices/posters/<int:job>")
@requires(Action.PRINT_POSTERS)
def show_print(job: int) -> str:
    """Show how a print goes on; the page asks again by itself until it is done."""
    found = _job_here(job)
    with read() as session:
        parts = parts_of(session, found.id)
    under_way = _is_under_way(found)
    if under_way:
        wake_printer()
    return render_template(
        "offices/print.html",
        crumbs=[*crumbs_to_list(), ("/offices/posters", _("In bảng mã QR"))],
        job=found,
        label=state_label(found),
        parts=[] if is_expired(found, now()) else parts,
        under_way=under_way,
        repeatable=_is_repeatable(found),
    )


@blueprint.get("/offices/posters/<int:job>.json")
@requires(Action.PRINT_POSTERS)
def print_progress(job: int) -> Response:
    """Give the page's script what it shows."""
    found = _job_here(job)
    if _is_under_way(found):
        wake_printer()
    label, _tone = state_label(found)
    return jsonify(made=found.made, total=found.total, label=label, under_way=_is_under_way(found))


@blueprint.post("/offices/posters/<int:job>/again")
@requires(Action.PRINT_POSTERS)
def repeat_print(job: int) -> AnyResponse:
    """Go on with a print that failed or whose worker died."""
    found = _job_here(job)
    instant = now()
    try:
        act(
            lambda session: print_again(session, job_id=found.id, now=instant),
            subject=f"print:{found.id}",
            unit_path=found.unit_path,
            details={"did": "posters_again"},
        )
    except Refused as error:
        flash(str(error), "warn")
    else:
        wake_printer()
    return redirect(f"/offices/posters/{found.id}", 303)


@blueprint.get("/offices/posters/<int:job>/<int:part>.pdf")
@requires(Action.PRINT_POSTERS)
def fetch_print(job: int, part: int) -> AnyResponse:
    """Give the owner one finished PDF."""
    found = _job_here(job)
    with read() as session:
        content = None if is_expired(found, now()) else part_content(session, found.id, min(part, 1_000))
    if content is None:
        abort(404)
    name = f"posters-{found.id}-{part}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="application/pdf", headers=headers)


def _job_here(number: int) -> PosterJob:
    """Return a print of the person who asks, in a unit where this person may still print."""
    with read() as session:
        job = find_job(session, min(number, 2**31 - 1), account_id=staff_here().account_id)
    if job is None:
        abort(404)
    require_unit(job.unit_path)
    return job


def _is_under_way(job: PosterJob) -> bool:
    waiting = job.state in (JobState.WAITING, JobState.RUNNING)
    return waiting and not is_stale(job, now()) and not is_expired(job, now())


def _is_repeatable(job: PosterJob) -> bool:
    gone_wrong = job.state is JobState.FAILED or is_stale(job, now())
    return gone_wrong and not is_expired(job, now())

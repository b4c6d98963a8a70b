"""The answers of a fielded sample from a file: checked, reported, stored on a word. Larger files: the command."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.queries import CampaignView, campaign_by_code
from survey_app.campaigns.rules import Population, State, is_campaign_code, population_of
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.queries import by_id
from survey_app.responses.documents.checking import check_table
from survey_app.responses.documents.spool import Spool
from survey_app.responses.documents.tables import Table, UnreadableTable, open_table
from survey_app.responses.documents.templates import template_csv
from survey_app.responses.forms import UploadForm
from survey_app.responses.models import ResponseUpload
from survey_app.responses.operations import (
    PreparedImport,
    UnableToImport,
    drop_upload,
    keep_upload,
    prepare_import,
    roll_up,
    store_import,
)
from survey_app.responses.queries import ImportLine, imports_of, report_of, upload_of
from survey_app.responses.rules.imports import ImportReport
from survey_app.responses.rules.layouts import FileMapping
from survey_app.staff.guards import act, require_unit, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("imports", __name__)
LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 20_000
_LARGEST_UNPACKED = 60 * 1024 * 1024
# The form around the file takes some bytes too.
_LARGEST_BODY = LARGEST_FILE + 64 * 1024


@blueprint.get("/campaigns/<code>/import")
@requires(Action.MANAGE_CAMPAIGNS)
def import_page(code: str) -> str:
    """Show the report of the file that waits for a word, else ask for a file."""
    campaign = _campaign_here(code)
    with read() as session:
        kept = upload_of(session, staff_here().account_id, campaign.id)
    if kept is None:
        return _upload_page(campaign, UploadForm())
    return render_template(
        "responses/import_report.html",
        crumbs=_crumbs(campaign),
        here=_here(campaign),
        kept=kept,
        report=report_of(kept),
    )


def _campaign_here(code: str) -> CampaignView:
    if not is_campaign_code(code):
        abort(404)
    with read() as session:
        campaign = campaign_by_code(session, code, today=local_date(now()))
    if campaign is None:
        abort(404)
    require_unit(campaign.unit_path)
    return campaign


def _here(campaign: CampaignView) -> str:
    return f"/campaigns/{campaign.code}/import"


def _crumbs(campaign: CampaignView) -> list[tuple[str, str]]:
    title = campaign.title_in(current_language())
    return [("/campaigns", _("Đợt khảo sát")), (f"/campaigns/{campaign.code}", title)]


def _upload_page(campaign: CampaignView, form: UploadForm) -> str:
    with read() as session:
        earlier = imports_of(session, campaign.id)
    return render_template(
        "responses/import.html",
        crumbs=_crumbs(campaign),
        here=_here(campaign),
        form=form,
        earlier=earlier,
        is_sample=Population.PROBABILITY_SAMPLE in population_of(campaign.channels),
        is_opened=campaign.state in (State.OPEN, State.CLOSED),
        most_rows=format_number(MOST_ROWS),
        megabytes=LARGEST_FILE // 1024 // 1024,
    )


@blueprint.post("/campaigns/<code>/import")
@requires(Action.MANAGE_CAMPAIGNS, upload_bytes=_LARGEST_BODY)
def upload_file(code: str) -> AnyResponse | tuple[str, int]:
    """Check a file and keep it with its report; none of its responses is stored yet."""
    campaign, form = _campaign_here(code), UploadForm()
    if form.validate_on_submit():
        try:
            _keep(campaign, form.file.data.read(), form.file.data.filename or "")
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(_here(campaign), 303)
    return _upload_page(campaign, form), 422


def _keep(campaign: CampaignView, content: bytes, name: str) -> None:
    if len(content) > LARGEST_FILE:
        raise UnableToImport(_too_large())
    staff, instant, digest = staff_here(), now(), hashlib.sha256(content).hexdigest()
    with _checked(campaign, content, digest) as (_prepared, report, _spool):
        act(
            lambda session: keep_upload(
                session,
                account_id=staff.account_id,
                campaign_id=campaign.id,
                file_name=name,
                sha256=digest,
                content=content,
                report=report,
                now=instant,
            ),
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"did": "responses_uploaded", "rows": report.rows, "sha256": digest},
        )


@contextmanager
def _checked(
    campaign: CampaignView, content: bytes, digest: str
) -> Iterator[tuple[PreparedImport, ImportReport, Spool]]:
    """Give the check of a file, and its sound rows."""
    with read() as session:
        prepared = prepare_import(session, code=campaign.code, sha256=digest, now=now())
    with tempfile.TemporaryDirectory() as folder, Spool() as spool:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        table = open_table(path, largest_unpacked=_LARGEST_UNPACKED)
        yield (
            prepared,
            check_table(
                Table(table.header, _few(table)),
                frame=prepared.frame,
                design=prepared.design,
                mapping=FileMapping(),
                spool=spool,
            ),
            spool,
        )


def _few(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a table, refusing one that would keep the page waiting."""
    for line, cells in islice(table.lines, MOST_ROWS):
        yield line, list(cells)
    if next(table.lines, None) is not None:
        raise UnreadableTable(
            _(
                "Tệp dài quá %(most)s dòng. Hãy nhập bằng lệnh survey-app responses import trên máy chủ.",
                most=format_number(MOST_ROWS),
            )
        )


def _too_large() -> str:
    return _(
        "Tệp quá lớn: trang này nhận nhiều nhất %(megabytes)s MB. Hãy nhập tệp lớn bằng lệnh "
        "survey-app responses import trên máy chủ.",
        megabytes=LARGEST_FILE // 1024 // 1024,
    )


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_large_file(error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say how large a file may be, on the page from which it was sent."""
    form = UploadForm(formdata=None)
    form.refuse(_too_large())
    return _upload_page(_campaign_here((request.view_args or {})["code"]), form), 413


@blueprint.post("/campaigns/<code>/import/confirm")
@requires(Action.MANAGE_CAMPAIGNS)
def confirm_import(code: str) -> AnyResponse:
    """Store all responses of the file whose report was just read, or none."""
    campaign, digest = _campaign_here(code), request.form.get("digest", "")
    with read() as session:
        kept = upload_of(session, staff_here().account_id, campaign.id)
        earlier = imports_of(session, campaign.id)
    try:
        count = _pressed_again(kept, earlier, digest) or _store(campaign, kept, digest)
    except Refused as error:
        flash(str(error), "bad")
        return redirect(_here(campaign), 303)
    flash(_("Đã nhập %(count)s phiếu. Tiếp theo: tính kết quả.", count=format_number(count)), "done")
    return redirect(f"/campaigns/{campaign.code}", 303)


def _pressed_again(kept: ResponseUpload | None, earlier: Sequence[ImportLine], digest: str) -> int:
    """Return how many responses the file brought in when the button was pressed before; 0 if it was not."""
    if kept is not None:
        return 0
    return next((one.responses for one in earlier if one.sha256 == digest), 0)


def _store(campaign: CampaignView, kept: ResponseUpload | None, digest: str) -> int:
    if kept is None or kept.sha256 != digest:
        raise UnableToImport(
            _("Tệp chờ nhập không còn, hoặc đã được thay bằng tệp khác. Hãy xem lại báo cáo.")
        )
    staff, instant, name = staff_here(), now(), kept.file_name
    write(lambda session: roll_up(session, now=instant))
    with _checked(campaign, zlib.decompress(kept.content), digest) as (prepared, report, spool):

        def store(session: Session) -> int:
            drop_upload(session, account_id=staff.account_id)
            record = store_import(
                session,
                prepared=prepared,
                report=report,
                spool=spool,
                file_name=name,
                sha256=digest,
                now=instant,
                account_id=staff.account_id,
            )
            return record.responses

        return act(
            store,
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"did": "responses_imported", "rows": report.rows, "sha256": digest},
        )


@blueprint.post("/campaigns/<code>/import/discard")
@requires(Action.MANAGE_CAMPAIGNS)
def discard_import(code: str) -> AnyResponse:
    """Throw the file away and ask for another."""
    campaign, staff = _campaign_here(code), staff_here()
    act(
        lambda session: drop_upload(session, account_id=staff.account_id),
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"did": "responses_discarded"},
    )
    return redirect(_here(campaign), 303)


@blueprint.get("/campaigns/<code>/import/template.csv")
@requires(Action.MANAGE_CAMPAIGNS)
def import_template(code: str) -> Response:
    """Give the heading of a file for the campaign's questionnaire."""
    campaign = _campaign_here(code)
    with read() as session:
        questionnaire = by_id(session, campaign.questionnaire_version_id)
    headers = {"Content-Disposition": f'attachment; filename="{campaign.code}.csv"'}
    return Response(template_csv(questionnaire), content_type="text/csv; charset=utf-8", headers=headers)

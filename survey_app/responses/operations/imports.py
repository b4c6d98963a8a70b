"""Brings in the answers of a fielded sample: a file is checked as a whole, then stored as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.campaigns.operations.locking import locked_campaign
from survey_app.campaigns.queries import CampaignView, campaign_by_code, campaign_offices
from survey_app.campaigns.rules import (
    POPULATION_OF,
    Channel,
    Population,
    State,
    channel_label,
    effective_state,
    state_label,
)
from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.queries import by_id
from survey_app.responses.documents.spool import KeptRow, Spool
from survey_app.responses.models import Response, ResponseDesign, ResponseImport
from survey_app.responses.operations.arrivals import locked_horizon
from survey_app.responses.queries.imports import imports_of, stored_designs
from survey_app.responses.rules.design_check import DesignCheck
from survey_app.responses.rules.designs import DESIGN_COLUMNS, FILE_NAME_LENGTH
from survey_app.responses.rules.imports import ImportReport
from survey_app.responses.rules.rows import Frame

_ROWS_AT_ONCE = 1_000


class UnableToImport(Refused):
    """The campaign takes no answers from files, or not now, or not this file; nothing was stored."""


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """What must be known to check a file against a campaign: what it accepts, and which designs it holds already.

    `earlier` is the number of files that were brought in before.
    """

    campaign: CampaignView
    frame: Frame
    design: DesignCheck
    earlier: int


def prepare_import(
    session: Session, *, code: str, sha256: str, again: bool = False, now: datetime
) -> PreparedImport:
    """Find out what a campaign accepts, and what its stored responses say of the sampling design.

    Parameters
    ----------
    again
        Take a file although one with the same bytes was brought in before.

    Raises
    ------
    UnableToImport
        There is no such campaign, it is not open or closed, its answers are voluntary, or it has the file.
    """
    today = local_date(now)
    campaign = campaign_by_code(session, code, today=today)
    if campaign is None:
        raise UnableToImport(
            _("Không có đợt khảo sát nào mang mã “%(code)s”. Hãy kiểm tra lại mã.", code=code[:80])
        )
    _refuse_state(campaign.code, campaign.state)
    channel = _sample_channel(campaign)
    earlier = imports_of(session, campaign.id)
    if not again:
        _refuse_same([(one.sha256, one.imported_at) for one in earlier], sha256)
    design = DesignCheck()
    for drawn in stored_designs(session, campaign.id):
        design.add(drawn, 0)
    frame = Frame(
        by_id(session, campaign.questionnaire_version_id),
        {office.code: office.office_id for office in campaign_offices(session, campaign.id)},
        channel,
        campaign.opens_on,
        max(campaign.opens_on, min(today, campaign.closes_on)),
    )
    return PreparedImport(campaign, frame, design, len(earlier))


def _refuse_state(code: str, state: State) -> None:
    if state not in (State.OPEN, State.CLOSED):
        raise UnableToImport(
            _(
                "Đợt khảo sát “%(code)s” là %(state)s. Hãy mở đợt trước khi nhập phiếu từ tệp.",
                code=code,
                state=state_label(state),
            )
        )


def _sample_channel(campaign: CampaignView) -> Channel:
    """Return the channel of drawn people: their answers never share a campaign with those of volunteers."""
    for channel in campaign.channels:
        if POPULATION_OF[channel] is Population.PROBABILITY_SAMPLE:
            return channel
    raise UnableToImport(
        _(
            "Đợt khảo sát “%(code)s” nhận ý kiến tự nguyện (%(channels)s), không gộp với mẫu điều tra được. Hãy tạo "
            "một đợt có kênh interview cho mẫu này.",
            code=campaign.code,
            channels=", ".join(channel_label(one) for one in campaign.channels),
        )
    )


def _refuse_same(earlier: list[tuple[str, datetime]], sha256: str) -> None:
    for known, imported_at in earlier:
        if known == sha256:
            raise UnableToImport(
                _(
                    "Tệp này đã được nhập ngày %(day)s. Nhập lại thì mỗi phiếu bị tính hai lần; nếu đúng ý muốn, "
                    "hãy yêu cầu nhập lại (--again).",
                    day=format_date(local_date(imported_at)),
                )
            )


def store_import(
    session: Session,
    *,
    prepared: PreparedImport,
    report: ImportReport,
    spool: Spool,
    file_name: str,
    sha256: str,
    now: datetime,
    account_id: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> ResponseImport:
    """Store all rows of a checked file, with their designs and the record of the file.

    Raises
    ------
    UnableToImport
        The report has faults; or since the check the campaign left the state in which it takes files, or another
        file was brought in, whose design may contradict this one.
    """
    if report.fault_count:
        raise UnableToImport(
            _(
                "Tệp còn %(count)s lỗi, nên không có gì được lưu. Hãy sửa rồi nhập lại.",
                count=report.fault_count,
            )
        )
    campaign = locked_campaign(session, prepared.campaign.code)
    today = local_date(now)
    _refuse_state(
        campaign.code, effective_state(campaign.state, campaign.opens_on, campaign.closes_on, today)
    )
    if len(imports_of(session, campaign.id)) != prepared.earlier:
        raise UnableToImport(_("Một tệp khác vừa được nhập vào đợt này. Hãy kiểm tra lại tệp rồi nhập lại."))
    # Counting waits: it takes it that no transaction lasts as long as this one may.
    locked_horizon(session)
    stored = 0
    for batch in spool.batches(_ROWS_AT_ONCE):
        _store(session, batch, prepared)
        stored += len(batch)
        progress(stored)
    record = ResponseImport(
        campaign_id=campaign.id,
        file_name=file_name[:FILE_NAME_LENGTH],
        sha256=sha256,
        responses=stored,
        designed=bool(report.design),
        imported_at=now,
        imported_by=account_id,
    )
    session.add(record)
    session.flush()
    return record


def _store(session: Session, batch: list[KeptRow], prepared: PreparedImport) -> None:
    common: dict[str, object] = {
        "campaign_id": prepared.campaign.id,
        "questionnaire_version_id": prepared.campaign.questionnaire_version_id,
        "service_point_id": None,
        "channel": prepared.frame.channel,
        "flags": "",
    }
    statement = insert(Response).returning(Response.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [{**common, **_columns(row)} for row in batch]).all()
    drawn = [
        {"response_id": response_id, **dict(zip(DESIGN_COLUMNS, row.design, strict=True))}
        for response_id, row in zip(ids, batch, strict=True)
        if row.design is not None
    ]
    if drawn:
        session.execute(insert(ResponseDesign), drawn)


def _columns(row: KeptRow) -> Mapping[str, object]:
    return {
        "office_id": row.office_id,
        "instrument": row.instrument,
        "language": row.language,
        "received_hour": row.received_hour,
        "answers": row.answers,
        "codes": row.codes,
    }

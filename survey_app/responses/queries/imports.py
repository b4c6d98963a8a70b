"""Reads which files brought responses in, and which file waits for a word."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.responses.models import Response, ResponseImport, ResponseUpload
from survey_app.responses.queries.designs import designs
from survey_app.responses.rules.designs import Drawn
from survey_app.responses.rules.imports import ImportReport, RowFault
from survey_app.staff.models import Account


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A file that was brought in: its name, how many responses, whether with a design, when, by whom."""

    file_name: str
    sha256: str
    responses: int
    designed: bool
    imported_at: datetime
    imported_by: str | None


def imports_of(session: Session, campaign_id: int) -> list[ImportLine]:
    """Return the files that brought responses into a campaign, the first one first."""
    query = (
        select(
            ResponseImport.file_name,
            ResponseImport.sha256,
            ResponseImport.responses,
            ResponseImport.designed,
            ResponseImport.imported_at,
            Account.name,
        )
        .outerjoin(Account, Account.id == ResponseImport.imported_by)
        .where(ResponseImport.campaign_id == campaign_id)
        .order_by(ResponseImport.id)
    )
    return [ImportLine(*row) for row in session.execute(query)]


def stored_designs(session: Session, campaign_id: int) -> Iterator[Drawn | None]:
    """Yield how the respondents of a campaign were drawn, None for each who was not."""
    last = session.scalar(select(func.max(Response.id)).where(Response.campaign_id == campaign_id)) or 0
    for chunk in designs(session, campaign_id=campaign_id, up_to_id=last):
        rows = zip(
            chunk.strata,
            zip(*chunk.psus, strict=True),
            zip(*chunk.fpcs, strict=True),
            chunk.weights,
            chunk.phases,
            strict=True,
        )
        for stratum, psus, fpcs, weight, phase in rows:
            drawn = Drawn(
                stratum,
                tuple(one for one in psus if one is not None),
                tuple(one for one in fpcs if one is not None),
                weight,
                phase,
            )
            yield drawn if drawn.columns else None


def upload_of(session: Session, account_id: int, campaign_id: int) -> ResponseUpload | None:
    """Return the file that a person uploaded for a campaign and has not said a word about yet."""
    return session.scalars(
        select(ResponseUpload).where(
            ResponseUpload.account_id == account_id, ResponseUpload.campaign_id == campaign_id
        )
    ).one_or_none()


def report_of(upload: ResponseUpload) -> ImportReport:
    """Return what was found in an uploaded file."""
    found = json.loads(zlib.decompress(upload.report))
    faults = tuple(RowFault(**fault) for fault in found.pop("faults"))
    return ImportReport(**found | {"faults": faults, "design": tuple(found["design"])})

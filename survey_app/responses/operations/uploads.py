"""Keeps the file that a person uploaded, with its report, until its owner says what to do."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey_app.responses.models import ResponseUpload
from survey_app.responses.rules.designs import FILE_NAME_LENGTH
from survey_app.responses.rules.imports import ImportReport

KEPT_FOR = timedelta(days=1)


def keep_upload(
    session: Session,
    *,
    account_id: int,
    campaign_id: int,
    file_name: str,
    sha256: str,
    content: bytes,
    report: ImportReport,
    now: datetime,
) -> ResponseUpload:
    """Keep a checked file; one a person, for a day. Nothing of it counts."""
    session.execute(delete(ResponseUpload).where(ResponseUpload.created_at < now - KEPT_FOR))
    drop_upload(session, account_id=account_id)
    kept = ResponseUpload(
        account_id=account_id,
        campaign_id=campaign_id,
        file_name=file_name[:FILE_NAME_LENGTH],
        sha256=sha256,
        created_at=now,
        content=zlib.compress(content),
        report=zlib.compress(json.dumps(asdict(report)).encode()),
    )
    session.add(kept)
    session.flush()
    return kept


def drop_upload(session: Session, *, account_id: int) -> None:
    """Throw away what a person uploaded."""
    session.execute(delete(ResponseUpload).where(ResponseUpload.account_id == account_id))

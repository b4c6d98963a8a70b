"""Publishing freezes a version; nothing but retiring happens to it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.operations.drafts import (
    EditedMeanwhile,
    discard_draft,
    locked_draft,
    next_version,
    refuse_foreign_instrument,
)
from survey_app.questionnaires.queries import id_by_name
from survey_app.questionnaires.rules import build, canonical_json


class UnableToPublish(Refused):
    """Another content stands published under the same instrument and version."""


def publish(
    session: Session, *, document: Mapping[str, Any], now: datetime, unit_path: str = ""
) -> QuestionnaireVersion:
    """Store `document` (plain and validated) as a frozen version of the unit `unit_path` and return its row.

    Publishing the same content again changes nothing and returns the same row.

    Raises
    ------
    UnableToPublish
        The version is published with other content.
    """
    questionnaire = build(document)
    values = {
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "content_hash": questionnaire.content_hash,
        "document": canonical_json(document),
        "published_at": now,
        "unit_path": unit_path,
    }
    insert_if_absent(session, QuestionnaireVersion, values)
    row = session.scalars(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.instrument == questionnaire.instrument,
            QuestionnaireVersion.version == questionnaire.version,
        )
    ).one()
    if row.content_hash != questionnaire.content_hash:
        raise UnableToPublish(
            _(
                "Phiếu %(name)s đã công bố với nội dung khác, không sửa được nữa. "
                "Hãy tạo phiên bản mới: chép tệp thành v%(next)s.yaml, ghi “version: %(next)s” rồi công bố.",
                name=questionnaire.name,
                next=questionnaire.version + 1,
            )
        )
    return row


def publish_draft(
    session: Session, *, draft_id: int, revision: int, scopes: Sequence[str], now: datetime
) -> QuestionnaireVersion:
    """Freeze a draft whose `revision` has been validated, under the next free number, and remove the draft.

    Raises
    ------
    UnknownDraft
    EditedMeanwhile
        The draft is no longer the one that was looked at.
    UnableToDraft
        A unit outside `scopes` has published this instrument meanwhile.
    """
    draft = locked_draft(session, draft_id)
    if draft.revision != revision:
        raise EditedMeanwhile(None, draft.revision, draft.updated_by)
    refuse_foreign_instrument(session, draft.instrument, scopes)
    document = json.loads(draft.document) | {"version": next_version(session, draft.instrument)}
    row = publish(session, document=document, now=now, unit_path=draft.unit_path)
    discard_draft(session, draft_id=draft_id)
    return row


def retire(session: Session, *, name: str, now: datetime) -> QuestionnaireVersion:
    """Take a version out of use for new campaigns; running ones keep it, and its first retirement date stays.

    Raises
    ------
    UnknownQuestionnaire
    """
    row = session.get_one(QuestionnaireVersion, id_by_name(session, name))
    row.retired_at = row.retired_at or now
    return row

"""Reads published versions; a frozen questionnaire is built once and kept."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.rules import Questionnaire, build

KEPT = 64

_built: dict[str, Questionnaire] = {}
_lock = threading.Lock()


class UnknownQuestionnaire(Refused):
    """No version of that id or name has been published."""


class CorruptQuestionnaire(Exception):
    """The stored document does not match its hash: the database was changed from outside."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One published version without its document."""

    id: int
    instrument: str
    version: int
    content_hash: str
    published_at: datetime
    retired_at: datetime | None


def by_id(session: Session, version_id: int) -> Questionnaire:
    """Return the frozen questionnaire of one version; the document is read only when it is not kept already.

    Raises
    ------
    UnknownQuestionnaire
    """
    stored = QuestionnaireVersion.content_hash
    content_hash = session.scalar(select(stored).where(QuestionnaireVersion.id == version_id))
    if content_hash is None:
        raise UnknownQuestionnaire(_("Không có phiên bản phiếu khảo sát số %(id)s.", id=version_id))
    return _built.get(content_hash) or _keep(session, version_id, content_hash)


def by_name(session: Session, name: str) -> Questionnaire:
    """Return the questionnaire `instrument@version`, or the newest version of `instrument` not retired.

    Raises
    ------
    UnknownQuestionnaire
    """
    return by_id(session, id_by_name(session, name))


def id_by_name(session: Session, name: str) -> int:
    """Return the id of the version that `by_name` returns, for a foreign key. Raises the same."""
    instrument, _at, number = name.partition("@")
    for one in reversed(listed(session, instrument)):
        if str(one.version) == number or (not number and one.retired_at is None):
            return one.id
    raise UnknownQuestionnaire(
        _(
            "Không có phiếu khảo sát “%(name)s” đang dùng. Xem các phiếu đã công bố bằng lệnh "
            "survey-app questionnaires list, công bố phiếu bằng survey-app questionnaires publish.",
            name=name,
        )
    )


def listed(session: Session, instrument: str | None = None) -> list[PublishedVersion]:
    """Return all published versions (of one instrument), retired ones too, by name and version."""
    version = QuestionnaireVersion
    columns = [getattr(version, name) for name in PublishedVersion.__slots__]
    query = select(*columns).order_by(version.instrument, version.version)
    if instrument is not None:
        query = query.where(version.instrument == instrument)
    return [PublishedVersion(*row) for row in session.execute(query)]


def _keep(session: Session, version_id: int, content_hash: str) -> Questionnaire:
    stored = QuestionnaireVersion.document
    document = session.scalars(select(stored).where(QuestionnaireVersion.id == version_id)).one()
    questionnaire = build(json.loads(document))
    if questionnaire.content_hash != content_hash:
        raise CorruptQuestionnaire(f"version {version_id} of the table questionnaire_versions")
    with _lock:
        while len(_built) >= KEPT:
            del _built[next(iter(_built))]
        _built[content_hash] = questionnaire
    return questionnaire

"""Reads published versions, of which each is built once and kept, and drafts."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.questionnaires.models import DraftRevision, QuestionnaireDraft, QuestionnaireVersion
from survey_app.questionnaires.rules import Questionnaire, build

KEPT = 64
KEPT_TITLES = 1000

_built: dict[str, Questionnaire] = {}
_titles: dict[str, Mapping[str, str]] = {}
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
    unit_path: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument in a list: its newest version, and the title of that version in every language."""

    newest: PublishedVersion
    title: Mapping[str, str]
    versions: tuple[PublishedVersion, ...]


class UnknownDraft(Exception):
    """There is no draft of this number: it was published or thrown away."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft without its document."""

    id: int
    instrument: str
    version: int
    unit_path: str
    title: str
    revision: int
    updated_at: datetime
    updated_by: int


@dataclass(frozen=True, slots=True)
class DraftView:
    """One draft as it is now; `document` has a sound shape, but may be incomplete (rules.incomplete.try_build).

    `text` is the stored JSON, for caches. `losses` is what an import could not map, None if it was no import.
    """

    id: int
    instrument: str
    version: int
    unit_path: str
    title: str
    revision: int
    updated_at: datetime
    updated_by: int
    change: str
    based_on: int | None
    losses: str | None
    text: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EarlierRevision:
    """A state of a draft that can be brought back."""

    revision: int
    change: str
    saved_at: datetime
    saved_by: int


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
    return of_hash(session, version_id, content_hash)


def of_hash(session: Session, version_id: int, content_hash: str) -> Questionnaire:
    """Return what `by_id` returns to whoever knows the version's content hash; no statement if it is kept."""
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


def version_row(session: Session, instrument: str, version: int) -> PublishedVersion | None:
    """Return one published version without its document, None if there is none."""
    found = [one for one in listed(session, instrument) if one.version == version]
    return found[0] if found else None


def document_of(session: Session, version_id: int) -> dict[str, Any]:
    """Return the stored document of a published version that exists."""
    stored = QuestionnaireVersion.document
    document: dict[str, Any] = json.loads(
        session.scalars(select(stored).where(QuestionnaireVersion.id == version_id)).one()
    )
    return document


def instruments(session: Session, *, number: int, size: int) -> Paged[Instrument]:
    """Return one page of the published instruments, by name."""
    names = select(QuestionnaireVersion.instrument).distinct().order_by(QuestionnaireVersion.instrument)
    page = paged(
        session.scalars(names.limit(size + 1).offset((number - 1) * size)).all(), number=number, size=size
    )
    versions: dict[str, list[PublishedVersion]] = {name: [] for name in page.items}
    for one in _versions(session, QuestionnaireVersion.instrument.in_(page.items)):
        versions[one.instrument].append(one)
    items = [
        Instrument(of_one[-1], _title(session, of_one[-1]), tuple(reversed(of_one)))
        for of_one in versions.values()
    ]
    return Paged(items, page.number, page.size, page.more)


def _title(session: Session, version: PublishedVersion) -> Mapping[str, str]:
    """Return the title of a version; what is frozen is read once."""
    title = _titles.get(version.content_hash) or document_of(session, version.id)["title"]
    with _lock:
        while len(_titles) >= KEPT_TITLES:
            del _titles[next(iter(_titles))]
        _titles[version.content_hash] = title
    return title


def owner_of(session: Session, instrument: str) -> str | None:
    """Return the unit that owns the newest published version of `instrument`, None if there is none."""
    query = select(QuestionnaireVersion.unit_path).where(QuestionnaireVersion.instrument == instrument)
    return session.scalar(query.order_by(QuestionnaireVersion.version.desc()).limit(1))


def free_instrument(session: Session, wanted: str) -> str:
    """Return `wanted`, or `wanted_2` and so on: the first name that no version and no draft bears."""
    names = (wanted, *(f"{wanted[:36]}_{number}" for number in range(2, 1_000)))
    for name in names:
        drafted = select(QuestionnaireDraft.id).where(QuestionnaireDraft.instrument == name).limit(1)
        if owner_of(session, name) is None and session.scalar(drafted) is None:
            return name
    return wanted


def draft_document(session: Session, draft_id: int) -> DraftView | None:
    """Return one draft with its document, None if there is none."""
    draft = session.get(QuestionnaireDraft, draft_id)
    if draft is None:
        return None
    line = {name: getattr(draft, name) for name in DraftLine.__slots__}
    return DraftView(
        **line,
        change=draft.change,
        based_on=draft.based_on,
        losses=draft.losses,
        text=draft.document,
        document=json.loads(draft.document),
    )


def drafts_inside(session: Session, scopes: Sequence[str], *, number: int, size: int) -> Paged[DraftLine]:
    """Return one page of the drafts of units inside `scopes`, the last changed first."""
    columns = [getattr(QuestionnaireDraft, name) for name in DraftLine.__slots__]
    query = select(*columns).where(inside_any(QuestionnaireDraft.unit_path, scopes))
    query = query.order_by(QuestionnaireDraft.updated_at.desc(), QuestionnaireDraft.id)
    rows = session.execute(query.limit(size + 1).offset((number - 1) * size))
    return paged([DraftLine(*row) for row in rows], number=number, size=size)


def earlier_revisions(session: Session, draft_id: int) -> list[EarlierRevision]:
    """Return the states of a draft that can be brought back, the latest first."""
    columns = [getattr(DraftRevision, name) for name in EarlierRevision.__slots__]
    query = select(*columns).where(DraftRevision.draft_id == draft_id)
    return [EarlierRevision(*row) for row in session.execute(query.order_by(DraftRevision.revision.desc()))]


def _versions(session: Session, condition: ColumnElement[bool]) -> list[PublishedVersion]:
    version = QuestionnaireVersion
    columns = [getattr(version, name) for name in PublishedVersion.__slots__]
    query = select(*columns).where(condition).order_by(version.instrument, version.version)
    return [PublishedVersion(*row) for row in session.execute(query)]

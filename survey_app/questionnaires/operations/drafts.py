"""Changes drafts. Two people may work on one: different parts merge, the same part is refused to the later one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.gateway import MAXIMUM_BYTES, shipped
from survey_app.questionnaires.models import (
    TITLE_LENGTH,
    DraftRevision,
    QuestionnaireDraft,
    QuestionnaireVersion,
)
from survey_app.questionnaires.queries import UnknownDraft, owner_of
from survey_app.questionnaires.rules.drafting import NoSuchPart, digest, part_of, with_part
from survey_app.staff.rules.permissions import covers

KEPT_REVISIONS = 20
ONE_SITTING = timedelta(minutes=10)
"""Saving the same part again within this time is one step to undo, so that saving while typing fills no list."""
RESERVED_INSTRUMENTS = frozenset({"drafts", "new", "previews", "templates", "upload"})
"""Words that stand in the addresses of this room where an instrument's name could stand."""

Document = Mapping[str, Any]


class UnableToDraft(Refused):
    """The instrument's name is not free for this person."""


class DraftTooLarge(Refused):
    """The document has grown past what a file may hold."""


class UnableToUndo(Refused):
    """The step is too old, or somebody has gone on from it."""


class EditedMeanwhile(Exception):
    """Somebody changed the same part after it was opened; nothing is stored.

    `theirs` is the part as it is now (None if it was removed), `by` the account that changed the draft last.
    """

    def __init__(self, theirs: Any, revision: int, by: int) -> None:
        super().__init__("edited meanwhile")
        self.theirs, self.revision, self.by = theirs, revision, by


def start_draft(
    session: Session,
    *,
    document: Document,
    unit_path: str,
    scopes: Sequence[str],
    account_id: int,
    now: datetime,
    based_on: int | None = None,
    losses: str | None = None,
) -> QuestionnaireDraft:
    """Store a document of sound shape as a draft of the unit `unit_path`, numbered as the next version.

    `scopes` are the units in which the person may edit; `losses` says what an import could not map.

    Raises
    ------
    UnableToDraft
        A unit outside `scopes` has published this instrument, or its name is reserved.
    DraftTooLarge
    """
    instrument = document["instrument"]
    refuse_foreign_instrument(session, instrument, scopes)
    version = next_version(session, instrument)
    draft = QuestionnaireDraft(
        instrument=instrument,
        version=version,
        unit_path=unit_path,
        revision=1,
        change="created",
        based_on=based_on,
        losses=losses,
        created_at=now,
        created_by=account_id,
        updated_at=now,
        updated_by=account_id,
        **_stored({**document, "version": version}),
    )
    session.add(draft)
    session.flush()
    return draft


def next_version(session: Session, instrument: str) -> int:
    """Return the first number above all versions of `instrument` that are published or ship with the product."""
    newest = session.scalar(
        select(func.max(QuestionnaireVersion.version)).where(QuestionnaireVersion.instrument == instrument)
    )
    numbers = [int(path.stem[1:]) for path in shipped() if path.parent.name == instrument]
    return max([*numbers, newest or 0]) + 1


def refuse_foreign_instrument(session: Session, instrument: str, scopes: Sequence[str]) -> None:
    """Raise UnableToDraft if the next version of `instrument` is not for somebody with these scopes to make."""
    owner = owner_of(session, instrument)
    if instrument in RESERVED_INSTRUMENTS or not (
        owner is None or any(covers(scope, owner) for scope in scopes)
    ):
        raise UnableToDraft(
            _(
                "Tên mã “%(name)s” đã do đơn vị khác dùng hoặc dành riêng cho phần mềm. "
                "Xin đặt tên mã khác, ví dụ %(name)s_rieng.",
                name=instrument,
            )
        )


def locked_draft(session: Session, draft_id: int) -> QuestionnaireDraft:
    """Return the row of a draft, which nobody else changes until the transaction ends. Raises UnknownDraft."""
    query = select(QuestionnaireDraft).where(QuestionnaireDraft.id == draft_id).with_for_update()
    draft = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise UnknownDraft(draft_id)
    return draft


def save_part(
    session: Session, *, draft_id: int, part: str, content: Any, seen: str, account_id: int, now: datetime
) -> QuestionnaireDraft:
    """Replace one part of a draft by `content`; `seen` is the digest of the part as the person opened it.

    Changes of other parts meanwhile do not matter. Saving what is there already changes nothing.

    Raises
    ------
    UnknownDraft
    EditedMeanwhile
        The part is no longer what was seen.
    DraftTooLarge
    """
    draft = locked_draft(session, draft_id)
    document = json.loads(draft.document)
    try:
        present = part_of(document, part)
    except NoSuchPart as error:
        raise EditedMeanwhile(None, draft.revision, draft.updated_by) from error
    if digest(present) == digest(content):
        return draft
    if digest(present) != seen:
        raise EditedMeanwhile(present, draft.revision, draft.updated_by)
    _advance(session, draft, with_part(document, part, content), part, account_id, now)
    return draft


def change_draft(
    session: Session,
    *,
    draft_id: int,
    change: str,
    edit: Callable[[dict[str, Any]], Document],
    account_id: int,
    now: datetime,
) -> QuestionnaireDraft:
    """Store what `edit` makes of the draft's present document, as a step called `change`.

    Raises
    ------
    UnknownDraft, DraftTooLarge
    EditedMeanwhile
        The part that `edit` is about was removed meanwhile.
    """
    draft = locked_draft(session, draft_id)
    try:
        changed = edit(json.loads(draft.document))
    except NoSuchPart as error:
        raise EditedMeanwhile(None, draft.revision, draft.updated_by) from error
    _advance(session, draft, changed, change, account_id, now)
    return draft


def replace_document(
    session: Session, *, draft_id: int, document: Document, revision: int, account_id: int, now: datetime
) -> QuestionnaireDraft:
    """Replace the whole document by one of sound shape, written over `revision`. Instrument and number stay.

    Raises
    ------
    UnknownDraft, DraftTooLarge
    EditedMeanwhile
        Somebody changed anything since.
    """
    draft = locked_draft(session, draft_id)
    if draft.revision != revision:
        raise EditedMeanwhile(json.loads(draft.document), draft.revision, draft.updated_by)
    own = {"instrument": draft.instrument, "version": draft.version}
    _advance(session, draft, {**document, **own}, "yaml", account_id, now)
    return draft


def restore_revision(
    session: Session, *, draft_id: int, revision: int, over: int, account_id: int, now: datetime
) -> QuestionnaireDraft:
    """Bring back the draft as it was at `revision`, if it is still at revision `over`; this can be undone too.

    Raises
    ------
    UnknownDraft
    UnableToUndo
    """
    draft = locked_draft(session, draft_id)
    kept = session.get(DraftRevision, (draft_id, revision))
    if kept is None or draft.revision != over:
        raise UnableToUndo(
            _(
                "Không hoàn tác được vì bản nháp đã được sửa tiếp sau đó. "
                "Xin chọn một bản trong mục “Các bản trước”."
            )
        )
    _advance(session, draft, json.loads(kept.document), "restored", account_id, now)
    return draft


def discard_draft(session: Session, *, draft_id: int) -> None:
    """Delete a draft and its revisions. Raises UnknownDraft."""
    draft = locked_draft(session, draft_id)
    session.execute(delete(DraftRevision).where(DraftRevision.draft_id == draft_id))
    session.delete(draft)
    session.flush()


def _advance(
    session: Session,
    draft: QuestionnaireDraft,
    document: Document,
    change: str,
    account_id: int,
    now: datetime,
) -> None:
    sitting = draft.change == change and draft.updated_by == account_id
    if not (sitting and ":" in change and now - draft.updated_at < ONE_SITTING):
        _keep_revision(session, draft)
    for name, value in _stored(document).items():
        setattr(draft, name, value)
    draft.revision += 1
    draft.change, draft.updated_by, draft.updated_at = change[:60], account_id, now
    session.flush()


def _keep_revision(session: Session, draft: QuestionnaireDraft) -> None:
    session.add(
        DraftRevision(
            draft_id=draft.id,
            revision=draft.revision,
            document=draft.document,
            change=draft.change,
            saved_at=draft.updated_at,
            saved_by=draft.updated_by,
        )
    )
    session.flush()
    mine = DraftRevision.draft_id == draft.id
    count = session.scalar(select(func.count()).where(mine)) or 0
    if count > KEPT_REVISIONS:
        oldest = select(DraftRevision.revision).where(mine).order_by(DraftRevision.revision)
        gone = session.scalars(oldest.limit(count - KEPT_REVISIONS)).all()
        session.execute(delete(DraftRevision).where(mine, DraftRevision.revision.in_(gone)))


def _stored(document: Document) -> dict[str, str]:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAXIMUM_BYTES:
        raise DraftTooLarge(
            _(
                "Phiếu lớn quá %(limit)s KB. Xin viết ngắn lại hoặc chia thành nhiều phiếu.",
                limit=MAXIMUM_BYTES // 1024,
            )
        )
    title = document["title"].get("vi") or next(iter(document["title"].values()))
    return {"document": text, "title": title[:TITLE_LENGTH]}

"""The copy for the public: prepared, confirmed by a person, published, and taken back at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, PublicCopy
from survey_app.feedback.operations.moves import lock, make_move
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.publication import CopyDraft, copy_faults, searched_words
from survey_app.feedback.rules.states import Step
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToPublish(Refused):
    """The copy is incomplete, nobody confirmed it, or it is not published."""


class CopyChangedMeanwhile(Refused):
    """Somebody else changed the copy after the page was opened. Nothing was stored."""


def save_copy(
    session: Session,
    *,
    case: Case,
    copy: CopyDraft,
    is_confirmed: bool,
    version: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> PublicCopy:
    """Keep the redacted texts; `is_confirmed` if the person stands for it that they name nobody.

    `version` is that of the copy that the page showed, 0 if there was none.

    Raises
    ------
    UnableToPublish
        A text is missing or too long; or the copy is public: only who may publish changes what everybody reads.
    CopyChangedMeanwhile
        Somebody else changed it.
    """
    lock(session, case=case)
    known = session.get(PublicCopy, case.id, populate_existing=True)
    if known is not None and known.is_public:
        raise UnableToPublish(
            _("Bản này đang công khai: chỉ người được công khai mới sửa được. Xin gỡ xuống trước.")
        )
    kept = _store(session, case, copy, is_confirmed, version, actor, now)
    make_move(
        session,
        case=case,
        step=Step.REDACT,
        actor=actor,
        installation=installation,
        now=now,
        details={"copy_version": kept.version, "is_confirmed": is_confirmed},
    )
    return kept


def _store(
    session: Session,
    case: Case,
    copy: CopyDraft,
    is_confirmed: bool,
    version: int,
    actor: Actor,
    now: datetime,
) -> PublicCopy:
    found = copy_faults(copy)
    if found:
        raise UnableToPublish(" ".join(found))
    kept = session.get(PublicCopy, case.id, populate_existing=True)
    if (kept.version if kept else 0) != version:
        raise CopyChangedMeanwhile(
            _("Người khác vừa sửa bản công khai này. Xin chép lại chỗ ông/bà sửa rồi tải lại trang.")
        )
    kept = kept or PublicCopy(case_id=case.id, version=0, is_public=False)
    kept.unit_path, kept.field, kept.kind = case.unit_path, case.field, case.kind
    kept.title, kept.question, kept.answer = copy.title, copy.question, copy.answer
    kept.search_text = searched_words(case.code, copy)
    kept.confirmed_by, kept.confirmed_at = (actor.account_id, now) if is_confirmed else (None, None)
    kept.version += 1
    session.add(kept)
    session.flush()
    return kept


def publish(
    session: Session,
    *,
    case: Case,
    copy: CopyDraft,
    is_confirmed: bool,
    version: int,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> PublicCopy:
    """Show the copy to the public. Who publishes may still correct the texts, and then confirms them.

    Raises
    ------
    UnableToPublish
        A text is missing or too long, or nobody confirmed these very texts.
    UnableToMove
        The case is not answered.
    CopyChangedMeanwhile
        Somebody else changed the copy.
    """
    lock(session, case=case)
    kept = session.get(PublicCopy, case.id, populate_existing=True)
    is_same = kept is not None and (kept.title, kept.question, kept.answer) == (
        copy.title,
        copy.question,
        copy.answer,
    )
    was_confirmed = is_same and kept is not None and kept.confirmed_at is not None
    if not (is_confirmed or was_confirmed):
        raise UnableToPublish(_("Chưa ai xác nhận đã đọc bản này và không còn thông tin cá nhân."))
    if kept is None or not is_same or not was_confirmed:
        kept = _store(session, case, copy, True, version, actor, now)
    make_move(
        session,
        case=case,
        step=Step.PUBLISH,
        actor=actor,
        installation=installation,
        now=now,
        details={"copy_version": kept.version},
    )
    if not kept.is_public:
        kept.unit_path, kept.field, kept.kind = case.unit_path, case.field, case.kind
        kept.published_by, kept.published_at = actor.account_id, now
    kept.is_public, kept.retracted_at = True, None
    session.flush()
    return kept


def retract(
    session: Session,
    *,
    case: Case,
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> PublicCopy:
    """Take the copy back: the next request does not show it.

    Raises
    ------
    UnableToPublish
        It is not public.
    UnableToMove
        The reason is missing.
    """
    lock(session, case=case)
    kept = session.get(PublicCopy, case.id, populate_existing=True)
    if kept is None or not kept.is_public:
        raise UnableToPublish(_("Hồ sơ này không có bản đang công khai."))
    kept.is_public, kept.retracted_at = False, now
    kept.confirmed_by = kept.confirmed_at = None
    make_move(
        session,
        case=case,
        step=Step.RETRACT,
        actor=actor,
        installation=installation,
        now=now,
        reason=reason,
        details={"copy_version": kept.version},
    )
    return kept

"""Takes files in: looked at by their bytes, pictures drawn anew, names dropped; of a grievance sealed as well."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.documents.images import UnableToDraw, drawn_anew
from survey_app.feedback.models import Attachment, AttachmentContent, Case, Grievance
from survey_app.feedback.rules.actors import Actor
from survey_app.feedback.rules.attachments import (
    IMAGES,
    LARGEST_FILE,
    MOST_FILES,
    MOST_IN_ALL,
    MediaType,
    label_of,
    media_type_of,
    next_number,
)
from survey_app.feedback.rules.drafts import FileDraft
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher


class UnusableFile(Refused):
    """A file is of a kind that is not taken, damaged or too large, or there are too many; nothing was kept."""


class Upload(Protocol):
    """A file as a form brings it."""

    @property
    def stream(self) -> IO[bytes]:
        """The bytes."""

    @property
    def filename(self) -> str | None:
        """The name on the sender's device; shown back in a refusal, never stored."""


def read_files(uploads: Iterable[Upload]) -> tuple[FileDraft, ...]:
    """Return the files of a form as they may be stored; fields that were left empty are passed over.

    Raises
    ------
    UnusableFile
        More than `MOST_FILES`, one above `LARGEST_FILE` bytes, or one that is not what is taken.
    """
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > MOST_FILES:
        raise UnusableFile(_("Nhiều nhất %(most)s tệp. Xin bớt tệp.", most=MOST_FILES))
    return tuple(_read(upload) for upload in chosen)


def _read(upload: Upload) -> FileDraft:
    name = (upload.filename or "")[:80]
    content = upload.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise UnusableFile(_("Tệp “%(name)s” lớn hơn 10 MB. Xin gửi tệp nhỏ hơn.", name=name))
    media_type = media_type_of(content)
    if media_type is None:
        raise UnusableFile(
            _(
                "Tệp “%(name)s” không phải ảnh (jpg, png, webp), pdf, mp3 hay mp4, dù tên có ghi như vậy. "
                "Xin chọn tệp khác.",
                name=name,
            )
        )
    return FileDraft(media_type, _plain(content, media_type, name))


def _plain(content: bytes, media_type: MediaType, name: str) -> bytes:
    if media_type not in IMAGES:
        return content
    try:
        return drawn_anew(content, media_type)
    except UnableToDraw as error:
        raise UnusableFile(
            _(
                "Ảnh “%(name)s” bị hỏng, là ảnh động hoặc quá lớn (trên 25 triệu điểm ảnh). Xin chụp hoặc chọn lại.",
                name=name,
            )
        ) from error


def add_files(
    session: Session, *, case: Case, files: Sequence[FileDraft], actor: Actor, now: datetime
) -> list[Attachment]:
    """Keep files that `read_files` returned with a case, numbered behind those it has.

    Raises
    ------
    UnusableFile
        The case would hold more than `MOST_IN_ALL`.
    """
    query = select(Attachment.media_type).where(Attachment.case_id == case.id)
    known = list(session.scalars(query)) if files else []
    added = []
    for file in files:
        kept = _attachment(file, known, actor, now, file.content)
        kept.case_id = case.id
        added.append(_store(session, kept, file.content))
    return added


def add_sealed_files(
    session: Session,
    *,
    grievance: Grievance,
    files: Sequence[FileDraft],
    actor: Actor,
    key: str,
    now: datetime,
) -> list[Attachment]:
    """Keep files with a khiếu nại or tố cáo, sealed with `key`, SURVEY_CONTACT_KEY.

    Raises
    ------
    UnusableFile
        It would hold more than `MOST_IN_ALL`.
    """
    query = select(Attachment.media_type).where(Attachment.grievance_id == grievance.id)
    known, cipher = list(session.scalars(query)) if files else [], FieldCipher(key)
    added = []
    for file in files:
        sealed = sealed_bytes(cipher, file.content)
        kept = _attachment(file, known, actor, now, sealed)
        kept.grievance_id = grievance.id
        added.append(_store(session, kept, sealed))
    return added


def sealed_bytes(cipher: FieldCipher, content: bytes) -> bytes:
    """Return `content` as it is stored for a grievance."""
    return cipher.encrypt(b64encode(content).decode())


def _attachment(
    file: FileDraft, known: list[MediaType], actor: Actor, now: datetime, stored: bytes
) -> Attachment:
    """Return the row of one more file and note its kind in `known`."""
    if len(known) >= MOST_IN_ALL:
        raise UnusableFile(_("Một hồ sơ có nhiều nhất %(most)s tệp.", most=MOST_IN_ALL))
    media_type = MediaType(file.media_type)
    label = label_of(media_type, next_number(known, media_type))
    known.append(media_type)
    return Attachment(
        token=secrets.token_hex(16),
        media_type=media_type,
        label=label,
        size=len(file.content),
        digest=hashlib.sha256(stored).hexdigest(),
        added_by=actor.kind,
        account_id=actor.account_id,
        created_at=now,
    )


def _store(session: Session, attachment: Attachment, stored: bytes) -> Attachment:
    session.add(attachment)
    session.flush()
    session.add(AttachmentContent(attachment_id=attachment.id, content=stored))
    session.flush()
    return attachment

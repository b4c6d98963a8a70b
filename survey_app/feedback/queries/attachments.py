"""Files by the random name in their address; the one place that reads their bytes."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Attachment, AttachmentContent, Case, Grievance
from survey_app.feedback.rules.attachments import MediaType, download_name
from survey_app.foundation.privacy import FieldCipher

TOKEN_LENGTH = 32


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a file before it is handed out; `grievance_code` "" for a file of a case."""

    attachment_id: int
    media_type: MediaType
    name: str
    case_code: str
    grievance_code: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to hand out."""

    media_type: MediaType
    name: str
    content: bytes = field(repr=False)


def find_file(session: Session, token: str) -> StoredFile | None:
    """Return the file with this token, None if there is none; `paths` are the units that may see its case."""
    if len(token) != TOKEN_LENGTH:
        return None
    query = (
        select(Attachment, Case, Grievance)
        .outerjoin(Case, Case.id == Attachment.case_id)
        .outerjoin(Grievance, Grievance.id == Attachment.grievance_id)
        .where(Attachment.token == token)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    attachment, case, grievance = row
    owner = case or grievance
    paths = (case.unit_path, case.received_path) if case else (grievance.unit_path,)
    return StoredFile(
        attachment_id=attachment.id,
        media_type=attachment.media_type,
        name=download_name(owner.code, attachment.label, attachment.media_type),
        case_code=case.code if case else "",
        grievance_code=grievance.code if grievance else "",
        paths=paths,
    )


def content_of(session: Session, file: StoredFile, *, key: str) -> FileContent:
    """Return the bytes of a file, of a grievance unsealed with `key`, SURVEY_CONTACT_KEY.

    Raises
    ------
    UnableToDecrypt
        The key is another one.
    """
    stored = session.get_one(AttachmentContent, file.attachment_id).content
    content = b64decode(FieldCipher(key).decrypt(stored)) if file.grievance_code else stored
    return FileContent(file.media_type, file.name, content)

"""Which submissions were stored before."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy.orm import Session

from survey_app.responses.models import Submission


def submission_digest(submission_id: str) -> str:
    """Return what is stored of a submission id: one way, so that no stored row leads back to a receipt."""
    return sha256(submission_id.encode()).hexdigest()[:32]


def is_stored(session: Session, *, submission_id: str) -> bool:
    """Say whether this submission was stored in the last days."""
    return session.get(Submission, submission_digest(submission_id)) is not None

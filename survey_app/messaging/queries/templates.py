"""The templates that messages are made from."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.messaging.models import MessageTemplate


def all_templates(session: Session) -> list[MessageTemplate]:
    """Return every template, by medium and name."""
    return list(
        session.scalars(select(MessageTemplate).order_by(MessageTemplate.medium, MessageTemplate.name))
    )


def template_by_id(session: Session, template_id: int) -> MessageTemplate | None:
    """Return one template; None if it was deleted."""
    return session.get(MessageTemplate, template_id)

"""Texts that messages are made from, kept only when they can be sent as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.models import MessageTemplate
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.texts import normalise
from survey_app.messaging.rules.variables import template_faults


class UnableToSaveTemplate(Refused):
    """The text cannot be sent; `faults` says each thing that is wrong."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A template as a person writes it.

    `is_first`: it opens a conversation. `confirmed`: the person has seen that it takes more than two segments.
    `provider_template` is Zalo's number of the approved template, whose title is the first line of the text.
    """

    name: str
    medium: Medium
    text: str
    accents: bool
    is_first: bool
    confirmed: bool
    provider_template: str = ""

    def faults(self) -> tuple[str, ...]:
        """Return all that is wrong with the text, measured with the variables filled in."""
        return template_faults(
            self.text,
            self.medium,
            accents=self.accents,
            first=self.is_first,
            confirmed=self.confirmed,
        )


def save_template(
    session: Session, *, draft: Draft, now: datetime, template_id: int | None = None
) -> MessageTemplate:
    """Store a new template, or the changed one with this id; messages that wait keep their text.

    Raises
    ------
    UnableToSaveTemplate
        It has faults, the name is taken, or it was deleted meanwhile.
    """
    if faults := draft.faults():
        raise UnableToSaveTemplate(*faults)
    template = _template(session, template_id)
    rival = session.scalar(
        select(MessageTemplate.id).where(
            MessageTemplate.name == draft.name, MessageTemplate.medium == draft.medium.value
        )
    )
    if rival is not None and rival != template_id:
        raise UnableToSaveTemplate(_("Đã có mẫu tin tên như vậy."))
    template.name, template.medium = draft.name, draft.medium.value
    template.text, template.accents = normalise(draft.text), draft.accents
    template.is_first, template.confirmed = draft.is_first, draft.confirmed
    template.provider_template, template.changed_at = draft.provider_template or None, now
    session.add(template)
    session.flush()
    return template


def _template(session: Session, template_id: int | None) -> MessageTemplate:
    if template_id is None:
        return MessageTemplate()
    found = session.get(MessageTemplate, template_id)
    if found is None:
        raise UnableToSaveTemplate(_("Mẫu tin này không còn."))
    return found


def delete_template(session: Session, *, template_id: int) -> None:
    """Delete a template; messages made from it are complete in themselves and still go."""
    found = session.get(MessageTemplate, template_id)
    if found is not None:
        session.delete(found)

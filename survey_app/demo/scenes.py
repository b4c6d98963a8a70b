"""What everything that happens at the sample desk needs: the message, its case, and the people at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from survey_app.demo.stories import Story
from survey_app.feedback.models import Case
from survey_app.feedback.operations.intake import Opened, find_opened
from survey_app.feedback.rules.actors import Actor, Installation, staff_member

HANDLERS = {"thucphan": "phuong"}


class Words(TypedDict):
    """What every operation of the desk is given besides the case."""

    installation: Installation
    now: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """One message on its way through the desk: its units and people by their short names, and where it is stored."""

    session: Session
    story: Story
    units: dict[str, str]
    people: dict[str, int]
    installation: Installation

    @property
    def case(self) -> Case:
        """The case that the message became."""
        return self.case_of(self.story.id)

    def case_of(self, story_id: str) -> Case:
        """Return the case of another message."""
        return self.session.get_one(Case, self.opened(story_id).case_id)

    def opened(self, story_id: str) -> Opened:
        """Return what the sender of a message was given."""
        key = self.installation.contact_key
        found = find_opened(self.session, submission_id=submission_of(story_id), key=key)
        assert found is not None
        return found

    def by(self, name: str) -> Actor:
        """Return somebody at work."""
        return staff_member(self.people[name])

    @property
    def handler(self) -> str:
        """Who handles the message."""
        return HANDLERS.get(self.story.unit, "chuyenvien")

    def at(self, now: datetime) -> Words:
        """Return what goes along with a step at this instant."""
        return {"installation": self.installation, "now": now}


def submission_of(story_id: str) -> str:
    """Return the number of the form by which a message of the sample came in."""
    return f"sample-{story_id}"

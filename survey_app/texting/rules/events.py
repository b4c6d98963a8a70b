"""What a reading means in a conversation: one event, and the ratings it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey_app.texting.rules.conversation import Event, State
from survey_app.texting.rules.reading import Kind, Reading
from survey_app.texting.rules.texts import unaccented

_COMPLAINT = re.compile(r"\b(?:khieu nai|khieu kien|to cao|to giac)\b")
_COMMANDS = {
    Kind.OPT_OUT: Event.OPT_OUT,
    Kind.OPT_IN: Event.OPT_IN,
    Kind.HELP: Event.HELP,
    Kind.WRONG_NUMBER: Event.WRONG_NUMBER,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """An event, with the ratings by the position of their question (0 is the overall one)."""

    event: Event
    ratings: Mapping[int, int] = field(default_factory=dict)


def is_complaint(text: str) -> bool:
    """Say whether a text names a complaint or denunciation (khiếu nại, tố cáo), which a person must see."""
    return _COMPLAINT.search(unaccented(text.casefold())) is not None


def meaning_of(reading: Reading, text: str, *, state: State, question: int, questions: int) -> Meaning:
    """Return what `reading` of `text` means to a conversation with `questions` in all, of which `question` is open.

    A number without a code answers the open question; with the code it rates anew. Letters (`1a 2b`) were never
    asked for, so a person reads them.
    """
    command = _COMMANDS.get(reading.kind)
    if command is not None:
        return Meaning(command)
    if reading.rating is not None:
        return _rated(reading.rating, reading.reference, state, question, questions)
    if reading.ratings and len(reading.ratings) == questions:
        return Meaning(Event.FULL_RATING, dict(enumerate(reading.ratings)))
    if is_complaint(text):
        return Meaning(Event.COMPLAINT)
    return Meaning(Event.COMMENT if reading.kind is Kind.COMMENT else Event.UNCLEAR)


def _rated(rating: int, reference: str | None, state: State, question: int, questions: int) -> Meaning:
    if state is State.ASKING and reference is None:
        last = question + 1 >= questions
        return Meaning(Event.LAST_ANSWER if last else Event.ANSWER, {question: rating})
    return Meaning(Event.RATING if questions > 1 else Event.FULL_RATING, {0: rating})


def waits_for_a_person(reading: Reading, event: Event, text: str) -> bool:
    """Say whether the reply goes to the list "cần đọc": everything that is not a clean rating or a command."""
    if event in (Event.LATE_RATING, Event.AMBIGUOUS, Event.CAMPAIGN_OVER, Event.COMPLAINT):
        return True
    return reading.comment or reading.kind in (Kind.COMMENT, Kind.UNCLEAR, Kind.CHOICES) or is_complaint(text)

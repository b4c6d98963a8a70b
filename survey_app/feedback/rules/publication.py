"""What the public may read of a case, and when: a text of its own, confirmed by a person, never the original."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.redaction import Finding, covered, findings, readable
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.states import ENDED, OPEN, State
from survey_app.foundation.languages import gettext as _

LONGEST_TITLE = 150
LONGEST_TEXT = 60_000
SHOWN_IN = frozenset(ENDED | OPEN)
"""States in which a published copy is shown; a case that was diverted, withdrawn, split or merged shows none."""
KEPT_SECONDS = 60
"""How long anybody between the desk and the reader may keep a page: a retracted copy is gone within a minute."""


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One published answer in a list; `question` is its beginning."""

    code: str
    title: str
    question: str
    kind: Kind
    field: str
    unit_path: str
    received_at: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True)
class CopyDraft:
    """The three texts of a public copy. They name nobody."""

    title: str
    question: str
    answer: str

    def texts(self) -> dict[str, str]:
        """Return the texts by their names."""
        return {"title": self.title, "question": self.question, "answer": self.answer}


def as_typed(title: str, question: str, answer: str) -> CopyDraft:
    """Return the copy with readable texts: the title on one line, nothing invisible anywhere."""
    return CopyDraft(" ".join(readable(title).split()), readable(question).strip(), readable(answer).strip())


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One text that may lead to a person, how often it stands in the copy, and one place with its neighbours."""

    finding: Finding
    count: int
    before: str
    after: str


def suspicions(copy: CopyDraft, *, names: Collection[str], spared: Collection[str]) -> list[Suspicion]:
    """Return every different text in the copy that may lead to a person, in reading order."""
    found: dict[str, Suspicion] = {}
    for text in copy.texts().values():
        for one in findings(text, names=names, spared=spared):
            former = found.get(one.text)
            found[one.text] = Suspicion(
                one,
                1 + (former.count if former else 0),
                text[max(0, one.start - 40) : one.start],
                text[one.end :][:40],
            )
    return list(found.values())


def with_covered(
    copy: CopyDraft, chosen: Collection[str], *, names: Collection[str], spared: Collection[str]
) -> CopyDraft:
    """Return the copy with every place of the chosen texts covered by a mark."""
    parts = {
        name: covered(text, findings(text, names=names, spared=spared), chosen)
        for name, text in copy.texts().items()
    }
    return CopyDraft(**parts)


def copy_faults(copy: CopyDraft) -> tuple[str, ...]:
    """Return why these texts cannot be published."""
    found = {
        _("Xin ghi tiêu đề."): not copy.title,
        _("Tiêu đề nhiều nhất %(most)s ký tự.", most=LONGEST_TITLE): len(copy.title) > LONGEST_TITLE,
        _("Xin ghi nội dung phản ánh."): not copy.question,
        _("Xin ghi nội dung trả lời."): not copy.answer,
        _("Mỗi nội dung nhiều nhất %(most)s ký tự.", most=LONGEST_TEXT): max(
            len(copy.question), len(copy.answer)
        )
        > LONGEST_TEXT,
    }
    return tuple(message for message, is_wrong in found.items() if is_wrong)


def searched_words(code: str, copy: CopyDraft) -> str:
    """Return what a published copy is found by, without diacritics; it holds nothing but the copy and its code."""
    return search_text_of(code, copy.answer, copy.question, summary=copy.title)


def is_shown(state: State, is_public: bool) -> bool:
    """Say whether the public may read the copy of a case in this state now."""
    return is_public and state in SHOWN_IN

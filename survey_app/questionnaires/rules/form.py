"""The parts of a questionnaire as frozen values, and the items that an answered one stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from survey_app.questionnaires.rules.recipe import Recipe
from survey_app.questionnaires.rules.text import Text

SPECIFY_MAX_LENGTH = 200


class QuestionType(StrEnum):
    """How a question is asked."""

    SCALE = "scale"
    SINGLE = "single"
    MULTIPLE = "multiple"
    ROWS = "rows"
    NUMBER = "number"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    DATE = "date"


TYPE_KEYS: Mapping[QuestionType, tuple[frozenset[str], frozenset[str]]] = {
    QuestionType.SCALE: (frozenset({"scale"}), frozenset({"missing"})),
    QuestionType.SINGLE: (frozenset(), frozenset({"scale", "options", "missing"})),
    QuestionType.MULTIPLE: (frozenset(), frozenset({"scale", "options"})),
    QuestionType.ROWS: (frozenset({"scale", "rows"}), frozenset({"missing"})),
    QuestionType.NUMBER: (frozenset({"minimum", "maximum"}), frozenset()),
    QuestionType.SHORT_TEXT: (frozenset(), frozenset({"max_length"})),
    QuestionType.LONG_TEXT: (frozenset(), frozenset({"max_length"})),
    QuestionType.DATE: (frozenset(), frozenset()),
}
"""Keys of the file that a question type must have, and may have, beside those of every question."""


class MissingCode(IntEnum):
    """Stored codes of an answer that says why there is no answer (UK Data Archive convention)."""

    NOT_APPLICABLE = -1
    DONT_KNOW = -8
    REFUSED = -9


class ItemKind(StrEnum):
    """What an item stores: one small code, several codes, a whole number, text, or a date."""

    CODED = "coded"
    MULTIPLE = "multiple"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice; `specify` opens a short text that is stored as item `<question id>_text`."""

    code: int
    label: Text
    specify: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a `rows` question; its id is the item's id."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the answer to `item` is one of `codes` (a multiple choice: when any of them is chosen)."""

    item: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question as asked. `minimum` and `maximum` bound a number, `max_length` counts characters."""

    id: str
    type: QuestionType
    text: Text
    help: Text | None = None
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    required: bool = False
    missing: tuple[MissingCode, ...] = ()
    show_if: tuple[Condition, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under one heading."""

    id: str
    title: Text
    help: Text | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One stored value.

    `codes` are the values that may be stored for a coded or multiple item: its option codes and, negative,
    the missing codes that the question offers. `opened_by` is set for the text of a "please specify" option.
    """

    id: str
    question: Question
    kind: ItemKind
    text: Text
    options: tuple[Option, ...] = ()
    codes: frozenset[int] = frozenset()
    required: bool = False
    max_length: int | None = None
    opened_by: int | None = None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of an instrument, complete and immutable.

    `seconds` is the stated time to fill it in, `purpose` says in one sentence who collects and why, `source`
    where the wording comes from and how it departs from that; `missing_labels` words the missing codes.
    """

    instrument: str
    version: int
    title: Text
    languages: tuple[str, ...]
    seconds: int
    purpose: Text
    source: Text
    sections: tuple[Section, ...]
    missing_labels: Mapping[MissingCode, Text]
    recipe: Recipe | None
    content_hash: str
    items: tuple[Item, ...] = field(init=False, repr=False, compare=False)
    coded_items: tuple[Item, ...] = field(init=False, repr=False, compare=False)
    _by_id: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        items = tuple(item for question in self.questions for item in items_of(question))
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "coded_items", tuple(item for item in items if item.kind is ItemKind.CODED))
        object.__setattr__(self, "_by_id", {item.id: item for item in items})

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @property
    def name(self) -> str:
        """Name of this version, such as `sipas_2022@1`."""
        return f"{self.instrument}@{self.version}"

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in file order."""
        return tuple(question for section in self.sections for question in section.questions)

    def item(self, id: str) -> Item:  # noqa: A002  (ids are called id throughout)
        """Return one item; KeyError if the questionnaire has none of that id."""
        return self._by_id[id]


_KINDS = {
    QuestionType.SCALE: ItemKind.CODED,
    QuestionType.SINGLE: ItemKind.CODED,
    QuestionType.MULTIPLE: ItemKind.MULTIPLE,
    QuestionType.ROWS: ItemKind.CODED,
    QuestionType.NUMBER: ItemKind.NUMBER,
    QuestionType.SHORT_TEXT: ItemKind.TEXT,
    QuestionType.LONG_TEXT: ItemKind.TEXT,
    QuestionType.DATE: ItemKind.DATE,
}


def items_of(question: Question) -> tuple[Item, ...]:
    """Return what `question` stores: itself or its rows, then the text of a "please specify" option."""
    asked = question.rows or (Row(question.id, question.text),)
    codes = frozenset(option.code for option in question.options) | frozenset(map(int, question.missing))
    items = tuple(
        Item(
            id=row.id,
            question=question,
            kind=_KINDS[question.type],
            text=row.text,
            options=question.options,
            codes=codes,
            required=question.required,
            max_length=question.max_length,
        )
        for row in asked
    )
    return items + tuple(_specified(question, option) for option in question.options if option.specify)


def _specified(question: Question, option: Option) -> Item:
    return Item(
        id=f"{question.id}_text",
        question=question,
        kind=ItemKind.TEXT,
        text=option.label,
        max_length=SPECIFY_MAX_LENGTH,
        opened_by=option.code,
    )

"""Which questions of a questionnaire can be asked by text message, and how they read in one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.texts import measure, unaccented
from survey_app.questionnaires.rules import Item, ItemKind, Questionnaire, QuestionType

RATINGS = (1, 2, 3, 4, 5)
MOST_FOLLOW_UPS = 4
"""Each further question costs a message and loses people."""


class UnableToAskByMessage(Refused):
    """The questionnaire has not exactly one required question, on a scale of five degrees of satisfaction."""


@dataclass(frozen=True, slots=True)
class MessageForm:
    """What is asked by message: the overall question, further ones on the same scale, a place for a comment."""

    overall: Item
    follow_ups: tuple[Item, ...]
    comment: Item | None

    @property
    def questions(self) -> tuple[Item, ...]:
        """All rating questions, the overall one first."""
        return (self.overall, *self.follow_ups)

    def submitted(self, ratings: Mapping[int, int], comment: str = "") -> dict[str, Sequence[str]]:
        """Return answers as a form would send them; `ratings` are keyed by the position of their question."""
        given: dict[str, Sequence[str]] = {
            self.questions[position].id: [str(rating)] for position, rating in ratings.items()
        }
        if comment and self.comment is not None:
            given[self.comment.id] = [comment[: self.comment.max_length]]
        return given


def message_form(questionnaire: Questionnaire, follow_ups: int) -> MessageForm:
    """Return what of `questionnaire` is asked by message, with at most `follow_ups` further questions.

    The overall question is the only required one: then an answer to it alone is a valid answer. Further questions
    share its scale and labels, for a reply "hai long" must mean the same in each, and fit in one segment.

    Raises
    ------
    UnableToAskByMessage
    """
    required = [item for item in questionnaire.items if item.required]
    if len(required) != 1 or not _is_rating(required[0]):
        raise UnableToAskByMessage(
            _(
                "Phiếu “%(name)s” không hỏi qua tin nhắn được: phiếu phải có đúng một câu bắt buộc, là câu hài lòng "
                "chung theo thang 1 đến 5. Hãy chọn phiếu khác.",
                name=questionnaire.name,
            )
        )
    (overall,) = required
    alike = [item for item in questionnaire.items if item is not overall and _is_alike(item, overall)]
    count = min(follow_ups, MOST_FOLLOW_UPS)
    total = 1 + min(count, len(alike))
    fitting = [item for item in alike if measure(question_text(item, total, total)).segments == 1]
    return MessageForm(overall, tuple(fitting[:count]), _comment(questionnaire))


def _is_rating(item: Item) -> bool:
    codes = tuple(sorted(option.code for option in item.options))
    return item.question.type is QuestionType.SCALE and codes == RATINGS and not item.question.show_if


def _is_alike(item: Item, overall: Item) -> bool:
    return item.kind is ItemKind.CODED and item.options == overall.options and not item.question.show_if


def _comment(questionnaire: Questionnaire) -> Item | None:
    long_texts = (item for item in questionnaire.items if item.question.type is QuestionType.LONG_TEXT)
    return next(long_texts, None)


def question_text(item: Item, number: int, total: int) -> str:
    """Return question `number` of `total` as it is sent: unaccented, with what 1 and 5 mean."""
    ends = {option.code: option.label["vi"].lower() for option in item.options}
    asked = item.text["vi"].rstrip(" ?.:")
    return unaccented(f"({number}/{total}) {asked}? Trả lời 1-5 (5={ends[5]}, 1={ends[1]}).")

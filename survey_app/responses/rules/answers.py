"""Checks what a form submitted against its frozen questionnaire and codes the accepted answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import Item, ItemKind, Questionnaire, on_path

Answer = int | list[int] | str
Answers = dict[str, Answer]

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Unacceptable(Exception):
    """One answer cannot be stored; the message tells the citizen what to do."""


@dataclass(frozen=True, slots=True)
class AnswerError:
    """What is wrong with the answer to one item, in the reader's language."""

    item: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check: the answers on the respondent's path, and what keeps them from being stored."""

    answers: Answers
    errors: tuple[AnswerError, ...]


def check(questionnaire: Questionnaire, submitted: Mapping[str, Sequence[str]]) -> Checked:
    """Read the submitted values of every item.

    Answers and errors of items that the respondent's path does not show are dropped: a citizen who left a path
    is not asked to mend it.

    Parameters
    ----------
    submitted
        Item id -> all values sent under that name; unknown names are ignored.
    """
    answers: Answers = {}
    wrong: dict[str, str] = {}
    for item in questionnaire.items:
        values = submitted.get(item.id)
        if not values:
            continue
        try:
            answer = _READERS[item.kind](item, values)
        except Unacceptable as error:
            wrong[item.id] = str(error)
        else:
            if answer:
                answers[item.id] = answer
    shown = on_path(questionnaire, answers)
    kept = {item: answer for item, answer in answers.items() if item in shown}
    errors = [AnswerError(item, message) for item, message in wrong.items() if item in shown]
    errors += _unanswered(questionnaire, kept, wrong, shown)
    order = {item.id: position for position, item in enumerate(questionnaire.items)}
    return Checked(kept, tuple(sorted(errors, key=lambda error: order[error.item])))


def _unanswered(
    questionnaire: Questionnaire, kept: Answers, wrong: Mapping[str, str], shown: frozenset[str]
) -> list[AnswerError]:
    missing = [
        AnswerError(item.id, _("Xin chọn hoặc điền một câu trả lời."))
        for item in questionnaire.items
        if item.required and item.id in shown and item.id not in kept and item.id not in wrong
    ]
    if missing or kept or wrong:
        return missing
    return [
        AnswerError(questionnaire.items[0].id, _("Phiếu còn trống. Xin trả lời ít nhất một câu rồi bấm Gửi."))
    ]


def _read_code(item: Item, values: Sequence[str]) -> Answer | None:
    given = [value for value in values if value]
    if len(given) > 1:
        raise Unacceptable(_("Câu này chỉ nhận một câu trả lời. Xin chọn lại một ô."))
    return _known_code(item, given[0]) if given else None


def _read_codes(item: Item, values: Sequence[str]) -> Answer | None:
    return sorted({_known_code(item, value) for value in values if value})


def _known_code(item: Item, value: str) -> int:
    code = int(value) if _WHOLE_NUMBER.fullmatch(value) else 0
    if code not in item.codes:
        raise Unacceptable(_("Câu trả lời gửi lên không có trong phiếu. Xin chọn lại một ô."))
    return code


def _read_number(item: Item, values: Sequence[str]) -> Answer | None:
    # A number is stored as text, so that 0 is an answer and not "nothing".
    text = clean(values[0])
    if not text:
        return None
    low, high = item.question.minimum, item.question.maximum
    whole = bool(_WHOLE_NUMBER.fullmatch(text))
    if not whole or (low is not None and int(text) < low) or (high is not None and int(text) > high):
        raise Unacceptable(
            _("Xin điền một số nguyên từ %(low)s đến %(high)s, chỉ dùng chữ số.", low=low, high=high)
        )
    return str(int(text))


def _read_date(item: Item, values: Sequence[str]) -> Answer | None:
    text = clean(values[0])
    if not text:
        return None
    day_first = _DAY_FIRST.fullmatch(text)
    try:
        if day_first:
            day, month, year = map(int, day_first.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unacceptable(_("Xin điền ngày theo dạng ngày/tháng/năm, ví dụ 21/11/2026.")) from error


def _read_text(item: Item, values: Sequence[str]) -> Answer | None:
    if "\ufffd" in values[0]:
        raise Unacceptable(_("Có ký tự máy không đọc được (hình �). Xin xóa hoặc gõ lại chỗ đó."))
    text = clean(values[0])
    if item.max_length is not None and len(text) > item.max_length:
        raise Unacceptable(
            _(
                "Ý kiến dài %(length)s ký tự, tối đa %(limit)s. Xin viết ngắn lại; chữ đã viết vẫn còn trong ô.",
                length=format_number(len(text)),
                limit=format_number(item.max_length),
            )
        )
    return text


_READERS: dict[ItemKind, Callable[[Item, Sequence[str]], Answer | None]] = {
    ItemKind.CODED: _read_code,
    ItemKind.MULTIPLE: _read_codes,
    ItemKind.NUMBER: _read_number,
    ItemKind.DATE: _read_date,
    ItemKind.TEXT: _read_text,
}


def clean(text: str) -> str:
    """Return `text` in NFC, trimmed, with Unix line ends and without control characters (NUL included)."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", normal).strip()


def encode(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> bytes:
    """Return one signed byte for each coded item in file order: 0 = no answer, else the code (missing codes < 0).

    This is the columnar copy that estimation reads: 100,000 responses are one array, not 100,000 JSON documents.
    """
    return bytes(
        code & 0xFF if isinstance(code := answers.get(item.id, 0), int) else 0
        for item in questionnaire.coded_items
    )

"""Advice on the form as a whole: its length, its languages, room for those without an opinion."""

from __future__ import annotations

from collections.abc import Iterator

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.advice.answers import judged
from survey_app.questionnaires.rules.advice.remark import Advice, Severity
from survey_app.questionnaires.rules.advice.texts import Document, Text, options_of, questions, texts
from survey_app.questionnaires.rules.answering_time import estimated_seconds

COUNTER_SECONDS = 180
"""Budget of a form that people fill in at a counter, standing. Our own rule."""
PANEL_SECONDS = 900
"""Budget of a form for people who agreed to be asked. Our own rule."""
_TOLERANCE = 1.05
_EMPTY = ("", "…")  # drafts put the second where a wording is still to be written


def time_advice(document: Document, budget: int | None) -> Iterator[Advice]:
    """Compare the estimated time with the budget, and with what anybody bears."""
    allowed = budget or document.get("seconds") or COUNTER_SECONDS
    needed = estimated_seconds(document)
    if needed > allowed * _TOLERANCE:
        message = _(
            "phiếu cần khoảng %(needed)s giây để trả lời, nhiều hơn thời gian dự kiến %(allowed)s giây",
            needed=needed,
            allowed=allowed,
        )
        remedy = _("Bớt câu hỏi, viết ngắn lại, hoặc ghi thời gian cho đúng")
        yield Advice("", Severity.WARNING, "too_long", message, remedy)
    elif needed > PANEL_SECONDS:
        message = _("phiếu cần khoảng %(needed)s giây; quá 15 phút thì nhiều người bỏ dở", needed=needed)
        remedy = _("Bớt câu hỏi, hoặc chia thành hai phiếu")
        yield Advice("", Severity.WARNING, "too_long", message, remedy)


def translation_advice(document: Document) -> Iterator[Advice]:
    """Find wordings that lack a language which the document declares."""
    languages = document.get("languages", ())
    for path, text in texts(document):
        if missing := [one for one in languages if text.get(one, "").strip() in _EMPTY]:
            yield Advice(
                path,
                Severity.WARNING,
                "missing_translation",
                _(
                    "“%(text)s” thiếu lời tiếng %(languages)s",
                    text=_short(text),
                    languages=", ".join(missing),
                ),
                _("Viết lời còn thiếu, hoặc bỏ ngôn ngữ này khỏi phiếu"),
            )


def opinion_advice(document: Document) -> Iterator[Advice]:
    """One warning for each compulsory opinion, one remark for all the others together."""
    lacking = [question for question in questions(document) if _forces_an_opinion(question, document)]
    for question in lacking:
        if question.get("required"):
            yield Advice(
                f"items.{question['id']}",
                Severity.WARNING,
                "no_opinion",
                _("câu bắt buộc hỏi ý kiến nhưng không có chỗ cho người không có ý kiến"),
                _("Thêm “Không biết” hoặc “Không áp dụng”, hoặc bỏ bắt buộc"),
            )
    if free := [question["id"] for question in lacking if not question.get("required")]:
        yield _left_blank(free)


def _left_blank(ids: list[str]) -> Advice:
    message = _(
        "%(count)s câu hỏi ý kiến không có phương án “Không biết” hay “Không áp dụng” (%(ids)s); "
        "bỏ trống được, nhưng sẽ không rõ vì sao bỏ trống",
        count=len(ids),
        ids=", ".join(ids[:5]) + ("…" if len(ids) > 5 else ""),
    )
    remedy = _("Thêm “Không biết” hoặc “Không áp dụng” cho câu mà không phải ai cũng trả lời được")
    return Advice("", Severity.ADVICE, "no_opinion", message, remedy)


def _forces_an_opinion(question: Document, document: Document) -> bool:
    if question.get("missing"):
        return False
    options = options_of(question, document)
    labels = [option["label"].get("vi", "").lower() for option in options]
    if any("không ý kiến" in label or "không có ý kiến" in label for label in labels):
        return False
    return question["type"] == "scale" or (question["type"] == "rows" and judged(options) is not None)


def _short(text: Text) -> str:
    words = next((one for one in text.values() if one), "…")
    return words if len(words) <= 60 else words[:59] + "…"

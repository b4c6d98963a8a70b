"""Compares two documents of sound shape."""

from __future__ import annotations

from collections.abc import Iterator

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.difference.answers import scale_differences
from survey_app.questionnaires.rules.difference.change import Difference, Document, Kind, text_differences
from survey_app.questionnaires.rules.difference.index import recipe_differences, scored_items
from survey_app.questionnaires.rules.difference.items import item_differences
from survey_app.questionnaires.rules.difference.order import order_differences


def differences(old: Document, new: Document) -> list[Difference]:
    """Return what differs between two documents of sound shape, from the whole form down to the index.

    Parts are the same part when they have the same id (or name, for scales); a new id is a new part.
    """
    scored = scored_items(old) | scored_items(new)
    return [
        *_form(old, new),
        *scale_differences(old, new, scored),
        *_missing_answers(old, new),
        *_sections(old, new, scored),
        *item_differences(old, new, scored),
        *order_differences(old, new),
        *recipe_differences(old, new),
    ]


def _form(old: Document, new: Document) -> Iterator[Difference]:
    for key in ("title", "purpose", "source"):
        yield from text_differences("", old.get(key, {}), new.get(key, {}), scored=False)
    before, after = (", ".join(one.get("languages", ())) for one in (old, new))
    if before != after:
        reason = _("thêm hoặc bớt ngôn ngữ không đổi lời gốc tiếng Việt")
        yield Difference("", Kind.TRANSLATION, before, after, False, reason)
    if old.get("seconds") != new.get("seconds"):
        reason = _("chỉ là thời gian trả lời dự kiến (giây)")
        yield Difference(
            "", Kind.WORDING, str(old.get("seconds", "")), str(new.get("seconds", "")), False, reason
        )


def _missing_answers(old: Document, new: Document) -> Iterator[Difference]:
    before, after = old.get("missing_answers", {}), new.get("missing_answers", {})
    for code in dict.fromkeys((*before, *after)):
        path = f"missing_answers.{code}"
        yield from text_differences(path, before.get(code, {}), after.get(code, {}), scored=False)


def _sections(old: Document, new: Document, scored: frozenset[str]) -> Iterator[Difference]:
    before = {section["id"]: section for section in old["sections"]}
    after = {section["id"]: section for section in new["sections"]}
    for name in dict.fromkeys((*before, *after)):
        if name in before and name in after:
            yield from _section(before[name], after[name], scored)
        else:
            yield _heading_only(name, before.get(name), after.get(name))


def _section(old: Document, new: Document, scored: frozenset[str]) -> Iterator[Difference]:
    """A heading that asks ("How satisfied are you with …?") is part of each question below it."""
    asks = any("?" in words for one in (old, new) for words in one["title"].values())
    below = {question["id"] for question in (*old["questions"], *new["questions"])}
    counts = asks and not below.isdisjoint(scored)
    path = f"sections.{old['id']}"
    yield from text_differences(path, old["title"], new["title"], scored=counts)
    yield from text_differences(path, old.get("help", {}), new.get("help", {}), scored=counts)


def _heading_only(name: str, old: Document | None, new: Document | None) -> Difference:
    kind = Kind.ADDED if old is None else Kind.REMOVED
    before, after = ((one or {}).get("title", {}).get("vi", "") for one in (old, new))
    reason = _("chỉ là tiêu đề phần; từng câu hỏi được so riêng")
    return Difference(f"sections.{name}", kind, before, after, False, reason)

"""What a new version changes, and which changes end a trend."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.rules.difference import Difference, differences

Document = dict[str, Any]
Change = Callable[[Document], object]


def question(document: Document, name: str) -> Document:
    """One question."""
    found: Document = next(
        one for section in document["sections"] for one in section["questions"] if one["id"] == name
    )
    return found


def remove(document: Document, name: str) -> None:
    """Take a question out, and out of the index."""
    for section in document["sections"]:
        section["questions"] = [one for one in section["questions"] if one["id"] != name]


def changed(document: Document, change: Change) -> list[Difference]:
    """What `change` makes differ."""
    new = deepcopy(document)
    change(new)
    return differences(document, new)


def criteria(document: Document) -> list[Document]:
    """The criteria of the first factor."""
    found: list[Document] = document["recipe"]["contents"][0]["factors"][0]["criteria"]
    return found


def added(document: Document) -> None:
    document["sections"][0]["questions"].append(
        {"id": "new", "type": "scale", "scale": "SAT5", "text": {"vi": "Mới", "en": "New"}}
    )
    criteria(document).append({"item": "new"})


BREAKS: dict[str, tuple[str, str, Change]] = {
    "wording": (
        "items.quality",
        "wording",
        lambda d: question(d, "quality")["text"].update(vi="Chất lượng phục vụ"),
    ),
    "help": (
        "items.speed",
        "wording",
        lambda d: question(d, "speed").update(help={"vi": "Kể cả chờ", "en": "x"}),
    ),
    "label": ("scales.SAT5", "wording", lambda d: d["scales"]["SAT5"][2]["label"].update(vi="Tạm được")),
    "codes": ("scales.SAT5", "scale", lambda d: d["scales"]["SAT5"].reverse()),
    "other scale": (
        "items.quality",
        "scale",
        lambda d: (d["scales"].update(S=d["scales"]["SAT5"][::-1]), question(d, "quality").update(scale="S")),
    ),
    "type": ("items.quality", "scale", lambda d: question(d, "quality").update(type="single")),
    "missing": ("items.quality", "options", lambda d: question(d, "quality").pop("missing")),
    "route": ("items.quality", "routing", lambda d: question(d, "quality").pop("show_if")),
    "required": ("items.quality", "routing", lambda d: question(d, "quality").pop("required")),
    "removed": ("items.speed", "removed", lambda d: remove(d, "speed")),
    "added": ("items.new", "added", added),
    "content": ("recipe.TIME", "removed", lambda d: d["recipe"]["contents"].pop()),
    "score": ("recipe", "recipe", lambda d: d["recipe"].update(score="mean_scaled")),
    "blanks": ("recipe", "recipe", lambda d: d["recipe"].update(blanks="drop_form")),
    "no recipe": ("recipe", "recipe", lambda d: d.pop("recipe")),
    "weights": (
        "recipe.F1",
        "recipe",
        lambda d: (
            d["recipe"].update(aggregation="weights"),
            d["recipe"]["contents"][0]["factors"][0].update(weight=2),
        ),
    ),
}
KEEPS: dict[str, tuple[str, str, Change]] = {
    "comma": (
        "items.quality",
        "wording",
        lambda d: question(d, "quality")["text"].update(vi="chất lượng?"),
    ),
    "translation": (
        "items.quality",
        "translation",
        lambda d: question(d, "quality")["text"].update(en="Quality!"),
    ),
    "not scored": (
        "items.channel",
        "wording",
        lambda d: question(d, "channel")["text"].update(vi="Kênh nào?"),
    ),
    "not scored options": (
        "scales.CHANNEL",
        "options",
        lambda d: d["scales"]["CHANNEL"].append({"code": 5, "label": {"vi": "Báo", "en": "Papers"}}),
    ),
    "not scored removed": ("items.comment", "removed", lambda d: remove(d, "comment")),
    "order": (
        "items.comment",
        "order",
        lambda d: d["sections"][1]["questions"].insert(0, d["sections"][1]["questions"].pop()),
    ),
    "weight unused": (
        "recipe.F1",
        "recipe",
        lambda d: d["recipe"]["contents"][0]["factors"][0].update(weight=2),
    ),
    "label of a factor": (
        "recipe.F1",
        "recipe",
        lambda d: d["recipe"]["contents"][0]["factors"][0]["label"].update(vi="Yếu tố"),
    ),
    "alternative": ("recipe", "recipe", lambda d: d["recipe"].pop("alternatives")),
    "limits": ("items.visits", "options", lambda d: question(d, "visits").update(maximum=10)),
    "title": ("", "wording", lambda d: d["title"].update(vi="Phiếu khác")),
    "heading": ("sections.first", "wording", lambda d: d["sections"][0]["title"].update(vi="Phần đầu")),
}


@pytest.mark.parametrize("case", BREAKS)
def test_names_what_ends_a_trend(document: Document, case: str) -> None:
    path, kind, change = BREAKS[case]
    found = {(one.path, one.kind.value): one for one in changed(document, change)}

    assert found[path, kind].breaks_trend
    assert found[path, kind].reason


@pytest.mark.parametrize("case", KEEPS)
def test_names_what_leaves_the_trend_alone(document: Document, case: str) -> None:
    path, kind, change = KEEPS[case]
    found = changed(document, change)

    assert (path, kind) in {(one.path, one.kind.value) for one in found}
    assert not any(one.breaks_trend for one in found)
    assert all(one.reason for one in found)


def test_finds_nothing_between_a_document_and_itself() -> None:
    assert [one for path in shipped() for one in differences(read(path).document, read(path).document)] == []


def test_shows_old_and_new_words(document: Document) -> None:
    (found,) = changed(document, lambda d: question(d, "quality")["text"].update(vi="Mới"))

    assert (found.old, found.new) == ("Chất lượng", "Mới")


def test_names_one_moved_question_and_not_all_those_it_passed(document: Document) -> None:
    found = changed(document, KEEPS["order"][2])

    assert [one.path for one in found] == ["items.comment"]


def test_follows_a_question_into_another_section(document: Document) -> None:
    def move(new: Document) -> None:
        new["sections"][1]["questions"].append(new["sections"][0]["questions"].pop())

    assert ("items.reasons", "order") in {(one.path, one.kind.value) for one in changed(document, move)}


def test_reports_a_shared_scale_once(document: Document) -> None:
    found = changed(document, BREAKS["label"][2])

    assert [one.path for one in found] == ["scales.SAT5"]


def test_calls_a_new_language_a_translation_everywhere(document: Document) -> None:
    def translate(new: Document) -> None:
        new["languages"].append("tyz")
        for section in new["sections"]:
            section["title"]["tyz"] = "x"
            for one in section["questions"]:
                one["text"]["tyz"] = "x"

    found = changed(document, translate)

    assert {one.kind.value for one in found} == {"translation"}
    assert not any(one.breaks_trend for one in found)


def test_counts_a_heading_that_asks_as_part_of_its_questions(document: Document) -> None:
    document["sections"][0]["title"]["vi"] = "Ông/Bà hài lòng ở mức nào?"
    found = changed(document, lambda d: d["sections"][0]["title"].update(vi="Ông/Bà đánh giá ở mức nào?"))

    assert [(one.path, one.breaks_trend) for one in found] == [("sections.first", True)]


def test_compares_rows_as_items(document: Document) -> None:
    def change(new: Document) -> None:
        rows = question(new, "used")["rows"]
        rows[0]["text"]["vi"] = "Làm thủ tục hành chính"
        rows.append({"id": "used.3", "text": {"vi": "Khác", "en": "Other"}})

    found = [(one.path, one.kind.value) for one in changed(document, change)]

    assert found == [("items.used.1", "wording"), ("items.used.3", "added")]

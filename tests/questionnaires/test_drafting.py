"""Pure changes of a draft's document, what can be shown of an incomplete one, and its words page by page."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from survey_app.questionnaires.rules import Questionnaire, QuestionType
from survey_app.questionnaires.rules.drafting import (
    NoSuchPart,
    digest,
    free_id,
    new_question,
    part_of,
    scored_items,
    with_part,
    with_question,
    with_section,
)
from survey_app.questionnaires.rules.incomplete import try_build
from survey_app.questionnaires.rules.outline import outline, pages, part_of_path, questions_of_items
from survey_app.questionnaires.rules.rearranging import (
    moved_question,
    moved_section,
    without_question,
    without_section,
)
from survey_app.questionnaires.rules.wording import compared, excerpt
from survey_app.questionnaires.schemas.drafts import draft_problems, has_sound_shape, part_at, shape_words
from survey_app.questionnaires.schemas.shape import shape_findings

PARTS = ("general", "recipe", "section:first", "scale:SAT5", "question:used")


class TestParts:
    """What people edit apart."""

    @pytest.mark.parametrize("part", PARTS)
    def test_put_back_what_was_taken(self, document: dict[str, Any], part: str) -> None:
        assert with_part(document, part, part_of(document, part)) == document

    @pytest.mark.parametrize("part", PARTS)
    def test_leave_the_document_as_it_was(self, document: dict[str, Any], part: str) -> None:
        before = deepcopy(document)
        with_part(document, part, deepcopy(part_of(document, part)))
        without_question(document, "quality")
        assert document == before

    @pytest.mark.parametrize(
        "part", ["", "planet", "question:none", "section:none", "scale:none", "question:"]
    )
    def test_are_not_found_by_other_names(self, document: dict[str, Any], part: str) -> None:
        with pytest.raises(NoSuchPart):
            part_of(document, part)

    def test_have_a_mark_that_changes_with_a_word(self, document: dict[str, Any]) -> None:
        question = part_of(document, "question:speed")
        other = {**question, "text": {**question["text"], "vi": "Khác"}}
        assert digest(question) == digest(deepcopy(question)) != digest(other)

    def test_bring_the_standard_words_that_a_question_needs(self, document: dict[str, Any]) -> None:
        del document["scales"]["SAT5"], document["missing_answers"]
        question = new_question(QuestionType.SCALE, "q1", document) | {"missing": ["dont_know"]}
        after = with_question(document, question, section="first", after="used")
        assert [option["code"] for option in after["scales"]["SAT5"]] == [1, 2, 3, 4, 5]
        assert after["missing_answers"]["dont_know"] == {"vi": "Không biết", "en": "Do not know"}
        assert after["sections"][0]["questions"][1]["id"] == "q1"


class TestRearranging:
    """Moves and removals."""

    @staticmethod
    def _order(document: dict[str, Any]) -> list[list[str]]:
        return [[question["id"] for question in section["questions"]] for section in document["sections"]]

    def test_moves_inside_a_section_and_over_its_edge(self, document: dict[str, Any]) -> None:
        assert self._order(moved_question(document, "quality", up=True))[0][:2] == ["quality", "used"]
        after = self._order(moved_question(document, "fast_how", up=True))
        assert after[0][-1] == "fast_how"
        assert after[1][0] == "visits"

    @pytest.mark.parametrize(("item", "up"), [("used", True), ("comment", False)])
    def test_stays_at_the_ends(self, document: dict[str, Any], item: str, up: bool) -> None:
        assert moved_question(document, item, up=up) == document

    def test_moves_sections(self, document: dict[str, Any]) -> None:
        after = moved_section(document, "second", up=True)
        assert [section["id"] for section in after["sections"]] == ["second", "first"]
        assert moved_section(document, "second", up=False) == document

    def test_removes_what_rests_on_a_question(self, document: dict[str, Any]) -> None:
        after = without_question(document, "quality")
        assert [content["id"] for content in after["recipe"]["contents"]] == ["TIME"]
        assert part_of(after, "question:fast_how")["show_if"] == [{"item": "reasons", "codes": [2, 3]}]
        assert has_sound_shape(after)

    def test_removes_the_recipe_with_its_last_criterion(self, document: dict[str, Any]) -> None:
        assert "recipe" not in without_section(document, "first")

    def test_finds_ids_that_are_free(self, document: dict[str, Any]) -> None:
        section = {"id": "q1", "title": {"vi": "Phần"}, "questions": [{"id": "q2", "type": "date"}]}
        assert free_id(with_section(document, section), "q") == "q3"
        assert free_id(document, "used.") == "used.3"

    def test_knows_what_an_index_can_be_made_of(self, document: dict[str, Any]) -> None:
        assert scored_items(document) == {"quality": "Chất lượng", "speed": "Tốc độ"}


class TestTryBuild:
    """Drafts as far as they can be shown."""

    def test_builds_a_complete_draft(self, document: dict[str, Any]) -> None:
        built = try_build(document)
        assert isinstance(built, Questionnaire)
        assert len(built.questions) == 9

    def test_shows_vietnamese_where_a_translation_is_missing(self, document: dict[str, Any]) -> None:
        del document["sections"][0]["questions"][2]["text"]["en"], document["missing_answers"]
        built = try_build(document)
        assert isinstance(built, Questionnaire)
        assert built.item("speed").text["en"] == "Tốc độ"
        assert all(label["vi"] == "…" for label in built.missing_labels.values())

    def test_names_the_questions_that_cannot_be_shown(self, document: dict[str, Any]) -> None:
        document["sections"][0]["questions"][1]["scale"] = "NOTHING"
        assert try_build(document) == ["quality"]

    def test_says_so_when_no_question_is_to_blame(self, document: dict[str, Any]) -> None:
        document["recipe"]["contents"][1]["criteria"][0]["item"] = "nothing"
        assert try_build(document) == []


class TestOutline:
    """Words page by page."""

    def test_says_when_a_question_is_asked(self, document: dict[str, Any]) -> None:
        (first, second) = outline(document, "vi")
        assert first.questions[1].conditions == ("câu used.1 (Làm thủ tục) được trả lời “Có”",)
        assert second.questions[0].conditions[1].endswith("“Hài lòng” hoặc “Rất hài lòng”")
        assert first.questions[3].answers[-1] == "Không muốn trả lời"

    def test_loses_no_question_between_pages(self, document: dict[str, Any]) -> None:
        question = document["sections"][1]["questions"][3]
        document["sections"][1]["questions"] = [
            question | {"id": f"q{number}", "text": {"vi": "dài " * (number % 400)}} for number in range(300)
        ]
        cut = pages(outline(document, "vi"))
        ids = [one.id for page in cut for section in page for one in section.questions]
        assert len(cut) > 6
        assert ids == [one.id for section in outline(document, "vi") for one in section.questions]
        assert all(sum(one.bytes for part in page for one in part.questions) <= 45_000 for page in cut)

    @pytest.mark.parametrize(
        ("path", "part"),
        [
            ("items.used.2", "question:used"),
            ("items.speed", "question:speed"),
            ("sections.first", "section:first"),
            ("scales.SAT5", "scale:SAT5"),
            ("missing_answers.refused", "general"),
            ("recipe.SERVICE", "recipe"),
            ("", "general"),
        ],
    )
    def test_leads_from_a_remark_to_the_part_it_is_about(
        self, document: dict[str, Any], path: str, part: str
    ) -> None:
        assert part_of_path(path, questions_of_items(document)) == part


class TestProblems:
    """What stands in the way of publication."""

    def test_are_found_under_the_part_where_they_are_mended(self, document: dict[str, Any]) -> None:
        import json

        del document["title"]["en"], document["scales"]["YESNO"][0]["label"]["en"]
        del document["sections"][1]["title"]["en"], document["recipe"]["status_note"]["en"]
        parts = [one.part for one in draft_problems(json.dumps(document))]
        assert sorted(parts) == ["general", "recipe", "scale:YESNO", "section:second"]

    def test_of_a_shape_have_a_part_too(self, document: dict[str, Any]) -> None:
        document["sections"][0]["questions"][0]["rows"][0]["id"] = "1"
        (found,) = shape_findings(document)
        assert part_at(document, found.where) == "question:used"

    def test_of_too_few_answers_or_rows_are_said_without_the_names_of_the_format(
        self, document: dict[str, Any]
    ) -> None:
        document["sections"][0]["questions"][0]["rows"] = []
        asked = part_of(document, "question:speed")
        asked.pop("scale", None)
        asked.update(type="single", options=[{"code": 1, "label": {"vi": "a", "en": "a"}}])
        assert [words.split(".")[0] for words in shape_words(document)] == [
            "cần ít nhất 1 dòng",
            "cần ít nhất 2 phương án trả lời",
        ]


class TestWording:
    """Two wordings beside each other."""

    def test_marks_the_words_that_differ(self) -> None:
        old, new = compared("Thái độ của cán bộ", "Thái độ lịch sự của cán bộ")
        assert [piece.text for piece in old if piece.changed] == []
        assert [piece.text for piece in new if piece.changed] == ["lịch sự "]

    @pytest.mark.parametrize(("old", "new"), [("", "mới"), ("cũ", ""), ("", ""), ("a  b\nc", "a b c")])
    def test_loses_no_letter(self, old: str, new: str) -> None:
        left, right = compared(old, new)
        assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (old, new)

    def test_cuts_long_words_between_two(self) -> None:
        assert excerpt("một hai ba", 8) == "một hai…"
        assert len(excerpt("😀" * 500, 100)) == 101

"""The linter says what a careful reader would say, and little else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.rules.advice import Severity, advise

Document = dict[str, Any]


def rules(document: Document, path: str | None = None, **rest: Any) -> set[str]:
    """The rules that something broke (at `path`)."""
    return {one.rule for one in advise(document, **rest) if path in (None, one.path)}


def quality(document: Document) -> Document:
    """A scored question on five points."""
    found: Document = document["sections"][0]["questions"][1]
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("counter_pulse", {"no_opinion": 1, "double_barrelled": 1}),
        ("one_stop", {"no_opinion": 1, "double_barrelled": 3}),
        ("sipas_2022", {"no_opinion": 1}),
    ],
)
def test_says_little_about_the_shipped_questionnaires(name: str, expected: dict[str, int]) -> None:
    path: Path = next(one for one in shipped() if one.parent.name == name)
    found = [one.rule for one in advise(read(path).document)]

    assert {rule: found.count(rule) for rule in found} == expected


def test_writes_message_and_remedy_for_every_remark(document: Document) -> None:
    quality(document)["text"]["vi"] = "Ông/Bà có đồng ý rằng cán bộ lịch sự và nhanh nhẹn không?"
    remarks = advise(document, 1)

    assert len(remarks) > 3
    assert all(one.message and one.remedy for one in remarks)


class TestTime:
    """Time to fill in."""

    def test_is_compared_with_the_stated_time(self, document: Document) -> None:
        document["seconds"] = 10

        assert "too_long" in rules(document, "")

    def test_is_compared_with_a_given_budget_first(self, document: Document) -> None:
        assert "too_long" not in rules(document)
        assert "too_long" in rules(document, budget_seconds=15)

    def test_warns_of_any_form_above_a_quarter_of_an_hour(self, document: Document) -> None:
        document["seconds"] = 7200
        document["sections"][0]["questions"] *= 60

        assert "too_long" in rules(document, "")


class TestDoubleBarrelled:
    """Two questions in one."""

    @pytest.mark.parametrize(
        "words",
        [
            "Ông/Bà hài lòng về thái độ và trình độ của cán bộ ở mức nào?",
            "Thời gian chờ hoặc giải quyết",
            "Sự lịch sự cũng như nhiệt tình của cán bộ",
            "Cả giá cả lẫn chất lượng",
        ],
    )
    def test_is_seen(self, document: Document, words: str) -> None:
        quality(document)["text"]["vi"] = words

        assert "double_barrelled" in rules(document, "items.quality")

    @pytest.mark.parametrize(
        "words",
        [
            "Thái độ của cán bộ",
            "Bộ phận Tiếp nhận và Trả kết quả có dễ tìm không?",
            "Việc công khai thủ tục (giấy tờ và lệ phí)",
            "Sở Giáo dục và Đào tạo phục vụ thế nào?",
            "Việc xử lý phản ánh và kiến nghị",
        ],
    )
    def test_is_not_seen_in_names_examples_and_fixed_pairs(self, document: Document, words: str) -> None:
        quality(document)["text"]["vi"] = words

        assert "double_barrelled" not in rules(document, "items.quality")

    def test_is_looked_for_in_opinions_only(self, document: Document) -> None:
        document["sections"][0]["questions"][3]["text"]["vi"] = "Ông/Bà đến cùng ai và bằng gì?"

        assert "double_barrelled" not in rules(document, "items.channel")

    def test_is_seen_in_english_where_there_is_no_vietnamese(self, document: Document) -> None:
        quality(document)["text"] = {"en": "How satisfied are you with speed and quality?"}

        assert "double_barrelled" in rules(document, "items.quality")


class TestAnswers:
    """Sets of answers."""

    def test_with_more_good_points_than_bad_are_unbalanced(self, document: Document) -> None:
        labels = ["Không hài lòng", "Bình thường", "Khá hài lòng", "Hài lòng", "Rất hài lòng"]
        for option, label in zip(document["scales"]["SAT5"], labels, strict=True):
            option["label"]["vi"] = label

        assert "unbalanced_scale" in rules(document, "scales.SAT5")

    @pytest.mark.parametrize(
        "labels",
        [
            ["Rất kém", "Kém", "Tốt", "Rất tốt"],
            ["Không quan tâm", "Quan tâm một chút", "Rất quan tâm"],
            ["Rất không đồng ý", "Không đồng ý", "Không ý kiến", "Đồng ý", "Rất đồng ý"],
            ["Loa xã", "Báo", "Khác"],
        ],
    )
    def test_with_two_equal_sides_or_one_pole_are_not(self, document: Document, labels: list[str]) -> None:
        document["scales"]["X"] = [
            {"code": code, "label": {"vi": label, "en": str(code)}} for code, label in enumerate(labels, 1)
        ]

        assert "unbalanced_scale" not in rules(document, "scales.X")

    def test_that_read_alike_are_seen(self, document: Document) -> None:
        document["scales"]["YESNO"][1]["label"]["en"] = "yes "

        assert "duplicate_labels" in rules(document, "scales.YESNO")

    def test_that_are_too_many_are_seen(self, document: Document) -> None:
        options = [{"code": code, "label": {"vi": f"{code}", "en": f"{code}"}} for code in range(1, 14)]
        document["sections"][0]["questions"][4]["options"] = options

        assert "too_many_options" in rules(document, "items.reasons")


class TestNoOpinion:
    """Room for those who have none."""

    def test_is_a_warning_when_the_answer_is_compulsory(self, document: Document) -> None:
        del quality(document)["missing"]
        found = next(one for one in advise(document) if one.path == "items.quality")

        assert (found.rule, found.severity) == ("no_opinion", Severity.WARNING)

    def test_is_one_remark_for_all_that_may_stay_blank(self, document: Document) -> None:
        found = [one for one in advise(document) if one.rule == "no_opinion"]

        assert [(one.path, one.severity) for one in found] == [("", "advice")]

    def test_is_there_when_the_scale_has_it(self, document: Document) -> None:
        document["scales"]["SAT5"][2]["label"]["vi"] = "Không ý kiến"

        assert "no_opinion" not in rules(document)


class TestWording:
    """Words of questions."""

    @pytest.mark.parametrize("gap", ["", "…", None])
    def test_that_lack_a_language_are_seen(self, document: Document, gap: str | None) -> None:
        text = quality(document)["text"]
        text.pop("en") if gap is None else text.update(en=gap)

        assert "missing_translation" in rules(document, "items.quality")

    @pytest.mark.parametrize(
        "words",
        [
            "Ông/Bà có đồng ý rằng quầy sạch?",
            "Quầy sạch, đúng không?",
            "Cán bộ đã nỗ lực không ngừng ra sao?",
        ],
    )
    def test_that_lead_are_seen(self, document: Document, words: str) -> None:
        quality(document)["text"]["vi"] = words

        assert "leading" in rules(document, "items.quality")

    def test_that_are_long_are_seen(self, document: Document) -> None:
        quality(document)["text"]["vi"] = "từ " * 41

        assert "long_question" in rules(document, "items.quality")

    def test_abbreviations_are_seen_unless_explained_anywhere(self, document: Document) -> None:
        quality(document)["text"]["vi"] = "Việc giải quyết TTHC tại UBND xã"
        before = rules(document, "items.quality")
        document["sections"][0]["help"]["vi"] = "Hỏi về thủ tục hành chính (TTHC)."

        assert "abbreviation" in before
        assert "abbreviation" not in rules(document, "items.quality")

    def test_asked_twice_in_one_section_are_seen(self, document: Document) -> None:
        document["sections"][0]["questions"][2]["text"]["vi"] = "chất lượng"

        assert "duplicate_labels" in rules(document, "items.speed")

"""Every mistake in a file is found and named with its line and a remedy."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

import survey_app
from survey_app.foundation.resources import resource_folder
from survey_app.questionnaires.gateway import parse
from survey_app.questionnaires.rules import RESERVED_IDS, TYPE_KEYS
from survey_app.questionnaires.schemas import InvalidQuestionnaire, check, load, problems_of
from survey_app.questionnaires.schemas.flaws import WORDS, Flaw

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")
SCHEMA = Draft202012Validator(
    json.loads((resource_folder("questionnaires") / "schema.json").read_text("utf-8"))
)


class Broken(NamedTuple):
    """The sample with `old` replaced by `new`: what is said, on the line of `at` (default: of the change)."""

    old: str
    new: str
    message: str
    at: str | None = None
    in_json_schema: bool = True


WHOLE_FILE_ONLY = {"in_json_schema": False}

BROKEN = {
    # shape
    "a key is missing": Broken("seconds: 60\n", "", "thiếu mục “seconds”", at="# Every"),
    "a section's title is missing": Broken(
        "    title: {vi: Phần hai, en: Part two}\n", "", "thiếu mục “title”", at="- id: second"
    ),
    "a value is empty": Broken("instrument: sample", "instrument:", "mục “instrument” để trống"),
    "a key is unknown": Broken(
        "seconds: 60", "seconds: 60\ncolour: red", "“colour” không có trong định dạng", at="colour"
    ),
    "a question's key is unknown": Broken("max_length: 100", "max_lenght: 100", "“max_lenght” không có"),
    "a number stands for a wording": Broken("en: Part one", "en: 1", "“en” phải là chữ"),
    "true stands for a wording": Broken("en: Part one", "en: true", "“en” phải là chữ"),
    "a list stands for an id": Broken("id: speed", "id: [speed]", "“id” phải là chữ"),
    "a wording is no group": Broken("{vi: Phần hai, en: Part two}", "Phần hai", "“title” phải có lời"),
    "a wording is an empty group": Broken("{vi: Phần hai, en: Part two}", "{}", "“title” phải có lời"),
    "a code is text": Broken("code: 9", 'code: "9"', "số nguyên từ 1 đến 100"),
    "a code is a fraction": Broken("code: 9", "code: 9.5", "số nguyên từ 1 đến 100"),
    "a code is 0": Broken("code: 9", "code: 0", "số nguyên từ 1 đến 100"),
    "a code is 101": Broken("code: 9", "code: 101", "số nguyên từ 1 đến 100"),
    "a code is true": Broken("code: 9", "code: true", "số nguyên từ 1 đến 100"),
    "a version is 0": Broken("version: 1", "version: 0", "số nguyên từ 1 đến 9999"),
    "a form takes no time": Broken("seconds: 60", "seconds: 0", "số nguyên từ 5 đến 7200"),
    "a switch is a word": Broken("required: true", "required: maybe", "true hoặc false"),
    "a switch is 1": Broken("required: true", "required: 1", "true hoặc false"),
    "a list is a group": Broken(
        "languages: [vi, en]", "languages: {vi: en}", "“languages” phải là một danh sách"
    ),
    "a group is a list": Broken(
        "  not_applicable: {vi: Không áp dụng, en: Not applicable}\n"
        "  refused: {vi: Không muốn trả lời, en: Prefer not to say}\n",
        "  - refused\n",
        "“missing_answers” phải là một nhóm",
        at="missing_answers:",
    ),
    "an option is a word": Broken(
        "- {code: 1, label: {vi: Gần, en: Near}}", "- Gần", "“options” phải là một nhóm"
    ),
    "a question is null": Broken(
        "      - id: comment\n        type: long_text\n        text: {vi: Góp ý thêm, en: Comments}\n",
        "      - ~\n",
        "“questions” để trống",
        at="- ~",
    ),
    "there are no sections": Broken(
        SAMPLE[SAMPLE.index("sections:") : SAMPLE.index("recipe:")], "sections: []\n", "ít nhất 1"
    ),
    "there is one option only": Broken(
        "          - {code: 2, label: {vi: Nhanh, en: Fast}}\n"
        "          - {code: 3, label: {vi: Lý do khác, en: Another reason}, specify: true}\n",
        "",
        "“options” cần ít nhất 2",
        at="options:",
    ),
    "there are too many languages": Broken(
        "languages: [vi, en]",
        f"languages: [vi, en, {', '.join(f'{a}{b}' for a in 'xyz' for b in 'abcdefghij')}]",
        "quá 30",
    ),
    "a type is unknown": Broken("type: date", "type: day", "“type” không nhận giá trị này"),
    "a score method is unknown": Broken("score: top2box", "score: best", "“score” không nhận"),
    "an aggregation is unknown": Broken("aggregation: equal_criteria", "aggregation: magic", "không nhận"),
    "a missing code is unknown": Broken("missing: [refused]", "missing: [lost]", "“missing” không nhận"),
    "a missing answer is unknown": Broken("  refused: {vi", "  lost: {vi", "“lost” không nhận"),
    "an id has a mark": Broken("id: speed", "id: tốc_độ", "mã ở “id” không hợp lệ"),
    "an id begins with a digit": Broken("id: speed", "id: 1speed", "mã ở “id” không hợp lệ"),
    "an id is too long": Broken("id: speed", f"id: {'s' * 41}", "mã ở “id” không hợp lệ"),
    "an id has a space": Broken("id: speed", "id: the speed", "mã ở “id” không hợp lệ"),
    "an instrument has a capital": Broken(
        "instrument: sample", "instrument: Sample", "tên phiếu không hợp lệ"
    ),
    "a language has a capital": Broken("languages: [vi, en]", "languages: [vi, EN]", "“EN” không hợp lệ"),
    "a wording is in no language": Broken("en: Part one", "English: Part one", "“English” không hợp lệ"),
    # wording
    "a wording is empty": Broken("en: Part one", 'en: ""', "lời “en” để trống"),
    "a wording is null": Broken("en: Part one", "en: ", "lời “en” để trống"),
    "a wording is blank": Broken("en: Part one", 'en: "  "', "lời “en” để trống"),
    "a wording ends with a space": Broken("en: Part one", 'en: "Part one "', "khoảng trắng"),
    "a wording ends with a line": Broken(
        "title: {vi: Phần hai, en: Part two}",
        "title:\n      vi: Phần hai\n      en: |\n        Part two",
        "khoảng trắng",
        at="en: |",
    ),
    "a wording is too long": Broken("en: Part one", f"en: {'a' * 2001}", "dài quá 2000"),
    "a wording is decomposed": Broken(
        "vi: Phần hai", unicodedata.normalize("NFD", "vi: Phần hai"), "dấu tổ hợp", **WHOLE_FILE_ONLY
    ),
    "a wording is not translated": Broken(
        "text: {vi: Tốc độ, en: Speed}",
        "text: {vi: Tốc độ}",
        "“text” thiếu lời tiếng “en”",
        **WHOLE_FILE_ONLY,
    ),
    "a missing answer is not translated": Broken(
        "refused: {vi: Không muốn trả lời, en: Prefer not to say}",
        "refused: {vi: Không muốn trả lời}",
        "thiếu lời tiếng “en”",
        **WHOLE_FILE_ONLY,
    ),
    "a language is not declared": Broken(
        "text: {vi: Tốc độ, en: Speed}",
        "text: {vi: Tốc độ, en: Speed, fr: Vitesse}",
        "“fr” không có",
        **WHOLE_FILE_ONLY,
    ),
    "a language is declared twice": Broken("languages: [vi, en]", "languages: [vi, en, vi]", "“vi” lặp lại"),
    # questions
    "a scale question names no scale": Broken(
        "      - id: speed\n        type: scale\n        scale: SAT5\n",
        "      - id: speed\n        type: scale\n",
        "loại “scale” thiếu mục “scale”",
        at="- id: speed",
    ),
    "a number has no maximum": Broken("        maximum: 99\n", "", "thiếu mục “maximum”", at="- id: visits"),
    "a date has a maximum": Broken(
        "type: date", "type: date\n        maximum: 5", "không dùng mục “maximum”", at="maximum: 5"
    ),
    "a text has options": Broken("max_length: 100", "scale: YESNO", "không dùng mục “scale”"),
    "a multiple choice offers a missing code": Broken(
        "type: multiple",
        "type: multiple\n        missing: [refused]",
        "không dùng mục “missing”",
        at="missing: [refused]\n        options",
    ),
    "a choice has no answers": Broken(
        "        scale: CHANNEL\n", "", "không có phương án trả lời", at="- id: channel"
    ),
    "a choice has two sets of answers": Broken(
        "type: multiple\n",
        "type: multiple\n        scale: YESNO\n",
        "cả “scale” và “options”",
        at="- id: reasons",
    ),
    "a scale is unknown": Broken(
        "scale: YESNO", "scale: MAYBE", "không có bộ phương án “MAYBE”", **WHOLE_FILE_ONLY
    ),
    "a scale has four points": Broken(
        "    - {code: 5, label: {vi: Rất hài lòng, en: Very satisfied}}\n",
        "",
        "không phải thang năm mức",
        at="scale: SAT5",
        **WHOLE_FILE_ONLY,
    ),
    "rows open a text": Broken(
        "scale: YESNO", "scale: CHANNEL", "không dùng được cho loại “rows”", **WHOLE_FILE_ONLY
    ),
    "two options open a text": Broken(
        "{code: 2, label: {vi: Nhanh, en: Fast}}",
        "{code: 2, label: {vi: Nhanh, en: Fast}, specify: true}",
        "hơn một phương án “specify”",
        at="options:",
        **WHOLE_FILE_ONLY,
    ),
    "a code is repeated": Broken(
        "{code: 2, label: {vi: Nhanh", "{code: 1, label: {vi: Nhanh", "“1” lặp lại", **WHOLE_FILE_ONLY
    ),
    "a question's id is repeated": Broken(
        "id: speed", "id: quality", "“quality” đã dùng ở dòng", **WHOLE_FILE_ONLY
    ),
    "a row has a question's id": Broken(
        "{id: used.2", "{id: used.1", "“used.1” đã dùng ở dòng", **WHOLE_FILE_ONLY
    ),
    "a question has a section's id": Broken("id: speed", "id: first", "“first” đã dùng", **WHOLE_FILE_ONLY),
    "a question has the id of a text": Broken(
        "id: comment", "id: channel_text", "“channel_text” đã dùng", **WHOLE_FILE_ONLY
    ),
    "a question is called like a field of the form": Broken(
        "id: comment", "id: website", "dành riêng mã “website”", **WHOLE_FILE_ONLY
    ),
    "a row is called like a field of the form": Broken(
        "{id: used.2", "{id: show", "dành riêng mã “show”", **WHOLE_FILE_ONLY
    ),
    "a section is called like a place of the page": Broken(
        "id: second", "id: main", "dành riêng mã “main”", **WHOLE_FILE_ONLY
    ),
    "a text is called like an option of a choice": Broken(
        "id: comment", "id: channel_9", "“channel_9” trùng với tên do mã ở dòng", **WHOLE_FILE_ONLY
    ),
    "a heading is called like the help of a question": Broken(
        "id: second\n    title: {vi: Phần hai, en: Part two}\n    questions:\n      - id: fast_how",
        "id: h\n    title: {vi: Phần hai, en: Part two}\n    questions:\n      - id: s",
        "“s-h” trùng với tên do mã ở dòng",
        at="- id: s\n        type: short_text",
        **WHOLE_FILE_ONLY,
    ),
    "a range is empty": Broken("minimum: 0", "minimum: 100", "“minimum” lớn hơn", **WHOLE_FILE_ONLY),
    "a missing code has no words": Broken(
        "missing: [refused]", "missing: [dont_know]", "chưa có lời", **WHOLE_FILE_ONLY
    ),
    "a missing code is offered twice": Broken("missing: [refused]", "missing: [refused, refused]", "lặp lại"),
    # routes
    "a gate is unknown": Broken("item: used.1,", "item: used.7,", "“used.7” không có", **WHOLE_FILE_ONLY),
    "a gate is the question of rows": Broken(
        "item: used.1,", "item: used,", "“used” không có", **WHOLE_FILE_ONLY
    ),
    "a gate comes later": Broken("item: used.1,", "item: speed,", "đứng sau", **WHOLE_FILE_ONLY),
    "a gate is the question itself": Broken("item: used.1,", "item: quality,", "đứng sau", **WHOLE_FILE_ONLY),
    "a gate has no codes": Broken(
        "text: {vi: Góp ý thêm, en: Comments}",
        "text: {vi: Góp ý thêm, en: Comments}\n        show_if: [{item: visits, codes: [1]}]",
        "không có phương án",
        at="show_if: [{item: visits",
        **WHOLE_FILE_ONLY,
    ),
    "a gate has no such code": Broken(
        "codes: [4, 5]", "codes: [4, 6]", "không có phương án mã 6", **WHOLE_FILE_ONLY
    ),
    "a gate opens for nothing": Broken("codes: [4, 5]", "codes: []", "ít nhất 1"),
    "a gate repeats a code": Broken("codes: [4, 5]", "codes: [4, 4]", "“4” lặp lại"),
    # recipe
    "a content has no parts": Broken(
        "      criteria:\n        - {item: speed}\n", "", "“factors” hoặc “criteria”", at="- id: TIME"
    ),
    "a content has both kinds of parts": Broken(
        "        - {item: speed}\n",
        "        - {item: speed}\n"
        "      factors: [{id: F2, label: {vi: Hai, en: Two}, criteria: [{item: quality}]}]\n",
        "“factors” hoặc “criteria”",
        at="- id: TIME",
    ),
    "a criterion is unknown": Broken("{item: speed}", "{item: sped}", "“sped” không có", **WHOLE_FILE_ONLY),
    "a criterion is no scale": Broken(
        "{item: speed}", "{item: used.1}", "không phải câu hỏi thang năm mức", **WHOLE_FILE_ONLY
    ),
    "a criterion is text": Broken(
        "{item: speed}", "{item: comment}", "không phải câu hỏi thang năm mức", **WHOLE_FILE_ONLY
    ),
    "a criterion counts twice": Broken(
        "{item: speed}", "{item: quality}", "“quality” lặp lại", **WHOLE_FILE_ONLY
    ),
    "a factor has a content's id": Broken("id: F1", "id: SERVICE", "“SERVICE” lặp lại", **WHOLE_FILE_ONLY),
    "a content is called overall": Broken("id: TIME", "id: overall", "“overall” lặp lại", **WHOLE_FILE_ONLY),
    "a weight is 0": Broken("{item: speed}", "{item: speed, weight: 0}", "trọng số"),
    "a weight is negative": Broken("{item: speed}", "{item: speed, weight: -1}", "trọng số"),
    "a weight is text": Broken("{item: speed}", '{item: speed, weight: "1"}', "trọng số"),
    "an alternative is repeated": Broken(
        "  contents:\n",
        "    - {id: mean, blanks: drop_form, label: {vi: Khác, en: Other}}\n  contents:\n",
        "“mean” lặp lại",
        at="- {id: mean, blanks",
        **WHOLE_FILE_ONLY,
    ),
}


def broken_text(case: Broken) -> str:
    assert case.old in SAMPLE
    return SAMPLE.replace(case.old, case.new, 1)


def expected_line(case: Broken, text: str) -> int:
    place = text.index(case.at) if case.at else SAMPLE.index(case.old)
    return text[:place].count("\n") + 1


def test_accepts_the_sample() -> None:
    assert problems_of(parse(SAMPLE.encode(), "sample.yaml")) == []


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_names_the_line_and_the_flaw_when(case: Broken) -> None:
    text = broken_text(case)
    problems = problems_of(parse(text.encode(), "sample.yaml"))
    told = [(problem.line, problem.message) for problem in problems]
    assert any(line == expected_line(case, text) and case.message in message for line, message in told), told
    assert all(problem.remedy for problem in problems)


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_the_json_schema_agrees_when(case: Broken) -> None:
    document = parse(broken_text(case).encode(), "sample.yaml").document
    assert SCHEMA.is_valid(document) is not case.in_json_schema


@pytest.mark.parametrize(
    "word",
    [
        "show",
        "website",
        "form_token",
        "submission_id",
        "send",
        "f",
        "hp",
        "main",
        "errors",
        "notice",
        "rescue",
    ],
)
def test_refuses_each_word_the_form_page_needs(word: str) -> None:
    text = SAMPLE.replace("id: comment", f"id: {word}")
    problems = problems_of(parse(text.encode(), "sample.yaml"))
    assert [problem.message for problem in problems] == [f"trang phiếu dành riêng mã “{word}” cho việc khác"]
    assert f"q_{word}" in problems[0].remedy


def test_every_name_of_the_form_page_is_reserved() -> None:
    responses = Path(survey_app.__file__).parent / "responses"
    form = (responses / "templates" / "responses" / "form.html").read_text("utf-8")
    script = (responses / "templates" / "responses" / "form.js").read_text("utf-8")
    python = "".join(path.read_text("utf-8") for path in responses.rglob("*.py"))
    named = set(re.findall(r'\b(?:id|name)="([\w-]+)"', form)) | set(re.findall(r'\bsent\("(\w+)"\)', python))
    called = set(re.findall(r"\bf\.(\w+)", script)) | set(re.findall(r"ById\('([\w-]+)'\)", script))
    assert {"form_token", "send", "dataset", "rescue"} <= named | called <= RESERVED_IDS


def test_the_json_schema_is_itself_valid_and_accepts_the_sample(document: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    assert SCHEMA.is_valid(document)


def test_the_json_schema_offers_the_same_question_types() -> None:
    assert set(SCHEMA.schema["$defs"]["question"]["properties"]["type"]["enum"]) == set(TYPE_KEYS)


def test_every_flaw_has_words_and_a_remedy() -> None:
    assert set(WORDS) == set(Flaw)
    assert all(message and remedy for message, remedy in WORDS.values())


def test_reports_every_problem_at_once_in_the_order_of_lines() -> None:
    text = (
        SAMPLE.replace("version: 1", "version: x")
        .replace("id: speed", "id: 1speed")
        .replace("type: date", "type: day")
    )
    lines = [problem.line for problem in problems_of(parse(text.encode(), "sample.yaml"))]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_asks_for_weights_at_every_level() -> None:
    text = SAMPLE.replace("aggregation: equal_criteria", "aggregation: weights")
    problems = problems_of(parse(text.encode(), "sample.yaml"))
    missing = [problem.message.split("“")[2].split("”")[0] for problem in problems]
    assert missing == ["SERVICE", "F1", "quality", "TIME", "speed"]


def test_asks_for_weights_that_only_an_alternative_needs() -> None:
    text = SAMPLE.replace("score: mean_scaled", "aggregation: weights")
    assert len(problems_of(parse(text.encode(), "sample.yaml"))) == 5


def test_needs_vietnamese() -> None:
    text = SAMPLE.replace("languages: [vi, en]", "languages: [en]")
    problems = problems_of(parse(text.encode(), "sample.yaml"))
    assert problems[0].message == "phiếu không có tiếng Việt"
    assert problems[0].line == 4


class TestFiles:
    """What the path adds."""

    def test_prints_file_line_message_and_remedy(self, tmp_path: Path) -> None:
        path = tmp_path / "draft.yaml"
        path.write_text(SAMPLE.replace("seconds: 60", "seconds: 0"), encoding="utf-8")
        printed = str(check(path)[0])
        assert printed.startswith(f"{path}:5: “seconds” phải là số nguyên từ 5 đến 7200. Sửa thành")

    def test_wants_a_version_file_in_its_place(self, tmp_path: Path) -> None:
        path = tmp_path / "other" / "v2.yaml"
        path.parent.mkdir()
        path.write_text(SAMPLE, encoding="utf-8")
        assert [problem.line for problem in check(path)] == [3]
        assert "sample/v1.yaml" in check(path)[0].message

    def test_accepts_a_version_file_in_its_place(self, tmp_path: Path) -> None:
        path = tmp_path / "sample" / "v1.yaml"
        path.parent.mkdir()
        path.write_text(SAMPLE, encoding="utf-8")
        assert load(path).document["instrument"] == "sample"

    def test_tells_of_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidQuestionnaire) as refused:
            load(tmp_path / "nothing.yaml")
        assert refused.value.problems[0].line == 1

"""Hypothesis breaks files and makes new ones: the checker answers, and what it accepts can be built."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from survey_app.foundation.resources import resource_folder
from survey_app.questionnaires.gateway import SourceFile, UnableToRead, parse
from survey_app.questionnaires.rules import build, canonical_json, content_hash, nodes, on_path
from survey_app.questionnaires.schemas import problems_of

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")
READ = parse(SAMPLE.encode(), "sample.yaml")
SCHEMA = Draft202012Validator(
    json.loads((resource_folder("questionnaires") / "schema.json").read_text("utf-8"))
)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 200)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=6,
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside `value`."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, below in steps for found in [(*here, step), *places(below, (*here, step))]]


class TestMutations:
    """The checker answers; it never stumbles."""

    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_answers_to_any_change_of_the_document(self, data: st.DataObject) -> None:
        source = SourceFile("sample.yaml", deepcopy(READ.document), READ.lines)
        for _ in range(data.draw(st.integers(1, 3))):
            where = data.draw(st.sampled_from(places(source.document)))
            parent: Any = source.document
            for step in where[:-1]:
                parent = parent[step]
            if data.draw(st.booleans()):
                parent[where[-1]] = data.draw(PLAIN)
            else:
                del parent[where[-1]]
            if not source.document:
                break
        problems = problems_of(source)
        assert all(problem.line >= 1 and problem.message and problem.remedy for problem in problems)
        if not problems:
            assert SCHEMA.is_valid(source.document)
            build(source.document)

    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_answers_to_any_change_of_the_text(self, data: st.DataObject) -> None:
        content = SAMPLE.encode()
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)))
        signs = st.sampled_from(
            [*"[]{}:,-?|>&*!%@`'\"#\\\t\n ", "\x00", "---", "...", "<<: ", "&a ", "*a ", "!!int "]
        )
        noise = data.draw(st.lists(signs, max_size=4).map("".join).map(str.encode) | st.binary(max_size=6))
        try:
            problems = problems_of(parse(content[:start] + noise + content[end:], "sample.yaml"))
        except UnableToRead as refused:
            problems = [refused.problem]
        assert all(problem.line >= 1 and problem.message and problem.remedy for problem in problems)


LETTERS = "abcdeghikơưăâêôáàảãạếềợĐĐxyz "
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(lambda words: f"Từ {words}.")
TEXTS = st.fixed_dictionaries({"vi": WORDS, "en": WORDS})
FIVE = [{"code": code, "label": {"vi": f"Mức {code}", "en": f"Level {code}"}} for code in range(1, 6)]


def options(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two to five options with different codes, perhaps one that opens a text."""
    codes = draw(st.lists(st.integers(1, 100), min_size=2, max_size=5, unique=True))
    made: list[dict[str, Any]] = [{"code": code, "label": draw(TEXTS)} for code in codes]
    if draw(st.booleans()):
        made[-1]["specify"] = True
    return made


def question(draw: st.DrawFn, number: int, gates: dict[str, list[int]]) -> dict[str, Any]:
    """One question of any type; it may depend on the earlier items in `gates`, to which it adds its own."""
    name = f"q{number}"
    kind = draw(st.sampled_from(["scale", "single", "multiple", "rows", "number", "short_text", "date"]))
    made: dict[str, Any] = {"id": name, "type": kind, "text": draw(TEXTS), "required": draw(st.booleans())}
    if gates and draw(st.booleans()):
        item = draw(st.sampled_from(sorted(gates)))
        made["show_if"] = [{"item": item, "codes": [draw(st.sampled_from(gates[item]))]}]
    if kind in ("single", "multiple"):
        made["options"] = options(draw)
        gates[name] = [option["code"] for option in made["options"]]
    elif kind == "rows":
        made |= {"scale": "FIVE", "rows": [{"id": f"{name}.{row}", "text": draw(TEXTS)} for row in (1, 2)]}
        gates |= {f"{name}.1": [1, 2, 3, 4, 5], f"{name}.2": [1, 2, 3, 4, 5]}
    elif kind == "scale":
        made |= {"scale": "FIVE", "missing": ["dont_know"]}
        gates[name] = [1, 2, 3, 4, 5, -8]
    elif kind == "number":
        made |= {"minimum": draw(st.integers(-9, 0)), "maximum": draw(st.integers(0, 9))}
    return made


def recipe(draw: st.DrawFn, criteria: list[str]) -> dict[str, Any]:
    """A recipe over `criteria` in one or two contents."""
    middle = draw(st.integers(1, len(criteria)))
    parts = [part for part in (criteria[:middle], criteria[middle:]) if part]
    weights = st.floats(0.01, 100)
    return {
        "score": draw(st.sampled_from(["top2box", "mean_scaled"])),
        "aggregation": draw(st.sampled_from(["equal_criteria", "mean_of_contents", "weights"])),
        "blanks": "drop_form",
        "status_note": draw(TEXTS),
        "contents": [
            {
                "id": f"C{number}",
                "label": draw(TEXTS),
                "weight": draw(weights),
                "criteria": [{"item": item, "weight": draw(weights)} for item in part],
            }
            for number, part in enumerate(parts)
        ],
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A sound document."""
    gates: dict[str, list[int]] = {}
    questions = [question(draw, number, gates) for number in range(draw(st.integers(1, 8)))]
    half = draw(st.integers(1, len(questions)))
    parts = [part for part in (questions[:half], questions[half:]) if part]
    document: dict[str, Any] = {
        "instrument": "made",
        "version": draw(st.integers(1, 9999)),
        "languages": ["vi", "en"],
        "seconds": 60,
        "title": draw(TEXTS),
        "purpose": draw(TEXTS),
        "source": draw(TEXTS),
        "scales": {"FIVE": FIVE},
        "missing_answers": {"dont_know": draw(TEXTS)},
        "sections": [
            {"id": f"s{number}", "title": draw(TEXTS), "questions": part} for number, part in enumerate(parts)
        ],
    }
    criteria = [
        item for item, codes in gates.items() if set(codes) >= {1, 2, 3, 4, 5} and item.count("q") == 1
    ]
    five = [item for item in criteria if {code for code in gates[item] if code > 0} == {1, 2, 3, 4, 5}]
    if five:
        document["recipe"] = recipe(draw, five)
    return document


class TestSoundDocuments:
    """What the checker accepts can be built, stored and used."""

    @settings(max_examples=150, deadline=None)
    @given(document=documents())
    def test_are_accepted_by_the_checker_and_the_json_schema(self, document: dict[str, Any]) -> None:
        assert problems_of(SourceFile("made.yaml", document, {(): 1})) == []
        assert SCHEMA.is_valid(document)

    @settings(max_examples=150, deadline=None)
    @given(document=documents())
    def test_come_back_the_same_from_canonical_json(self, document: dict[str, Any]) -> None:
        again = json.loads(canonical_json(document))
        assert content_hash(again) == content_hash(document)
        assert build(again) == build(document)

    @settings(max_examples=150, deadline=None)
    @given(document=documents(), data=st.data())
    def test_show_only_items_whose_gates_are_answered_on_the_path(
        self, document: dict[str, Any], data: st.DataObject
    ) -> None:
        questionnaire = build(document)
        answers = {
            item.id: data.draw(st.sampled_from(sorted(item.codes)))
            for item in questionnaire.coded_items
            if data.draw(st.booleans())
        }
        shown = on_path(questionnaire, answers)
        for item in questionnaire.items:
            for condition in item.question.show_if:
                gate = answers.get(condition.item)
                if item.id in shown and questionnaire.item(condition.item).kind == "coded":
                    assert condition.item in shown
                    assert gate in condition.codes

    @settings(max_examples=100, deadline=None)
    @given(document=documents())
    def test_give_every_index_value_coefficients_that_sum_to_one(self, document: dict[str, Any]) -> None:
        made = build(document).recipe
        for node in nodes(made) if made else []:
            assert abs(sum(node.coefficients.values()) - 1) < 1e-9
            assert all(share > 0 for share in node.coefficients.values())

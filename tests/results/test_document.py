"""The canonical text of a result and the name made from it."""

from __future__ import annotations

import hmac
import json

import pytest

from survey_app.questionnaires.rules import build
from survey_app.results.rules.document import canonical, number, percent, recipe_hash, run_id, with_run


def test_run_id_is_the_start_of_a_keyed_hash_of_the_text():
    text = canonical({"b": 1, "a": "ấ"})
    assert text == '{"b":1,"a":"ấ"}'
    assert run_id(text, "khóa") == hmac.new("khóa".encode(), text.encode(), "sha256").hexdigest()[:12]


def test_nobody_can_try_out_hidden_answers_against_a_published_name():
    assert run_id("{}", "key of one installation") != run_id("{}", "key of another")


def test_printed_text_is_the_canonical_one_with_its_name_in_front():
    text = canonical({"campaign": {"code": "a"}})
    printed = json.loads(with_run(text, "abc"))
    assert list(printed) == ["run", "campaign"]
    assert printed.pop("run") == "abc"
    assert canonical(printed) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1 / 3, 33.333333333), (0.0, 0.0), (-1e-14, 0.0), (float("nan"), None), (1.0, 100.0)],
)
def test_writes_percentages_to_nine_decimals_and_null_for_nan(value, expected):
    assert percent(value) == expected
    assert str(percent(value)) != "-0.0"


def test_writes_null_for_infinity():
    assert number(float("inf")) is None


class TestRecipeHash:
    def test_changes_with_what_the_recipe_does(self, trial):
        recipes = [
            trial(),
            trial(score="mean_scaled"),
            trial(aggregation="mean_of_contents"),
            trial(blanks="drop_form"),
        ]
        assert len({recipe_hash(build(one).recipe) for one in recipes}) == 4

    def test_does_not_change_with_words(self, trial):
        other = trial(status_note={"vi": "Lời khác", "en": "Other words"})
        assert recipe_hash(build(other).recipe) == recipe_hash(build(trial()).recipe)

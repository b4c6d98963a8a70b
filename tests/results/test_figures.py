"""A campaign's stored responses to a computed run, on both databases."""

from __future__ import annotations

import json

import pytest

from survey_app.foundation.languages import use_language
from survey_app.questionnaires.rules import Aggregation, ScoreMethod
from survey_app.results.queries.figures import UnableToCompute

FIGURE = ["estimate", "se", "ci_low", "ci_high", "n", "n_min", "df", "deff", "deff_wr", "interval"]


@pytest.fixture
def filled(survey, some):
    """The trial campaign with 98 responses, 8 of them flagged; the third office has none."""
    survey.store(some(0, 60) + some(1, 30, 3, channel="web") + some(0, 8, 5, flags="burst too_fast"))
    return survey


class TestShape:
    def test_has_the_promised_keys_in_a_fixed_order(self, filled):
        result = json.loads(filled.compute().text)
        assert list(result) == [
            "campaign",
            "method",
            "population",
            "overall",
            "contents",
            "factors",
            "criteria",
            "offices",
            "instruments",
            "sensitivity",
        ]
        assert list(result["overall"]) == FIGURE
        assert list(result["criteria"][0]) == ["id", "label", "label_en", "content", "factor", *FIGURE]

    def test_publishes_every_level_of_the_tree(self, filled):
        result = json.loads(filled.compute().text)
        assert [node["id"] for node in result["contents"]] == ["A", "B"]
        assert [node["id"] for node in result["factors"]] == ["F1", "F2"]
        assert [(node["id"], node["content"], node["factor"]) for node in result["criteria"]] == [
            ("q1", "A", "F1"),
            ("q2", "A", "F1"),
            ("q3", "A", "F2"),
            ("q4", "B", None),
        ]

    def test_lists_all_offices_by_unit_code_and_nulls_where_nobody_answered(self, filled):
        offices = json.loads(filled.compute().text)["offices"]
        assert [office["unit"]["code"] for office in offices] == ["01273", "01477", "04"]
        assert [office["overall"]["n"] for office in offices] == [30, 0, 68]
        assert offices[1]["overall"]["estimate"] is None

    def test_states_campaign_and_method(self, filled):
        result = json.loads(filled.compute().text)
        assert result["campaign"] == {
            "code": "thu-nghiem",
            "title": "Đợt thử",
            "title_en": "Trial campaign",
            "questionnaire": "trial@1",
            "from": "2026-11-01",
            "to": "2026-11-30",
        }
        method = result["method"]
        assert (method["score"], method["aggregation"], method["blanks"], method["level"]) == (
            "top2box",
            "equal_criteria",
            "drop_per_criterion",
            0.95,
        )
        assert method["data"]["responses"] == 98
        assert method["questionnaires_own"] is True

    def test_labels_the_population_as_voluntary_with_channels_and_flags(self, filled):
        population = json.loads(filled.compute().text)["population"]
        assert (population["kind"], population["label"]) == ("voluntary", "Ý kiến tự nguyện")
        assert {row["channel"]: row["responses"] for row in population["channels"]} == {"qr": 68, "web": 30}
        assert population["flagged"]["responses"] == 8
        assert {row["flag"]: row["responses"] for row in population["flagged"]["reasons"]} == {
            "burst": 8,
            "too_fast": 8,
        }


class TestSameBytes:
    def test_twice_on_the_same_data(self, filled):
        first, second = filled.compute(), filled.compute()
        assert first.text.encode() == second.text.encode()
        assert first.run_id == second.run_id

    def test_on_another_database_with_the_same_data(self, filled, make_survey, other_database, some):
        other = make_survey(other_database)
        other.store(some(0, 60) + some(1, 30, 3, channel="web") + some(0, 8, 5, flags="burst too_fast"))
        assert other.compute().text.encode() == filled.compute().text.encode()

    def test_whatever_language_the_operator_uses(self, filled):
        with use_language("en"):
            english = filled.compute().text
        assert english == filled.compute().text

    def test_whatever_the_size_of_the_chunks(self, filled, monkeypatch):
        from survey_app.responses import queries

        whole = filled.compute().text
        coded = queries.coded_answers
        monkeypatch.setattr(queries, "coded_answers", lambda session, **more: coded(session, **more, chunk=7))
        assert filled.compute().text == whole

    def test_not_after_one_more_response(self, filled, some):
        before = filled.compute().run_id
        filled.store(some(2, 1))
        assert filled.compute().run_id != before


class TestChoices:
    def test_another_score_is_another_run_that_says_so(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 30))
        result = json.loads(sqlite_survey.compute(score=ScoreMethod.MEAN_SCALED).text)
        assert result["method"]["score"] == "mean_scaled"
        assert result["method"]["questionnaires_own"] is False
        assert result["method"]["label_en"] == "Another way"
        assert sqlite_survey.compute().run_id != sqlite_survey.compute(score=ScoreMethod.MEAN_SCALED).run_id

    def test_refuses_weights_that_the_recipe_does_not_have(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 30))
        with pytest.raises(UnableToCompute, match="không có trọng số"):
            sqlite_survey.compute(aggregation=Aggregation.WEIGHTS)


class TestRefusals:
    def test_refuses_a_campaign_without_responses(self, survey):
        with pytest.raises(UnableToCompute, match="chưa có phiếu nào"):
            survey.compute()

    def test_refuses_a_questionnaire_without_recipe_and_names_the_remedy(
        self, make_survey, other_database, trial, some
    ):
        survey = make_survey(other_database, document=trial(with_recipe=False))
        survey.store(some(0, 30))
        with pytest.raises(UnableToCompute, match="phiên bản mới"):
            survey.compute()


def test_sipas_2022_gives_the_45_published_indices(make_survey, other_database, answer):
    """33 criteria, 9 factors, 2 contents and the overall index: the number published for 2022 (sggp 101676)."""
    from survey_app.questionnaires.gateway import shipped_file
    from survey_app.questionnaires.schemas import load

    document = load(shipped_file("sipas_2022")).document
    survey = make_survey(other_database, document=document)
    with other_database.read() as session:
        from survey_app.questionnaires.queries import by_id

        width = len(by_id(session, survey.campaign.questionnaire_version_id).coded_items)
    survey.store([answer(number % 3, (1 + number % 5,) * width) for number in range(60)])
    result = json.loads(survey.compute().text)
    counts = [len(result[level]) for level in ("contents", "factors", "criteria")]
    assert counts == [2, 9, 33]
    # every item has 24 answers of 4 or 5 among 60
    assert result["overall"]["estimate"] == pytest.approx(40)

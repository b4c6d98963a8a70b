"""Storing and publishing runs, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from survey_app.questionnaires.rules import ScoreMethod
from survey_app.results.models import FrozenRun, IndexRun
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries import runs
from survey_app.results.queries.publication import prepare


@pytest.fixture
def two_runs(survey, some):
    """Two runs of one campaign, the second with more responses."""
    survey.store(some(0, 20))
    first = survey.run()
    survey.store(some(1, 20))
    return survey, first, survey.run()


def states(survey):
    """State of each run by id."""
    with survey.database.read() as session:
        return {run.id: run.state for run in runs.listed(session, campaign_id=survey.campaign.id)}


class TestStoreRun:
    def test_stores_the_canonical_text_under_its_own_name(self, survey, some):
        survey.store(some(0, 20))
        computation = survey.compute()
        run_id = survey.run()
        with survey.database.read() as session:
            assert runs.result_text(session, run_id=run_id) == computation.text
            row = session.scalars(select(IndexRun)).one()
        assert (row.recipe_hash, row.responses, row.method["score"]) == (
            computation.recipe_hash,
            20,
            "top2box",
        )

    def test_storing_the_same_figures_again_changes_nothing(self, survey, some, now):
        survey.store(some(0, 20))
        run_id = survey.run()
        survey.publish(run_id)
        computation = survey.compute()
        again = survey.database.write(
            lambda session: store_run(session, computation=computation, now=now + timedelta(days=1))
        )
        assert (again.id, again.state, again.created_at) == (run_id, "published", now)


class TestPublishRun:
    def test_supersedes_the_run_published_before(self, two_runs):
        survey, first, second = two_runs
        survey.publish(first)
        survey.publish(second)
        assert states(survey) == {first: "superseded", second: "published"}

    def test_leaves_the_runs_of_other_campaigns_alone(self, two_runs, make_survey, some):
        survey, first, _ = two_runs
        other = make_survey(survey.database, code="dot-khac")
        other.store(some(0, 20))
        other_run = other.run()
        survey.publish(first)
        other.publish(other_run)
        assert states(survey)[first] == states(other)[other_run] == "published"

    def test_keeps_the_day_of_publication_when_repeated(self, two_runs, now):
        survey, first, _ = two_runs
        survey.publish(first)
        survey.publish(first, now + timedelta(days=3))
        with survey.database.read() as session:
            assert runs.run(session, run_id=first).published_at == now

    def test_brings_back_a_superseded_run(self, two_runs, now):
        survey, first, second = two_runs
        survey.publish(first)
        survey.publish(second)
        survey.publish(first, now + timedelta(days=1))
        assert states(survey) == {first: "published", second: "superseded"}

    def test_refuses_an_unknown_run(self, survey, now):
        with pytest.raises(runs.UnknownRun, match="results list"):
            survey.database.write(lambda session: publish_run(session, run_id="0" * 12, now=now))


def public_json(survey, run_id):
    """The published document of the run whose figures a run shows, with its offices by code."""
    with survey.database.read() as session:
        shown = runs.run(session, run_id=run_id).shows
        result = json.loads(runs.published_text(session, run_id=shown))
        offices = [json.loads(text) for text in runs.office_texts(session, run_id=shown)]
    return result | {"offices": {office["code"]: office for office in offices}}


class TestPublishRunBesideEarlierOnes:
    """Nobody who kept an earlier page learns what 1 to 9 people answered."""

    @pytest.mark.parametrize("more", [1, 9])
    def test_keeps_every_figure_while_fewer_than_ten_are_new(self, survey, some, more):
        survey.store(some(0, 60) + some(1, 40))
        first = survey.run()
        survey.publish(first)
        survey.store(some(0, more, 3))
        second = survey.run()
        survey.publish(second)
        assert states(survey) == {first: "superseded", second: "published"}
        assert public_json(survey, second) == public_json(survey, first)

    def test_publishes_them_with_the_tenth(self, survey, some, answer):
        survey.store(some(0, 60) + some(1, 40))
        survey.publish(survey.run())
        for _ in range(2):
            survey.store([answer(0, (5, 4, 3, 1, 4))] * 5)
            last = survey.run()
            survey.publish(last)
        assert public_json(survey, last)["overall"]["n"] == 110

    def test_keeps_the_figures_of_an_office_with_few_new_responses_and_of_its_cover(self, survey, some):
        survey.store(some(0, 60) + some(1, 40) + some(2, 30))
        first = survey.run()
        survey.publish(first)
        survey.store(some(0, 3, 4) + some(1, 12, 5) + some(2, 30, 6))
        second = survey.run()
        survey.publish(second)
        before, after = public_json(survey, first), public_json(survey, second)
        kept = {code: office["kept"] and office["kept"]["run"] for code, office in after["offices"].items()}
        assert kept == {"thu-nghiem-00": first, "thu-nghiem-01": first, "thu-nghiem-02": None}
        assert after["overall"]["n"] == 175
        assert [after["offices"][code]["overall"] for code in kept if kept[code]] == [
            before["offices"][code]["overall"] for code in kept if kept[code]
        ]

    def test_keeps_everything_while_one_criterion_has_fewer_than_ten_new_answers(self, survey, some, answer):
        survey.store(some(0, 60))
        first = survey.run()
        survey.publish(first)
        survey.store([answer(0, (5, 5, 0, 1, 5))] * 20 + [answer(0, (5, 5, 5, 1, 5))] * 3)
        second = survey.run()
        survey.publish(second)
        assert public_json(survey, second)["criteria"] == public_json(survey, first)["criteria"]

    def test_shows_another_way_to_compute_the_same_responses_at_once(self, survey, some):
        survey.store(some(0, 60))
        survey.publish(survey.run())
        other = survey.run(score=ScoreMethod.MEAN_SCALED)
        survey.publish(other)
        assert public_json(survey, other)["method"]["score"] == "mean_scaled"

    def test_hides_what_would_tell_of_a_few_new_flagged_responses(self, survey, some):
        survey.store(some(0, 60) + some(0, 12, flags="burst"))
        survey.publish(survey.run())
        survey.store(some(0, 30) + some(0, 3, flags="burst"))
        last = survey.run()
        survey.publish(last)
        public = public_json(survey, last)
        assert public["overall"]["n"] == 105
        assert public["population"]["flagged"]["responses"] is None
        assert public["population"]["flagged"]["reasons"][0]["responses"] is None
        assert public["sensitivity"]["without_flagged"]["overall"]["hidden"] == "under_10"

    def test_works_it_out_again_when_somebody_published_meanwhile(self, survey, some, now):
        survey.store(some(0, 60))
        first = survey.run()
        survey.store(some(0, 5))
        second = survey.run()
        with survey.database.read() as session:
            stale = prepare(session, run_id=second)
        survey.publish(first)
        run = survey.database.write(
            lambda session: publish_run(session, run_id=second, now=now, publication=stale)
        )
        assert (stale.shows, run.shows) == (second, first)


class TestFrozenRun:
    def test_refuses_to_change_a_stored_figure(self, two_runs):
        survey, first, _ = two_runs

        def falsify(session):
            session.get(IndexRun, first).result = "{}"
            session.flush()

        with pytest.raises(FrozenRun, match="result"):
            survey.database.write(falsify)

    def test_refuses_to_delete_a_run(self, two_runs):
        survey, first, _ = two_runs

        def delete(session):
            session.delete(session.get(IndexRun, first))
            session.flush()

        with pytest.raises(FrozenRun):
            survey.database.write(delete)

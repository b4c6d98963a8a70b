"""Storing and publishing runs, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from survey_app.results.models import FrozenRun, IndexRun
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries import runs


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

"""Storing and forgetting, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text

from survey_app.campaigns.queries import campaign_by_code, entry_codes
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.questionnaires.queries import by_id
from survey_app.responses.guards import FormSigner
from survey_app.responses.models import Submission
from survey_app.responses.operations import Origin, purge_submissions, submit
from survey_app.responses.queries import coded_answers, counts_by_place, is_stored, watermark
from survey_app.responses.rules.flags import Flag
from tests.responses.conftest import install


class Campaign:
    """The open campaign of these tests, and a way to store an answer to it."""

    def __init__(self, database: Database) -> None:
        install(database)
        self.database = database
        with database.read() as session:
            view = campaign_by_code(session, "thu", today=local_date(now()))
            assert view is not None
            (self.entry,) = entry_codes(session, view.id)
            self.questionnaire = by_id(session, view.questionnaire_version_id)
        self.id = view.id
        self.origin = Origin(
            campaign_id=view.id,
            questionnaire_version_id=view.questionnaire_version_id,
            office_id=self.entry.office.office_id,
            service_point_id=self.entry.service_point_id,
            channel="qr",
            instrument="web",
            language="vi",
        )

    def store(self, submission_id: str, answers: dict, flags: frozenset[Flag] = frozenset(), at=None) -> bool:
        """Store one submission."""
        return self.database.write(
            lambda session: submit(
                session,
                submission_id=submission_id,
                origin=self.origin,
                questionnaire=self.questionnaire,
                answers=answers,
                flags=flags,
                now=at or now(),
            )
        )


@pytest.fixture
def campaign(database: Database) -> Campaign:
    return Campaign(database)


class TestSubmit:
    def test_stores_a_submission_once(self, campaign: Campaign):
        assert campaign.store("a" * 32, {"overall": 4})
        assert not campaign.store("a" * 32, {"overall": 1})
        with campaign.database.read() as session:
            assert watermark(session, campaign_id=campaign.id).count == 1


class TestPrivacy:
    def test_stores_nothing_that_leads_back_to_a_receipt(self, campaign: Campaign):
        campaign.store("a" * 32, {"overall": 4})
        with campaign.database.read() as session:
            (digest,) = session.scalars(select(Submission.digest))
            assert is_stored(session, submission_id="a" * 32)
        assert digest not in ("a" * 32, FormSigner("x" * 32).receipt("a" * 32))


class TestPurgeSubmissions:
    def test_forgets_digests_after_eight_days(self, campaign: Campaign):
        campaign.store("a" * 32, {"overall": 4}, at=now() - timedelta(days=9))
        campaign.store("b" * 32, {"overall": 4}, at=now() - timedelta(days=7))
        assert campaign.database.write(lambda session: purge_submissions(session, now=now())) == 1
        with campaign.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Submission)) == 1


class TestCodedAnswers:
    def test_yields_every_response_once_in_the_order_of_storing(self, campaign: Campaign):
        for number in range(7):
            campaign.store(f"{number:032x}", {"overall": 1 + number % 5})
        with campaign.database.read() as session:
            mark = watermark(session, campaign_id=campaign.id)
            chunks = list(coded_answers(session, campaign_id=campaign.id, up_to_id=mark.last_id, chunk=3))
        width = len(campaign.questionnaire.coded_items)
        codes = b"".join(chunk.codes for chunk in chunks)
        assert [chunk.count for chunk in chunks] == [3, 3, 1]
        assert list(codes[::width]) == [1, 2, 3, 4, 5, 1, 2]

    def test_stops_at_the_watermark(self, campaign: Campaign):
        campaign.store("a" * 32, {"overall": 4})
        with campaign.database.read() as session:
            mark = watermark(session, campaign_id=campaign.id)
        campaign.store("b" * 32, {"overall": 4})
        with campaign.database.read() as session:
            chunks = list(coded_answers(session, campaign_id=campaign.id, up_to_id=mark.last_id))
        assert sum(chunk.count for chunk in chunks) == 1


class TestWatermark:
    def test_counts_from_an_index_alone(self, campaign: Campaign):
        for number in range(3):
            campaign.store(f"{number:032x}", {"overall": 4})
        asked = []
        with campaign.database.read() as session:
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
            watermark(session, campaign_id=campaign.id)
        explain = "EXPLAIN QUERY PLAN" if campaign.database.is_sqlite else "EXPLAIN"
        with campaign.database.engine.connect() as connection:
            if not campaign.database.is_sqlite:
                # An index alone is cheaper where all rows are marked as seen by everybody, and while it is small.
                plain = connection.execution_options(isolation_level="AUTOCOMMIT")
                plain.execute(text("VACUUM FULL responses"))
                plain.execute(text("VACUUM ANALYZE responses"))
                # so few rows would be read at once whatever the index holds
                connection.execute(text("SET enable_seqscan = off"))
                connection.execute(text("SET enable_bitmapscan = off"))
            plans = [str(connection.exec_driver_sql(f"{explain} {one}", given).all()) for one, given in asked]
        assert len(plans) == 2
        assert all("COVERING INDEX" in plan or "Index Only Scan" in plan for plan in plans)


class TestCounts:
    def test_counts_flags_and_places(self, campaign: Campaign):
        campaign.store("a" * 32, {"overall": 4}, frozenset({Flag.BURST, Flag.TOO_FAST}))
        campaign.store("b" * 32, {"overall": 4})
        with campaign.database.read() as session:
            mark = watermark(session, campaign_id=campaign.id)
            (place,) = counts_by_place(session, campaign_id=campaign.id)
        assert (mark.count, mark.flags, mark.channels) == (2, {"burst": 1, "too_fast": 1}, {"qr": 2})
        assert (place.responses, place.flagged, place.channel) == (2, 1, "qr")

"""A rehearsal over HTTP: marked pages, answers that never count, and their end; on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from survey_app.campaigns.operations import (
    create_campaign,
    end_rehearsal,
    open_campaign,
    start_rehearsal,
)
from survey_app.campaigns.queries import campaign_by_code
from survey_app.demo.building import (
    Plan,
    answer_campaign,
    build_campaign,
    build_places,
    publish_questionnaires,
)
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import shipped_units
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import id_by_name
from survey_app.responses.commands import status
from survey_app.responses.models import RehearsalResponse, Response
from survey_app.responses.operations import RehearsalOver, submit_rehearsal
from survey_app.responses.operations.submissions import Origin
from survey_app.responses.queries import counts_by_place, live_arrivals, rehearsal_counts, watermark
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries.figures import compute
from survey_app.results.rules.document import Computation
from tests.responses.conftest import DOCUMENT, Citizen

SATISFIED = {"overall": "4", "comment": "giữ lại"}
MARK = "DIỄN TẬP"


@pytest.fixture
def code(app: Flask) -> str:
    """The code of a counter whose campaign is in rehearsal."""

    def build(session: Any) -> str:
        at = now()
        load_units(session, rows=shipped_units("04"), now=at)
        publish(session, document=DOCUMENT, now=at)
        office = add_office(session, unit_code="04", code="ttpvhcc", name="Trung tâm", name_en="Centre")
        point = add_service_point(session, office_code="ttpvhcc", name="Quầy 1", now=at)
        create_campaign(
            session,
            code="thu",
            title="Khảo sát thử",
            title_en="Trial survey",
            questionnaire_version_id=id_by_name(session, "every_kind"),
            opens_on=local_date(at),
            closes_on=local_date(at) + timedelta(days=30),
            office_ids=[office.id],
            channels=["qr"],
            now=at,
        )
        start_rehearsal(session, code="thu", now=at)
        return point.code

    return database_of(app).write(build)


def database_of(app: Flask) -> Database:
    """Return the application's database."""
    database: Database = app.extensions["survey_app.database"]
    return database


def count(app: Flask, model: Any) -> int:
    """Return the number of rows of a table."""
    with database_of(app).read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def do(app: Flask, operation: Any, **words: Any) -> None:
    """Run an operation on the campaign, and let a second pass for the directory of codes."""
    database_of(app).write(lambda session: operation(session, code="thu", **words))
    app.extensions["survey_app.responses"].directory.forget()


def figures(app: Flask) -> tuple[object, ...]:
    """Return what every figure of the campaign is made of."""
    with database_of(app).read() as session:
        campaign = campaign_by_code(session, "thu", today=local_date(now()))
        assert campaign is not None
        return watermark(session, campaign_id=campaign.id), counts_by_place(session, campaign_id=campaign.id)


class TestPages:
    def test_the_form_says_that_it_is_a_rehearsal(self, citizen: Citizen):
        page = citizen.open()
        assert f'<p class="mark"><strong>{MARK}</strong> – câu trả lời không được tính</p>' in page
        assert f"<title>{MARK}: " in page

    def test_the_form_says_it_in_english(self, citizen: Citizen):
        assert '<p class="mark"><strong>REHEARSAL</strong>' in citizen.open("?lang=en")

    def test_the_thanks_page_says_it(self, citizen: Citizen, client: FlaskClient):
        page = client.get(citizen.send(SATISFIED).location).text
        assert f"<strong>{MARK}</strong> – câu trả lời không được tính" in page
        assert "Phiếu đã được lưu" not in page

    def test_the_mark_stays_when_the_form_comes_back(self, citizen: Citizen):
        assert MARK in citizen.send({"comment": "thiếu câu bắt buộc"}).text
        assert MARK in citizen.send(SATISFIED | {"show": "size:l"}).text

    def test_the_mark_stays_on_the_thanks_page_in_another_language(
        self, citizen: Citizen, client: FlaskClient
    ):
        page = client.get(citizen.send(SATISFIED).location).text
        (link,) = re.findall(r'href="(/[^"]*lang=en[^"]*)"', page)
        assert "REHEARSAL" in client.get(link.replace("&amp;", "&")).text

    def test_a_real_form_bears_no_mark(self, app: Flask, citizen: Citizen, client: FlaskClient):
        citizen.open()
        do(app, open_campaign, now=now())
        assert MARK not in citizen.open()
        assert MARK not in client.get(citizen.send(SATISFIED).location).text


class TestAnswers:
    def test_are_kept_apart_and_change_no_figure(self, app: Flask, citizen: Citizen):
        before = figures(app)
        assert citizen.send(SATISFIED).status_code == 303
        assert figures(app) == before
        assert (count(app, Response), count(app, RehearsalResponse)) == (0, 1)

    def test_are_stored_once(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        assert citizen.send(SATISFIED, hidden).location == citizen.send(SATISFIED, hidden).location
        assert count(app, RehearsalResponse) == 1

    def test_are_counted_by_counter_for_staff(self, app: Flask, citizen: Citizen):
        citizen.send(SATISFIED)
        citizen.send(SATISFIED)
        with database_of(app).read() as session:
            campaign = campaign_by_code(session, "thu", today=local_date(now()))
            assert campaign is not None
            assert list(rehearsal_counts(session, campaign_id=campaign.id).values()) == [2]

    def test_are_wiped_when_the_rehearsal_ends(self, app: Flask, citizen: Citizen):
        citizen.send(SATISFIED)
        do(app, end_rehearsal)
        assert count(app, RehearsalResponse) == 0

    def test_are_wiped_when_the_campaign_opens(self, app: Flask, citizen: Citizen):
        citizen.send(SATISFIED)
        do(app, open_campaign, now=now())
        assert (count(app, Response), count(app, RehearsalResponse)) == (0, 0)

    def test_do_not_make_the_first_real_answer_look_repeated(self, app: Flask, citizen: Citizen, stored):
        for _ in range(6):
            citizen.send(SATISFIED)
        do(app, open_campaign, now=now())
        citizen.send(SATISFIED)
        assert stored()[0].flags == "too_fast"


class TestEnd:
    def test_a_form_of_the_rehearsal_never_counts_after_the_opening(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        do(app, open_campaign, now=now())
        answer = citizen.send(SATISFIED, hidden)
        assert answer.status_code == 409
        assert "mở trong lúc diễn tập" in answer.text
        assert count(app, Response) == 0

    def test_what_was_typed_comes_back_in_a_form_that_can_be_sent(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        do(app, open_campaign, now=now())
        page = citizen.send(SATISFIED, hidden).text
        assert "giữ lại" in page
        assert MARK not in page
        fresh = dict(re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', page))
        assert citizen.send(SATISFIED, fresh).status_code == 303
        assert count(app, Response) == 1

    def test_a_process_that_has_not_heard_of_the_opening_stores_nothing(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        database_of(app).write(lambda session: open_campaign(session, code="thu", now=now()))
        answer = citizen.send(SATISFIED, hidden)
        assert answer.status_code == 409
        assert "giữ lại" in answer.text
        assert (count(app, Response), count(app, RehearsalResponse)) == (0, 0)

    def test_a_rehearsal_that_ended_gives_back_what_was_written(self, app: Flask, citizen: Citizen):
        hidden = citizen.hidden()
        do(app, end_rehearsal)
        answer = citizen.send(SATISFIED, hidden)
        assert answer.status_code == 409
        assert "Buổi diễn tập đã kết thúc" in answer.text
        assert "giữ lại</textarea>" in answer.text

    def test_a_real_form_is_not_taken_for_the_rehearsal(self, app: Flask, citizen: Citizen):
        signer = app.extensions["survey_app.responses"].signer
        submission_id, token = signer.issue(citizen.code, 1, now())
        answer = citizen.send(SATISFIED, {"submission_id": submission_id, "form_token": token})
        assert answer.status_code == 200
        assert (count(app, Response), count(app, RehearsalResponse)) == (0, 0)

    def test_refuses_a_rehearsal_of_another_campaign(self, app: Flask, code: str):
        origin = Origin(
            campaign_id=999,
            questionnaire_version_id=1,
            office_id=1,
            service_point_id=1,
            channel="qr",
            instrument="web",
            language="vi",
        )
        with pytest.raises(RehearsalOver):
            database_of(app).write(
                lambda session: submit_rehearsal(
                    session,
                    submission_id="0" * 32,
                    rehearsal_id=1,
                    origin=origin,
                    answers={},
                    flags=frozenset(),
                    now=now(),
                )
            )

    def test_the_database_itself_wipes_the_answers(self, app: Flask, citizen: Citizen):
        citizen.send(SATISFIED)
        database_of(app).write(lambda session: session.execute(text("DELETE FROM campaign_rehearsals")))
        assert count(app, RehearsalResponse) == 0


class TestWholePath:
    """A rehearsal beside a campaign that is open, counted and published."""

    @pytest.fixture
    def published(self, app: Flask, code: str) -> Citizen:
        """A citizen at the rehearsing counter; the demo campaign `tai-quay` has answers and a published run."""
        database, at = database_of(app), now()
        plan = Plan("tai-quay", "Tại quầy", "Counter", "counter_pulse", "qr", 60)
        build_places(database, at)
        publish_questionnaires(database, at)
        build_campaign(database, plan, at)
        answer_campaign(database, plan, at)
        run = self.compute(app)
        database.write(lambda session: store_run(session, computation=run, now=at))
        database.write(lambda session: publish_run(session, run_id=run.run_id, now=at))
        return Citizen(app.test_client(use_cookies=False), code)

    def compute(self, app: Flask) -> Computation:
        with database_of(app).read() as session:
            campaign = campaign_by_code(session, "tai-quay", today=local_date(now()))
            assert campaign is not None
            return compute(session, campaign=campaign)

    def everything(self, app: Flask) -> list[object]:
        """Return the run, the open data, the command's counts and the live numbers."""
        client = app.test_client(use_cookies=False)
        with database_of(app).read() as session:
            live = [live_arrivals(session, campaign_id=number) for number in (1, 2)]
        return [
            self.compute(app).run_id,
            client.get("/results/tai-quay.csv").data,
            client.get("/results/tai-quay.json").data,
            app.test_cli_runner().invoke(status, ["--all", "--json"]).output,
            live,
            figures(app),
        ]

    def test_an_index_run_and_every_count_are_the_same_before_and_after(self, app: Flask, published: Citizen):
        before = self.everything(app)
        for _ in range(3):
            assert published.send(SATISFIED).status_code == 303
        assert count(app, RehearsalResponse) == 3
        assert self.everything(app) == before

"""Staff pages of results: one person computes, another publishes; nobody sees another unit's runs."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey_app.campaigns.models import Campaign
from survey_app.foundation.audit import AuditEntry
from survey_app.results.documents.page import list_row
from survey_app.results.models import RunRequest
from survey_app.results.operations import AlreadyComputing, request_run
from survey_app.results.queries import runs
from survey_app.staff.rules.permissions import Role
from tests.results.conftest import Answer
from tests.results.test_weighting import weigh
from tests.staff_client import StaffClient

RUNS = "/results/thu-nghiem/runs"


@pytest.fixture
def survey(app: Flask, make_survey, some):
    """The trial campaign, opened, of unit 04: offices with 60, 40 and 6 responses."""
    survey = make_survey(app.extensions["survey_app.database"])
    survey.store(some(0, 60) + some(1, 40, channel="web") + some(2, 6))
    opened = update(Campaign).values(unit_path="04", opened_at=survey.now, state="open")
    survey.database.write(lambda session: session.execute(opened) and None)
    return survey


@pytest.fixture
def analyst(survey, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """Who computes, in the province."""
    return staff_client((Role.ANALYST, "04"))


@pytest.fixture
def approver(survey, staff_client: Callable[..., StaffClient]) -> StaffClient:
    """Who publishes, in the province."""
    return staff_client((Role.APPROVER, "04"))


@pytest.fixture
def run_page(analyst: StaffClient) -> str:
    """The address of a run that the analyst computed."""
    answer = analyst.post(RUNS)
    assert re.fullmatch(rf"{RUNS}/\w{{12}}", answer.location)
    return str(answer.location)


class TestComputing:
    """An analyst asks for a run."""

    def test_gives_the_same_figures_as_the_command(self, survey, analyst, run_page) -> None:
        overall = json.loads(survey.compute().text)["overall"]

        page = analyst.get(run_page).text
        assert f"{overall['estimate']:.2f}%".replace(".", ",") in page
        assert f"{overall['ci_low']:.2f} – {overall['ci_high']:.2f}%".replace(".", ",") in page

    def test_says_who_asked_and_writes_it_down(self, survey, analyst, run_page) -> None:
        with survey.database.read() as session:
            line = session.scalars(select(AuditEntry)).one()

        assert (line.action, line.subject, line.unit_path) == ("results.run", "campaign:thu-nghiem", "04")
        assert "Tính: <strong>Nguyễn Thị Thử</strong>" in analyst.get(run_page).text

    def test_with_another_score_is_labelled_so(self, analyst) -> None:
        address = analyst.post(RUNS, {"score": "mean_scaled"}).location

        assert "dùng cách tính khác với công thức ghi trong phiếu" in analyst.get(address).text

    def test_of_an_unknown_score_is_refused(self, analyst) -> None:
        answer = analyst.post(RUNS, {"score": "best"})

        assert answer.status_code == 422
        assert "Xin chọn trong danh sách" in answer.text

    def test_without_answers_says_so_on_the_page(self, survey, analyst) -> None:
        survey.database.write(lambda session: session.execute(update(Campaign).values(code="rong")) and None)
        from survey_app.responses.models import Response

        survey.database.write(lambda session: session.query(Response).delete() and None)
        answer = analyst.post("/results/rong/runs")

        assert answer.location == "/results/rong/runs"
        assert "chưa có phiếu nào" in analyst.get("/results/rong/runs").text

    def test_waits_for_the_one_under_way(self, survey, analyst) -> None:
        from survey_app.foundation.clock import now

        running = RunRequest(
            campaign_id=survey.campaign.id, account_id=analyst.account_id, requested_at=now()
        )
        survey.database.write(lambda session: session.add(running))

        assert "Đang tính" in analyst.get(RUNS).text
        assert analyst.post(RUNS).status_code == 409

    def test_that_lost_its_process_is_told_and_can_be_repeated(self, survey, analyst) -> None:
        old = RunRequest(
            campaign_id=survey.campaign.id, account_id=analyst.account_id, requested_at=survey.now
        )
        survey.database.write(lambda session: session.add(old))

        assert "bị gián đoạn" in analyst.get(RUNS).text
        assert analyst.post(RUNS).status_code == 303


class TestPublishing:
    """Two people stand behind every published figure."""

    def test_is_refused_to_who_computed(self, survey, staff_client) -> None:
        both = staff_client((Role.ANALYST, "04"), (Role.APPROVER, "04"))
        address = both.post(RUNS).location

        answer = both.post(f"{address}/publish", {"seen": "y"})

        assert answer.status_code == 409
        assert "không tự công bố được" in answer.text
        assert both.get("/results/thu-nghiem").status_code == 404

    def test_is_refused_to_who_computed_the_same_figures_after_another(
        self, survey, analyst, run_page, staff_client
    ) -> None:
        second = staff_client((Role.ANALYST, "04"), (Role.APPROVER, "04"))
        assert second.post(RUNS).location == run_page

        assert second.post(f"{run_page}/publish", {"seen": "y"}).status_code == 409

    def test_by_another_person_shows_the_figures_to_everybody(self, client, approver, run_page) -> None:
        assert approver.post(f"{run_page}/publish", {"seen": "y"}).status_code == 303

        assert client.get("/results/thu-nghiem").status_code == 200

    def test_asks_for_the_approvers_word(self, approver, run_page) -> None:
        answer = approver.post(f"{run_page}/publish")

        assert answer.status_code == 422
        assert "Xin điền mục này" in answer.text

    def test_names_what_will_change(self, survey, approver, analyst, run_page, some) -> None:
        approver.post(f"{run_page}/publish", {"seen": "y"})
        survey.store(some(0, 30))
        newer = analyst.post(RUNS).location

        page = approver.get(f"{newer}/publish").text
        assert "Đang công bố" in page
        assert "Sẽ công bố" in page

    def test_says_when_too_few_answers_are_new(self, survey, approver, analyst, run_page, some) -> None:
        approver.post(f"{run_page}/publish", {"seen": "y"})
        survey.store(some(0, 3))
        newer = analyst.post(RUNS).location

        assert "Số liệu giữ nguyên như lần công bố ngày" in approver.get(newer).text

    def test_twice_changes_nothing(self, survey, approver, run_page) -> None:
        for _ in range(2):
            approver.post(f"{run_page}/publish", {"seen": "y"})

        with survey.database.read() as session:
            assert [run.state for run in runs.listed(session)] == ["published"]

    def test_is_not_for_an_analyst(self, analyst, run_page) -> None:
        assert analyst.post(f"{run_page}/publish", {"seen": "y"}).status_code == 403


class TestSendingBack:
    """An approver does not agree."""

    def test_shows_the_reason_to_who_computed(self, approver, analyst, run_page) -> None:
        approver.post(f"{run_page}/return", {"note": "Quầy 5 có <b>100%</b> hài lòng"})

        assert "Quầy 5 có &lt;b&gt;100%&lt;/b&gt; hài lòng" in analyst.get(run_page).text

    def test_needs_a_reason_and_keeps_what_was_typed(self, approver, run_page) -> None:
        answer = approver.post(f"{run_page}/return", {"note": "x" * 600})

        assert answer.status_code == 422
        assert "x" * 600 in answer.text


class TestAnotherUnit:
    """Whoever works elsewhere finds nothing."""

    @pytest.mark.parametrize("path", ["", "/{run}", "/{run}/publish"])
    def test_answers_404(self, staff_client, run_page, path) -> None:
        stranger = staff_client((Role.APPROVER, "08"), (Role.ANALYST, "04/01273"))
        run = run_page.rpartition("/")[2]

        assert stranger.get(RUNS + path.format(run=run)).status_code == 404

    def test_finds_no_line_in_the_list(self, staff_client, run_page, approver) -> None:
        assert "thu-nghiem" in approver.get("/staff/results").text
        assert "thu-nghiem" not in staff_client((Role.LEADER, "08")).get("/staff/results").text

    def test_a_run_of_another_campaign_is_not_found(self, analyst) -> None:
        assert analyst.get(f"{RUNS}/aaaaaaaaaaaa").status_code == 404


def test_small_cells_stay_hidden_from_staff_too(analyst, run_page) -> None:
    page = analyst.get(run_page).text

    assert "dưới 10 phiếu, không công bố" in page


def test_of_two_who_ask_at_once_one_computes(survey, analyst: StaffClient) -> None:
    barrier, outcomes = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait()
        try:
            survey.database.write(
                lambda session: request_run(
                    session, campaign_id=survey.campaign.id, by=analyst.account_id, now=survey.now
                )
            )
        except AlreadyComputing:
            outcomes.append("refused")
        else:
            outcomes.append("begun")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["begun", "refused", "refused", "refused"]


class TestPublishingWithOtherWeights:
    """A second run weights the same responses otherwise."""

    def test_says_that_the_public_goes_on_reading_the_first(
        self, survey, analyst, approver, run_page
    ) -> None:
        approver.post(f"{run_page}/publish", {"seen": "y"})
        weights = {"base": {"variable": "gate", "population": {"1": 500.0, "2": 100.0}}}
        survey.store([Answer(0, (5, 5, 5, 2, 0))] * 12)
        weigh(survey, {"steps": [weights]}, "gate")
        other = str(analyst.post(RUNS, {"weights": "gate"}).location)
        assert "data-label" in approver.get(f"{other}/publish").text
        page = approver.post(f"{other}/publish", {"seen": "y"}, follow_redirects=True).text
        assert "Mọi người vẫn đọc số liệu của lần công bố trước" in page
        assert "Mọi người xem được ngay bây giờ" not in page


def test_a_figure_without_interval_says_so() -> None:
    figure = {"estimate": 55.5, "ci_low": None, "ci_high": None, "n": 12, "hidden": None}
    head = {"overall": figure, "label": "", "title": "", "from": "2026-11-01", "to": "2026-11-30"}
    assert list_row(head).row.spread == "không tính được khoảng"

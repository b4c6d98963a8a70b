"""Prints of many posters: ordered, made in the background, given to their owner for a day."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pypdfium2 as pdfium
import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from survey_app.foundation.clock import now as present
from survey_app.foundation.database import Database
from survey_app.offices import operations, queries
from survey_app.offices.documents import press as pressing
from survey_app.offices.models import PosterJob
from survey_app.offices.rules import JobState
from survey_app.offices.views import printing
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

LOOKS = {"paper": "A6", "english": "yes", "minutes": "1"}


def order(person: StaffClient, unit: str = "01273", **more: str) -> str:
    """Order a print; return the address of its page."""
    answer = person.post("/offices/posters", {"unit": unit, **LOOKS, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def waited_for(person: StaffClient, address: str) -> TestResponse:
    """The page of a print once it goes on no more; the worker is gone by then."""
    for _try in range(300):
        if not person.get(f"{address}.json").json["under_way"]:
            break
        time.sleep(0.1)
    for thread in threading.enumerate():
        if thread.name == "posters":
            thread.join(10)
    return person.get(address)


@pytest.fixture
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prints wait: no worker takes them."""
    monkeypatch.setattr("survey_app.offices.views.posters.wake_printer", lambda: None)


class TestChoosing:
    """/offices/posters."""

    def test_begins_with_the_only_unit_of_a_clerk(self, places: dict[str, str], clerk: StaffClient) -> None:
        assert "2 quầy đang mở và có mã" in clerk.get("/offices/posters").text

    def test_offers_the_units_that_the_words_may_mean(
        self, places: dict[str, str], manager: StaffClient
    ) -> None:
        page = manager.get("/offices/posters?unit=ha").text

        assert "Chọn đúng đơn vị" in page
        assert manager.get("/offices/posters?unit=hoa khanh").text.count("Không thấy đơn vị này") == 1

    def test_begins_with_the_only_unit_that_has_an_office(
        self, places: dict[str, str], manager: StaffClient, staff_client: Callable[..., StaffClient]
    ) -> None:
        assert "2 quầy đang mở và có mã, mỗi quầy một tờ" in manager.get("/offices/posters").text
        everywhere = staff_client(Role.SURVEY_MANAGER).get("/offices/posters").text
        assert "mỗi quầy một tờ" not in everywhere

    def test_ticks_the_offices_that_a_campaign_names_even_among_too_many(
        self, places: dict[str, str], clerk: StaffClient, monkeypatch: pytest.MonkeyPatch, store: Database
    ) -> None:
        monkeypatch.setattr("survey_app.offices.views.posters._OFFICES_TO_TICK", 1)
        for code in ("second", "third"):
            store.write(
                lambda session, code=code: operations.add_office(
                    session, unit_code="01273", code=code, name=f"Bộ phận {code}"
                )
            )
        page = clerk.get("/offices/posters?unit=01273&office=second&office=hoa-khanh").text

        assert re.findall(r'<input[^>]*checked[^>]*value="([a-z-]+)"', page) == ["second"]
        assert "Bộ phận third" not in page

    def test_takes_the_minutes_that_a_campaign_links_with(
        self, places: dict[str, str], clerk: StaffClient
    ) -> None:
        assert re.search(r'id="minutes"[^>]*value="6"', clerk.get("/offices/posters?minutes=6").text)

    def test_of_a_unit_of_others_is_not_there(self, places: dict[str, str], clerk: StaffClient) -> None:
        assert clerk.post("/offices/posters", {"unit": "20200", **LOOKS}).status_code == 404

    @pytest.mark.parametrize(
        "wrong", [{"paper": "A0"}, {"minutes": "0"}, {"minutes": "x"}, {"hotline": "0" * 31}]
    )
    def test_gives_back_what_cannot_be_printed(
        self, places: dict[str, str], at_rest: None, clerk: StaffClient, wrong: dict[str, str]
    ) -> None:
        assert clerk.post("/offices/posters", {"unit": "01273", **LOOKS, **wrong}).status_code == 422

    def test_is_refused_to_a_leader(
        self, places: dict[str, str], staff_client: Callable[..., StaffClient]
    ) -> None:
        assert staff_client(Role.LEADER).get("/offices/posters").status_code == 403


class TestPrint:
    """One print from order to file."""

    def test_gives_one_pdf_with_a_page_for_each_counter(
        self, places: dict[str, str], clerk: StaffClient
    ) -> None:
        address = order(clerk)
        page = waited_for(clerk, address).text
        document = pdfium.PdfDocument(clerk.get(f"{address}/1.pdf").data)

        assert "Phần 1: 2 tờ (PDF)" in page
        assert len(document) == 2
        assert "Quầy 1" in document[0].get_textpage().get_text_range()

    def test_prints_html_in_names_as_it_is_written(self, units: Database, manager: StaffClient) -> None:
        manager.post(
            "/offices/new", {"name": "Một <b>cửa</b>", "unit": "01273", "counters": "1", "code": "x"}
        )
        address = order(manager)
        waited_for(manager, address)
        pdf = manager.get(f"{address}/1.pdf").data

        assert "Một <b>cửa</b>" in " ".join(
            pdfium.PdfDocument(pdf)[0].get_textpage().get_text_range().split()
        )

    def test_goes_on_in_parts_that_are_kept(
        self, places: dict[str, str], clerk: StaffClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(printing, "PART_SIZE", 1)
        page = waited_for(clerk, order(clerk)).text

        assert "Phần 2: 1 tờ (PDF)" in page

    def test_is_there_for_its_owner_only(
        self, places: dict[str, str], at_rest: None, clerk: StaffClient, manager: StaffClient
    ) -> None:
        address = order(clerk)

        assert clerk.get(address).status_code == 200
        for path in ("", ".json", "/1.pdf"):
            assert manager.get(f"{address}{path}").status_code == 404
        assert manager.post(f"{address}/again").status_code == 404

    def test_shows_progress_without_script(
        self, places: dict[str, str], at_rest: None, clerk: StaffClient
    ) -> None:
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in clerk.get(order(clerk)).text

    def test_is_ordered_one_at_a_time(
        self, places: dict[str, str], at_rest: None, clerk: StaffClient
    ) -> None:
        order(clerk)
        answer = clerk.post("/offices/posters", {"unit": "01273", **LOOKS})

        assert answer.status_code == 422
        assert "chưa xong" in answer.text

    def test_says_honestly_that_it_failed_and_can_be_repeated(
        self, places: dict[str, str], clerk: StaffClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pressing, "_MODULE", "survey_app.no_such_module")
        address = order(clerk)
        failed = waited_for(clerk, address).text
        monkeypatch.undo()
        clerk.post(f"{address}/again")

        assert "Máy chủ không tạo được tệp" in failed
        assert "Làm lại</button>" in failed
        assert "Phần 1: 2 tờ" in waited_for(clerk, address).text

    def test_says_that_its_worker_died_and_goes_on_when_asked(
        self, places: dict[str, str], store: Database, clerk: StaffClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as resting:
            resting.setattr("survey_app.offices.views.posters.wake_printer", lambda: None)
            address = order(clerk)
            before = present() - timedelta(minutes=5)
            store.write(lambda session: operations.take_print(session, now=before))
        died = clerk.get(address).text
        clerk.post(f"{address}/again")

        assert "Bị gián đoạn" in died
        assert "Phần 1: 2 tờ" in waited_for(clerk, address).text

    def test_is_not_given_out_after_a_day_and_deleted_with_the_next(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        address = order(clerk)
        waited_for(clerk, address)
        old = present() - timedelta(hours=25)
        store.write(lambda session: session.execute(update(PosterJob).values(created_at=old)))
        gone = clerk.get(f"{address}/1.pdf")
        with store.read() as session:
            kept = queries.parts_of(session, int(address.rsplit("/", 1)[1]))
        waited_for(clerk, order(clerk))
        with store.read() as session:
            left = queries.parts_of(session, int(address.rsplit("/", 1)[1]))

        assert gone.status_code == 404
        assert (len(kept), left) == (1, [])


class TestWorker:
    """Who may write into a print."""

    @pytest.fixture
    def taken(
        self, places: dict[str, str], store: Database, at_rest: None, clerk: StaffClient
    ) -> operations.TakenPrint:
        order(clerk)
        found = store.write(lambda session: operations.take_print(session, now=present()))
        assert found is not None
        return found

    def test_a_print_is_taken_once(self, taken: operations.TakenPrint, store: Database) -> None:
        assert store.write(lambda session: operations.take_print(session, now=present())) is None

    def test_a_worker_believed_dead_can_write_no_more(
        self, taken: operations.TakenPrint, store: Database, now: datetime
    ) -> None:
        late = present() + timedelta(minutes=2)
        store.write(lambda session: operations.print_again(session, job_id=taken.job_id, now=late))
        again = store.write(lambda session: operations.take_print(session, now=late))

        def write(session: queries.Session) -> list[bool]:
            old = {"job_id": taken.job_id, "attempt": taken.attempt, "now": late}
            return [
                operations.report_progress(session, made=1, **old),
                operations.add_part(session, part=1, pages=1, content=b"", **old),
                operations.finish_print(session, **old),
            ]

        assert store.write(write) == [False, False, False]
        assert again is not None
        assert again.attempt > taken.attempt

    def test_a_living_worker_is_not_disturbed(self, taken: operations.TakenPrint, store: Database) -> None:
        with pytest.raises(operations.UnableToPrintAgain):
            store.write(lambda session: operations.print_again(session, job_id=taken.job_id, now=present()))

    def test_a_child_that_is_told_to_stop_gives_nothing(
        self, places: dict[str, str], store: Database
    ) -> None:
        from survey_app.offices.documents.posters import PosterFormat, PosterPoint

        order_ = pressing.Order("http://127.0.0.1:8000", present().date(), PosterFormat.A6, 1, None, True)
        point = PosterPoint(code="7K3F9M2X", point_name="A", office_name="B", collector="C")

        assert pressing.press([point], order_, alive=lambda _made: False) is None


def test_counters_closed_after_the_order_are_left_out(
    places: dict[str, str], store: Database, clerk: StaffClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as resting:
        resting.setattr("survey_app.offices.views.posters.wake_printer", lambda: None)
        address = order(clerk)
    with store.read() as session:
        (point,) = queries.service_points(session, code=places["thuc-phan/1"])
        job = session.get(PosterJob, int(address.rsplit("/", 1)[1]))
    assert job is not None
    assert job.state is JobState.WAITING
    store.write(
        lambda session: operations.deactivate_service_point(
            session, service_point_id=point.service_point_id, now=present()
        )
    )

    assert "Phần 1: 1 tờ" in waited_for(clerk, address).text

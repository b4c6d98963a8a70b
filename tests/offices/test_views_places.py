"""Pages of offices, counters and their codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pypdfium2 as pdfium
import pytest
from sqlalchemy import select, text, update

from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.database import Database
from survey_app.offices import queries
from survey_app.offices.rules import CodeStatus
from survey_app.staff.models import Grant
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

HTML = '<script>alert(1)</script> & "Quầy"'
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Quầy&#34;"


def counter(store: Database, code: str) -> str:
    """The address of the counter whose active code is `code`."""
    with store.read() as session:
        (point,) = queries.service_points(session, code=code)
    return f"/offices/{point.office_code}/counters/{point.service_point_id}"


class TestNewOffice:
    """/offices/new."""

    def test_is_added_with_its_counters_under_a_code_made_from_the_name(
        self, units: Database, manager: StaffClient
    ) -> None:
        answer = manager.post(
            "/offices/new", {"name": "Một cửa Đông Khê", "unit": "thuc phan", "counters": "3"}
        )

        assert answer.location == "/offices/mot-cua-dong-khe"
        with units.read() as session:
            points = queries.service_points(session, office_code="mot-cua-dong-khe")
        assert [point.number for point in points] == ["1", "2", "3"]
        assert all(point.code for point in points)

    @pytest.mark.parametrize(("counters", "next_step"), [("", "thêm quầy"), ("2", "mở đợt khảo sát")])
    def test_says_what_comes_next(
        self, units: Database, manager: StaffClient, counters: str, next_step: str
    ) -> None:
        answer = manager.post("/offices/new", {"name": "Một cửa", "unit": "thuc phan", "counters": counters})
        assert next_step in manager.get(answer.location).text.split("Việc tiếp theo:")[1][:60]

    def test_gets_another_code_when_the_name_comes_twice(self, units: Database, manager: StaffClient) -> None:
        for _time in range(2):
            answer = manager.post("/offices/new", {"name": "Một cửa", "unit": "01273"})

        assert answer.location == "/offices/mot-cua-2"

    def test_never_takes_the_address_of_another_page(self, units: Database, manager: StaffClient) -> None:
        answer = manager.post("/offices/new", {"name": "Import", "unit": "01273"})
        chosen = manager.post("/offices/new", {"name": "X", "unit": "01273", "code": "posters"})

        assert answer.location == "/offices/import-1"
        assert chosen.status_code == 422

    def test_asks_which_unit_is_meant_when_several_are(self, units: Database, manager: StaffClient) -> None:
        answer = manager.post("/offices/new", {"name": "Một cửa", "unit": "ha"})

        assert answer.status_code == 422
        assert 'type="radio"' in answer.text
        assert 'value="Một cửa"' in answer.text

    def test_takes_the_unit_that_was_picked(self, units: Database, manager: StaffClient) -> None:
        with units.read() as session:
            meant = queries.units_meant(session, "ha", inside=("04",))[1]
        manager.post("/offices/new", {"name": "Một cửa", "unit": "ha", "unit_choice": meant.code})

        with units.read() as session:
            assert queries.office_line(session, "mot-cua").unit_code == meant.code  # type: ignore[union-attr]

    def test_does_not_go_into_a_unit_of_others(self, units: Database, manager: StaffClient) -> None:
        answer = manager.post("/offices/new", {"name": "Một cửa", "unit": "20200"})

        assert answer.status_code == 422
        assert "Không thấy đơn vị này" in answer.text

    def test_is_refused_to_a_clerk(self, units: Database, clerk: StaffClient) -> None:
        assert clerk.get("/offices/new").status_code == 403


class TestOfficePage:
    """/offices/<office>."""

    def test_shows_html_in_every_name_as_text(self, units: Database, manager: StaffClient) -> None:
        manager.post(
            "/offices/new", {"name": HTML, "name_en": HTML, "address": HTML, "unit": "01273", "code": "x"}
        )
        manager.post("/offices/x/counters/new", {"name": HTML, "name_en": HTML, "kind": "counter"})
        pages = [manager.get(path).text for path in ("/offices", "/offices/x", "/offices/checks")]

        assert all(ESCAPED in page for page in pages)
        assert not any("<script>alert" in page for page in pages)

    def test_of_another_province_is_not_there(self, places: dict[str, str], manager: StaffClient) -> None:
        for path in ("", "/edit", "/close", "/counters/new", "/counters/several"):
            assert manager.get(f"/offices/hoa-khanh{path}").status_code == 404

    def test_saves_other_names(self, places: dict[str, str], store: Database, manager: StaffClient) -> None:
        manager.post("/offices/thuc-phan/edit", {"name": "Tên Đổi", "address": "Số 1"})

        assert 'href="/offices/thuc-phan"' in manager.get("/offices?q=ten doi").text

    def test_says_what_closing_does_and_closes_on_a_word(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        asked = manager.get("/offices/thuc-phan/close").text
        manager.post("/offices/thuc-phan/close")

        assert "2 quầy đang mở sẽ đóng" in asked
        with store.read() as session:
            entry = queries.entry_point(session, places["thuc-phan/1"])
        assert entry is not None
        assert entry.status is CodeStatus.REVOKED

    def test_opens_again_but_its_counters_wait_for_new_codes(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])
        manager.post("/offices/thuc-phan/close")
        early = manager.post(f"{address}/reopen", follow_redirects=True)
        manager.post("/offices/thuc-phan/reopen")
        late = manager.post(f"{address}/reopen", follow_redirects=True)

        assert "Hãy mở lại bộ phận trước" in early.text
        assert "mã mới" in late.text
        assert places["thuc-phan/1"] in late.text  # among the codes no longer used

    def test_refuses_an_edit_of_an_office_closed_meanwhile(
        self, places: dict[str, str], manager: StaffClient
    ) -> None:
        manager.post("/offices/thuc-phan/close")
        answer = manager.post("/offices/thuc-phan/edit", {"name": "Mới gõ"})

        assert answer.status_code == 422
        assert 'value="Mới gõ"' in answer.text


class TestSeveralCounters:
    """Counters from one number to another."""

    def test_are_added_with_a_code_each(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        manager.post("/offices/thuc-phan/counters/several", {"first": "3", "last": "12"})

        with store.read() as session:
            points = queries.service_points(session, office_code="thuc-phan")
        assert [point.name for point in points][-1] == "Quầy 12"
        assert len({point.code for point in points}) == 12

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("2", "5", "Đã có quầy số 2"),
            ("9", "3", "không lớn hơn"),
            ("1", "500", "nhiều nhất 100"),
            ("x", "2", "số nguyên"),
        ],
    )
    def test_are_refused_all_together(
        self, places: dict[str, str], store: Database, manager: StaffClient, first: str, last: str, words: str
    ) -> None:
        answer = manager.post("/offices/thuc-phan/counters/several", {"first": first, "last": last})

        assert answer.status_code == 422
        assert words in answer.text
        with store.read() as session:
            assert len(queries.service_points(session, office_code="thuc-phan")) == 2


class TestCounterPage:
    """/offices/<office>/counters/<id>."""

    def test_shows_code_address_and_qr(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        code = places["thuc-phan/1"]
        page = manager.get(counter(store, code)).text

        assert f"{code[:4]} {code[4:]}" in page
        assert f"http://127.0.0.1:8000/{code}" in page
        assert "data:image/svg+xml;base64," in page

    def test_of_another_province_is_not_there(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["hoa-khanh/1"])
        for path in ("", "/edit", "/close", "/rotate", "/revoke", "/qr.svg", "/poster.pdf"):
            assert manager.get(f"{address}{path}").status_code == 404
        for path in ("/reopen", "/issue", "/close", "/rotate", "/revoke"):
            assert manager.post(f"{address}{path}").status_code == 404

    def test_is_not_there_under_the_name_of_another_office(
        self, places: dict[str, str], store: Database, staff_client: Callable[..., StaffClient]
    ) -> None:
        address = counter(store, places["hoa-khanh/1"]).replace("hoa-khanh", "thuc-phan")

        assert staff_client(Role.SURVEY_MANAGER).get(address).status_code == 404

    def test_refuses_an_edit_of_a_counter_closed_meanwhile(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])
        manager.post(f"{address}/close")
        answer = manager.post(f"{address}/edit", {"name": "Mới gõ", "kind": "kiosk"})

        assert answer.status_code == 422
        assert "vừa bị đóng" in answer.text
        assert 'value="Mới gõ"' in answer.text

    def test_prints_one_poster_at_once(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        answer = clerk.get(
            counter(store, places["thuc-phan/1"]) + "/poster.pdf?paper=A5&minutes=6&english=no"
        )
        page = pdfium.PdfDocument(answer.data)[0]
        words = page.get_textpage().get_text_range()

        assert round(page.get_size()[0] * 25.4 / 72) == 148
        assert "6 phút" in words
        assert "Scan" not in words

    @pytest.mark.parametrize("query", ["paper=Z9&minutes=-1", "minutes=999999999999", "minutes=٣"])
    def test_prints_the_usual_poster_when_the_address_makes_no_sense(
        self, places: dict[str, str], store: Database, clerk: StaffClient, query: str
    ) -> None:
        answer = clerk.get(counter(store, places["thuc-phan/1"]) + f"/poster.pdf?{query}")

        assert "1 phút" in pdfium.PdfDocument(answer.data)[0].get_textpage().get_text_range()

    def test_gives_the_bare_code_as_a_picture(
        self, places: dict[str, str], store: Database, clerk: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])

        assert clerk.get(f"{address}/qr.png").data.startswith(b"\x89PNG")
        assert b"<svg" in clerk.get(f"{address}/qr.svg").data


class TestCodes:
    """Codes exchanged and withdrawn."""

    def test_lead_on_after_an_exchange(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        code = places["thuc-phan/1"]
        address = counter(store, code)
        asked = manager.get(f"{address}/rotate").text
        manager.post(f"{address}/rotate", {"digest": code})

        assert "trang báo mã đã đổi" in asked
        with store.read() as session:
            entry = queries.entry_point(session, code)
        assert entry is not None
        assert entry.status is CodeStatus.ROTATED
        assert "Trang dẫn sang mã mới" in manager.get(address).text

    def test_are_exchanged_once_when_two_people_ask_at_once(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])
        for _time in range(2):
            answer = manager.post(
                f"{address}/rotate", {"digest": places["thuc-phan/1"]}, follow_redirects=True
            )

        assert "đã thay đổi sau khi mở trang này" in answer.text
        with store.read() as session:
            assert len(queries.former_codes(session, int(address.rsplit("/", 1)[1]))) == 1

    def test_stop_after_a_withdrawal_until_a_new_one_is_issued(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])
        manager.post(f"{address}/revoke", {"digest": places["thuc-phan/1"]})
        without = manager.get(address).text
        manager.post(f"{address}/issue")

        assert "chưa có mã" in without
        assert "data:image/svg+xml" in manager.get(address).text

    def test_no_word_no_change(self, places: dict[str, str], store: Database, manager: StaffClient) -> None:
        address = counter(store, places["thuc-phan/1"])
        manager.post(f"{address}/revoke", {"digest": places["thuc-phan/2"]})

        assert counter(store, places["thuc-phan/1"]) == address


class TestAudit:
    """What staff change is written down."""

    def test_names_person_action_unit_and_counter(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        address = counter(store, places["thuc-phan/1"])
        manager.post(f"{address}/close")

        with store.read() as session:
            line = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert line is not None
        assert (line.actor, line.action) == (f"account:{manager.account_id}", "offices.manage")
        assert (line.unit_path, line.subject) == ("04/01273", f"counter:{address.rsplit('/', 1)[1]}")

    def test_a_role_taken_away_meanwhile_stops_the_next_change(
        self, places: dict[str, str], store: Database, manager: StaffClient, now: datetime
    ) -> None:
        store.write(
            lambda session: session.execute(
                update(Grant).where(Grant.account_id == manager.account_id).values(revoked_at=now)
            )
        )

        assert manager.post("/offices/thuc-phan/close").status_code == 403
        with store.read() as session:
            assert session.execute(text("SELECT count(*) FROM offices WHERE active")).scalar_one() == 2

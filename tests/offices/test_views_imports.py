"""Importing a list: its report first, then all or nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from sqlalchemy import text, update
from werkzeug.test import TestResponse

from survey_app.foundation.database import Database
from survey_app.offices import operations, queries
from survey_app.offices.rules.lists import ListRow
from survey_app.staff.models import Grant
from survey_app.staff.operations import add_account
from survey_app.staff.rules.permissions import Role
from tests.staff_client import StaffClient

HEAD = "unit code,office code,office name,English name,address,counter number,counter name,kind\n"


def upload(person: StaffClient, rows: str | bytes, name: str = "list.csv") -> TestResponse:
    content = (HEAD + rows).encode() if isinstance(rows, str) else rows
    return person.post("/offices/import", {"file": (BytesIO(content), name)})


def confirm(person: StaffClient) -> str:
    """Press the button of the report; return the page it leads to."""
    found = re.search(r'name="digest" value="(\w+)"', person.get("/offices/import").text)
    assert found, "the report offers no button"
    return person.post("/offices/import/confirm", {"digest": found[1]}, follow_redirects=True).text


def fates(person: StaffClient) -> list[tuple[str, str]]:
    """Line number and fate of every row on the report."""
    page = person.get("/offices/import?fate=all").text
    return re.findall(
        r'<td class="number"[^>]*>(\d+)</td><td[^>]*><span class="tag \w*">([^<]+)</span>', page
    )


def offices(store: Database) -> int:
    with store.read() as session:
        return session.execute(text("SELECT count(*) FROM offices")).scalar_one()  # type: ignore[no-any-return]


class TestReport:
    """What would become of each row."""

    def test_names_new_unchanged_and_changed_rows(self, places: dict[str, str], manager: StaffClient) -> None:
        upload(
            manager,
            "01273,thuc-phan,Bộ phận Một cửa phường Thục Phán,,,1,Quầy 1,\n"
            "01273,thuc-phan,,,,2,Đất đai,kiosk\n"
            "1273,thuc-phan,,,,3,,\n"
            "4,,Trung tâm tỉnh,,,,,\n",
        )

        assert fates(manager) == [
            ("2", "Giữ nguyên"),
            ("3", "Thay đổi"),
            ("4", "Thêm mới"),
            ("5", "Thêm mới"),
        ]
        assert (
            "tên quầy: Quầy 2 → Đất đai; loại: counter → kiosk"
            in manager.get("/offices/import?fate=all").text
        )

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            (",x,A,,,1,,", "Thiếu mã đơn vị"),
            ("99999,x,A,,,1,,", "Không có đơn vị mã 99999"),
            ("20200,x,A,,,1,,", "Không có đơn vị mã 20200"),
            ("01273,X Y,A,,,1,,", "không hợp lệ"),
            ("01273,import,A,,,1,,", "không hợp lệ"),
            ("01273,x,,,,1,,", "Thiếu tên bộ phận"),
            ("01273,x," + "a" * 201 + ",,,1,,", "dài quá 200"),
            ("01273,x,A,,,1234567,,", "dài quá 6"),
            ("01273,x,A,,,1,,ghế", "Không hiểu loại ghế"),
            ("01273,x,A\x07,,,1,,", "ký tự lạ"),
            ("01273,hoa-khanh,A,,,1,,", "đã dùng cho đơn vị khác"),
            ("04,thuc-phan,A,,,1,,", "đã dùng cho đơn vị khác"),
            ("01273,x,A,,,1,,\n01273,x,A,,,1,Khác,", "đã có ở dòng 2"),
            ("01273,x,A,,,1,,\n01273,x,B,,,2,,", "ghi khác dòng 2"),
            ("01273,x,A,,,1,,\n04,x,A,,,2,,", "ghi khác dòng 2"),
        ],
    )
    def test_says_what_is_wrong_and_offers_no_storing(
        self, places: dict[str, str], manager: StaffClient, rows: str, words: str
    ) -> None:
        upload(manager, rows)
        page = manager.get("/offices/import").text

        assert words in page
        assert "Lưu tất cả</button>" not in page

    def test_shows_html_as_text(self, places: dict[str, str], manager: StaffClient) -> None:
        upload(manager, "01273,x,<script>alert(1)</script>,,,1,<b>,\n", name="<i>.csv")
        page = manager.get("/offices/import").text

        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "<i>" not in page

    def test_is_for_the_person_who_sent_the_file(
        self, places: dict[str, str], manager: StaffClient, staff_client: Callable[..., StaffClient]
    ) -> None:
        upload(manager, "01273,x,Của tôi,,,1,,\n")

        assert "Của tôi" not in staff_client((Role.SURVEY_MANAGER, "04")).get("/offices/import").text

    def test_is_paged(self, places: dict[str, str], manager: StaffClient) -> None:
        upload(manager, "".join(f"01273,x,A,,,{n},,\n" for n in range(1, 121)))

        assert [line for line, _fate in fates(manager)] == [str(n) for n in range(2, 52)]
        assert 'rel="next"' in manager.get("/offices/import?fate=new").text


class TestFiles:
    """What is refused before any report."""

    @pytest.mark.parametrize("size", [6, 20])
    def test_a_spreadsheet_of_many_megabytes_is_refused_in_words(
        self, store: Database, manager: StaffClient, size: int
    ) -> None:
        # A body made by hand: the test client would leave a temporary file open.
        head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{manager._csrf()}\r\n--x\r\n'
        head += 'Content-Disposition: form-data; name="file"; filename="big.xlsx"\r\n\r\n'
        body = head.encode() + b"PK\x03\x04" + b"\0" * (size * 1024 * 1024) + b"\r\n--x--\r\n"
        answer = manager.http.post(
            "/offices/import", data=body, content_type="multipart/form-data; boundary=x"
        )

        assert answer.status_code == 413
        assert "Tệp quá lớn: mỗi lần nhận tệp nhiều nhất 5 MB" in answer.text

    def test_no_file_is_asked_for_again(self, store: Database, manager: StaffClient) -> None:
        answer = manager.post("/offices/import", {})

        assert answer.status_code == 422
        assert "Xin chọn một tệp." in answer.text

    def test_a_clerk_may_not(self, places: dict[str, str], clerk: StaffClient) -> None:
        assert upload(clerk, "01273,x,A,,,1,,\n").status_code == 403

    def test_templates_are_given(self, store: Database, manager: StaffClient) -> None:
        for kind in ("csv", "xlsx"):
            content = manager.get(f"/offices/import/template.{kind}").data
            assert upload(manager, content, name=f"t.{kind}").status_code == 303


class TestStoring:
    """All or nothing."""

    def test_nothing_is_stored_before_the_word(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        upload(manager, "01273,x,A,,,1,,\n")

        assert offices(store) == 2

    def test_all_is_stored_on_a_word_with_a_code_each(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        upload(
            manager,
            "01273,x,Tên <b>,English,Số 1,1,Hộ tịch,\n01273,x,,,,2,,kiosk\n01273,thuc-phan,,,,1,Đổi tên,\n",
        )
        page = confirm(manager)

        assert "thêm 1 bộ phận, 2 quầy; thay đổi 1 mục" in page
        with store.read() as session:
            points = queries.service_points(session, office_code="x")
            renamed = queries.service_points(session, code=places["thuc-phan/1"])
        assert [(p.number, p.name, str(p.kind)) for p in points] == [
            ("1", "Hộ tịch", "counter"),
            ("2", "Quầy 2", "kiosk"),
        ]
        assert len({p.code for p in points} - {None}) == 2
        assert renamed[0].name == "Đổi tên"

    def test_a_second_time_changes_nothing(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        rows = "01273,,Một cửa mới,,,1,,\n01273,,Một cửa mới,,,,Bàn chờ,bàn\n"
        upload(manager, rows)
        confirm(manager)
        upload(manager, rows)

        assert {fate for _line, fate in fates(manager)} == {"Giữ nguyên"}
        assert offices(store) == 3

    def test_a_word_to_another_report_does_not_count(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        upload(manager, "01273,x,A,,,1,,\n")
        answer = manager.post("/offices/import/confirm", {"digest": "0" * 64}, follow_redirects=True)

        assert "chưa lưu gì" in answer.text
        assert offices(store) == 2

    def test_what_changed_after_the_report_stops_it(
        self, places: dict[str, str], store: Database, manager: StaffClient
    ) -> None:
        upload(manager, "01273,x,A,,,1,,\n")
        store.write(lambda session: operations.add_office(session, unit_code="01273", code="x", name="Khác"))

        assert "chưa lưu gì" in confirm(manager)
        assert offices(store) == 3

    def test_a_role_narrowed_after_the_report_stops_it(
        self, places: dict[str, str], store: Database, staff_client: Callable[..., StaffClient]
    ) -> None:
        person = staff_client((Role.SURVEY_MANAGER, "04"))
        upload(person, "01477,x,A,,,1,,\n")
        store.write(
            lambda session: session.execute(
                update(Grant).where(Grant.account_id == person.account_id).values(unit_path="04/01273")
            )
        )

        assert "chưa lưu gì" in confirm(person)
        assert offices(store) == 2

    def test_a_list_can_be_thrown_away(self, places: dict[str, str], manager: StaffClient) -> None:
        upload(manager, "01273,x,A,,,1,,\n")
        manager.post("/offices/import/discard")

        assert "Đọc tệp và xem báo cáo" in manager.get("/offices/import").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_twenty_thousand_rows_take_seconds(units: Database, now: datetime) -> None:
    """Measured 6 s; the bound catches a statement for each row only."""
    rows = [
        ListRow(n, unit_code="01273", office_name=f"Một cửa {n // 10}", number=str(n % 10))
        for n in range(2, 20_002)
    ]
    scopes = ("04",)
    account = units.write(lambda session: add_account(session, email="a@example.vn", name="A", now=now))
    started = time.process_time()
    kept = units.write(
        lambda session: operations.keep_import(
            session,
            account_id=account.id,
            file_name="x",
            rows=rows,
            scopes=scopes,
            now=now,
        )
    )
    result = units.write(
        lambda session: operations.store_import(
            session,
            account_id=account.id,
            digest=queries.report_digest(kept),
            scopes=scopes,
            now=now,
        )
    )

    assert (result.offices_added, result.points_added) == (2_001, 20_000)
    assert time.process_time() - started < 30

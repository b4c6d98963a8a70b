"""Importing a fielded sample on screen: its report first, then all or nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.responses.models import Response, ResponseImport, ResponseUpload
from survey_app.responses.views import imports
from survey_app.staff.rules.permissions import Role
from tests.responses.samples import HEADER, install_sample, sample_rows
from tests.staff_client import StaffClient

HERE = "/campaigns/mau/import"


@pytest.fixture
def database(app: Flask) -> Database:
    """The database of the application, with the campaign `mau`."""
    found: Database = app.extensions["survey_app.database"]
    install_sample(found)
    return found


@pytest.fixture
def manager(database: Database, staff_client: Any) -> StaffClient:
    """Somebody who may import."""
    person: StaffClient = staff_client(Role.SURVEY_MANAGER)
    return person


def upload(person: StaffClient, rows: list[list[str]] | bytes, name: str = "mau.csv") -> TestResponse:
    lines = rows if isinstance(rows, bytes) else "\n".join(map(",".join, (HEADER, *rows))).encode()
    return person.post(HERE, {"file": (BytesIO(lines), name)})


def confirm(person: StaffClient) -> TestResponse:
    """Press the button of the report."""
    found = re.search(r'name="digest" value="(\w+)"', person.get(HERE).text)
    assert found, "the report offers no button"
    return person.post(f"{HERE}/confirm", {"digest": found[1]}, follow_redirects=True)


def stored(database: Database, table: Any = Response) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


class TestUpload:
    def test_stores_no_response_but_a_report(self, database: Database, manager: StaffClient):
        assert upload(manager, sample_rows()).status_code == 303
        page = manager.get(HERE).text
        assert "Cả 12 dòng đều đúng" in page
        assert (stored(database), stored(database, ResponseUpload)) == (0, 1)

    def test_shows_row_column_and_remedy_and_no_button(self, manager: StaffClient):
        rows = sample_rows()
        rows[3][HEADER.index("overall")] = "9"
        upload(manager, rows)
        page = manager.get(HERE).text
        assert re.search(r">5</td><td[^>]*>overall</td><td[^>]*>“9”", page)
        assert f"{HERE}/confirm" not in page

    def test_warns_of_small_cells_without_naming_one(self, manager: StaffClient):
        upload(manager, sample_rows())
        page = manager.get(HERE).text
        assert "4 trong 4 ô" in page
        assert "xa-1" not in page

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "trống"),
            (b"overall,hoten\n4,Lan\n", "hoten"),
            ("overall,comment\n4,Cân đo\n".encode("cp1258"), "UTF-8"),
            (b"PAR1 nothing", "Parquet"),
        ],
    )
    def test_says_on_the_page_what_cannot_be_read(self, manager: StaffClient, content: bytes, words: str):
        answer = upload(manager, content)
        assert answer.status_code == 422
        assert words in answer.text

    def test_asks_for_a_file(self, manager: StaffClient):
        answer = manager.post(HERE)
        assert (answer.status_code, "Xin chọn một tệp." in answer.text) == (422, True)

    def test_refuses_more_than_it_can_check_while_somebody_waits(
        self, manager: StaffClient, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(imports, "MOST_ROWS", 11)
        answer = upload(manager, sample_rows())
        assert (answer.status_code, "survey-app responses import" in answer.text) == (422, True)

    def test_refuses_a_large_file_on_the_same_page(self, manager: StaffClient):
        # A body made by hand: the test client would leave a temporary file open.
        head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{manager._csrf()}\r\n--x\r\n'
        head += 'Content-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
        body = head.encode() + b"x" * (imports.LARGEST_FILE + 100_000) + b"\r\n--x--\r\n"
        answer = manager.http.post(HERE, data=body, content_type="multipart/form-data; boundary=x")
        assert (answer.status_code, "5 MB" in answer.text) == (413, True)

    def test_throws_away_files_that_waited_a_day(self, app: Flask, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        database.write(
            lambda session: session.execute(
                update(ResponseUpload).values(created_at=now() - timedelta(days=2))
            )
        )
        upload(StaffClient(app, Role.SURVEY_MANAGER), sample_rows())
        assert stored(database, ResponseUpload) == 1


class TestConfirm:
    def test_stores_all_with_the_name_of_the_person(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        page = confirm(manager).text
        assert "Đã nhập 12 phiếu" in page
        with database.read() as session:
            assert session.scalars(select(ResponseImport.imported_by)).all() == [manager.account_id]
        assert (stored(database), stored(database, ResponseUpload)) == (12, 0)

    def test_lists_the_file_afterwards(self, manager: StaffClient):
        upload(manager, sample_rows())
        confirm(manager)
        page = manager.get(HERE).text
        assert re.search(r"mau\.csv</th><td[^>]*>12</td>", page)

    def test_pressed_twice_stores_once_and_says_so_twice(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        digest = re.findall(r'name="digest" value="(\w+)"', manager.get(HERE).text)
        pressed = [
            manager.post(f"{HERE}/confirm", {"digest": digest[0]}, follow_redirects=True) for _ in range(2)
        ]
        assert ["Đã nhập 12 phiếu" in one.text for one in pressed] == [True, True]
        assert (stored(database), stored(database, ResponseImport)) == (12, 1)

    def test_warns_before_it_is_pressed_that_it_cannot_be_undone(self, manager: StaffClient):
        upload(manager, sample_rows())
        assert "không gỡ ra được" in manager.get(HERE).text

    def test_leaves_a_line_in_the_audit_log(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        confirm(manager)
        with database.read() as session:
            did = [
                entry.details["did"]
                for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number))
                if entry.subject == "campaign:mau"
            ]
        assert did == ["responses_uploaded", "responses_imported"]

    def test_refuses_what_was_not_shown(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        page = manager.post(f"{HERE}/confirm", {"digest": "0" * 64}, follow_redirects=True).text
        assert "Hãy xem lại báo cáo" in page
        assert stored(database) == 0

    def test_refuses_the_same_file_a_second_time(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        confirm(manager)
        assert upload(manager, sample_rows()).status_code == 422
        assert stored(database) == 12

    def test_discards_on_a_word(self, database: Database, manager: StaffClient):
        upload(manager, sample_rows())
        manager.post(f"{HERE}/discard")
        assert stored(database, ResponseUpload) == 0
        assert 'type="file"' in manager.get(HERE).text


class TestPages:
    def test_offers_a_heading_that_the_check_accepts(self, manager: StaffClient):
        heading = manager.get(f"{HERE}/template.csv").data
        answer = upload(manager, heading)
        assert heading.decode("utf-8-sig").startswith("office,received,")
        assert answer.status_code == 303
        assert "không có dòng nào" in manager.get(HERE).text

    def test_says_why_a_campaign_of_volunteers_takes_no_file(self, app: Flask, staff_client: Any):
        install_sample(app.extensions["survey_app.database"], channels=["qr"])
        page = staff_client(Role.SURVEY_MANAGER).get(HERE).text
        assert "không được gộp" in page
        assert 'type="file"' not in page

    def test_is_linked_from_the_page_of_the_campaign(self, manager: StaffClient):
        assert f'href="{HERE}"' in manager.get("/campaigns/mau").text

    def test_shows_the_arrivals_of_a_sample_by_office(self, manager: StaffClient):
        upload(manager, sample_rows())
        confirm(manager)
        page = manager.get("/campaigns/mau/live").text
        assert "Phỏng vấn theo mẫu" in page
        assert "Một cửa an-hoa" in page

    def test_says_on_the_live_page_which_files_brought_responses(self, manager: StaffClient):
        assert "phiếu nhập từ tệp" not in manager.get("/campaigns/mau/live").text
        upload(manager, sample_rows())
        confirm(manager)
        assert re.search(r"12 phiếu nhập từ tệp: mau\.csv \(12, ", manager.get("/campaigns/mau/live").text)
        assert manager.get("/campaigns/mau/live.json").json["imported"] == 12

    def test_offers_no_counters_on_the_live_page_of_a_sample(self, manager: StaffClient):
        page = manager.get("/campaigns/mau/live").text
        assert not re.search(r"[Qq]uầy", page.partition("<main")[2])

    def test_reads_a_spreadsheet(self, manager: StaffClient):
        book, file = Workbook(), BytesIO()
        for line in (HEADER, *sample_rows()):
            book.worksheets[0].append([float(cell) if cell.isdecimal() else cell for cell in line])
        book.save(file)
        assert upload(manager, file.getvalue(), "mau.xlsx").status_code == 303
        assert "Cả 12 dòng đều đúng" in manager.get(HERE).text

    def test_is_closed_to_whoever_may_only_look(self, database: Database, staff_client: Any):
        assert staff_client(Role.ANALYST).get(HERE).status_code == 403

    def test_is_not_there_for_an_unknown_campaign(self, manager: StaffClient):
        assert manager.get("/campaigns/khac/import").status_code == 404

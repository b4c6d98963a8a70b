"""The audit log: what is shown to whom, filters, the table to take along, the proof."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from survey_app.foundation import audit
from survey_app.foundation.database import Database
from survey_app.staff.rules.permissions import Action, Role
from tests.staff_client import StaffClient

Staff = Callable[..., StaffClient]
Person = Callable[..., int]

START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def write_lines(site: Flask) -> Callable[..., None]:
    """A function that writes lines of the log: (actor, action, unit, subject, days after the first of November)."""
    settings, database = site.config["SETTINGS"], site.extensions["survey_app.database"]

    def write(*lines: tuple[str, str, str, str, float], **details: Any) -> None:
        def record(session: Any) -> None:
            for actor, action, unit_path, subject, days in lines:
                audit.record(
                    session,
                    key=settings.audit_key,
                    actor=actor,
                    action=action,
                    subject=subject,
                    unit_path=unit_path,
                    details=details,
                    now=START + timedelta(days=days),
                )

        database.write(record)

    return write


class TestLog:
    """/admin/audit"""

    def test_shows_who_did_what_newest_first(
        self, person: Person, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        write_lines(
            (f"account:{account_id}", Action.MANAGE_OFFICES, "04", "counter:12", 0),
            ("command line", Action.MANAGE_ACCOUNTS, "", f"account:{account_id}", 1),
        )

        page = staff_client(Role.AUDITOR).get("/admin/audit").text

        assert page.index("Dòng lệnh") < page.index("Quản lý đơn vị và quầy</td>") or "counter:12" in page
        assert page.index("02/11/2026 10:00") < page.index("01/11/2026 10:00")
        assert page.count("Hoàng Văn Nùng") == 2

    def test_shows_the_auditor_of_a_unit_no_line_of_another(
        self, site: Flask, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        write_lines(
            ("command line", Action.MANAGE_OFFICES, "04/01273", "counter:inside", 0),
            ("command line", Action.MANAGE_OFFICES, "01", "counter:other", 0),
            ("command line", Action.MANAGE_OFFICES, "", "counter:everywhere", 0),
        )

        page = staff_client((Role.AUDITOR, "04")).get("/admin/audit").text

        assert "counter:inside" in page
        assert "counter:other" not in page
        assert "counter:everywhere" not in page

    def test_goes_on_below_a_number(
        self, site: Flask, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        write_lines(*[("command line", Action.CHECK_QR, "04", f"line:{n}.", n / 10) for n in range(60)])
        auditor = staff_client(Role.AUDITOR)

        first, second = (auditor.get(f"/admin/audit?{query}").text for query in ("", "before=11"))

        assert "before=11" in first
        assert "line:9." not in first
        assert "line:9." in second
        assert "before=" not in second.split('<nav class="pager"')[1]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("person=nung", {"a", "b"}),
            ("account={account}", {"a", "b"}),
            ("action=offices.manage", {"a", "c"}),
            ("unit=thuc+phan", {"b"}),
            ("unit=04", {"a", "b"}),
            ("since=2026-11-03", {"c"}),
            ("until=2026-11-02", {"a", "b"}),
            ("since=2026-11-02&until=2026-11-02", {"b"}),
            ("person=khongai", set()),
            ("unit=Atlantis", set()),
            ("person=nung&action=offices.manage", {"a"}),
        ],
    )
    def test_can_be_filtered(
        self,
        person: Person,
        staff_client: Staff,
        write_lines: Callable[..., None],
        query: str,
        found: set[str],
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        write_lines(
            (f"account:{account_id}", Action.MANAGE_OFFICES, "04", "line:a", 0),
            (f"account:{account_id}", Action.CHECK_QR, "04/01273", "line:b", 1),
            ("command line", Action.MANAGE_OFFICES, "01", "line:c", 2),
        )

        page = staff_client(Role.AUDITOR).get(f"/admin/audit?{query.format(account=account_id)}").text

        assert {letter for letter in "abc" if f"line:{letter}" in page} == found

    @pytest.mark.parametrize(
        "query",
        ["before=x", "before=-1", "since=yesterday", "action=none", "account=x", "before=99999999999999"],
    )
    def test_survives_a_senseless_address(self, site: Flask, staff_client: Staff, query: str) -> None:
        assert staff_client(Role.AUDITOR).get(f"/admin/audit?{query}").status_code in (200, 422)

    def test_says_so_when_the_filter_leaves_nothing(self, site: Flask, staff_client: Staff) -> None:
        assert (
            "Không có dòng nào như vậy"
            in staff_client(Role.AUDITOR).get("/admin/audit?since=2099-01-01").text
        )


class TestTable:
    """/admin/audit.csv"""

    def test_holds_every_line_and_the_names(
        self, person: Person, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        account_id = person("Hoàng Văn Nùng", (Role.LEADER, "04"))
        write_lines(
            *[(f"account:{account_id}", Action.CHECK_QR, "04", f"line:{n}", n / 100) for n in range(1200)]
        )

        answer = staff_client(Role.AUDITOR).get("/admin/audit.csv")
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))

        assert answer.content_type == "text/csv; charset=utf-8"
        assert len(rows) == 1201
        assert rows[1][:5] == [
            "1200",
            "13/11/2026 09:45:36",
            "Hoàng Văn Nùng",
            f"account:{account_id}",
            "Kiểm tra mã QR tại quầy",
        ]

    def test_runs_nothing_in_a_spreadsheet_program(
        self, site: Flask, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        write_lines(("command line", Action.CHECK_QR, "04", "=HYPERLINK(1)", 0))

        rows = list(csv.reader(io.StringIO(staff_client(Role.AUDITOR).get("/admin/audit.csv").text)))

        assert rows[1][6] == "'=HYPERLINK(1)"

    def test_keeps_to_the_unit_and_the_filter(
        self, site: Flask, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        write_lines(
            ("command line", Action.MANAGE_OFFICES, "04", "line:a", 0),
            ("command line", Action.CHECK_QR, "04", "line:b", 0),
            ("command line", Action.CHECK_QR, "01", "line:c", 0),
        )

        sent = staff_client((Role.AUDITOR, "04")).get("/admin/audit.csv?action=offices.check_qr").text

        assert [letter for letter in "abc" if f"line:{letter}" in sent] == ["b"]


class TestProof:
    """The button "Kiểm tra chuỗi"."""

    def test_says_that_the_chain_is_whole_and_notes_that_it_was_looked_at(
        self,
        site: Flask,
        staff_client: Staff,
        write_lines: Callable[..., None],
        log: Callable[[], list[Any]],
    ) -> None:
        write_lines(("command line", Action.CHECK_QR, "04", "line:a", 0))
        auditor = staff_client(Role.AUDITOR)

        auditor.post("/admin/audit/verify")
        page = auditor.get("/admin/audit").text

        assert "Chuỗi nguyên vẹn: 1 dòng" in page
        assert "kiểm tra lần cuối" in page
        assert log()[-1][0] == Action.VIEW_AUDIT

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            ("UPDATE audit_entries SET subject = 'line:x' WHERE number = 2", "dòng số 2. Dòng này đã bị sửa"),
            ("DELETE FROM audit_entries WHERE number = 2", "dòng số 2. Có dòng bị mất"),
            ("DELETE FROM audit_entries WHERE number = 3", "dòng số 3. Các dòng ở cuối chuỗi đã bị xóa"),
        ],
    )
    def test_says_where_it_breaks(
        self, site: Flask, staff_client: Staff, write_lines: Callable[..., None], damage: str, words: str
    ) -> None:
        write_lines(*[("command line", Action.CHECK_QR, "04", f"line:{n}", n) for n in range(3)])
        database: Database = site.extensions["survey_app.database"]
        database.write(lambda session: session.execute(text(damage)))
        auditor = staff_client(Role.AUDITOR)

        auditor.post("/admin/audit/verify")

        assert words in auditor.get("/admin/audit").text


class TestNamesInTheFilter:
    """Whom an auditor of one unit can find."""

    def test_tells_nothing_of_people_who_never_acted_in_the_unit(
        self, person: Person, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        elsewhere = person("Hoang Nung", (Role.LEADER, "01"))
        write_lines((f"account:{elsewhere}", Action.MANAGE_OFFICES, "01", "counter:1", 0))
        auditor = staff_client((Role.AUDITOR, "04"))

        # a form's token holds the second it was made in
        with time_machine.travel(datetime.now(UTC), tick=False):
            known, unknown = (auditor.get(f"/admin/audit?person={name}").text for name in ("nung", "nobody"))

        assert "Không có ai tên như vậy." in known
        assert known.replace("nung", "nobody") == unknown

    def test_finds_who_acted_here_with_roles_elsewhere(
        self, person: Person, staff_client: Staff, write_lines: Callable[..., None]
    ) -> None:
        guest = person("Hoang Nung", (Role.LEADER, "01"))
        write_lines((f"account:{guest}", Action.MANAGE_OFFICES, "04", "counter:7", 0))

        page = staff_client((Role.AUDITOR, "04")).get("/admin/audit?person=nung").text

        assert "counter:7" in page
        assert "Không có ai tên như vậy." not in page


@pytest.mark.parametrize("page", ["/admin/audit", "/admin/audit.csv"])
@pytest.mark.parametrize(
    "query", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31&until=0001-01-01"]
)
def test_days_beyond_all_calendars_limit_nothing(
    staff_client: Staff, write_lines: Callable[..., None], page: str, query: str
) -> None:
    write_lines(("command line", Action.MANAGE_OFFICES, "04", "counter:12", 0))

    answer = staff_client(Role.AUDITOR).get(f"{page}?{query}")

    assert answer.status_code == 200
    assert "counter:12" in answer.text

"""Nothing of a khiếu nại or tố cáo is found by anybody without the role: page, search, file, log, message or database.

Each came in with words that stand nowhere else; everything is then read by everybody and searched for them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.feedback.models import Case, GrievanceEvent
from survey_app.feedback.rules.grievances import GrievanceStep
from survey_app.feedback.rules.states import State
from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.database import Database
from survey_app.offices.operations import load_units
from survey_app.offices.queries import shipped_units
from survey_app.staff.rules.permissions import Role
from tests.feedback.restricted_house import MARK, OTHERS, House, addresses, plant, rows_of
from tests.staff_client import StaffClient


@pytest.fixture
def house(app: Flask, now: object) -> House:
    """What came in, before anybody looks."""
    database: Database = app.extensions["survey_app.database"]
    database.write(lambda session: load_units(session, rows=shipped_units("04"), now=now))  # type: ignore[arg-type]
    return plant(app)


def _found(client: FlaskClient, house: House) -> Iterator[str]:
    """Yield the addresses whose answer, headers included, holds one of the words."""
    for address in addresses(house):
        answer = client.get(address, buffered=True)
        told = (str(answer.headers).encode() + answer.data).lower()
        if MARK.encode() in _without_the_question(told, address):
            yield address


def _without_the_question(told: bytes, address: str) -> bytes:
    """Return a page without the words that were asked for, which a page of results shows again."""
    return told.replace(address.rpartition("=")[2].encode(), b"") if "?" in address else told


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """Every address, by everybody."""

    def test_show_a_stranger_nothing(self, app: Flask, house: House) -> None:
        assert list(_found(app.test_client(), house)) == []

    def test_show_nobody_without_the_role_anything(
        self, app: Flask, house: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        everybody = StaffClient(app, *OTHERS)

        assert list(_found(everybody.http, house)) == []
        assert MARK not in "".join(capfd.readouterr())
        assert MARK not in caplog.text

    @pytest.mark.parametrize("role", OTHERS)
    def test_refuse_each_other_role_to_list_show_and_read(self, app: Flask, house: House, role: Role) -> None:
        person, code = StaffClient(app, role), house.codes[0]

        assert person.get("/desk/grievances").status_code == 403
        assert person.get(f"/desk/grievances/{code}").status_code == 403
        assert person.post(f"/desk/grievances/{code}/read").status_code == 403
        assert person.post(f"/desk/grievances/{code}/files/{house.tokens[0]}").status_code == 403

    def test_are_no_cases_any_more_for_who_worked_on_them(self, app: Flask, house: House) -> None:
        person = StaffClient(app, *OTHERS)
        with house.database.read() as session:
            codes = set(session.scalars(select(Case.code).where(Case.state == State.DIVERTED)))
        asked = [one for one in addresses(house) if "/desk/cases/" in one and codes & set(one.split("/"))]

        assert len(asked) > 20
        assert {person.get(address).status_code for address in asked} == {404}

    def test_hide_them_from_an_officer_of_another_unit(self, app: Flask, house: House) -> None:
        person, code = StaffClient(app, (Role.GRIEVANCE_OFFICER, "04/01279")), house.codes[0]

        assert person.post(f"/desk/grievances/{code}/read").status_code == 404
        assert code not in person.get("/desk/grievances").text

    def test_tell_the_officer_no_word_before_the_reading_is_noted(self, app: Flask, house: House) -> None:
        officer = StaffClient(app, Role.GRIEVANCE_OFFICER)

        assert list(_found(officer.http, house)) == []

    def test_show_the_officer_all_of_it_and_note_it(self, app: Flask, house: House) -> None:
        officer = StaffClient(app, Role.GRIEVANCE_OFFICER)
        read = [officer.post(f"/desk/grievances/{code}/read") for code in house.codes]

        assert [MARK in answer.text for answer in read] == [True] * 4
        assert all(answer.headers["Cache-Control"] == "no-store" for answer in read)
        with house.database.read() as session:
            steps = session.query(GrievanceEvent).filter_by(step=GrievanceStep.READ).all()
            lines = session.query(AuditEntry).filter_by(action="feedback.grievances").all()
        assert [event.account_id for event in steps] == [officer.account_id] * 4
        assert [line.details for line in lines] == [{"did": "read"}] * 4

    def test_hand_the_officer_files_as_downloads_only(self, app: Flask, house: House) -> None:
        officer = StaffClient(app, Role.GRIEVANCE_OFFICER)
        answers = [
            officer.post(f"/desk/grievances/{code}/files/{token}")
            for code in house.codes
            for token in house.tokens
        ]
        given = [answer for answer in answers if answer.status_code == 200]

        assert len(given) == len(house.tokens) == 3
        assert all(answer.headers["Content-Disposition"].startswith("attachment") for answer in given)
        assert all(MARK.encode() in answer.data for answer in given)


class TestStore:
    """The database, its files and its dumps."""

    def test_holds_the_words_sealed_only(self, house: House) -> None:
        assert len(house.codes) == 4
        assert [table for table, row in rows_of(house.database) if MARK in row.lower()] == []

    def test_keeps_them_out_of_the_files_of_sqlite_as_well(self, house: House) -> None:
        if not house.database.is_sqlite:
            pytest.skip("a server's files are not ours to read")
        path = Path(house.database.url.removeprefix("sqlite:///"))
        house.database.dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        # No VACUUM: what was deleted is overwritten at once (secure_delete), and the index was written anew.
        assert MARK.encode() not in path.read_bytes().lower()

    def test_names_no_track_in_the_log_of_actions(self, house: House) -> None:
        with house.database.read() as session:
            written = str([(line.subject, line.details) for line in session.query(AuditEntry)])

        assert "denunciation" not in written
        assert MARK not in written


def test_the_search_finds_what_is_there(house: House) -> None:
    """The four ways in really held the words: unsealed, each grievance has them."""
    officer = StaffClient(house.app, Role.GRIEVANCE_OFFICER)
    texts = [officer.post(f"/desk/grievances/{code}/read").text for code in house.codes]

    for number in (1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34, 35, 41, 44, 51):
        assert sum(re.search(rf"{MARK}{number}\b", page) is not None for page in texts) == 1, number

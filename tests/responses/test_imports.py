"""A fielded sample comes in: the whole file or nothing, on both databases, by the command."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import cli
from survey_app.campaigns.operations import UnableToCreateCampaign, close_campaign
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.responses.documents.checking import check_table
from survey_app.responses.documents.spool import Spool
from survey_app.responses.documents.tables import file_digest, open_table
from survey_app.responses.models import ArrivalDay, Response, ResponseDesign, ResponseImport
from survey_app.responses.operations import (
    UnableToImport,
    prepare_import,
    roll_up,
    store_import,
)
from survey_app.responses.operations.arrivals import locked_horizon
from survey_app.responses.queries import (
    campaign_arrivals,
    coded_answers,
    designed_count,
    designs,
    imports_of,
    live_arrivals,
)
from survey_app.responses.rules.layouts import FileMapping
from survey_app.staff.operations import add_account
from tests.responses.samples import HEADER, install_sample, sample_rows, write_csv


@pytest.fixture
def database(app: Flask) -> Database:
    """The database of the application, with the campaign `mau`."""
    found: Database = app.extensions["survey_app.database"]
    install_sample(found)
    return found


@pytest.fixture
def run(app: Flask, database: Database):
    """Return a function that runs `survey-app responses import FILE --campaign mau`."""

    def invoke(file: Path, *more: str) -> Result:
        arguments = ["responses", "import", str(file), "--campaign", "mau", *more]
        return CliRunner().invoke(cli.main, arguments, obj={"app": app})

    return invoke


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A sound file of twelve rows."""
    return write_csv(tmp_path / "mau.csv", HEADER, sample_rows())


def _changed(path: Path, line: int, column: str, text: str, count: int = 12) -> Path:
    """Write the sample with one other cell; the first row stands in line 2."""
    rows = sample_rows(count)
    rows[line - 2][HEADER.index(column)] = text
    return write_csv(path, HEADER, rows)


def _count(database: Database, table: Any = Response) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


class TestImport:
    def test_stores_answers_designs_and_the_record_of_the_file(self, database: Database, run, sample: Path):
        assert run(sample).exit_code == 0
        with database.read() as session:
            first = session.scalars(select(Response).order_by(Response.id)).first()
            design = session.get(ResponseDesign, first.id)
            (record,) = imports_of(session, first.campaign_id)
        assert (first.answers, first.channel, first.instrument) == (
            {"overall": 1, "channels": [1, 3]},
            "interview",
            "in_person",
        )
        assert (design.stratum, design.psu1, design.fpc1, design.weight) == ("nam", "xa-0", 20, 2.5)
        assert (record.file_name, record.responses, record.designed) == ("mau.csv", 12, True)
        assert record.sha256 == file_digest(sample)

    def test_keeps_the_order_of_the_file_so_that_designs_meet_their_answers(
        self, database: Database, run, sample: Path
    ):
        run(sample)
        with database.read() as session:
            scope = {"campaign_id": session.scalar(select(Response.campaign_id).limit(1)), "up_to_id": 10**6}
            codes = [chunk.codes[::4] for chunk in coded_answers(session, **scope, chunk=5)]
            drawn = list(designs(session, **scope, chunk=5))
            assert designed_count(session, **scope) == 12
        assert b"".join(codes) == bytes(1 + number % 5 for number in range(12))
        assert [chunk.count for chunk in drawn] == [5, 5, 2]
        assert [one for chunk in drawn for one in chunk.psus[0]] == [f"xa-{n % 4}" for n in range(12)]
        assert drawn[0].weights == [2.5, 7, 2.5, 7, 2.5]
        assert drawn[0].psus[1] == drawn[0].phases == [None] * 5

    def test_gives_nothing_where_responses_have_no_design(self, database: Database, run, tmp_path: Path):
        run(write_csv(tmp_path / "a.csv", ("office", "overall"), [["an-hoa", "4"]] * 3))
        with database.read() as session:
            campaign_id = session.scalar(select(Response.campaign_id).limit(1))
            (chunk,) = designs(session, campaign_id=campaign_id, up_to_id=10**6)
            assert designed_count(session, campaign_id=campaign_id, up_to_id=10**6) == 0
        assert chunk.strata == chunk.weights == chunk.fpcs[2] == [None] * 3

    def test_cuts_the_time_to_the_hour(self, database: Database, run, sample: Path):
        run(sample)
        with database.read() as session:
            hours = set(session.scalars(select(Response.received_hour)))
        assert {(hour.hour, hour.minute, hour.second) for hour in hours} == {(7, 0, 0)}

    def test_stores_nothing_when_one_row_is_wrong(self, database: Database, run, tmp_path: Path):
        result = run(_changed(tmp_path / "a.csv", 9, "overall", "6"), "--json")
        report = json.loads(result.stdout)
        assert result.exit_code == 1
        assert [(one["line"], one["column"]) for one in report["faults"]] == [(9, "overall")]
        assert (report["stored"], _count(database), _count(database, ResponseImport)) == (False, 0, 0)

    @pytest.mark.parametrize(
        ("line", "column", "text", "named"),
        [
            (5, "weight", "-2", "weight"),
            (5, "weight", "", "weight"),
            (6, "stratum", "bac", "psu1"),
            (6, "fpc1", "21", "fpc1"),
            (6, "fpc1", "1", "fpc1"),
            (4, "psu1", "", "psu1"),
        ],
    )
    def test_names_what_contradicts_in_the_design(
        self, run, tmp_path: Path, line: int, column: str, text: str, named: str
    ):
        result = run(_changed(tmp_path / "a.csv", line, column, text), "--json")
        assert named in {one["column"] for one in json.loads(result.stdout)["faults"]}
        assert result.exit_code == 1

    def test_compares_with_the_designs_that_are_stored(self, database: Database, run, sample: Path):
        run(sample)
        other = _changed(sample.with_name("b.csv"), 2, "stratum", "tay")
        plain = write_csv(sample.with_name("c.csv"), ("office", "overall"), [["an-hoa", "4"]])
        assert run(other).exit_code == run(plain).exit_code == 1
        assert _count(database) == 12

    def test_refuses_a_count_that_only_both_files_together_exceed(self, database: Database, run, tmp_path):
        header = ("office", "stratum", "fpc1", "overall")
        row = ["an-hoa", "bac", "5", "4"]
        assert run(write_csv(tmp_path / "a.csv", header, [row] * 3)).exit_code == 0
        assert run(write_csv(tmp_path / "b.csv", header, [row] * 3)).exit_code == 1
        assert _count(database) == 3

    def test_refuses_the_same_file_unless_asked(self, database: Database, run, sample: Path):
        run(sample)
        second = run(sample.rename(sample.with_name("other-name.csv")))
        assert second.exit_code == 1
        assert "--again" in second.output
        assert run(sample.with_name("other-name.csv"), "--again").exit_code == 0
        assert _count(database) == 24

    def test_checks_without_storing_in_a_dry_run(self, database: Database, run, sample: Path):
        result = run(sample, "--dry-run")
        assert result.exit_code == 0
        assert "--dry-run" in result.output
        assert _count(database) == 0

    def test_writes_every_fault_to_a_file_and_shows_the_first(self, run, tmp_path: Path):
        rows = [["an-hoa", "9"]] * 30
        faults = tmp_path / "faults.csv"
        result = run(
            write_csv(tmp_path / "a.csv", ("office", "overall"), rows), "--show", "3", "--report", str(faults)
        )
        written = list(csv.reader(faults.read_text(encoding="utf-8-sig").splitlines()))
        assert [one[:2] for one in written] == [["row", "column"]] + [
            [str(line), "overall"] for line in range(2, 32)
        ]
        assert result.output.count("row ") == 3
        assert "27 more" in result.output

    def test_warns_of_cells_that_may_lead_to_a_person_and_shows_none(self, run, sample: Path):
        output = run(sample).output
        assert "4 of 4 design cells" in output
        assert "xa-" not in output

    def test_counts_what_is_off_the_path(self, run, tmp_path: Path):
        rows = [["an-hoa", "5", "1"], ["an-hoa", "1", "1"]]
        result = run(write_csv(tmp_path / "a.csv", ("office", "overall", "why"), rows), "--json")
        assert json.loads(result.stdout)["off_path"] == {"why": 1}

    def test_names_the_person_who_answers_for_it(self, database: Database, run, sample: Path):
        database.write(lambda session: add_account(session, email="lan@example.vn", name="Lan", now=now()).id)
        assert run(sample, "--by", "Lan@example.vn").exit_code == 0
        with database.read() as session:
            campaign_id = session.scalar(select(Response.campaign_id).limit(1))
            assert [one.imported_by for one in imports_of(session, campaign_id)] == ["Lan"]

    def test_refuses_an_unknown_person(self, run, sample: Path):
        assert "nobody@example.vn" in run(sample, "--by", "nobody@example.vn").output

    def test_reads_the_columns_by_a_mapping(self, database: Database, run, tmp_path: Path):
        mapping = tmp_path / "m.yaml"
        mapping.write_text(
            "columns: {Q1: overall}\nignore: [interviewer]\nvalues: {overall: {tot: 4}}\n"
            "defaults: {office: an-hoa, instrument: paper}\n",
            encoding="utf-8",
        )
        file = write_csv(tmp_path / "a.csv", ("Q1", "interviewer"), [["tot", "Lan"]])
        assert run(file, "--mapping", str(mapping)).exit_code == 0
        with database.read() as session:
            stored = session.scalars(select(Response)).one()
        assert (stored.answers, stored.instrument) == ({"overall": 4}, "paper")

    def test_says_which_mapping_is_no_yaml(self, run, sample: Path, tmp_path: Path):
        mapping = tmp_path / "m.yaml"
        mapping.write_text("columns: [", encoding="utf-8")
        assert "m.yaml" in run(sample, "--mapping", str(mapping)).output

    def test_refuses_a_file_without_rows(self, database: Database, run, tmp_path: Path):
        assert run(write_csv(tmp_path / "a.csv", HEADER, [])).exit_code == 1
        assert _count(database, ResponseImport) == 0


class TestCampaign:
    """What a campaign must be to take answers from a file."""

    def _prepare(self, database: Database) -> None:
        with database.read() as session:
            prepare_import(session, code="mau", sha256="0" * 64, now=now())

    def test_may_be_closed_by_then(self, database: Database):
        database.write(lambda session: close_campaign(session, code="mau", now=now()))
        self._prepare(database)

    def test_must_exist(self, database: Database):
        with database.read() as session, pytest.raises(UnableToImport, match="khac"):
            prepare_import(session, code="khac", sha256="0" * 64, now=now())

    def test_must_not_be_of_volunteers(self, app: Flask):
        database = app.extensions["survey_app.database"]
        install_sample(database, channels=["qr", "web"])
        with pytest.raises(UnableToImport, match="interview"):
            self._prepare(database)

    def test_must_be_opened(self, app: Flask):
        database = app.extensions["survey_app.database"]
        install_sample(database, opened=False)
        with pytest.raises(UnableToImport, match="mau"):
            self._prepare(database)

    def test_never_mixes_a_sample_with_volunteers(self, app: Flask):
        with pytest.raises(UnableToCreateCampaign):
            install_sample(app.extensions["survey_app.database"], channels=["interview", "qr"])


class TestStoring:
    """What may have changed between check and storing."""

    def _checked(self, database: Database, path: Path, spool: Spool) -> dict[str, Any]:
        with database.read() as session:
            prepared = prepare_import(session, code="mau", sha256=file_digest(path), now=now())
        report = check_table(
            open_table(path),
            frame=prepared.frame,
            design=prepared.design,
            mapping=FileMapping(),
            spool=spool,
        )
        return {
            "prepared": prepared,
            "report": report,
            "spool": spool,
            "file_name": path.name,
            "sha256": file_digest(path),
            "now": now(),
        }

    def test_refuses_when_another_file_came_in_meanwhile(self, database: Database, sample: Path):
        with Spool() as one, Spool() as other:
            first, second = self._checked(database, sample, one), self._checked(database, sample, other)
            database.write(lambda session: store_import(session, **first).id)
            with pytest.raises(UnableToImport):
                database.write(lambda session: store_import(session, **second).id)
        assert _count(database) == 12

    def test_refuses_a_report_with_faults(self, database: Database, tmp_path: Path):
        with Spool() as spool:
            checked = self._checked(database, _changed(tmp_path / "a.csv", 2, "overall", "7"), spool)
            with pytest.raises(UnableToImport):
                database.write(lambda session: store_import(session, **checked).id)
        assert _count(database) == 0

    def test_is_undone_as_a_whole_when_the_last_row_fails(self, database: Database, sample: Path):
        with Spool() as spool:
            checked = self._checked(database, sample, spool)
            spool._file.seek(0, 2)
            spool._file.write("[]\n")
            with pytest.raises(ValueError, match="unpack"):
                database.write(lambda session: store_import(session, **checked).id)
        assert _count(database) == _count(database, ResponseDesign) == 0


def test_arrivals_stay_right_after_an_import(database: Database, run, sample: Path) -> None:
    run(sample)
    with database.read() as session:
        campaign_id = session.scalar(select(Response.campaign_id).limit(1))
    for hours in (0, 1, 2):
        at = now() + timedelta(hours=hours)
        database.write(lambda session, at=at: roll_up(session, now=at))
        with database.read() as session:
            live = live_arrivals(session, campaign_id=campaign_id)
            assert campaign_arrivals(session, campaign_id=campaign_id, since=at, live=live).total == 12
    with database.read() as session:
        rows = session.execute(
            select(ArrivalDay.day, func.sum(ArrivalDay.responses)).group_by(ArrivalDay.day)
        )
        assert list(rows) == [(local_date(now()) - timedelta(days=1), 12)]


def test_counting_waits_while_a_file_is_stored(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    database.write(lambda session: roll_up(session, now=now()))
    with Session(database.engine) as storing, Session(database.engine) as counting:
        assert locked_horizon(storing) is not None
        assert locked_horizon(counting, skip_locked=True) is None

"""`survey-app responses import`: the answers of a fielded sample, from a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.responses.documents.checking import check_table
from survey_app.responses.documents.spool import Spool
from survey_app.responses.documents.tables import file_digest, open_table
from survey_app.responses.operations import prepare_import, roll_up, store_import
from survey_app.responses.rules.imports import ImportReport, RowFault
from survey_app.responses.rules.layouts import FileMapping, read_mapping
from survey_app.staff.queries import account_by_email

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=_FILE)
@click.option(
    "--campaign", "code", required=True, metavar="CODE", help="A campaign of the channel `interview`."
)
@click.option(
    "--mapping", "mapping_file", type=_FILE, help="YAML: columns, ignore, missing, values, defaults."
)
@click.option("--dry-run", is_flag=True, help="Check only, store nothing.")
@click.option("--again", is_flag=True, help="Take a file that was imported before a second time.")
@click.option("--by", "email", metavar="EMAIL", help="The staff account that answers for the import.")
@click.option("--show", default=20, show_default=True, help="How many faults to print (at most 100).")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all faults as CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_command(
    *,
    file: Path,
    code: str,
    mapping_file: Path | None,
    dry_run: bool,
    again: bool,
    email: str | None,
    show: int,
    report_file: Path | None,
    as_json: bool,
) -> None:
    """Bring in the answers of a fielded sample from FILE (CSV in UTF-8, XLSX or Parquet): all rows or none.

    Columns are called after the items of the campaign's questionnaire, with codes as values (several: 1|3, or one
    column an option: A1.3). Besides: office, received, instrument, language, channel; and of the sampling design
    stratum, psu1 to psu3, fpc1 to fpc3 (population counts), weight, phase. Exit status 1 when a row has a fault.
    """
    mapping = _mapping(mapping_file)
    digest, instant = file_digest(file), now()
    with read() as session:
        account_id = _account_id(session, email)
        prepared = prepare_import(session, code=code, sha256=digest, again=again, now=instant)
    with Spool() as spool:
        with _faults_written(report_file) as found:
            report = check_table(
                open_table(file),
                frame=prepared.frame,
                design=prepared.design,
                mapping=mapping,
                spool=spool,
                found=found,
                progress=_say("Checked"),
            )
        stored = not dry_run and not report.fault_count
        if stored:
            # Makes the row that storing locks, so that pages which count need not wait for its first commit.
            write(lambda session: roll_up(session, now=instant))
            write(
                lambda session: (
                    store_import(
                        session,
                        prepared=prepared,
                        report=report,
                        spool=spool,
                        file_name=file.name,
                        sha256=digest,
                        now=instant,
                        account_id=account_id,
                        progress=_say("Stored"),
                    ).id
                )
            )
    _print(report, code=code, stored=stored, show=show, as_json=as_json)
    if report.fault_count:
        raise click.exceptions.Exit(1)


def _mapping(path: Path | None) -> FileMapping:
    if path is None:
        return FileMapping()
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise click.ClickException(f"{path} is no YAML that can be read: {error}") from error
    return read_mapping(document)


def _account_id(session: Any, email: str | None) -> int | None:
    if email is None:
        return None
    account = account_by_email(session, email)
    if account is None:
        raise click.ClickException(f"No staff account signs in as {email!r}. See `survey-app staff --help`.")
    return account.id


@contextmanager
def _faults_written(path: Path | None) -> Iterator[Callable[[RowFault], None]]:
    """Give what writes every fault to `path` as CSV, marked so that spreadsheets read it as UTF-8."""
    if path is None:
        yield lambda fault: None
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "column", "fault"])
        yield lambda fault: writer.writerow([fault.line, fault.column, fault.message])


def _say(done: str) -> Callable[[int], None]:
    """Return what tells, on the other stream, how many rows are done; every 10,000."""

    def say(rows: int) -> None:
        if rows % 10_000 == 0:
            click.echo(f"{done} {rows:,} rows ...", err=True)

    return say


def _print(report: ImportReport, *, code: str, stored: bool, show: int, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps({"campaign": code, "stored": stored, **asdict(report)}, ensure_ascii=False, indent=2)
        )
        return
    for fault in report.faults[: max(show, 0)]:
        click.echo(f"row {fault.line}, {fault.column or 'all columns'}: {fault.message}")
    if report.fault_count > show:
        click.echo(f"... {report.fault_count - show:,} more faults; --report FAULTS.csv writes all of them.")
    for item, count in report.off_path.items():
        click.echo(f"{item}: {count:,} answers left out, the respondent's path does not show this question.")
    if report.design:
        click.echo(f"Design: {', '.join(report.design)}.")
    if report.small_cells:
        click.echo(
            f"Warning: {report.small_cells:,} of {report.cells:,} design cells (stratum, units, weight) hold fewer "
            "than 10 responses. They may lead to a person; no page shows them. Keep the file and backups safe."
        )
    click.echo(_conclusion(report, code, stored))


def _conclusion(report: ImportReport, code: str, stored: bool) -> str:
    if report.fault_count:
        found = f"{report.fault_count:,} faults in {report.rows:,} rows"
        return f"{found}: nothing was stored. Correct the file and repeat."
    if stored:
        return f"{report.rows:,} responses stored in {code}. Next: survey-app results run --campaign {code}"
    return f"{report.rows:,} rows are sound. Nothing was stored (--dry-run)."

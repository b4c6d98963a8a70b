"""`survey-app campaigns invite`: brings in a list of people to invite by message."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app

from survey_app.campaigns.documents.invitations import LARGEST_FILE, read_invitations
from survey_app.campaigns.operations.invitations import InvitationReport, prepare_list, store_list
from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write

_SHOWN = 50


@click.command("invite")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", "code", required=True, help="Code of the campaign; its channel is sms or zalo.")
@click.option("--dry-run", is_flag=True, help="Check the list and store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def invite(file: Path, code: str, dry_run: bool, as_json: bool) -> None:
    """Put the people in FILE (CSV or XLSX) on the list of a campaign; nothing is sent yet.

    Columns: phone; unit (code of an office, or of a unit with one office); procedure and dossier if known. All rows
    are stored or, if one is at fault, none. Phones are kept encrypted, and only for as long as they are needed.
    """
    with file.open("rb") as stream:
        rows = read_invitations(stream.read(LARGEST_FILE + 1))
    at, key = now(), current_app.config["SETTINGS"].contact_key
    with read() as session:
        people = prepare_list(session, code=code, rows=rows, key=key)
        report = store_list(session, code=code, people=people, key=key, now=at, dry_run=True)
    if not (dry_run or report.faults):
        report = write(lambda session: store_list(session, code=code, people=people, key=key, now=at))
    if as_json:
        click.echo(
            json.dumps(asdict(report) | {"stored": not (dry_run or report.faults)}, ensure_ascii=False)
        )
    else:
        _print(report, file, code, dry_run=dry_run)
    if report.faults:
        raise SystemExit(1)


def _print(report: InvitationReport, file: Path, code: str, *, dry_run: bool) -> None:
    for kind, notes in (("", report.faults), ("left out: ", report.skipped)):
        for note in notes[:_SHOWN]:
            click.echo(f"{file}:{note.line}: {kind}{note.message}", err=True)
        if len(notes) > _SHOWN:
            click.echo(f"... and {len(notes) - _SHOWN:,} more", err=True)
    if report.faults:
        click.echo(f"{len(report.faults):,} rows at fault: nothing was stored.", err=True)
        return
    done = "Would put" if dry_run else "Put"
    click.echo(f"{done} {report.invited:,} people on the list of {code}; left out {len(report.skipped):,}.")
    if not dry_run:
        click.echo(f"Next: survey-app texting send --campaign {code}")

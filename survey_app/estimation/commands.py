"""The command `survey-app estimate`: estimates for any design, asked for in a JSON file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from survey_app.estimation.requests.document import MalformedFile, read_document
from survey_app.estimation.requests.run import answers
from survey_app.estimation.requests.tables import Tables
from survey_app.estimation.requests.text import table_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--requests", "requests_file", type=_FILE, required=True, help='JSON file {"cases": [...]}.')
@click.option("--data", "folder", type=_FOLDER, required=True, help="Folder of the CSV files it names.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else printed."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "table"]),
    default="json",
    show_default=True,
    help="table: for people.",
)
def estimate(requests_file: Path, folder: Path, output: Path | None, form: str) -> None:
    """Estimate what a JSON file asks for, with design-based standard errors.

    Each request names a data file, a design, an estimator and its variables. A request that cannot be answered
    gets an error that says what to do; the others are answered all the same. A file that holds no requests,
    and a place for the results that cannot be written, end with exit code 2.
    """
    try:
        cases = read_document(requests_file.read_text(encoding="utf-8-sig"))
    except (MalformedFile, UnicodeDecodeError) as error:
        raise click.UsageError(f"{requests_file.name}: {error}") from error
    if output is not None:
        _check_writable(output)
    found = list(_with_progress(answers(cases, Tables(folder)), len(cases)))
    text = (
        table_of(found) if form == "table" else json.dumps({"results": found}, ensure_ascii=False, indent=1)
    )
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
    failed = sum("error" in result for result in found)
    if failed:
        click.echo(f"{failed} of {len(found)} requests could not be answered: see their error.", err=True)


def _check_writable(output: Path) -> None:
    """Refuse before the work, not after it, a place where the results cannot be written."""
    try:
        output.open("a").close()
    except OSError as error:
        raise click.UsageError(
            f"--output: {output} cannot be written ({error.strerror}). Choose another place."
        ) from error


def _with_progress(results: Iterable[dict[str, Any]], count: int) -> Iterable[dict[str, Any]]:
    """The same results, with a bar on a terminal."""
    with click.progressbar(
        results, length=count, label="Estimating", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield from bar

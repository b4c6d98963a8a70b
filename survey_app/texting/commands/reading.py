"""The commands `survey-app texting <verb>`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from survey_app.texting.rules.reading import Reading, read_reply

LONGEST_FIELD = 10_000_000
"""A reply has 1,600 characters at most; a CSV field much longer than any is still read, then cut by the reader."""


@click.group()
def texting() -> None:
    """Conversations by text message."""


@texting.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--csv", "is_csv", is_flag=True, help="FILE is CSV: read the column `text` of each record.")
@click.option("--keyword", default="DG", show_default=True, help="Word that the short code asks for.")
@click.option(
    "--questions",
    type=click.IntRange(min=1, max=50),
    default=4,
    show_default=True,
    help="Rating questions of the survey.",
)
def read(file: Path, is_csv: bool, keyword: str, questions: int) -> None:
    """Print what each reply in FILE (or - for standard input) says: one JSON object for each line.

    An empty line is a reply, too. Files are UTF-8. `reading` sums up the other parts: rating:5+comment,
    ratings:5,4,5,3, choices:1a,2b, optout, optin, help, wrongnumber, comment or unclear.
    """
    with click.open_file(str(file), "rb") as stream:
        lines = _lines(stream)
        replies = (
            _records(lines) if is_csv else (line.removesuffix("\n").removesuffix("\r") for line in lines)
        )
        for text in replies:
            reading = read_reply(text, keyword=keyword, questions=questions)
            line = json.dumps(_parts(text, reading), ensure_ascii=False)
            click.echo(line.encode())


def _lines(stream: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of a file with their ends; only a line feed ends one."""
    for number, line in enumerate(stream, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise click.UsageError(f"Line {number} is not UTF-8. Save the file as UTF-8 text.") from error


def _records(lines: Iterable[str]) -> Iterator[str]:
    """Yield the column `text` of a CSV file."""
    rows = csv.DictReader(lines, strict=True)
    usual = csv.field_size_limit(LONGEST_FIELD)
    try:
        if "text" not in (rows.fieldnames or []):
            raise click.UsageError("The CSV file has no column `text`. Name it in the first line.")
        for row in rows:
            yield row["text"] or ""
    except csv.Error as error:
        raise click.UsageError(f"The file is no CSV at line {rows.line_num}: {error}.") from error
    finally:
        csv.field_size_limit(usual)


def _parts(text: str, reading: Reading) -> dict[str, Any]:
    return {
        "text": text,
        "reading": reading.grammar,
        "kind": str(reading.kind),
        "rating": reading.rating,
        "ratings": list(reading.ratings),
        "choices": [f"{question}{option}" for question, option in reading.choices],
        "comment": reading.comment,
        "comment_text": reading.comment_text,
        "reference": reading.reference,
        "inferred": reading.inferred,
        "parser_version": reading.version,
    }

"""`survey-app kiosks`: answers that reached the server in a file instead of over the network."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path

import click
from flask import current_app
from marshmallow import ValidationError

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.kiosks.operations import receive
from survey_app.kiosks.queries import entry_at, kiosk_line
from survey_app.kiosks.rules.arrivals import BATCH_AT_MOST, Result
from survey_app.kiosks.schemas import ExportShape
from survey_app.responses.guards import FormSigner


@click.group()
def kiosks() -> None:
    """Tablets at counters."""


@kiosks.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kiosk", "kiosk_id", type=int, required=True, help="Number of the kiosk that exported the file."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_answers(file: Path, kiosk_id: int, as_json: bool) -> None:
    """Take the answers that a kiosk exported to FILE, each exactly once, however often it is imported."""
    results = _take(file, kiosk_id)
    counts = Counter(str(one.outcome) for one in results)
    reasons = Counter(str(one.reason) for one in results if one.reason)
    if as_json:
        click.echo(json.dumps({"answers": len(results), **counts, "reasons": dict(reasons)}))
        return
    click.echo(f"{len(results)} answers: {', '.join(f'{n} {word}' for word, n in counts.items())}")
    for reason, count in reasons.items():
        click.echo(f"  {count} refused: {reason}")


def _take(file: Path, kiosk_id: int) -> list[Result]:
    try:
        exported = ExportShape().loads(file.read_text(encoding="utf-8"))
    except (ValueError, ValidationError) as error:
        raise click.ClickException(f"{file} is no export of a kiosk.") from error
    settings: Settings = current_app.config["SETTINGS"]
    signer, instant, answers = FormSigner(settings.secret_key), now(), exported["answers"]
    with read() as session:
        line = kiosk_line(session, kiosk_id)
        point = line.service_point_id if line else -1
        entry = entry_at(session, code=exported["code"], service_point_id=point, now=instant)
    if entry is None:
        raise click.ClickException(f"Kiosk {kiosk_id} does not stand at the counter of {exported['code']}.")
    take = partial(receive, kiosk_id=kiosk_id, entry=entry, signer=signer, now=instant)
    batches = (answers[start : start + BATCH_AT_MOST] for start in range(0, len(answers), BATCH_AT_MOST))
    return [result for batch in batches for result in write(partial(take, batch=batch))]

"""`survey-app feedback purge`: forget what is due, or only say what would go and by which rule."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import partial

import click

from survey_app.feedback.operations.purge import purge
from survey_app.feedback.queries.retention import count_due
from survey_app.feedback.rules.retention import RULES, Record
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def purge_due(dry_run: bool, as_json: bool) -> None:
    """Delete personal data whose time is over. Run it too after a backup was restored: it takes the same again."""
    instant = now()
    if dry_run:
        with read() as session:
            counts, digests = count_due(session, today=local_date(instant), now=instant), list[str]()
    else:
        counts, digests = _purge_all(instant)
    if as_json:
        click.echo(json.dumps(_as_json(counts, digests, instant, dry_run), ensure_ascii=False, indent=1))
        return
    for rule in RULES:
        verb = "would be purged" if dry_run else "purged"
        click.echo(f"{counts[rule.record]:>7}  {rule.record} {verb}")
        click.echo(f"         what   {rule.what}")
        click.echo(f"         when   {rule.when}")
        click.echo(f"         ground {rule.ground}")
    for digest in digests:
        click.echo(f"record  {digest}")


def _purge_all(instant: datetime) -> tuple[dict[Record, int], list[str]]:
    """Purge part by part; return what was taken of each class, and the digests that the record of it keeps."""
    counts: Counter[Record] = Counter()
    digests, is_more_due = [], True
    while is_more_due:
        part = write(partial(purge, now=instant))
        counts.update(part.counts)
        digests += [part.digest] if part.counts else []
        is_more_due = part.is_more_due
    return {record: counts[record] for record in Record}, digests


def _as_json(
    counts: dict[Record, int], digests: list[str], instant: datetime, is_dry: bool
) -> dict[str, object]:
    return {
        "at": instant.isoformat(),
        "dry_run": is_dry,
        "digests": digests,
        "records": [
            {
                "record": str(rule.record),
                "count": counts[rule.record],
                "what": rule.what,
                "when": rule.when,
                "ground": rule.ground,
            }
            for rule in RULES
        ],
    }

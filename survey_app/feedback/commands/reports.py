"""`survey-app feedback report` and `check-form`: reports without a browser, and sums of forms filled elsewhere."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from survey_app.feedback.documents.reports import MAKERS, ReportPaper, figures_of
from survey_app.feedback.queries.papers import letterhead_of
from survey_app.feedback.queries.report_forms import PETITION_SUMMARY, PETITIONS, shipped_forms
from survey_app.feedback.queries.reports import quarterly_report
from survey_app.feedback.rules.reports import (
    Form,
    Grouping,
    Line,
    Period,
    Report,
    SumsDoNotAdd,
    contradictions,
    notes_of,
    period_label,
)
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.offices.queries import names_by_path

_DAY = click.DateTime(["%Y-%m-%d"])
_SUMS_FAIL = 2


@click.command()
@click.option("--from", "since", type=_DAY, required=True, help="First day.")
@click.option("--to", "last", type=_DAY, required=True, help="Last day, which counts as well.")
@click.option("--unit", "unit_path", default="", help="Path of the unit, such as 04/01273; all by default.")
@click.option("--field", help="Only this field.")
@click.option(
    "--by",
    type=click.Choice([*map(str, Grouping)]),
    default="field",
    show_default=True,
    help="What a line stands for.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "json", *MAKERS]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def report(
    *,
    since: datetime,
    last: datetime,
    unit_path: str,
    field: str | None,
    by: str,
    kind: str,
    output: Path | None,
) -> None:
    """Make the periodic report of petitions.

    Exits with 2 and names sums and lines where the figures contradict each other: nothing is written then.
    """
    if last < since:
        raise click.BadParameter("ends before it begins", param_hint="--to")
    if kind in MAKERS and output is None:
        raise click.UsageError(f"--format {kind} needs --output")
    period = Period(since.date(), date.fromordinal(last.date().toordinal() + 1))
    form, grouping = shipped_forms()[PETITIONS], Grouping(by)
    with read() as session:
        try:
            made = quarterly_report(
                session, period=period, scopes=[""], grouping=grouping, unit_path=unit_path, field=field
            )
        except SumsDoNotAdd as error:
            _refuse(error)
        paper = _paper(session, made, form, unit_path, field or "")
    _give(paper, kind, output)


def _refuse(error: SumsDoNotAdd) -> None:
    click.echo("The figures contradict each other; no report was made.", err=True)
    for one in error.found:
        click.echo(f"  {one.line.label}: {one.identity}  {dict(one.line.figures)}", err=True)
    raise SystemExit(_SUMS_FAIL)


def _paper(session: Session, made: Report, form: Form, unit_path: str, field: str) -> ReportPaper:
    day = local_date(now())
    name = names_by_path(session, [unit_path])[unit_path] if unit_path else ""
    return ReportPaper(
        report=made,
        form=form,
        letterhead=letterhead_of(session, unit_path),
        period=period_label(made.period),
        scope=" – ".join(filter(None, (name, field))),
        notes=notes_of(made, form, made_on=day),
        day=day,
    )


def _give(paper: ReportPaper, kind: str, output: Path | None) -> None:
    if kind in MAKERS:
        assert output is not None, "asked for before"
        output.write_bytes(MAKERS[kind](paper))
        return
    text = _as_json(paper) if kind == "json" else _as_table(paper)
    if output is None:
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")


def _as_json(paper: ReportPaper) -> str:
    def line_of(line: Line) -> dict[str, object]:
        return {"key": line.key, "label": line.label, **line.figures, "origins": dict(line.origins)}

    made = paper.report
    document = {
        "form": paper.form.name,
        "verified": paper.form.is_verified,
        "from": made.period.since.isoformat(),
        "to": made.period.last_day.isoformat(),
        "by": str(made.grouping),
        "lines": [line_of(line) for line in made.lines],
        "total": line_of(made.total),
        "other_kinds": [line_of(line) for line in made.others],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _as_table(paper: ReportPaper) -> str:
    columns = paper.form.columns
    heading = " ".join(f"{column.key[:12]:>12}" for column in columns)
    rows = [
        f"{line.label[:36]:36} " + " ".join(f"{figure:>12}" for figure in figures_of(line, paper.form))
        for line in paper.report.every_line()
    ]
    return "\n".join([f"{paper.form.name}  {paper.period}", f"{'':36} {heading}", *rows, *paper.notes])


@click.command("check-form")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--form",
    "name",
    type=click.Choice([PETITIONS, PETITION_SUMMARY]),
    default=PETITION_SUMMARY,
    show_default=True,
    help="Which form the numbers are of.",
)
def check_form(file: Path, name: str) -> None:
    """Check the sums of a form that was filled elsewhere.

    FILE is JSON: the names of lines, each with its columns and numbers, such as {"Quận A": {"1": 7, "2": 7}}. A sum
    is checked where all its numbers are there. Exits with 2 if one does not hold.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        lines = [Line(label, label, {str(k): int(v) for k, v in row.items()}) for label, row in raw.items()]
    except (ValueError, AttributeError, TypeError) as error:
        raise click.BadParameter("no JSON of lines with numbers", param_hint="FILE") from error
    found = contradictions(lines, shipped_forms()[name].identities)
    for one in found:
        click.echo(f"{one.line.label}: {one.identity} does not hold", err=True)
    if found:
        raise SystemExit(_SUMS_FAIL)
    click.echo(f"{len(lines)} lines keep the sums of {shipped_forms()[name].name}.")

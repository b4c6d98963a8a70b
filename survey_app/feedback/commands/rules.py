"""`survey-app feedback calendar` and `due`: the rules as data, for who checks them without a browser."""

from __future__ import annotations

import json
from datetime import date, datetime

import click

from survey_app.feedback.queries.calendars import calendar_for, years_decided
from survey_app.feedback.queries.limits import limit_for
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.calendar import CalendarEntry, Why, WorkingCalendar
from survey_app.feedback.rules.counting import counted_days
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.limits import Duty, Limit
from survey_app.feedback.rules.limits import due as due_of
from survey_app.feedback.rules.week import hours_text
from survey_app.foundation.clock import VIETNAM, local_date, now
from survey_app.foundation.database import read

_KINDS = [*map(str, Kind), *map(str, GrievanceKind)]


@click.command()
@click.option("--year", type=click.IntRange(1990, 2100), help="Year to print; the present one by default.")
@click.option(
    "--unit", "unit_path", default="", help="Path of the unit, such as 04/01273; all units by default."
)
@click.option("--json", "as_json", is_flag=True, help="Every day with its hours, as JSON.")
def calendar(year: int | None, unit_path: str, as_json: bool) -> None:
    """Print the working days of a year, month by month, and what its other days are called."""
    year = year or local_date(now()).year
    with read() as session:
        working, decided = calendar_for(session, unit_path), years_decided(session, unit_path)
    entries = [working.entry(day) for day in _days_of(year)]
    if as_json:
        click.echo(json.dumps([_as_json(entry) for entry in entries], ensure_ascii=False, indent=1))
        return
    for month in range(1, 13):
        worked = [f"{e.day.day:2}" for e in entries if e.day.month == month and e.is_working]
        click.echo(f"{year}-{month:02}  {len(worked):2} working days  {' '.join(worked)}")
    click.echo(f"{year}     {sum(entry.is_working for entry in entries)} working days")
    for entry in entries:
        if entry.why is not Why.WEEKDAY:
            click.echo(f"{entry.day}  {'worked' if entry.is_working else 'off   '}  {_reason(entry)}")
    if year not in decided:
        click.echo(f"No decision for {year} was entered: holidays are those of the law, Tết is an estimate.")


@click.command()
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="Kind of the case.")
@click.option(
    "--from",
    "begun",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
    required=True,
    help='When it came in, Vietnamese time: "2026-04-29 16:55".',
)
@click.option(
    "--duty",
    type=click.Choice([*map(str, Duty)]),
    default=str(Duty.ANSWER),
    show_default=True,
    help="What is due.",
)
@click.option("--field", default="", help="Field of the case.")
@click.option("--unit", "unit_path", default="", help="Path of the unit; the common rules by default.")
def due(kind: str, begun: datetime, duty: str, field: str, unit_path: str) -> None:
    """Print when something is due, by which rule, and how the days are counted."""
    start = begun.replace(tzinfo=VIETNAM)
    with read() as session:
        limit = limit_for(
            session, kind=kind, field=field, unit_path=unit_path, duty=Duty(duty), day=start.date()
        )
        working = calendar_for(session, unit_path)
        counts = settings_for(session, unit_path).day_of_receipt_counts
    if limit is None:
        raise click.ClickException(f"No rule limits {duty} of {kind} on {start:%Y-%m-%d}.")
    _print_due(working, limit, start, counts)


def _print_due(working: WorkingCalendar, limit: Limit, start: datetime, counts: bool) -> None:
    instant = due_of(
        working, start=start, amount=limit.amount, time_unit=limit.time_unit, day_of_receipt_counts=counts
    )
    click.echo(f"due    {instant.astimezone(VIETNAM):%Y-%m-%d %H:%M}")
    click.echo(f"limit  {limit.amount} {limit.time_unit}")
    click.echo(f"basis  {limit.legal_basis}")
    days = counted_days(
        working, start=start, due=instant, time_unit=limit.time_unit, day_of_receipt_counts=counts
    )
    for counted in days:
        number = "" if counted.number is None else counted.number
        click.echo(f"{number:>4}   {counted.entry.day:%Y-%m-%d %a}  {_reason(counted.entry)}")


def _days_of(year: int) -> list[date]:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def _reason(entry: CalendarEntry) -> str:
    return entry.name or hours_text(entry.hours) or "no working hours"


def _as_json(entry: CalendarEntry) -> dict[str, str]:
    return {
        "day": entry.day.isoformat(),
        "hours": hours_text(entry.hours),
        "why": str(entry.why),
        "name": entry.name,
    }

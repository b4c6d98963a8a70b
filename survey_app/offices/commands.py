"""`survey-app offices`: what staff do until they have screens. Output is for operators, in English."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import IO

import click
from flask import current_app
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.offices.documents.posters import PosterFormat, PosterPoint, poster_pdf
from survey_app.offices.documents.qr import is_for_this_computer_only, payload, qr_png, qr_svg
from survey_app.offices.models import Unit
from survey_app.offices.operations import (
    add_office,
    add_service_point,
    deactivate_office,
    issue_code,
    load_units,
    revoke_code,
    rotate_code,
)
from survey_app.offices.queries import (
    PointLine,
    entry_point,
    find_office,
    find_unit,
    service_points,
    shipped_units,
)
from survey_app.offices.rules import CodeStatus, ServicePointKind, normalise_code


@click.group()
def offices() -> None:
    """Units, one-stop offices, counters, codes and posters."""


@offices.command("load-units")
@click.option("--province", metavar="CODE", help="Load one province with its communes, e.g. 04.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def load_units_command(province: str | None, as_json: bool) -> None:
    """Load the 34 provinces and 3,321 communes that ship with the product. A second run changes nothing."""
    rows = shipped_units(province)
    if not rows:
        raise click.ClickException(
            f"No province has the code {province!r}. Codes have two digits, such as 04."
        )
    click.echo(f"Loading {len(rows):,} units ...", err=True)
    report = write(lambda session: load_units(session, rows=rows, now=now()))
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        click.echo(f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged")


@offices.command("add-office")
@click.option(
    "--unit", "unit_code", required=True, metavar="CODE", help="Code of its unit, e.g. 04 or 01273."
)
@click.option("--code", required=True, metavar="SLUG", help="Its name in commands, e.g. cao-bang-ttpvhcc.")
@click.option("--name", required=True, help="Vietnamese name, as on its sign.")
@click.option("--name-en", help="English name.")
@click.option("--address", help="Postal address.")
def add_office_command(
    *, unit_code: str, code: str, name: str, name_en: str | None, address: str | None
) -> None:
    """Add a one-stop office to a unit."""
    write(
        lambda session: add_office(
            session, unit_code=unit_code, code=code, name=name, name_en=name_en, address=address
        )
    )
    click.echo(f"Added {code}. Next: survey-app offices add-counter --office {code} --name ...")


@offices.command("add-counter")
@click.option("--office", "office_code", required=True, metavar="SLUG", help="Code of its office.")
@click.option("--name", required=True, help="Vietnamese name, as on its sign.")
@click.option("--name-en", help="English name.")
@click.option("--number", help="The short sign above it, e.g. 5 or A12.")
@click.option(
    "--kind",
    type=click.Choice(list(map(str, ServicePointKind))),
    default="counter",
    show_default=True,
    help="What stands there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add_counter_command(
    *,
    office_code: str,
    name: str,
    name_en: str | None,
    number: str | None,
    kind: str,
    as_json: bool,
) -> None:
    """Add a counter, kiosk or desk to an office; print its public code and address."""
    added = write(
        lambda session: add_service_point(
            session,
            office_code=office_code,
            name=name,
            name_en=name_en,
            number=number,
            kind=ServicePointKind(kind),
            now=now(),
        )
    )
    _print_code(added.code, as_json, service_point_id=added.service_point_id)


@offices.command("list")
@click.option("--unit", "unit_code", metavar="CODE", help="Only this unit and the units below it.")
@click.option("--all", "closed_too", is_flag=True, help="Closed counters too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(unit_code: str | None, closed_too: bool, as_json: bool) -> None:
    """List counters with their offices and public codes."""
    with read() as session:
        path = _unit(session, unit_code).path if unit_code else None
        lines = service_points(session, path=path, active_only=not closed_too)
    if as_json:
        listed = [{**asdict(line), "url": _address(line.code) if line.code else None} for line in lines]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for line in lines:
        click.echo(f"{line.code or '(no code)'}  {line.unit_code}  {line.office_code}  {line.name}")
    click.echo(f"{len(lines):,} service points", err=True)


@offices.command("poster")
@click.option("--office", "office_code", metavar="SLUG", help="All counters of an office.")
@click.option("--unit", "unit_code", metavar="CODE", help="All counters of a unit and of the units below it.")
@click.option("--code", metavar="CODE", help="The one counter with this public code.")
@click.option(
    "--format",
    "paper",
    type=click.Choice(list(map(str, PosterFormat)), case_sensitive=False),
    default="A4",
    show_default=True,
    help="Paper: A4 for a wall, A5 or A6 for a counter.",
)
@click.option(
    "--minutes", type=click.IntRange(1, 60), default=1, show_default=True, help="Time the form takes."
)
@click.option("--collector", help="Agency that asks. Default: the People's Committee of the office's unit.")
@click.option("--hotline", help="Telephone number to print.")
@click.option("--out", required=True, type=click.File("wb", lazy=True), help="PDF file to write.")
def poster_command(
    *,
    office_code: str | None,
    unit_code: str | None,
    code: str | None,
    paper: str,
    minutes: int,
    collector: str | None,
    hotline: str | None,
    out: IO[bytes],
) -> None:
    """Print posters (A4) or counter cards (A5, A6) as one PDF, one page for each counter."""
    lines = _chosen_points(office_code, unit_code, code)
    points = [_poster_point(line, line.code, collector) for line in lines if line.code]
    pdf = poster_pdf(
        points,
        public_url=_printed_url(),
        printed_on=_today(),
        paper=PosterFormat(paper),
        minutes=minutes,
        hotline=hotline,
    )
    out.write(pdf)
    click.echo(f"{len(points):,} pages {paper} in {out.name}")


@offices.command("qr")
@click.argument("code")
@click.option("--out", required=True, type=click.File("wb", lazy=True), help="File to write, .svg or .png.")
def qr_command(code: str, out: IO[bytes]) -> None:
    """Write the QR code of CODE as .svg (modules of 1 mm) or .png."""
    active = _active(code)
    url = payload(_printed_url(), active)
    suffix = Path(out.name).suffix.lower()
    if suffix not in {".svg", ".png"}:
        raise click.ClickException(f"{out.name} is neither .svg nor .png. Give one of these.")
    out.write(qr_svg(url).encode() if suffix == ".svg" else qr_png(url))
    click.echo(f"{url} in {out.name}")


@offices.command("rotate")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate_command(code: str, as_json: bool) -> None:
    """Replace CODE by a new one; the old one leads to a page that says so. Print new posters afterwards."""
    old = _meant(code)
    _print_code(write(lambda session: rotate_code(session, code=old, now=now())), as_json, replaces=old)


@offices.command("revoke")
@click.argument("code")
def revoke_command(code: str) -> None:
    """Withdraw CODE without a successor."""
    old = _meant(code)
    write(lambda session: revoke_code(session, code=old, now=now()))
    click.echo(f"Revoked {old}.")


@offices.command("issue-code")
@click.option("--office", "office_code", metavar="SLUG", required=True, help="The counter's office.")
@click.option("--counter", required=True, help="The counter's name or number, as `offices list` shows it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def issue_code_command(office_code: str, counter: str, as_json: bool) -> None:
    """Give a counter a new code after its old one was revoked. Print its poster afterwards."""
    with read() as session:
        points = service_points(session, office_code=office_code)
    found = [point for point in points if counter in (point.name, point.number)]
    if len(found) != 1:
        raise click.ClickException(
            f"{len(found)} active counters of {office_code!r} are called {counter!r}. See `survey-app offices list`."
        )
    point_id = found[0].service_point_id
    _print_code(write(lambda session: issue_code(session, service_point_id=point_id, now=now())), as_json)


@offices.command("close-office")
@click.argument("office_code", metavar="SLUG")
def close_office_command(office_code: str) -> None:
    """Close an office with all its counters and revoke their codes. Answers stay."""
    write(lambda session: deactivate_office(session, code=office_code, now=now()))
    click.echo(f"Closed {office_code}.")


def _chosen_points(office_code: str | None, unit_code: str | None, code: str | None) -> list[PointLine]:
    if [office_code, unit_code, code].count(None) != 2:
        raise click.UsageError("Give one of --office, --unit and --code.")
    with read() as session:
        if office_code and find_office(session, office_code) is None:
            raise click.ClickException(
                f"No office has the code {office_code!r}. See `survey-app offices list`."
            )
        path = _unit(session, unit_code).path if unit_code else None
        active = _active(code) if code else None
        return service_points(session, path=path, office_code=office_code, code=active)


def _poster_point(line: PointLine, code: str, collector: str | None) -> PosterPoint:
    return PosterPoint(
        code=code,
        point_name=line.name,
        point_name_en=line.name_en,
        office_name=line.office_name,
        collector=collector or line.collector,
        number=line.number,
    )


def _unit(session: Session, code: str) -> Unit:
    unit = find_unit(session, code)
    if unit is None:
        raise click.ClickException(
            f"No unit has the code {code!r}. Run `survey-app offices load-units` first."
        )
    return unit


def _meant(text: str) -> str:
    code = normalise_code(text)
    if code is None:
        raise click.ClickException(
            f"{text!r} is not a public code. It has 8 letters and digits, such as 7K3F9M2X."
        )
    return code


def _active(text: str) -> str:
    """Return the code meant by `text` if a scan of it leads to a form today: nobody should print another."""
    code = _meant(text)
    with read() as session:
        entry = entry_point(session, code)
    if entry is None:
        raise click.ClickException(f"{code} was never issued.")
    if entry.status is not CodeStatus.ACTIVE:
        raise click.ClickException(f"{code} was {entry.status}. Print the code that replaced it.")
    return code


def _print_code(code: str, as_json: bool, **more: object) -> None:
    if as_json:
        click.echo(json.dumps({"code": code, "url": _address(code), **more}))
    else:
        click.echo(f"code: {code}\nurl: {_address(code)}")


def _address(code: str) -> str:
    return f"{_public_url()}/{code}"


def _public_url() -> str:
    url: str = current_app.config["SETTINGS"].public_url
    return url


def _printed_url() -> str:
    """Return the public address; warn before it is printed although no citizen reaches it."""
    url = _public_url()
    if is_for_this_computer_only(url):
        click.echo(
            f"Warning: only this computer reaches {url}. Set SURVEY_PUBLIC_URL before printing.", err=True
        )
    return url


def _today() -> date:
    return local_date(now())

"""`survey-app campaigns`: what staff do on screens, for scripts. Output is for operators, in English."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click
from flask import current_app
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import (
    close_campaign,
    copy_campaign,
    create_campaign,
    end_rehearsal,
    extend_campaign,
    open_campaign,
    start_rehearsal,
)
from survey_app.campaigns.queries import (
    CampaignOfficeView,
    CampaignView,
    EntryCode,
    campaign_by_code,
    campaign_offices,
    entry_codes,
    list_campaigns,
)
from survey_app.campaigns.rules import Channel, Population, population_of, read_channels
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.offices.queries import find_office, find_unit, offices_inside
from survey_app.questionnaires.queries import UnknownQuestionnaire, id_by_name, listed

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaigns() -> None:
    """Create, rehearse, open, close, extend and copy campaigns; list their addresses."""


@campaigns.command("create")
@click.option("--code", required=True, help="Its name in addresses, e.g. cao-bang-2026-pulse.")
@click.option("--title", required=True, help="Vietnamese title.")
@click.option("--title-en", default="", help="English title; the Vietnamese one if not given.")
@click.option("--questionnaire", required=True, metavar="NAME", help="NAME (newest version) or NAME@VERSION.")
@click.option("--from", "opens_on", required=True, type=_DAY, help="First day, e.g. 2026-11-01.")
@click.option("--to", "closes_on", required=True, type=_DAY, help="Last day, included.")
@click.option("--office", "office_codes", multiple=True, metavar="SLUG", help="An office; may be repeated.")
@click.option(
    "--unit", "unit_codes", multiple=True, metavar="CODE", help="All active offices of and below a unit."
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    required=True,
    type=click.Choice([channel.value for channel in Channel]),
    help="qr: the codes at the counters; web: one link per office; sms, zalo: invitations. May be repeated.",
)
@click.option(
    "--owner", metavar="UNIT", help="Code of the unit whose staff manage it; else the installation's."
)
def create_command(
    *,
    code: str,
    title: str,
    title_en: str,
    questionnaire: str,
    opens_on: datetime,
    closes_on: datetime,
    office_codes: tuple[str, ...],
    unit_codes: tuple[str, ...],
    channels: tuple[str, ...],
    owner: str | None,
) -> None:
    """Draft a campaign; it takes answers once it is opened and its first day has come."""

    at = now()

    def draft(session: Session) -> int:
        offices = _office_ids(session, office_codes, unit_codes)
        create_campaign(
            session,
            code=code,
            title=title,
            title_en=title_en,
            questionnaire_version_id=_version_id(session, questionnaire),
            opens_on=opens_on.date(),
            closes_on=closes_on.date(),
            office_ids=offices,
            channels=channels,
            unit_path=_path_of(session, owner) if owner else "",
            now=at,
        )
        return len(offices)

    count = write(draft)
    click.echo(f"Drafted {code} (offices: {count:,}). Next: survey-app campaigns open {code}")


def _version_id(session: Session, name: str) -> int:
    try:
        return id_by_name(session, name)
    except UnknownQuestionnaire as error:
        raise click.ClickException(
            f"The questionnaire {name!r} is not published in this database, or is retired. "
            f"Run `survey-app questionnaires publish {name}`."
        ) from error


def _office_ids(session: Session, office_codes: tuple[str, ...], unit_codes: tuple[str, ...]) -> set[int]:
    if not office_codes and not unit_codes:
        raise click.UsageError("Give at least one --office or --unit.")
    return {_office_id(session, code) for code in office_codes}.union(
        *(_offices_below(session, code) for code in unit_codes)
    )


def _office_id(session: Session, code: str) -> int:
    office = find_office(session, code)
    if office is None:
        raise click.ClickException(f"No office has the code {code!r}. See `survey-app offices list`.")
    return office.id


def _path_of(session: Session, code: str) -> str:
    unit = find_unit(session, code)
    if unit is None:
        raise click.ClickException(
            f"No unit has the code {code!r}. Run `survey-app offices load-units` first."
        )
    return unit.path


def _offices_below(session: Session, code: str) -> set[int]:
    ids = {office.id for office in offices_inside(session, _path_of(session, code))}
    if not ids:
        raise click.ClickException(
            f"The unit {code} has no active office. Run `survey-app offices add-office --unit {code} ...`."
        )
    return ids


@campaigns.command("open")
@click.argument("code")
def open_command(code: str) -> None:
    """Open the draft CODE, or open it again while its period lasts."""

    at = now()

    def opened(session: Session) -> tuple[Campaign, tuple[EntryCode, ...], tuple[CampaignOfficeView, ...]]:
        campaign = open_campaign(session, code=code, now=at)
        return campaign, entry_codes(session, campaign.id), campaign_offices(session, campaign.id)

    campaign, codes, offices = write(opened)
    period = f"Opened {code}: takes answers from {campaign.opens_on} to {campaign.closes_on}"
    if Channel.INTERVIEW in campaign.channels:
        click.echo(f"{period} from files. Next: survey-app responses import FILE --campaign {code}")
        return
    if population_of(read_channels(campaign.channels)) == {Population.INVITED}:
        click.echo(
            f"{period} from people who are invited. Next: survey-app campaigns invite FILE --campaign {code}"
        )
        return
    reached = {entry.office.office_id for entry in codes}
    for office in offices:
        if office.office_id not in reached:
            click.echo(
                f"Warning: {office.code} has no code, so nobody can answer there. "
                f"Run `survey-app offices add-counter --office {office.code} ...`.",
                err=True,
            )
    click.echo(f"{period} by {len(codes):,} codes. Next: survey-app campaigns codes {code}")


@campaigns.command("close")
@click.argument("code")
def close_command(code: str) -> None:
    """Close CODE now, before its last day is over."""
    at = now()
    write(lambda session: close_campaign(session, code=code, now=at))
    click.echo(f"Closed {code}. Until its last day is over it can be opened again.")


@campaigns.command("rehearse")
@click.argument("code")
def rehearse_command(code: str) -> None:
    """Let the codes of the draft CODE lead to its form at once; no answer counts."""
    at = now()
    write(lambda session: start_rehearsal(session, code=code, now=at))
    click.echo(f"Rehearsing {code}. Next: survey-app campaigns end-rehearsal {code}, or open {code}")


@campaigns.command("end-rehearsal")
@click.argument("code")
def end_rehearsal_command(code: str) -> None:
    """Make a draft of CODE again and wipe every answer given in the rehearsal."""
    write(lambda session: end_rehearsal(session, code=code))
    click.echo(f"{code} is a draft again; the answers of its rehearsal are gone.")


@campaigns.command("extend")
@click.argument("code")
@click.option("--to", "closes_on", required=True, type=_DAY, help="New last day, included.")
def extend_command(code: str, closes_on: datetime) -> None:
    """Give the opened or closed campaign CODE a later last day."""
    at = now()
    write(lambda session: extend_campaign(session, code=code, closes_on=closes_on.date(), now=at))
    click.echo(f"{code} now lasts to {closes_on.date()}.")


@campaigns.command("copy")
@click.argument("code")
@click.option("--code", "new_code", required=True, help="The name of the copy in addresses.")
@click.option("--from", "opens_on", required=True, type=_DAY, help="First day.")
@click.option("--to", "closes_on", required=True, type=_DAY, help="Last day, included.")
def copy_command(code: str, new_code: str, opens_on: datetime, closes_on: datetime) -> None:
    """Draft the campaign CODE once more, with the newest version of its questionnaire."""
    at = now()
    made = write(
        lambda session: copy_campaign(
            session,
            code=code,
            new_code=new_code,
            opens_on=opens_on.date(),
            closes_on=closes_on.date(),
            now=at,
        )
    )
    if made.version != made.old_version:
        click.echo(
            f"Note: {made.instrument} is version {made.version} now, it was {made.old_version}.", err=True
        )
    for name in made.dropped:
        click.echo(f"Left out, because it was closed: {name}", err=True)
    click.echo(f"Drafted {new_code}. Next: survey-app campaigns open {new_code}")


@campaigns.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(as_json: bool) -> None:
    """List all campaigns, the latest first."""
    with read() as session:
        views = list_campaigns(session, today=local_date(now()))
        names = {version.id: f"{version.instrument}@{version.version}" for version in listed(session)}
    if as_json:
        rows = [_campaign_row(view, names[view.questionnaire_version_id]) for view in views]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for view in views:
        channels = "+".join(view.channels)
        click.echo(
            f"{view.code}  {view.state}  {view.opens_on} to {view.closes_on}  {channels}  {view.title}"
        )
    click.echo(f"{len(views):,} campaigns", err=True)


def _campaign_row(view: CampaignView, questionnaire: str) -> dict[str, Any]:
    return {
        "code": view.code,
        "title": view.title,
        "title_en": view.title_en,
        "questionnaire": questionnaire,
        "from": view.opens_on.isoformat(),
        "to": view.closes_on.isoformat(),
        "state": view.state,
        "closed_at": view.closed_at.isoformat() if view.closed_at else None,
        "channels": list(view.channels),
    }


@campaigns.command("codes")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def codes_command(code: str, as_json: bool) -> None:
    """Print every address of the campaign CODE, by office, counter and channel."""
    with read() as session:
        codes = entry_codes(session, _known(session, code, local_date(now())).id)
    rows = [_code_row(entry) for entry in codes]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['url']}  {row['channel']}  {row['office']}  {row['counter'] or '(link of the office)'}"
        )
    click.echo(f"{len(rows):,} addresses", err=True)


def _known(session: Session, code: str, today: date) -> CampaignView:
    view = campaign_by_code(session, code, today=today)
    if view is None:
        raise click.ClickException(f"No campaign has the code {code!r}. See `survey-app campaigns list`.")
    return view


def _code_row(entry: EntryCode) -> dict[str, Any]:
    return {
        "url": f"{current_app.config['SETTINGS'].public_url}/{entry.code}",
        "code": entry.code,
        "channel": entry.channel,
        "office": entry.office.code,
        "office_name": entry.office.name,
        "counter": entry.service_point_name,
        "service_point_id": entry.service_point_id,
    }

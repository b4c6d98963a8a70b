"""`survey-app responses purge` and `roll-up`, and `survey-app campaigns status`."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import (
    CampaignOfficeView,
    CampaignView,
    campaign_by_code,
    campaign_offices,
    entry_codes,
    list_campaigns,
)
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.offices.queries import service_points
from survey_app.responses.operations import purge_submissions, roll_up
from survey_app.responses.queries import PlaceCount, counts_by_place, watermark


@click.group()
def responses() -> None:
    """Bring in a fielded sample; look after stored responses."""


@responses.command()
def purge() -> None:
    """Forget digests of submissions older than 8 days. Run it daily."""
    at = now()
    count = write(lambda session: purge_submissions(session, now=at))
    click.echo(f"Forgot {count} digests.")


@responses.command("roll-up")
def roll_up_command() -> None:
    """Count settled responses for the live pages of staff. Run it hourly; pages do it too when they are looked at."""
    at, parts = now(), 1
    while write(lambda session: roll_up(session, now=at)):
        parts += 1
        click.echo(f"Counted part {parts - 1}, more to come.")
    click.echo("All settled responses are counted.")


@click.command()
@click.argument("campaign", required=False)
@click.option("--all", "all_campaigns", is_flag=True, help="Every campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(campaign: str | None, all_campaigns: bool, as_json: bool) -> None:
    """Print the responses of CAMPAIGN (default: all) by office, counter and channel."""
    today = local_date(now())
    with read() as session:
        if campaign is None or all_campaigns:
            views = list_campaigns(session, today=today)
        else:
            view = campaign_by_code(session, campaign, today=today)
            if view is None:
                raise click.ClickException(
                    f"There is no campaign {campaign!r}. See `survey-app campaigns list`."
                )
            views = (view,)
        reports = [_report(session, view) for view in views]
    if as_json:
        single = campaign is not None and not all_campaigns
        click.echo(json.dumps(reports[0] if single else reports, ensure_ascii=False, indent=2))
        return
    for report in reports:
        _print(report)


def _report(session: Session, view: CampaignView) -> dict[str, Any]:
    mark = watermark(session, campaign_id=view.id)
    counts = {
        (one.office_id, one.service_point_id, one.channel): one
        for one in counts_by_place(session, campaign_id=view.id)
    }
    places = []
    for entry in entry_codes(session, view.id):
        found = counts.pop((entry.office.office_id, entry.service_point_id, entry.channel.value), None)
        places.append(_place(entry.office, entry.service_point_name, entry.channel.value, entry.code, found))
    places += _without_code(session, view, list(counts.values()))
    return {
        "campaign": view.code,
        "title": view.title,
        "state": view.state.value,
        "from": view.opens_on.isoformat(),
        "to": view.closes_on.isoformat(),
        "responses": mark.count,
        "channels": mark.channels,
        "flags": mark.flags,
        "places": places,
    }


def _without_code(session: Session, view: CampaignView, counts: list[PlaceCount]) -> list[dict[str, Any]]:
    """Return the places that collected responses and whose code was withdrawn since."""
    offices = {office.office_id: office for office in campaign_offices(session, view.id)}
    names = {
        point.service_point_id: point.name
        for office in offices.values()
        if any(one.office_id == office.office_id for one in counts)
        for point in service_points(session, office_code=office.code, active_only=False)
    }
    return [
        _place(offices[one.office_id], names.get(one.service_point_id or 0), one.channel, None, one)
        for one in counts
    ]


def _place(
    office: CampaignOfficeView, counter: str | None, channel: str, code: str | None, found: PlaceCount | None
) -> dict[str, Any]:
    return {
        "office": office.code,
        "office_name": office.name,
        "counter": counter,
        "channel": channel,
        "code": code,
        "responses": found.responses if found else 0,
        "flagged": found.flagged if found else 0,
    }


def _print(report: dict[str, Any]) -> None:
    click.echo(f"{report['campaign']} ({report['state']}): {report['responses']} responses")
    for place in report["places"]:
        where = " · ".join(filter(None, (place["office_name"], place["counter"])))
        click.echo(f"  {place['responses']:>7}  {place['channel']:<4} {place['code'] or '(none)  '}  {where}")
    for flag, count in report["flags"].items():
        click.echo(f"  {count:>7}  flagged {flag}")

"""`survey-app campaigns weights`: named records of how the responses of a campaign are weighted."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import add_weight_set
from survey_app.campaigns.queries import (
    CampaignView,
    WeightSetView,
    campaign_by_code,
    weight_set,
    weight_sets,
    weight_variables,
)
from survey_app.campaigns.rules import kind_of, margins_of, steps_document
from survey_app.campaigns.schemas import UnusableWeightFile, read_weight_file
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write

_CAMPAIGN = click.option("--campaign", "code", required=True, help="Code of the campaign.")


@click.group()
def weights() -> None:
    """Add, list and show the weight sets of a campaign.

    A weight set is a file of steps, for example:

    \b
        note: Population by sex and age, yearbook 2025
        steps:
          - base: design
          - rake:
              margins:
                - {variable: sex, totals: {1: 48200, 2: 50100}}
                - {variable: age, totals: {1: 30300, 2: 41000, 3: 27000}}
    """


@weights.command("add")
@_CAMPAIGN
@click.option("--name", required=True, help="What runs call it, e.g. raked-by-sex-and-age.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_command(code: str, name: str, file: Path) -> None:
    """Store the steps of FILE (YAML) under a name; they never change afterwards.

    Each fault is one line: FILE:LINE: what is wrong. What to do.
    """
    at = now()
    with read() as session:
        variables = weight_variables(session, _campaign(session, code))
    try:
        document = read_weight_file(file.read_bytes(), str(file), variables)
    except UnusableWeightFile as error:
        click.echo("\n".join(map(str, error.problems)), err=True)
        raise SystemExit(1) from error
    write(lambda session: add_weight_set(session, code=code, name=name, document=document, now=at))
    click.echo(f"Added {name}. Next: survey-app results run --campaign {code} --weights {name}")


@weights.command("list")
@_CAMPAIGN
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(code: str, as_json: bool) -> None:
    """List the weight sets of a campaign, the newest first."""
    with read() as session:
        found = weight_sets(session, _campaign(session, code).id)
    if as_json:
        click.echo(json.dumps([_row(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.name}  {one.created_at:%Y-%m-%d}  {_steps_in_short(one)}")
    click.echo(f"{len(found):,} weight sets", err=True)


@weights.command("show")
@_CAMPAIGN
@click.option("--name", required=True, help="Name of the weight set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_command(code: str, name: str, as_json: bool) -> None:
    """Print the steps of a weight set with all their totals."""
    with read() as session:
        found = weight_set(session, _campaign(session, code).id, name)
    if found is None:
        raise click.ClickException(
            f"{code} has no weight set {name!r}. See: survey-app campaigns weights list --campaign {code}"
        )
    if as_json:
        click.echo(json.dumps(_row(found), ensure_ascii=False, indent=2))
        return
    if found.note:
        click.echo(found.note)
    for step in found.steps:
        click.echo(f"- {kind_of(step)}")
        for margin in margins_of(step):
            totals = ", ".join(f"{label}: {total:,.12g}" for label, total in margin.totals.items())
            click.echo(f"    {margin.variable}  {totals}")


def _campaign(session: Session, code: str) -> CampaignView:
    campaign = campaign_by_code(session, code, today=local_date(now()))
    if campaign is None:
        raise click.ClickException(f"No campaign has the code {code!r}. See `survey-app campaigns list`.")
    return campaign


def _row(one: WeightSetView) -> dict[str, object]:
    return {
        "name": one.name,
        "note": one.note,
        "created_at": one.created_at.isoformat(),
        "steps": steps_document(one.steps),
    }


def _steps_in_short(one: WeightSetView) -> str:
    """Name each step with its variables: `base, rake(sex, age)`."""
    names = (", ".join(margin.variable for margin in margins_of(step)) for step in one.steps)
    return ", ".join(
        f"{kind_of(step)}({variables})" if variables else str(kind_of(step))
        for step, variables in zip(one.steps, names, strict=True)
    )

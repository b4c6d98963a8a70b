"""`survey-app demo`: one command from an empty folder to a running product."""

from __future__ import annotations

import json

import click
from flask import current_app

from survey_app.campaigns.queries import campaign_by_code, entry_codes
from survey_app.config import Settings
from survey_app.demo.building import (
    CLIENTS,
    FIELDED,
    PLANS,
    answer_campaign,
    build_campaign,
    build_places,
    foreign_campaigns,
    is_built,
    publish_questionnaires,
)
from survey_app.demo.desk import open_desk
from survey_app.demo.fielding import WEIGHTS, field_sample
from survey_app.demo.inviting import INVITED, invite, is_invited
from survey_app.demo.people import PEOPLE, give_password
from survey_app.feedback.operations.intake import Opened
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.codes import spoken
from survey_app.foundation import migrations
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.commands import start_server
from survey_app.foundation.database import Database, current_database
from survey_app.questionnaires.queries import by_id
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries.figures import Choices, compute
from survey_app.results.queries.runs import published_run


@click.command()
@click.option("--serve/--no-serve", "serving", default=True, help="Serve on 127.0.0.1 after building.")
@click.option("--port", default=8000, show_default=True, help="Port to serve on.")
def demo(serving: bool, port: int) -> None:
    """Build a sample installation (once) and serve it: Cao Bằng, three offices, 5,240 invented responses and a feedback
    desk at work.

    A build that was interrupted goes on where it stopped.
    """
    settings: Settings = current_app.config["SETTINGS"]
    database = current_database()
    if migrations.current(database) != migrations.head():
        _refuse_foreign(database)
        migrations.upgrade(database)
    if not is_built(database, now()):
        _refuse_foreign(database)
        _build(database)
    _invite(database, settings)
    password = give_password(database, now())
    installation = Installation(settings.contact_key, settings.public_url)
    tracked = open_desk(database, now(), installation=installation)
    chosen = settings.public_url != Settings.public_url
    base = settings.public_url if chosen else f"http://127.0.0.1:{port}"
    _print_addresses(database, base)
    _print_desk(base, tracked)
    _print_people(base, password)
    if serving:
        database.dispose()
        start_server(host="127.0.0.1", port=port, workers=1 if settings.is_sqlite else 2)


def _refuse_foreign(database: Database) -> None:
    foreign = [code for code in foreign_campaigns(database) if code != INVITED.code]
    if foreign:
        named = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise click.ClickException(
            f"This database holds campaigns that are not of the sample ({named}). Invented data are never mixed "
            "with others: unset SURVEY_DATABASE_URL and give the sample a folder of its own, for example "
            "SURVEY_INSTANCE=instance-demo."
        )


def _build(database: Database) -> None:
    at = now()
    click.echo("Loading the communes of Cao Bằng, offices, counters and questionnaires ...")
    build_places(database, at)
    publish_questionnaires(database, at)
    for plan in PLANS:
        build_campaign(database, plan, at)
        with click.progressbar(length=plan.responses, label=f"Answering {plan.questionnaire}") as bar:
            answer_campaign(database, plan, at, progress=bar.update)
        _publish(database, plan.code)
    build_campaign(database, FIELDED, at)
    field_sample(database, at)
    _publish(database, FIELDED.code, weights=WEIGHTS)


def _invite(database: Database, settings: Settings) -> None:
    """Build the campaign that invites by message, once."""
    at = now()
    with database.read() as session:
        if is_invited(session, at):
            return
    build_campaign(database, INVITED, at)
    invite(database, at, key=settings.contact_key, public_url=settings.public_url)


def _publish(database: Database, code: str, *, weights: str | None = None) -> None:
    """Compute the index and publish it; once. Of volunteers, compare it with the truth, which invented data have."""
    at = now()
    with database.read() as session:
        campaign = campaign_by_code(session, code, today=local_date(at))
        assert campaign is not None
        if published_run(session, campaign_id=campaign.id) is not None:
            return
        questionnaire = by_id(session, campaign.questionnaire_version_id)
        key = current_app.config["SETTINGS"].secret_key
        choices = Choices(weights=weights)
        computation = compute(session, campaign=campaign, choices=choices, key=key)
    database.write(lambda session: store_run(session, computation=computation, now=at))
    database.write(lambda session: publish_run(session, run_id=computation.run_id, now=at))
    assert questionnaire.recipe is not None
    overall = json.loads(computation.text)["overall"]
    made_by = f"weights {weights}" if weights else f"true value {CLIENTS.truth(questionnaire.recipe):.2f} %"
    click.echo(
        f"  index {overall['estimate']:.2f} % ({overall['ci_low']:.2f} to {overall['ci_high']:.2f}), "
        f"{made_by}, run {computation.run_id} published"
    )


def _print_desk(base: str, tracked: Opened) -> None:
    click.echo(f"feedback: {base}/feedback")
    click.echo(f"  track: {base}/feedback/track  code {spoken(tracked.code)}, PIN {tracked.pin}")
    click.echo(f"  answered: {base}/feedback/answered")
    click.echo(f"  desk: {base}/desk")


def _print_people(base: str, password: str) -> None:
    click.echo(f"staff: {base}/staff/sign-in  password of all: {password}")
    for person in PEOPLE:
        roles = ", ".join(sorted({role.value for role, _path in person.grants}))
        click.echo(f"  {person.email:<24} {roles}")


def _print_addresses(database: Database, public_url: str) -> None:
    with database.read() as session:
        today = local_date(now())
        campaigns = [campaign_by_code(session, plan.code, today=today) for plan in PLANS]
        entries = [entry_codes(session, campaign.id) for campaign in campaigns if campaign is not None]
    for codes in entries:
        # Whoever tries things out may have closed every counter.
        for entry in codes[:1]:
            click.echo(f"form: {public_url}/{entry.code}")
    for plan in (*PLANS, FIELDED):
        click.echo(f"results: {public_url}/results/{plan.code}")
    click.echo(f"all results: {public_url}/results")
    click.echo(f"invitations: {public_url}/campaigns/{INVITED.code}/invitations")
    click.echo(f"phone simulator: {public_url}/texting/simulator (sends with: survey-app worker)")
    click.echo(f"type a code: {public_url}/")
    click.echo(
        "All codes: survey-app campaigns codes danh-gia-tai-quay (posters: survey-app offices poster --help)"
    )

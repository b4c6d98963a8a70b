"""Invitations of one campaign on the command line: plan, preview, send, remind, pause, resume, status; and tidying."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import click
from flask import current_app

from survey_app.campaigns.queries import campaign_by_code
from survey_app.config import Settings
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read, write
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.policy import policy_of
from survey_app.texting.operations import (
    PlanDraft,
    Sent,
    Tidied,
    pause_batch,
    preview_batch,
    resume_batch,
    send_batch,
    set_plan,
)
from survey_app.texting.operations import remind as remind_people
from survey_app.texting.operations import tidy as tidy_part
from survey_app.texting.queries import live_counts
from survey_app.texting.rules.questions import MOST_FOLLOW_UPS
from survey_app.texting.rules.words import (
    INVITATION,
    INVITATION_BY_LINK,
    INVITATION_BY_LINK_ONLY,
    REMINDER,
    REMINDER_BY_LINK,
)

_CAMPAIGN = click.option("--campaign", "code", required=True, help="Code of the campaign.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@click.command("plan")
@_CAMPAIGN
@click.option("--gateway", default="simulator", show_default=True, help="Carrier that sends.")
@click.option("--sender", required=True, help="Registered name, or number, that messages come from.")
@click.option("--unit", required=True, help="Who asks, as it stands in the message.")
@click.option("--number", default="", help="Short code that takes replies; none: people answer by link only.")
@click.option("--by-link", is_flag=True, help="Invite to the form by link instead of a rating by text.")
@click.option("--invitation", help="Text of your own; variables {unit}, {code}, {link}, {number}.")
@click.option("--reminder", help="Text of your own; empty for none.")
@click.option("--template", help="Number of the approved template (Zalo only).")
@click.option(
    "--follow-ups",
    type=click.IntRange(0, MOST_FOLLOW_UPS),
    default=0,
    show_default=True,
    help="Further questions by text.",
)
@click.option(
    "--medium",
    type=click.Choice([one.value for one in Medium]),
    default="sms",
    show_default=True,
    help="How the messages go.",
)
@click.option("--confirm-long", is_flag=True, help="Send texts of more than two segments.")
def plan(
    *,
    code: str,
    gateway: str,
    sender: str,
    unit: str,
    number: str,
    by_link: bool,
    invitation: str | None,
    reminder: str | None,
    template: str | None,
    follow_ups: int,
    medium: str,
    confirm_long: bool,
) -> None:
    """Say how a campaign invites: by which carrier, in which words, with how many further questions."""
    first, second = _texts(Medium(medium), number, by_link=by_link)
    draft = PlanDraft(
        medium=Medium(medium),
        gateway=gateway,
        sender=sender,
        number=number,
        unit=unit,
        invitation=first if invitation is None else invitation,
        reminder=second if reminder is None else reminder,
        template=template,
        follow_ups=follow_ups,
        confirmed=confirm_long,
    )
    at, public_url = now(), _settings().public_url
    write(lambda session: set_plan(session, code=code, draft=draft, public_url=public_url, now=at))
    click.echo(f"{code} invites by {gateway}. Next: survey-app texting preview --campaign {code}")


def _texts(medium: Medium, number: str, *, by_link: bool) -> tuple[str, str]:
    """Return the ready texts for what the sender can do; Zalo allows no reminder."""
    if not number:
        first, second = INVITATION_BY_LINK_ONLY, REMINDER_BY_LINK
    elif by_link:
        first, second = INVITATION_BY_LINK, REMINDER_BY_LINK
    else:
        first, second = INVITATION, REMINDER
    return first, "" if medium is Medium.ZALO else second


@click.command("preview")
@_CAMPAIGN
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def preview(code: str, as_json: bool) -> None:
    """Show how many people would be invited, in which words, what it costs and how long it takes."""
    with read() as session:
        seen = preview_batch(session, code=code, public_url=_settings().public_url, now=now())
    if as_json:
        parts = {"people": seen.people, "text": seen.text, "segments": seen.segments}
        more = {"cost": str(seen.cost), "seconds": seen.takes.total_seconds()}
        click.echo(json.dumps(parts | more, ensure_ascii=False))
        return
    click.echo(seen.text)
    click.echo(
        f"{seen.people:,} people, {seen.segments} segment(s) each, {seen.cost:,} dong in all, "
        f"about {seen.takes} at the sender's pace"
    )


@click.command("send")
@_CAMPAIGN
def send(code: str) -> None:
    """Invite everybody on the list who waits; the worker sends, in the hours that are allowed."""
    _in_parts(send_batch, code, "invited")


@click.command("remind")
@_CAMPAIGN
def remind(code: str) -> None:
    """Remind, once, those who were invited three days ago and have sent nothing."""
    _in_parts(remind_people, code, "reminded")


def _in_parts(operation: Callable[..., Sent], code: str, done: str) -> None:
    settings, taken, suppressed = _settings(), 0, 0
    policy = policy_of(
        opens=settings.messages_from, closes=settings.messages_until, kept_days=settings.messages_kept
    )
    words = {"code": code, "key": settings.contact_key, "public_url": settings.public_url, "policy": policy}
    while (part := write(partial(operation, **words, now=now()))).taken:
        taken, suppressed = taken + part.taken, suppressed + part.suppressed
        click.echo(f"{taken:,} {done}", err=True)
    click.echo(f"{taken:,} people {done}; {suppressed:,} of them want no messages, so nothing goes to them.")


@click.command("pause")
@_CAMPAIGN
def pause(code: str) -> None:
    """Hold back every message of a campaign that has not left; answers to citizens still go."""
    at = now()
    write(lambda session: pause_batch(session, code=code, now=at))
    click.echo(f"Holding back {code}. Next: survey-app texting resume --campaign {code}")


@click.command("resume")
@_CAMPAIGN
def resume(code: str) -> None:
    """Let a campaign that was held back go on."""
    at = now()
    write(lambda session: resume_batch(session, code=code, now=at))
    click.echo(f"{code} goes on.")


@click.command("status")
@_CAMPAIGN
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(code: str, as_json: bool) -> None:
    """Print how many were invited, what became of the messages, and how many replied or refused."""
    with read() as session:
        campaign = campaign_by_code(session, code, today=local_date(now()))
        if campaign is None:
            raise click.ClickException(f"No campaign has the code {code!r}. See `survey-app campaigns list`.")
        counts = asdict(live_counts(session, campaign.id))
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{name.replace('_', ' '):>14}  {count:,}")


@click.command("tidy")
def tidy() -> None:
    """End what is over: part phones and answers after 24 hours, end invitations after 7 days, forget old texts.

    Run it at least once an hour, unless the worker does.
    """
    at, parts = now(), list[Tidied]()
    while not parts or parts[-1].is_more_due:
        parts.append(write(lambda session: tidy_part(session, now=at)))
    parted, expired = sum(one.parted for one in parts), sum(one.expired for one in parts)
    texts, phones = sum(one.texts for one in parts), sum(one.phones for one in parts)
    click.echo(
        f"Parted {parted:,} phones from answers; {expired:,} invitations expired; "
        f"forgot {texts:,} texts and {phones:,} phones."
    )

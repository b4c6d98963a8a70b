"""A feedback desk that has been at work for five weeks: each message comes in and is moved in its own time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from survey_app.demo.acts import ACTS
from survey_app.demo.building import PROVINCE, SEED
from survey_app.demo.inviting import SENDER
from survey_app.demo.opening import open_message
from survey_app.demo.people import PEOPLE
from survey_app.demo.scenes import Scene, submission_of
from survey_app.demo.stories import stories
from survey_app.feedback.operations.closing import close_answered
from survey_app.feedback.operations.escalation import warn_and_escalate
from survey_app.feedback.operations.intake import Opened, find_opened
from survey_app.feedback.operations.settings import change_settings
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.rules.actors import Installation
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.foundation.clock import VIETNAM, local_date
from survey_app.foundation.database import Database
from survey_app.foundation.languages import DEFAULT, use_language
from survey_app.offices.operations import add_department
from survey_app.staff.queries import account_by_email

DEPARTMENTS = {
    "xaydung": "Sở Xây dựng tỉnh Cao Bằng",
    "nongnghiep": "Sở Nông nghiệp và Môi trường tỉnh Cao Bằng",
    "yte": "Sở Y tế tỉnh Cao Bằng",
}
UNITS = {"tinh": PROVINCE, "thucphan": "04/01273", "trungkhanh": "04/01477"}
MINUTES_A_DAY = 8 * 60
FIRST = "den-duong-kim-dong"


def is_at_work(session: Session, *, key: str) -> bool:
    """Say whether the desk of the sample was built; `key` is SURVEY_CONTACT_KEY."""
    return find_opened(session, submission_id=submission_of(FIRST), key=key) is not None


def open_desk(database: Database, now: datetime, *, installation: Installation) -> Opened:
    """Build the desk in one transaction, unless it is there; return the first message's code and PIN to try with."""
    return database.write(partial(_open_desk, installation=installation, now=now))


def _open_desk(session: Session, *, installation: Installation, now: datetime) -> Opened:
    if not is_at_work(session, key=installation.contact_key):
        # What people wrote in the sample is Vietnamese, whatever language the command speaks.
        with use_language(DEFAULT):
            _play(session, installation, now)
        # Whoever tries the desk is told on the simulated phone; those of the sample are not.
        settings = DeskSettings(notice_sender=SENDER, phone="0206 3 852 139")
        change_settings(session, unit_path=PROVINCE, settings=settings, now=now)
    known = find_opened(session, submission_id=submission_of(FIRST), key=installation.contact_key)
    assert known is not None
    return known


@dataclass(order=True, slots=True)
class _Cue:
    """When something happens: of two at once the earlier message and the earlier step come first."""

    at: datetime
    story: int
    step: int
    act: Callable[[datetime], None] = field(compare=False)


def _play(session: Session, installation: Installation, now: datetime) -> None:
    units = UNITS | _departments(session, local_date(now))
    people = _people(session)
    cues: list[_Cue] = []
    for number, story in enumerate(stories(local_date(now))):
        scene = Scene(session, story, units, people, installation)
        cues += _cues_of(scene, number, now)
    cues += _rounds(session, installation, min(cues).at, now)
    for cue in sorted(cues):
        cue.act(cue.at)


def _departments(session: Session, today: date) -> dict[str, str]:
    since = date(2025, 7, 1)
    return {
        short: add_department(session, parent_code=PROVINCE, name=name, valid_from=since, today=today).path
        for short, name in DEPARTMENTS.items()
    }


def _people(session: Session) -> dict[str, int]:
    """Return the accounts of the sample by the first word of their address."""
    accounts = {person.email.partition("@")[0]: account_by_email(session, person.email) for person in PEOPLE}
    return {name: account.id for name, account in accounts.items() if account is not None}


def _cues_of(scene: Scene, number: int, now: datetime) -> Iterator[_Cue]:
    story = scene.story
    rng = random.Random(f"{SEED} {story.id}")  # noqa: S311  (invented data, no secret)
    came = now - timedelta(days=story.ago, minutes=rng.randrange(0, 60))
    yield _Cue(came, number, 0, partial(open_message, scene))
    calendar = calendar_for(scene.session, scene.units[story.unit])
    for place, step in enumerate(story.steps, start=1):
        minutes = round(story.took * MINUTES_A_DAY * place / len(story.steps)) - rng.randrange(0, 20)
        at = calendar.after_working_minutes(came, max(minutes, 2 * place))
        # A holiday may lie between: what has happened lies in the past all the same.
        latest = now - timedelta(minutes=len(story.steps) - place)
        yield _Cue(max(came, min(at, latest)), number, place, partial(ACTS[step], scene))


def _rounds(session: Session, installation: Installation, first: datetime, now: datetime) -> Iterator[_Cue]:
    """Yield the worker's rounds, one each noon."""
    chores: tuple[Callable[..., Any], ...] = (warn_and_escalate, close_answered)
    for days in range((local_date(now) - local_date(first)).days + 1):
        noon = datetime.combine(local_date(first) + timedelta(days=days), time(12), VIETNAM)
        for place, chore in enumerate(chores):
            yield _Cue(min(noon, now), -1, place, partial(_round, session, chore, installation))


def _round(session: Session, chore: Callable[..., Any], installation: Installation, at: datetime) -> None:
    chore(session, installation=installation, now=at)

"""Builds the application; alone knows every room."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module

from flask import Flask
from sqlalchemy.orm import Session

from survey_app.config import Settings
from survey_app.feedback.operations.closing import close_answered
from survey_app.feedback.operations.escalation import warn_and_escalate
from survey_app.feedback.operations.purge import purge
from survey_app.feedback.operations.succession import follow_mergers
from survey_app.feedback.rules.actors import Installation
from survey_app.foundation.database import Database
from survey_app.foundation.log import configure_log
from survey_app.messaging.operations import Handler
from survey_app.messaging.operations.inbound import Inbound
from survey_app.texting.operations import hear, tidy
from survey_app.texting.queries.wanted import unwanted
from survey_app.web.assets import install_assets
from survey_app.web.shell import install_shell

ROOMS = (
    "messaging",
    "staff",
    "appearance",
    "offices",
    "questionnaires",
    "campaigns",
    "responses",
    "kiosks",
    "results",
    "feedback",
    "texting",
)
ROOMS_WITH_PAGES = (
    "web",
    "staff",
    "administration",
    "appearance",
    "offices",
    "questionnaires",
    "campaigns",
    "results",
    "kiosks",
    "responses",
    "feedback",
    "texting",
)
MAXIMUM_BODY = 1024 * 1024
CASES_AT_ONCE = 100
"""Cases that a chore of the desk moves in one transaction, so that nobody at work waits long."""


def create_app(settings: Settings) -> Flask:
    """Return the application on the installation that `settings` describe. Touches no database yet."""
    configure_log(settings.log_level)
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask("survey_app", static_folder=None, template_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAXIMUM_BODY,
        MAX_FORM_MEMORY_SIZE=MAXIMUM_BODY,
        SESSION_COOKIE_NAME="staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https"),
    )
    app.extensions["survey_app.database"] = Database(settings.database_url)
    import_models()
    app.url_map.strict_slashes = False  # people type a slash behind a code
    install_shell(app)
    install_assets(app)
    for room in ROOMS_WITH_PAGES:
        app.register_blueprint(import_module(f"survey_app.{room}.views").blueprint)
    app.register_blueprint(import_module("survey_app.messaging.webhooks").blueprint)
    app.extensions["survey_app.inbound"] = _listener(settings.contact_key)
    app.extensions["survey_app.unwanted"] = unwanted
    installation = Installation(settings.contact_key, settings.public_url)
    app.extensions["survey_app.chores"] = (
        _tidy_conversations,
        *_desk_chores(installation),
        _purge_cases,
    )
    return app


def _listener(key: str) -> Handler:
    """Return what hears texts from phones: room messaging hands them on and knows nobody above."""

    def listen(session: Session, event: Inbound, inbound_id: int, now: datetime) -> list[str]:
        return hear(session, event=event, inbound_id=inbound_id, key=key, now=now)

    return listen


def _tidy_conversations(session: Session, now: datetime) -> bool:
    """One part of what is due in room texting; whether more is due. The worker calls it."""
    return tidy(session, now=now).is_more_due


def _desk_chores(installation: Installation) -> tuple[Callable[[Session, datetime], bool], ...]:
    """Return what comes due at the feedback desk: warnings and escalation, closing, cases of closed units."""
    return tuple(
        partial(_some_cases, chore=chore, installation=installation)
        for chore in (warn_and_escalate, close_answered, follow_mergers)
    )


def _some_cases(
    session: Session, now: datetime, *, chore: Callable[..., int], installation: Installation
) -> bool:
    """Do one part of a chore of the desk; whether more may be due."""
    return chore(session, installation=installation, now=now, most=CASES_AT_ONCE) >= CASES_AT_ONCE


def _purge_cases(session: Session, now: datetime) -> bool:
    """Forget one part of what the desk need not keep any longer; whether more is due."""
    return purge(session, now=now).is_more_due


def import_models() -> None:
    """Load every room's tables into `Base.metadata`."""
    import_module("survey_app.foundation.audit")
    for room in ROOMS:
        import_module(f"survey_app.{room}.models")


def application() -> Flask:
    """Build the application from the environment (for WSGI servers)."""
    return create_app(Settings.from_environment(os.environ))

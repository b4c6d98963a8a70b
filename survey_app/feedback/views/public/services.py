"""What the citizen's doors of one application share; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask.blueprints import BlueprintSetupState

from survey_app.config import Settings
from survey_app.feedback.guards.papers import Papers
from survey_app.feedback.guards.throttles import Watch
from survey_app.feedback.rules.actors import Installation
from survey_app.foundation.clock import now

NAME = "survey_app.feedback"
LARGEST_UPLOAD = 55 * 1024 * 1024
"""Bytes of a whole form: 5 files of 10 MB, and the texts."""
LARGEST_TEXTS = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Services:
    """Signer of forms and passes, and the memory of who guesses or floods."""

    papers: Papers
    watch: Watch
    installation: Installation


def prepare(state: BlueprintSetupState) -> None:
    """Furnish the application with its services."""
    settings: Settings = state.app.config["SETTINGS"]
    state.app.extensions[NAME] = Services(
        papers=Papers(settings.secret_key),
        watch=Watch(),
        installation=Installation(settings.contact_key, settings.public_url.rstrip("/")),
    )


def services() -> Services:
    """Return the services of the application that answers."""
    found: Services = current_app.extensions[NAME]
    return found


def network_here() -> bytes:
    """Return today's digest of the network that asks; it is kept in memory only."""
    return services().watch.network(request.remote_addr or "", now())


def take_files() -> None:
    """Let this request be as large as a form with files; a larger one is refused before it is read."""
    request.max_content_length = LARGEST_UPLOAD
    request.max_form_memory_size = LARGEST_TEXTS

"""What the doors of one application share; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask.blueprints import BlueprintSetupState

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database
from survey_app.responses.guards import FormSigner, NetworkWatch
from survey_app.responses.views.directory import Directory
from survey_app.responses.views.pages import Pages
from survey_app.responses.views.silence import SilenceMemory

_NAME = "survey_app.responses"


@dataclass(frozen=True, slots=True)
class Services:
    """Signer of forms, memory of networks and codes, compiled pages, the silent counters of the day."""

    database: Database
    signer: FormSigner
    watch: NetworkWatch
    directory: Directory
    pages: Pages
    silence: SilenceMemory


def prepare(state: BlueprintSetupState) -> None:
    """Furnish the application with its services."""
    settings: Settings = state.app.config["SETTINGS"]
    database: Database = state.app.extensions["survey_app.database"]
    state.app.extensions[_NAME] = Services(
        database=database,
        signer=FormSigner(settings.secret_key),
        watch=NetworkWatch(),
        directory=Directory(database, key=settings.contact_key),
        pages=Pages(database),
        silence=SilenceMemory(),
    )


def services() -> Services:
    """Return the services of the application that answers."""
    found: Services = current_app.extensions[_NAME]
    return found


def network_here() -> bytes:
    """Return today's digest of the network that asks; it is kept in memory only."""
    return services().watch.network(request.remote_addr or "", now())

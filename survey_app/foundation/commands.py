"""Commands that concern the installation as a whole: settings, database, server."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from dataclasses import fields

import click
from flask import current_app
from sqlalchemy import make_url

from survey_app.config import Settings
from survey_app.foundation import migrations
from survey_app.foundation.database import Database, current_database

# A request that waits for its commit holds a thread; threads cost memory, no time. On SQLite fewer writes than this
# may wait at once (database.QUEUE_CAPACITY), so that some threads are always left to answer.
SERVING_THREADS = 64


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config(as_json: bool) -> None:
    """List all settings: variable, value, source and meaning. Secrets are never shown."""
    settings: Settings = current_app.config["SETTINGS"]
    rows = []
    for item in fields(Settings):
        variable, secret = item.metadata["variable"], item.metadata["secret"]
        given = getattr(settings, item.name)
        source = "environment" if os.environ.get(variable, "").strip() else "default"
        if secret and given and source == "default":
            source = "instance folder"
        hidden = "(set, hidden)" if given else "(not set)"
        value = hidden if secret else _shown(item.name, given)
        rows.append(
            {"variable": variable, "value": value, "source": source, "meaning": item.metadata["meaning"]}
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['variable']}={row['value']}\n    {row['meaning']} [{row['source']}]")


def _shown(name: str, value: object) -> str:
    """Return the value of a setting; a password inside an address becomes ***."""
    if name != "database_url":
        return str(value)
    url = make_url(str(value))
    if "password" in url.query:
        url = url.update_query_dict({"password": "***"})
    return url.render_as_string(hide_password=True)


@click.group()
def database() -> None:
    """Upgrade, downgrade and inspect the database."""


@database.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Apply the numbered migrations up to REVISION (default: the newest)."""
    _migrate(migrations.upgrade, revision)
    click.echo(f"The database is at {migrations.current(current_database())}.")


@database.command()
@click.argument("revision")
@click.confirmation_option(prompt="Undoing migrations deletes what they stored. Go on?")
def downgrade(revision: str) -> None:
    """Undo migrations down to REVISION (`base` empties the database)."""
    _migrate(migrations.downgrade, revision)
    click.echo(f"The database is at {migrations.current(current_database()) or 'base'}.")


def _migrate(move: Callable[[Database, str], None], revision: str) -> None:
    try:
        move(current_database(), revision)
    except migrations.UnableToMigrate as error:
        raise click.ClickException(
            f"{error}. `survey-app database status` names the newest revision."
        ) from error


@database.command()
def status() -> None:
    """Print the database's revision and the newest one; exit 1 when they differ."""
    current, head = migrations.current(current_database()), migrations.head()
    click.echo(f"database: {current or 'empty'}\nnewest:   {head}")
    if current != head:
        raise click.ClickException("Run `survey-app database upgrade`.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=0, help="Processes; default 1 on SQLite, 2 on PostgreSQL.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the product with granian. SQLite: one process with one writer thread; PostgreSQL: several."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_sqlite and workers > 1:
        raise click.ClickException("SQLite is served by one process. Use PostgreSQL for more workers.")
    if migrations.current(current_database()) != migrations.head():
        raise click.ClickException(
            "The database is not at the newest migration. Run `survey-app database upgrade`."
        )
    current_database().dispose()
    start_server(host=host, port=port, workers=workers or (1 if settings.is_sqlite else 2))


def start_server(*, host: str, port: int, workers: int) -> None:
    """Serve the application until the process is told to stop."""
    from granian import Granian  # noqa: PLC0415  (heavy, and only servers need it)
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    _refuse_taken_port(host, port)
    click.echo(f"Serving http://{host}:{port} with {workers} process(es). Ctrl+C stops.")
    Granian(
        "survey_app.factory:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=SERVING_THREADS,
        backlog=2048,
        websockets=False,
        # Its warnings are about the number of threads, which is meant.
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def _refuse_taken_port(host: str, port: int) -> None:
    """Say in words what the server would say in a panic."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}). "
            "Stop what listens there, or choose another --port."
        ) from error

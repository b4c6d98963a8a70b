"""The command `survey-app <room> <verb>`. Rooms are imported only when one of their verbs is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from copy import copy
from functools import wraps
from importlib import import_module
from typing import Any, cast

import click

# name -> (module, object, one line for --help): listing them needs no import, so --help is instant.
_COMMANDS = {
    "campaigns": ("survey_app.campaigns.commands", "campaigns", "Create, open, close and watch campaigns."),
    "config": ("survey_app.foundation.commands", "config", "List the settings with meaning and source."),
    "database": (
        "survey_app.foundation.commands",
        "database",
        "Upgrade, downgrade and inspect the database.",
    ),
    "demo": ("survey_app.demo.commands", "demo", "Fill a database with sample data and serve it."),
    "estimate": (
        "survey_app.estimation.commands",
        "estimate",
        "Estimate what a JSON file asks for, from any survey.",
    ),
    "feedback": (
        "survey_app.feedback.commands",
        "feedback",
        "The feedback desk: reports, purges, rules as data.",
    ),
    "kiosks": ("survey_app.kiosks.commands", "kiosks", "Take answers that a kiosk exported to a file."),
    "offices": (
        "survey_app.offices.commands",
        "offices",
        "Units, one-stop offices, counters, codes and posters.",
    ),
    "questionnaires": (
        "survey_app.questionnaires.commands",
        "questionnaires",
        "Check and publish questionnaires.",
    ),
    "responses": (
        "survey_app.responses.commands",
        "responses",
        "Bring in a fielded sample; look after stored responses.",
    ),
    "results": ("survey_app.results.commands", "results", "Compute and publish indices."),
    "staff": ("survey_app.staff.commands", "staff", "Accounts of staff, and the audit log."),
    "texting": ("survey_app.texting.commands", "texting", "Read replies by text message."),
    "worker": ("survey_app.messaging.tasks", "worker", "Send what waits in the outbox, until stopped."),
    "serve": ("survey_app.foundation.commands", "serve", "Serve the product with granian."),
}

# Commands and verbs on files alone: they need neither settings nor a database.
_WITHOUT_APPLICATION = frozenset({"estimate", "texting read"})

# Verbs that stand in a higher room than the name under which people look for them.
_BORROWED_VERBS = {"campaigns": ("survey_app.responses.commands", "status")}


class _LazyCommands(click.Group):
    """Loads a room's commands when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        if cmd_name in _BORROWED_VERBS:
            module, verb = _BORROWED_VERBS[cmd_name]
            command = cast(click.Group, copy(command))
            command.commands = {**command.commands, verb: getattr(import_module(module), verb)}
        return _in_application(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        from survey_app.foundation.languages import use_language  # noqa: PLC0415

        with use_language(ctx.params["lang"]):
            return super().invoke(ctx)


def _in_application(command: click.Command, words: str) -> click.Command:
    """Return `command` (and its verbs) with the application it works on, and plain words for what was refused.

    `words` lead to it on the command line.
    """
    if words in _WITHOUT_APPLICATION:
        return command
    wrapped = copy(command)
    if isinstance(wrapped, click.Group):
        wrapped.commands = {
            name: _in_application(verb, f"{words} {name}") for name, verb in wrapped.commands.items()
        }
    elif wrapped.callback is not None:
        wrapped.callback = _wrap(wrapped.callback)
    return wrapped


def _wrap(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def in_application(*args: Any, **kwargs: Any) -> Any:
        from sqlalchemy.exc import DatabaseError  # noqa: PLC0415

        from survey_app.foundation.database import DatabaseUnavailable  # noqa: PLC0415
        from survey_app.foundation.errors import Refused  # noqa: PLC0415

        try:
            with _application().app_context():
                return callback(*args, **kwargs)
        except Refused as error:
            raise click.ClickException(str(error)) from error
        except DatabaseUnavailable as error:
            raise click.ClickException(_unavailable(error, error.outcome_unknown)) from error
        except DatabaseError as error:
            raise click.ClickException(
                f"The database refused ({type(error.orig).__name__}). Is it one of this product, at the "
                "newest migration? `survey-app database status` tells."
            ) from error

    return in_application


def _unavailable(kind: object, outcome_unknown: bool) -> str:
    if outcome_unknown:
        return (
            f"The connection was lost while the database stored this ({kind}): it may be stored or not. "
            "Look with the room's `list`, `show` or `status` before you repeat the command."
        )
    return (
        f"The database does not answer ({kind}). Check SURVEY_DATABASE_URL and run "
        "`survey-app database upgrade`."
    )


def _application() -> Any:
    context = click.get_current_context().find_root()
    if "app" not in context.obj:
        from survey_app.config import InvalidSettings, Settings  # noqa: PLC0415
        from survey_app.factory import create_app  # noqa: PLC0415

        try:
            context.obj["app"] = create_app(Settings.from_environment(os.environ))
        except InvalidSettings as error:
            raise click.ClickException(str(error)) from error
        # Loading units, computing an index or a migration may take longer than a page ever may.
        context.obj["app"].extensions["survey_app.database"].allow_long_statements()
    return context.obj["app"]


@click.group(cls=_LazyCommands)
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    default="en",
    envvar="SURVEY_LANG",
    help="Language of messages.",
)
@click.version_option(package_name="survey_app")
@click.pass_context
def main(ctx: click.Context, lang: str) -> None:
    """Satisfaction surveys and feedback for public services."""
    ctx.obj = {} if ctx.obj is None else ctx.obj


if __name__ == "__main__":
    sys.exit(main(prog_name=os.environ.get("SURVEY_APP_NAME", "survey-app")))

"""`survey-app worker`: huey starts the jobs, minute by minute, and ends them properly.

The queue of messages is the outbox table, not huey's: a message must be written in the transaction of whoever
wants it sent. Huey brings what a good worker needs beside it: a schedule, threads that are watched, an orderly end.
Its own store holds no more than the jobs of the running minute, so a worker that is killed loses nothing there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import click
from flask import current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from survey_app.config import Settings
from survey_app.foundation import migrations
from survey_app.foundation.database import current_database
from survey_app.messaging.tasks.courier import Courier, courier_of
from survey_app.messaging.tasks.sending import StopFlag, drain, quietly

MINUTE = 60
"""Seconds that sending and listening go on: huey then starts them anew, in whichever worker is free."""
LISTENING_SECONDS = 1
THREADS = 6
"""Two jobs that last, each beside its successor for a moment, and two for the short ones."""


@click.command()
def worker() -> None:
    """Send what waits in the outbox, look up what is in doubt, take in what came, until told to stop.

    Several workers may run, on one machine or more.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if migrations.current(current_database()) != migrations.head():
        raise click.ClickException(
            "The database is not at the newest migration. Run `survey-app database upgrade`."
        )
    courier = courier_of(current_app)
    consumer = Consumer(
        store_of(settings),
        workers=THREADS,
        max_delay=1,
        # A sending that has begun takes 30 seconds at most, and is better finished than left in doubt.
        shutdown_timeout=40,
        graceful_signal="TERM",
    )
    schedule(consumer.huey, courier, settings.messages_at_once, consumer.stop_flag)
    click.echo("Sending. Ctrl+C or SIGTERM ends it once the messages under way are done.")
    consumer.run()


def store_of(settings: Settings) -> Huey:
    """Return huey on Redis, or on a file of its own in the instance folder.

    What is stored is signed: huey reads it with pickle, which would run what anybody else had put there.
    """
    serializer = SignedSerializer(secret=settings.secret_key, salt="survey_app tasks")
    if settings.redis_url:
        return RedisHuey("survey_app", url=settings.redis_url, results=False, serializer=serializer)
    path = Path(settings.instance) / "tasks.sqlite3"
    return SqliteHuey("survey_app", filename=str(path), results=False, serializer=serializer)


def schedule(huey: Huey, courier: Courier, at_once: int, stop: StopFlag) -> None:
    """Give huey the jobs and their times. Each may run twice at once, in one worker or several, without harm."""

    def every_minute(name: str, job: Callable[[], object]) -> None:
        huey.periodic_task(crontab(), name=name, expires=MINUTE)(lambda: quietly(name, job))

    every_minute("send", lambda: drain(courier, at_once=at_once, seconds=MINUTE, stop=stop))
    every_minute("listen", lambda: listen(courier, seconds=MINUTE, stop=stop))
    every_minute("sweep", courier.sweep)
    every_minute("look up", courier.look_up)
    huey.periodic_task(crontab(minute="17"), name="purge", expires=MINUTE * 60)(
        lambda: quietly("purge", courier.purge)
    )


def listen(courier: Courier, *, seconds: float, stop: StopFlag) -> None:
    """Hand on what comes in during `seconds` and was not handled at the door."""
    until = monotonic() + seconds
    while not stop.is_set() and monotonic() < until:
        if not courier.hear():
            stop.wait(LISTENING_SECONDS)

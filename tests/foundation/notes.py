"""Writers of notes, alone and many at once, for the tests of the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database


def add(word: str) -> Callable[[Session], str]:
    """Return an operation that adds a note and returns it."""

    def operation(session: Session) -> str:
        session.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})
        return word

    return operation


def committed(database: Database) -> set[str]:
    """Return the notes that a stranger to `database` sees."""
    engine = create_engine(database.url)
    try:
        with engine.connect() as connection:
            return set(connection.execute(text("SELECT word FROM notes")).scalars())
    finally:
        engine.dispose()


@dataclass
class Outcome:
    """What a call in a thread came to."""

    result: Any = None
    error: BaseException | None = None


def start(call: Callable[[], Any]) -> tuple[threading.Thread, Outcome]:
    """Run `call` in a thread; its outcome is filled in when it ends."""
    outcome = Outcome()

    def run() -> None:
        try:
            outcome.result = call()
        except BaseException as error:  # noqa: BLE001  (the test asks what it was)
            outcome.error = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def all_at_once(calls: list[Callable[[], Any]]) -> list[Outcome]:
    """Run each call in its own thread and return their outcomes in order."""
    started = [start(call) for call in calls]
    for thread, _ in started:
        thread.join(60)
        assert not thread.is_alive()
    return [outcome for _, outcome in started]


@dataclass
class Gate:
    """An operation that keeps the writer busy until it is opened."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _session: Session) -> str:
        self.reached.set()
        assert self.opened.wait(60)
        return "gate"

"""What one reply by message costs the database: a carrier waits for the answer, at 300 replies a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from survey_app.foundation.database import Database, insert_new
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.operations import opt_out, receive
from survey_app.messaging.operations.inbound import Reception
from survey_app.messaging.rules.contract import InboundText, ProviderRating
from survey_app.texting.operations import hear
from tests.texting.conftest import KEY, PHONES, Desk


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """Yield a list of the statements that are executed meanwhile, without BEGIN and COMMIT."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _receive(desk: Desk, given: InboundText | ProviderRating, *, inline: bool = True) -> Reception:
    def listen(session: Session, heard: Any, inbound_id: int, now: Any) -> list[str]:
        return hear(session, event=heard, inbound_id=inbound_id, key=KEY, now=now)

    handler = listen if inline else None
    stored: Reception = desk.run(receive, gateway="twilio", event=given, handler=handler, key=KEY)
    return stored


def _text(number: int, phone: str, text: str) -> InboundText:
    return InboundText(provider_id=f"SM{number}", sender=phone, to="8079", text=text)


def _invited(desk: Desk) -> Desk:
    desk.campaign()
    desk.plan()
    desk.invite()
    desk.send()
    _receive(desk, _text(0, PHONES[0], "5"))  # from here on the questionnaire is kept
    return desk


def test_a_rating_is_stored_and_answered_with_eight_statements(desk: Desk) -> None:
    _invited(desk)
    with statements_of(desk.database) as seen:
        received = _receive(desk, _text(1, PHONES[1], "4"))
    assert received.is_new
    assert len(seen) == 8, seen
    assert sum(one.startswith("UPDATE conversations") for one in seen) == 1


def test_a_repeat_is_answered_as_the_first_time_with_two_statements(desk: Desk) -> None:
    _invited(desk)
    first = _receive(desk, _text(1, PHONES[1], "chua ro"))
    with statements_of(desk.database) as seen:
        second = _receive(desk, _text(1, PHONES[1], "chua ro"))
    assert (second.inbound_id, second.replies, second.is_new) == (first.inbound_id, first.replies, False)
    assert first.replies
    assert len(seen) == 2, seen


def test_a_refusal_that_stands_already_costs_a_rating_one_statement_more(desk: Desk) -> None:
    _invited(desk)
    desk.run(opt_out, key=KEY, phone=PHONES[1], source="desk")
    with statements_of(desk.database) as seen:
        received = _receive(desk, _text(1, PHONES[1], "4"))
    assert list(received.replies) == []
    assert len(seen) == 9, seen


def test_stars_that_wait_for_the_worker_are_stored_with_one_statement(desk: Desk) -> None:
    _invited(desk)
    with statements_of(desk.database) as seen:
        _receive(desk, ProviderRating(provider_id="a1", reference="7K3F9M2X", stars=4), inline=False)
    assert len(seen) == 1, seen


def test_only_a_new_row_has_an_id(desk: Desk) -> None:
    _receive(desk, ProviderRating(provider_id="a1", reference="7K3F9M2X", stars=4), inline=False)
    kept = desk.rows(InboundMessage)[0]
    row = {
        column.name: getattr(kept, column.name)
        for column in InboundMessage.__table__.columns
        if column.name != "id"
    }
    again = desk.database.write(lambda session: insert_new(session, InboundMessage, row))
    other = desk.database.write(
        lambda session: insert_new(session, InboundMessage, row | {"provider_id": "a2"})
    )
    assert again is None
    assert [one.id for one in desk.rows(InboundMessage)] == [kept.id, other]

"""Pure decisions about campaigns: channels, states, moves between them, and what a public code leads to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count

from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.languages import gettext as _
from survey_app.offices.rules import fold

CODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")
CODE_LENGTH = 60
TITLE_LENGTH = 200
UNIT_PATH_LENGTH = 120
LONGEST_DAYS = 5 * 366
RESERVED_CODES = frozenset({"new"})
"""Words that stand in the place of a code in addresses of staff pages."""


class Channel(StrEnum):
    """How citizens reach the form. Kept with every response: channels are never pooled unseen."""

    QR = "qr"  # the permanent codes at the counters of an office
    WEB = "web"  # one link per office, made for one campaign
    INTERVIEW = "interview"  # people drawn into a sample; their answers come in as a file
    SMS = "sms"  # people who used a service, invited by text message
    ZALO = "zalo"  # the same, invited on Zalo


class Population(StrEnum):
    """Whom the answers stand for."""

    VOLUNTARY = "voluntary"
    PROBABILITY_SAMPLE = "probability_sample"
    INVITED = "invited"


# Whoever passes a counter or follows an open link may answer or not: nobody drew these people. People on a list of
# those served are invited one by one; that some of them answer is again their own choice.
POPULATION_OF = {
    Channel.QR: Population.VOLUNTARY,
    Channel.WEB: Population.VOLUNTARY,
    Channel.INTERVIEW: Population.PROBABILITY_SAMPLE,
    Channel.SMS: Population.INVITED,
    Channel.ZALO: Population.INVITED,
}


class State(StrEnum):
    """Where a campaign stands. `scheduled` is never stored: an opened campaign whose first day is to come.

    In a rehearsal staff answer at the counters to try everything out; the dates do not matter, nothing counts.
    """

    DRAFT = "draft"
    REHEARSAL = "rehearsal"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


STORED_STATES = (State.DRAFT, State.REHEARSAL, State.OPEN, State.CLOSED)


class Move(StrEnum):
    """What a person can do to a campaign."""

    OPEN = "open"
    CLOSE = "close"
    START_REHEARSAL = "start_rehearsal"
    END_REHEARSAL = "end_rehearsal"


class EntryStatus(StrEnum):
    """What somebody finds behind a public code."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    NO_CAMPAIGN = "no_campaign"
    REHEARSAL = "rehearsal"
    REVOKED = "revoked"


# From the state that people see (`effective_state`) to the state that is stored. What is absent is refused;
# opening needs a period that has not ended besides (`may_open`), so a lapsed campaign stays closed.
MOVES: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.OPEN): State.OPEN,
    (State.DRAFT, Move.START_REHEARSAL): State.REHEARSAL,
    (State.REHEARSAL, Move.END_REHEARSAL): State.DRAFT,
    (State.REHEARSAL, Move.OPEN): State.OPEN,
    (State.SCHEDULED, Move.CLOSE): State.CLOSED,
    (State.OPEN, Move.CLOSE): State.CLOSED,
    (State.CLOSED, Move.OPEN): State.OPEN,
}

ENTRY_STATUS_OF = {
    State.DRAFT: EntryStatus.NO_CAMPAIGN,
    State.REHEARSAL: EntryStatus.REHEARSAL,
    State.SCHEDULED: EntryStatus.NOT_YET,
    State.OPEN: EntryStatus.OPEN,
    State.CLOSED: EntryStatus.CLOSED,
}


def effective_state(state: State, opens_on: date, closes_on: date, today: date) -> State:
    """Return the state on the Vietnamese calendar day `today`; both dates of the period are inside it."""
    if state is not State.OPEN:
        return state
    if today < opens_on:
        return State.SCHEDULED
    return State.OPEN if today <= closes_on else State.CLOSED


def next_state(state: State, move: Move, closes_on: date, today: date) -> State | None:
    """Return the state to store after `move` from the effective `state`, or None if the move is refused."""
    if move is Move.OPEN and not may_open(closes_on, today):
        return None
    return MOVES.get((state, move))


def may_open(closes_on: date, today: date) -> bool:
    """Say whether a campaign may (still, or again) be opened: until its last day is over."""
    return today <= closes_on


def end_of_period(closes_on: date) -> datetime:
    """Return the instant in UTC at which the last day is over in Việt Nam."""
    return datetime.combine(closes_on + timedelta(days=1), time(), VIETNAM).astimezone(UTC)


def effective_closing(effective: State, closed_at: datetime | None, closes_on: date) -> datetime | None:
    """Return when answers stopped being taken, None unless the effective state is closed."""
    if effective is not State.CLOSED:
        return None
    return closed_at or end_of_period(closes_on)


def whole_minutes(seconds: int) -> int:
    """Return the time that a form takes as people are told it: whole minutes, at least 1."""
    return max(1, round(seconds / 60))


def is_campaign_code(text: str) -> bool:
    """Say whether `text` may name a campaign: 3 to 60 small letters, digits and inner hyphens."""
    return CODE_PATTERN.fullmatch(text) is not None and text not in RESERVED_CODES


def suggest_code(words: Iterable[str], taken: Collection[str]) -> str:
    """Return a campaign code of the folded `words` that is not among `taken`: "Cao Bằng", "2026" give cao-bang-2026."""
    slug = "-".join(fold(" ".join(words)).encode("ascii", "ignore").decode().split())
    stem = slug[: CODE_LENGTH - 5].strip("-")
    stem = stem if is_campaign_code(stem) else f"dot-{stem}".strip("-")
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(code for code in numbered if code not in taken)


def retitle(title: str, old_year: int, new_year: int) -> str:
    """Return the title of a repeated campaign: the year of the old one replaced wherever it stands alone."""
    return re.sub(rf"(?<!\d){old_year}(?!\d)", str(new_year), title)


def a_year_later(day: date) -> date:
    """Return the same day of the next year; the 29th of February becomes the 28th."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def read_channels(values: Iterable[str]) -> tuple[Channel, ...]:
    """Return the channels named by `values`, each once, in the order of `Channel`.

    Raises
    ------
    ValueError
        A value is no channel.
    """
    named = {Channel(value) for value in values}
    return tuple(channel for channel in Channel if channel in named)


def population_of(channels: Iterable[Channel]) -> frozenset[Population]:
    """Return whom answers through `channels` stand for; two populations must never become one index."""
    return frozenset(POPULATION_OF[channel] for channel in channels)


def channel_label(channel: Channel) -> str:
    """Return the channel in the reader's words."""
    return {
        Channel.QR: _("Mã QR tại quầy"),
        Channel.WEB: _("Đường dẫn trên mạng"),
        Channel.INTERVIEW: _("Phỏng vấn theo mẫu"),
        Channel.SMS: _("Lời mời bằng tin nhắn SMS"),
        Channel.ZALO: _("Lời mời qua Zalo"),
    }[channel]


def state_label(state: State) -> str:
    """Return the state in the reader's words."""
    return {
        State.DRAFT: _("bản nháp"),
        State.REHEARSAL: _("đang diễn tập"),
        State.SCHEDULED: _("chưa đến ngày bắt đầu"),
        State.OPEN: _("đang mở"),
        State.CLOSED: _("đã đóng"),
    }[state]


STATE_TONES = {State.REHEARSAL: "bad", State.SCHEDULED: "warn", State.OPEN: "good"}
"""How the sign of a state is coloured on staff pages; the word says it all."""


def population_label(population: Population) -> str:
    """Return the words that stand beside every figure of this population."""
    return {
        Population.VOLUNTARY: _("ý kiến tự nguyện, không phải mẫu đại diện cho mọi người sử dụng dịch vụ"),
        Population.PROBABILITY_SAMPLE: _(
            "mẫu xác suất: người trả lời do bốc thăm theo thiết kế mẫu, không phải do tự chọn"
        ),
        Population.INVITED: _(
            "người vừa sử dụng dịch vụ được mời qua điện thoại; chỉ gồm những người đã trả lời"
        ),
    }[population]

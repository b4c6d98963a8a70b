"""One row of a file of responses: read with the rules of the form, with where, when and how it was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from survey_app.foundation.clock import VIETNAM, hour_of
from survey_app.foundation.languages import format_date
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import ItemKind, Questionnaire
from survey_app.responses.rules.answers import Answers, check
from survey_app.responses.rules.designs import Drawn, Fault, read_design
from survey_app.responses.rules.instruments import FIELD_INSTRUMENTS
from survey_app.responses.rules.layouts import FileMapping, Layout

_SEVERAL = "|"
_TICKED = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a campaign accepts: its questionnaire, offices by code, channel, and the days of fieldwork.

    `last_day` is the end of the period, or today while it lasts; a row that does not say when is of that day.
    """

    questionnaire: Questionnaire
    offices: Mapping[str, int]
    channel: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that can be stored. `off_path` names the items whose answers the respondent's path does not show."""

    office_id: int
    instrument: str
    language: str
    received_hour: datetime
    answers: Answers
    drawn: Drawn | None
    off_path: tuple[str, ...]


class _Unreadable(Exception):
    """One cell says nothing that can be used."""


class RowReader:
    """Reads the rows of one file, in the layout of its columns."""

    def __init__(self, frame: Frame, layout: Layout, mapping: FileMapping) -> None:
        self._frame = frame
        self._layout = layout
        self._mapping = mapping
        self._multiple = {item.id for item in frame.questionnaire.items if item.kind is ItemKind.MULTIPLE}
        self._codes = {item.id: item.codes for item in frame.questionnaire.items}

    def read(self, cells: Sequence[str]) -> tuple[ReadRow | None, list[Fault]]:
        """Return the row, None if anything is wrong with it, and all that is wrong."""
        if len(cells) != self._layout.width:
            return None, [self._width(len(cells))]
        submitted, faults = self._submitted(cells)
        circumstances = {
            name: self._cell(name, cells[place]) for name, place in self._layout.circumstances.items()
        }
        place, more = self._place(circumstances)
        drawn, design_faults = read_design(
            {name: self._cell(name, cells[place]) for name, place in self._layout.design.items()}
        )
        checked = check(self._frame.questionnaire, submitted)
        faults += [
            Fault(error.item, self._explained(error.item, error.message, submitted))
            for error in checked.errors
        ]
        faults += more + design_faults
        if faults or place is None:
            return None, faults
        off_path = tuple(item for item in submitted if item not in checked.answers)
        return ReadRow(*place, checked.answers, drawn, off_path), []

    def _cell(self, name: str, text: str) -> str:
        if text in self._mapping.missing:
            return ""
        recoded = self._mapping.values.get(name)
        return recoded.get(text, text) if recoded else text

    def _width(self, found: int) -> Fault:
        return Fault(
            "",
            _(
                "Dòng có %(found)s ô, tiêu đề có %(wanted)s ô. Hãy kiểm tra dấu phân cách và dấu ngoặc kép.",
                found=found,
                wanted=self._layout.width,
            ),
        )

    def _submitted(self, cells: Sequence[str]) -> tuple[dict[str, list[str]], list[Fault]]:
        """Return the values of the items as the form would send them."""
        submitted: dict[str, list[str]] = {}
        faults = []
        for item, place in self._layout.items.items():
            text = self._cell(item, cells[place])
            if text:
                submitted[item] = text.split(_SEVERAL) if item in self._multiple else [text]
        for item, places in self._layout.options.items():
            chosen = []
            for code, place in places:
                text = self._cell(f"{item}.{code}", cells[place])
                if text and text not in _TICKED:
                    faults.append(
                        Fault(f"{item}.{code}", _("Ghi 1 nếu được chọn, 0 hoặc để trống nếu không."))
                    )
                elif text and _TICKED[text]:
                    chosen.append(code)
            if chosen:
                submitted[item] = chosen
        return submitted, faults

    def _explained(self, item: str, message: str, submitted: Mapping[str, Sequence[str]]) -> str:
        """Add to the form's words the value of the file and the codes that the item knows."""
        given, codes = submitted.get(item), self._codes[item]
        if not given or not codes:
            return message
        known = ", ".join(map(str, sorted(codes)[:30]))
        return _(
            "“%(value)s”: %(why)s Mã có thể dùng: %(codes)s.",
            value=_SEVERAL.join(given)[:40],
            why=message,
            codes=known,
        )

    def _place(self, given: Mapping[str, str]) -> tuple[tuple[int, str, str, datetime] | None, list[Fault]]:
        found: list[object] = []
        faults = []
        readers = {
            "office": self._office,
            "instrument": self._instrument,
            "language": self._language,
            "received": self._received,
            "channel": self._channel,
        }
        for name, reader in readers.items():
            try:
                found.append(reader(given.get(name) or self._mapping.defaults.get(name, "")))
            except _Unreadable as error:
                faults.append(Fault(name, str(error)))
        if faults:
            return None, faults
        office, instrument, language, received, _channel = found
        return (office, instrument, language, received), []  # type: ignore[return-value]

    def _office(self, text: str) -> int:
        offices = self._frame.offices
        if not text and len(offices) == 1:
            return next(iter(offices.values()))
        if text not in offices:
            known = ", ".join(sorted(offices)[:10])
            raise _Unreadable(
                _(
                    "Không có bộ phận một cửa “%(code)s” trong đợt khảo sát. Hãy dùng mã bộ phận, ví dụ %(known)s.",
                    code=text[:40],
                    known=known,
                )
            )
        return offices[text]

    def _instrument(self, text: str) -> str:
        return self._one_of(text or FIELD_INSTRUMENTS[0], FIELD_INSTRUMENTS)

    def _language(self, text: str) -> str:
        languages = self._frame.questionnaire.languages
        return self._one_of(text or languages[0], languages)

    def _channel(self, text: str) -> str:
        return self._one_of(text or self._frame.channel, (self._frame.channel,))

    def _one_of(self, text: str, known: Sequence[str]) -> str:
        if text not in known:
            raise _Unreadable(
                _("“%(text)s” không dùng được. Hãy ghi: %(known)s.", text=text[:40], known=", ".join(known))
            )
        return text

    def _received(self, text: str) -> datetime:
        """Return the hour in which an answer was given; of a mere day, its first hour."""
        frame = self._frame
        if not text:
            return _first_hour(frame.last_day)
        instant = _instant(text)
        if instant is None:
            raise _Unreadable(
                _(
                    "“%(text)s” không phải là ngày. Hãy ghi như 2026-11-21 hoặc 2026-11-21 14:30.",
                    text=text[:40],
                )
            )
        if not frame.first_day <= instant.date() <= frame.last_day:
            raise _Unreadable(
                _(
                    "Ngày %(day)s nằm ngoài thời gian khảo sát từ %(first)s đến %(last)s. Hãy sửa ngày.",
                    day=format_date(instant.date()),
                    first=format_date(frame.first_day),
                    last=format_date(frame.last_day),
                )
            )
        return hour_of(instant.astimezone(UTC))


def _instant(text: str) -> datetime | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(VIETNAM) if instant.tzinfo else instant.replace(tzinfo=VIETNAM)


def _first_hour(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)

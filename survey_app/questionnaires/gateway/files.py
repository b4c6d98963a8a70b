"""Reads questionnaire files from disk: plain YAML only, and every value keeps its line number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.resources import resource_folder

MAXIMUM_BYTES = 512 * 1024
MAXIMUM_DEPTH = 12

Step = str | int
Where = tuple[Step, ...]
"""Place of a value in a document: keys and positions from the top."""

# Private-use characters mean nothing outside one computer, and pages mark gaps with one (web/splice.py).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\uf900-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_FRACTION = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what, and what to do about it, in the reader's language."""

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}. {self.remedy}."


class UnableToRead(Refused):
    """The file is no plain YAML document; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as plain dictionaries, lists, strings, numbers and booleans, with the line of each value."""

    name: str
    document: dict[str, Any]
    lines: Mapping[Where, int] = field(repr=False)

    def line(self, where: Where) -> int:
        """Return the line (from 1) of the value at `where`, or of the nearest value around it."""
        while where not in self.lines:
            where = where[:-1]
        return self.lines[where]


def shipped() -> list[Path]:
    """Return the files of all questionnaires that come with the product, by name and version."""
    return sorted(resource_folder("questionnaires").glob("*/v*.yaml"), key=_name_and_version)


def shipped_file(name: str) -> Path | None:
    """Return the file of `instrument` (its newest version) or `instrument@version`; None if there is none."""
    instrument, _at, version = name.partition("@")
    files = [path for path in shipped() if path.parent.name == instrument and version in ("", path.stem[1:])]
    return files[-1] if files else None


def _name_and_version(path: Path) -> tuple[str, int]:
    number = path.stem[1:]
    return path.parent.name, int(number) if number.isdecimal() else 0


def read(path: Path) -> SourceFile:
    """Read one file.

    Raises
    ------
    UnableToRead
        The file is missing, too large, not UTF-8, malformed, or uses more of YAML than plain values.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise _unable(
            name, 1, _("không mở được tệp (%(why)s)", why=error.strerror), _("Kiểm tra tên tệp và quyền đọc")
        ) from error
    return parse(content, name)


def parse(content: bytes, name: str) -> SourceFile:
    """Read the content of one file; `name` is used in messages. Raises UnableToRead like `read`."""
    text = _decode(content, name)
    reader = _Reader(name)
    try:
        document = reader.document(YAML(typ="safe", pure=True).parse(text))
    except (YAMLError, ValueError, OverflowError) as error:  # the last two: escapes beyond Unicode
        raise _malformed(name, error) from error
    if not isinstance(document, dict):
        raise _unable(
            name,
            1,
            _("tệp trống hoặc không phải là nhóm mục “tên: giá trị”"),
            _("Bắt đầu tệp bằng các mục như “instrument: tên_phiếu”"),
        )
    return SourceFile(name, document, reader.lines)


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise _unable(
            name,
            1,
            _("tệp lớn hơn %(limit)s KB", limit=MAXIMUM_BYTES // 1024),
            _("Chia phiếu thành nhiều phiếu nhỏ hơn"),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unable(
            name, line, _("tệp không phải mã UTF-8"), _("Lưu lại tệp với mã UTF-8 (Unicode)")
        ) from error
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _unable(name, line, *_about(found.group()))
    return text


def _about(character: str, *, escaped: bool = False) -> tuple[str, str]:
    """Return what is wrong with a character that is no text, and the remedy."""
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character) == "Co":
        message = _("có ký tự %(code)s thuộc vùng dùng riêng, mỗi máy hiện một khác", code=code)
        return message, _("Thay bằng chữ Unicode thông thường, hoặc xóa ký tự này")
    if escaped:
        return _("có ký tự điều khiển viết bằng “\\”"), _("Xóa ký tự này")
    return _("có ký tự điều khiển %(code)s", code=code), _("Xóa ký tự này")


def _malformed(name: str, error: Exception) -> UnableToRead:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    why = error.problem if isinstance(error, MarkedYAMLError) and error.problem else type(error).__name__
    return _unable(
        name,
        mark.line + 1 if mark else 1,
        _("YAML sai cú pháp (%(why)s)", why=why),
        _("Xem lại thụt đầu dòng, dấu hai chấm và dấu nháy ở dòng này và dòng trước"),
    )


def _unable(name: str, line: int, message: str, remedy: str) -> UnableToRead:
    return UnableToRead(Problem(name, line, message, remedy))


class _Reader:
    """Builds plain values from parser events.

    Aliases, anchors, tags and merge keys are refused, so a small file cannot grow in memory and nothing in it
    can name a Python object.
    """

    def __init__(self, name: str) -> None:
        self.lines: dict[Where, int] = {(): 1}
        self._name = name
        self._events: Iterator[Event] = iter(())

    def document(self, events: Iterator[Event]) -> Any:
        """Return the single document of the stream; None for an empty one."""
        self._events = events
        value = None
        for count, event in enumerate(self._nodes()):
            if count:
                raise self._refuse(
                    event, _("có nhiều tài liệu trong một tệp"), _("Xóa dòng “---” và phần sau nó")
                )
            value = self._value(event, ())
        return value

    def _nodes(self) -> Iterator[Event]:
        while not isinstance(event := next(self._events), StreamEndEvent):
            if isinstance(event, NodeEvent):
                yield event

    def _value(self, event: Event, where: Where) -> Any:
        self._refuse_extras(event)
        self.lines.setdefault(where, event.start_mark.line + 1)
        if isinstance(event, ScalarEvent):
            return _plain(event)
        if len(where) >= MAXIMUM_DEPTH:
            raise self._refuse(
                event, _("các mục lồng nhau quá sâu"), _("Bỏ bớt ngoặc hoặc thụt đầu dòng thừa")
            )
        return self._mapping(where) if isinstance(event, MappingStartEvent) else self._sequence(where)

    def _sequence(self, where: Where) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            values.append(self._value(event, (*where, len(values))))
        return values

    def _mapping(self, where: Where) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event)
            if key in values:
                raise self._refuse(
                    event, _("mục “%(key)s” lặp lại", key=key), _("Giữ lại một mục, xóa mục kia")
                )
            self.lines[(*where, key)] = event.start_mark.line + 1
            values[key] = self._value(next(self._events), (*where, key))
        return values

    def _key(self, event: Event) -> str:
        self._refuse_extras(event)
        if isinstance(event, ScalarEvent) and event.value != "<<":
            return str(event.value)
        raise self._refuse(
            event, _("tên mục phải là một từ"), _("Viết “tên: giá trị”, không dùng “?” hay “<<”")
        )

    def _refuse_extras(self, event: Event) -> None:
        if isinstance(event, ScalarEvent) and (found := _FORBIDDEN.search(event.value)):
            raise self._refuse(event, *_about(found.group(), escaped=True))
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            message = _("không dùng neo và bí danh của YAML (& và *)")
            raise self._refuse(
                event, message, _("Chép lại nội dung, hoặc dùng “scales” cho các phương án chung")
            )
        if getattr(event, "tag", None) is not None:
            raise self._refuse(
                event, _("không dùng nhãn kiểu của YAML (!)"), _("Xóa phần bắt đầu bằng dấu “!”")
            )

    def _refuse(self, event: Event, message: str, remedy: str) -> UnableToRead:
        return _unable(self._name, event.start_mark.line + 1, message, remedy)


def _plain(event: ScalarEvent) -> str | int | float | bool | None:
    text = str(event.value)
    if event.style is not None:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text

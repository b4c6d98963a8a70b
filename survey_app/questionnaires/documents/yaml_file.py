"""Writes a document as a questionnaire file: the same format that the gateway reads, in the order people expect."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_ORDER = (
    "instrument",
    "version",
    "languages",
    "seconds",
    "id",
    "code",
    "item",
    "type",
    "scale",
    "required",
    "missing",
    "show_if",
    "minimum",
    "maximum",
    "max_length",
    "score",
    "aggregation",
    "blanks",
    "weight",
    "title",
    "label",
    "purpose",
    "source",
    "text",
    "help",
    "status_note",
    "specify",
    "options",
    "rows",
    "scales",
    "missing_answers",
    "sections",
    "questions",
    "alternatives",
    "contents",
    "factors",
    "criteria",
    "recipe",
)
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
# Words that begin with a letter and hold nothing that means something in YAML.
_PLAIN_WORDS = re.compile(r"[^\W\d_][^\n\r\t:#\"'\\{}\[\],&*!|>%@`]*[^\s:#\"'\\{}\[\],&*!|>%@`]")
_SPECIAL = {"null", "true", "false", "yes", "no", "on", "off"}


def write_yaml(document: Mapping[str, Any]) -> str:
    """Return the document as YAML, wordings in the order of its languages; reading it back gives an equal document."""
    order = dict.fromkeys((*_ORDER, *document.get("languages", ())))
    writer = _Writer({key: place for place, key in enumerate(order)})
    return "\n".join(writer.mapping(document, "", top=True)) + "\n"


class _Writer:
    """Writes values line by line, keys by their `places`."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places

    def mapping(self, value: Mapping[str, Any], indent: str, *, top: bool = False) -> Iterator[str]:
        for key in sorted(value, key=lambda one: self._places.get(one, len(self._places))):
            if top and key in ("scales", "missing_answers", "sections", "recipe"):
                yield ""
            yield from self._entry(f"{indent}{_key(key)}:", value[key], indent)

    def _entry(self, head: str, value: Any, indent: str) -> Iterator[str]:
        if isinstance(value, Mapping) and value:
            yield head
            yield from self.mapping(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            yield head
            for one in value:
                yield from self._element(one, indent + "  ")
        else:
            yield f"{head} {_scalar(value)}"

    def _element(self, value: Any, indent: str) -> Iterator[str]:
        """One part of a list: its first line bears the dash."""
        if not isinstance(value, Mapping) or not value:
            yield f"{indent}- {_scalar(value)}"
            return
        first, *others = self.mapping(value, indent + "  ")
        yield f"{indent}- {first.removeprefix(indent + '  ')}"
        yield from others


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _SPECIAL else _quoted(key)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN_WORDS.fullmatch(value) and value.lower() not in _SPECIAL else _quoted(value)
    if isinstance(value, float):
        return f"{value:.15f}".rstrip("0") + ("0" if value.is_integer() else "")
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    return json.dumps(value)


def _quoted(words: str) -> str:
    """Return words in double quotes; what YAML takes for a line break is written as an escape."""
    quoted = json.dumps(words, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found.group()):04x}", quoted)

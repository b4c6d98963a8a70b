"""How long a form takes to answer, by the product's own rule: reading plus choosing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WORDS_PER_MINUTE = 240
"""Reading speed. Our own rule, a round figure near the 238 words a minute that Brysbaert (2019, Journal of Memory and
Language 109) finds for silent reading of English; in Vietnamese each syllable between spaces is counted."""

SECONDS_PER_ANSWER = 3
"""For each answer that is chosen, a row of a table included. Our own rule, stated in questionnaires/README.md."""

SECONDS_PER_SHORT_ENTRY = 8
"""For a number, a date or a short text. Our own rule."""

Document = Mapping[str, Any]


def estimated_seconds(document: Document, language: str = "vi") -> int:
    """Return the time in seconds to fill in a document of sound shape.

    Every different wording is read once, a scale as often as one sees it for the first time. Long texts are not
    counted, because they may stay empty; missing wordings count as no words.
    """
    read_once = {_in(text, language) for text in _seen(document)}
    words = sum(len(text.split()) for text in read_once)
    return round(words / WORDS_PER_MINUTE * 60 + sum(map(_answering, _questions(document))))


def _answering(question: Document) -> int:
    if question["type"] in ("number", "date", "short_text"):
        return SECONDS_PER_SHORT_ENTRY if question.get("required") else 0
    return 0 if question["type"] == "long_text" else SECONDS_PER_ANSWER * len(question.get("rows", "1"))


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language, "")


def _questions(document: Document) -> Iterator[Document]:
    for section in document["sections"]:
        yield from section["questions"]


def _seen(document: Document) -> Iterator[Mapping[str, str]]:
    scales = document.get("scales", {})
    for section in document["sections"]:
        yield section["title"]
        yield section.get("help", {})
        for question in section["questions"]:
            yield question["text"]
            yield question.get("help", {})
            yield from (row["text"] for row in question.get("rows", ()))
            options = question.get("options") or scales.get(question.get("scale"), ())
            yield from (option["label"] for option in options)

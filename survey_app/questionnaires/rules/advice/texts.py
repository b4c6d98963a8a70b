"""The parts of a document of sound shape, and where each stands in the words of an `Advice.path`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Text = Mapping[str, str]


def questions(document: Document) -> Iterator[Document]:
    """Yield all questions in file order."""
    for section in document["sections"]:
        yield from section["questions"]


def options_of(question: Document, document: Document) -> list[Document]:
    """Return the answers of a question, its own or those of its scale; none for an unknown scale."""
    options: list[Document] = question.get("options") or document.get("scales", {}).get(
        question.get("scale"), []
    )
    return options


def texts(document: Document) -> Iterator[tuple[str, Text]]:
    """Yield every wording with the path of its part."""
    yield from (("", document[key]) for key in ("title", "purpose", "source") if key in document)
    for name, options in document.get("scales", {}).items():
        yield from ((f"scales.{name}", option["label"]) for option in options)
    for code, label in document.get("missing_answers", {}).items():
        yield f"missing_answers.{code}", label
    for section in document["sections"]:
        yield f"sections.{section['id']}", section["title"]
        if "help" in section:
            yield f"sections.{section['id']}", section["help"]
        for question in section["questions"]:
            yield from _question_texts(question)
    yield from (("recipe", text) for text in _labels(document.get("recipe")))


def _question_texts(question: Document) -> Iterator[tuple[str, Text]]:
    path = f"items.{question['id']}"
    yield path, question["text"]
    if "help" in question:
        yield path, question["help"]
    yield from ((path, option["label"]) for option in question.get("options", ()))
    yield from ((f"items.{row['id']}", row["text"]) for row in question.get("rows", ()))


def _labels(value: Any) -> Iterator[Text]:
    """Wordings of a recipe, wherever they stand."""
    if isinstance(value, Mapping):
        yield from (value[key] for key in ("label", "status_note") if key in value)
        value = [below for key, below in value.items() if key not in ("label", "status_note")]
    if isinstance(value, list):
        for below in value:
            yield from _labels(below)

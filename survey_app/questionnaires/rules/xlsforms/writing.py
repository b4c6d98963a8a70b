"""From a document to the rows of the sheets survey, choices and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from survey_app.questionnaires.rules.form import SPECIFY_MAX_LENGTH, MissingCode
from survey_app.questionnaires.rules.xlsforms.columns import header_of, language_name
from survey_app.questionnaires.rules.xlsforms.conditions import relevant_of
from survey_app.questionnaires.rules.xlsforms.lists import variant_of
from survey_app.questionnaires.rules.xlsforms.sheets import Row, Sheets
from survey_app.questionnaires.rules.xlsforms.words import plain

Document = Mapping[str, Any]
Cells = dict[str, str]

SETTINGS_HEADERS = ("form_title", "form_id", "version", "default_language")
_ENTRIES = {"number": "integer", "date": "date", "short_text": "text", "long_text": "text"}


def base_sheets(document: Document) -> Sheets:
    """Return the sheets of a valid document, without what an XLSForm cannot say."""
    survey, choices = headers_of(document)
    return Sheets(
        survey=_numbered(_survey(document), survey),
        choices=_numbered(_choices(document), choices),
        settings=_numbered([_settings(document)], SETTINGS_HEADERS),
    )


def headers_of(document: Document) -> tuple[list[str], list[str]]:
    """Return the headers of the sheets survey and choices, in the order in which people expect them."""
    labels = [header_of("label", code) for code in document["languages"]]
    hints = [header_of("hint", code) for code in document["languages"]]
    last = ["required", "relevant", "appearance", "constraint"]
    return ["type", "name", *labels, *hints, *last], ["list_name", "name", *labels]


def _numbered(rows: Iterable[Cells], headers: Sequence[str]) -> tuple[Row, ...]:
    filled = ({header: cells[header] for header in headers if cells.get(header)} for cells in rows)
    return tuple(Row(number, cells) for number, cells in enumerate(filled, start=2))


def _settings(document: Document) -> Cells:
    return {
        "form_title": plain(document["title"]["vi"])[0] or "…",
        "form_id": document["instrument"],
        "version": str(document["version"]),
        "default_language": language_name("vi"),
    }


def _survey(document: Document) -> Iterator[Cells]:
    ids = {section["id"] for section in document["sections"]} | {one["id"] for one in _questions(document)}
    for section in document["sections"]:
        yield {"type": "begin_group", "name": section["id"], **_words("label", section["title"])}
        if "help" in section:
            name = f"{section['id']}_help"
            while name in ids:
                name += "_"
            yield {"type": "note", "name": name, **_words("label", section["help"])}
        for question in section["questions"]:
            yield from _question(question, document)
        yield {"type": "end_group"}


def _questions(document: Document) -> Iterator[Document]:
    for section in document["sections"]:
        for question in section["questions"]:
            yield question
            yield from question.get("rows", ())


def _words(kind: str, text: Mapping[str, str]) -> Cells:
    """Write plain words only, so that reading finds nothing to lose; the sheet `survey_app` keeps what was written."""
    return {header_of(kind, code): plain(words)[0] or "…" for code, words in text.items()}


def _question(question: Document, document: Document) -> Iterator[Cells]:
    cells = {"name": question["id"], **_words("label", question["text"])}
    cells |= _words("hint", question.get("help", {}))
    cells["relevant"] = relevant_of(
        [(gate["item"], tuple(map(str, gate["codes"]))) for gate in question.get("show_if", ())]
    )
    required = {"required": "yes" if question["required"] else "no"} if "required" in question else {}
    if question["type"] == "rows":
        yield {"type": "begin_group", "appearance": "table-list", **cells}
        for row in question["rows"]:
            kind = f"select_one {list_name(question)}"
            yield {"type": kind, "name": row["id"], **_words("label", row["text"]), **required}
        yield {"type": "end_group"}
        return
    yield {**_kind(question), **cells, **required}
    yield from _specify(question, document)


def _kind(question: Document) -> Cells:
    kind = question["type"]
    if kind in _ENTRIES:
        return {
            "type": _ENTRIES[kind],
            "appearance": "multiline" if kind == "long_text" else "",
            "constraint": _constraint(question),
        }
    select = "select_multiple" if kind == "multiple" else "select_one"
    appearance = {"appearance": "likert"} if kind == "scale" else {}
    return {"type": f"{select} {list_name(question)}", **appearance}


def _constraint(question: Document) -> str:
    if question["type"] == "number":
        return f". >= {question['minimum']} and . <= {question['maximum']}"
    return f"string-length(.) <= {question['max_length']}" if "max_length" in question else ""


def _specify(question: Document, document: Document) -> Iterator[Cells]:
    """The text of a "please specify" option is a row of its own, as XLSForms have it."""
    for option in _options(question, document):
        if option.get("specify"):
            yield {
                "type": "text",
                "name": f"{question['id']}_text",
                **_words("label", option["label"]),
                "relevant": relevant_of([(question["id"], (str(option["code"]),))]),
                "constraint": f"string-length(.) <= {SPECIFY_MAX_LENGTH}",
            }


def _options(question: Document, document: Document) -> Sequence[Document]:
    options: Sequence[Document] = question.get("options") or document.get("scales", {}).get(
        question.get("scale"), ()
    )
    return options


def list_name(question: Document) -> str:
    """Return the name of the list of a choice: its own id, or its scale with an ending for missing answers."""
    if "options" in question:
        return str(question["id"])
    return variant_of(question["scale"], question.get("missing", ()))


def _choices(document: Document) -> Iterator[Cells]:
    written: set[str] = set()
    for question in _questions(document):
        if not {"scale", "options"} & question.keys() or list_name(question) in written:
            continue
        name = list_name(question)
        written.add(name)
        for option in _options(question, document):
            yield {"list_name": name, "name": str(option["code"]), **_words("label", option["label"])}
        for code in question.get("missing", ()):
            label = document["missing_answers"][code]
            yield {
                "list_name": name,
                "name": str(int(MissingCode[code.upper()])),
                **_words("label", label),
            }

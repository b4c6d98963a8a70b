"""Groups of an XLSForm as sections, and notes as help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.xlsforms.questions import Condition, Question, Questions
from survey_app.questionnaires.rules.xlsforms.sheets import SURVEY
from survey_app.questionnaires.rules.xlsforms.tree import Entry, Group
from survey_app.questionnaires.rules.xlsforms.words import MOST_CHARACTERS

MOST_QUESTIONS = 100

Text = dict[str, str]
Note = tuple[Entry, Text]


@dataclass(slots=True)
class _Section:
    """A section in the making, of a group or of questions between groups.

    Notes before its first question are its help; a later note waits in `pending` for the next question.
    """

    entry: Entry | None
    help: list[Note] = field(default_factory=list)
    pending: list[Note] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def sections_of(form: Group, questions: Questions, title: Text) -> list[dict[str, Any]]:
    """Return the sections of a form: each outermost group, and whatever stands between groups, under `title`.

    A group inside a group joins its section, a table aside; notes in front of a group go into it.
    """
    made: list[dict[str, Any]] = []
    loose = _Section(None)
    for child in form.children:
        if isinstance(child, Entry) or _is_table(child):
            _add(child, loose, questions, [])
            continue
        section = _Section(child.entry)
        if loose.questions:
            made += _parts(loose, questions, title)
        else:
            section.help = loose.help
        loose = _Section(None)
        _fill(section, child, questions)
        made += _parts(section, questions, title)
    return made + _parts(loose, questions, title)


def _is_table(group: Group) -> bool:
    return "table-list" in group.appearance.split()


def _fill(section: _Section, group: Group, questions: Questions) -> None:
    assert group.entry is not None
    questions.leftovers(group.entry, {"appearance"} if group.appearance == "field-list" else set())
    gates = questions.gates(group.entry)
    if hint := questions.languages.text(group.entry.row, "hint", SURVEY, questions.losses):
        section.help.append((group.entry, hint))
    for child in group.children:
        _add(child, section, questions, gates)


def _add(child: Entry | Group, section: _Section, questions: Questions, gates: Sequence[Condition]) -> None:
    if isinstance(child, Group):
        _add_group(child, section, questions, gates)
    elif child.type == "note":
        notes = section.pending if section.questions else section.help
        notes += _notes(child, questions)
    elif child.number not in questions.sets.consumed:
        _add_question(questions.of(child, gates), section)


def _add_group(group: Group, section: _Section, questions: Questions, gates: Sequence[Condition]) -> None:
    entry = group.entry
    assert entry is not None
    if _is_table(group) and (made := questions.table(group, gates)):
        _add_question(made, section)
        return
    questions.leftovers(entry, set())
    if words := entry.cell("label") or entry.cell("hint"):
        why = _("phần không chia nhỏ hơn; các câu của nhóm con vẫn giữ, lời của nhóm con thì không")
        questions.lose(entry, "label", words[:200], why)
    inside = [*gates, *questions.gates(entry)]
    for child in group.children:
        _add(child, section, questions, inside)


def _add_question(made: Question | None, section: _Section) -> None:
    if made is None:
        return
    if section.pending:
        notes = [text for _entry, text in section.pending]
        made["help"] = _joined([*notes, *([made["help"]] if "help" in made else [])])
        section.pending = []
    section.questions.append(made)


def _notes(entry: Entry, questions: Questions) -> list[Note]:
    read = questions.languages.text
    text = read(entry.row, "label", SURVEY, questions.losses, f"notes.{entry.name}")
    hint = read(entry.row, "hint", SURVEY, questions.losses)
    questions.leftovers(entry, set())
    if condition := entry.cell("relevant"):
        questions.lose(entry, "relevant", condition[:200], _("ghi chú luôn hiện, không có điều kiện"))
    return [(entry, words) for words in (text, hint) if words]


def _joined(texts: Sequence[Text]) -> Text:
    return {code: "\n".join(text[code] for text in texts)[:MOST_CHARACTERS].strip() for code in texts[0]}


def _parts(section: _Section, questions: Questions, title: Text) -> list[dict[str, Any]]:
    """Return a section, in several parts when it has more questions than one may hold; none when it has none."""
    entry = section.entry
    lost = section.pending if section.questions else [*section.help, *section.pending]
    for note, text in lost:
        why = _("ghi chú không có câu hỏi nào đứng sau")
        questions.lose(note, "label", next(iter(text.values()))[:60], why)
    if not section.questions:
        if entry is not None:
            questions.lose(entry, "", entry.name, _("nhóm không còn câu hỏi nào"))
        return []
    parts = []
    for start in range(0, len(section.questions), MOST_QUESTIONS):
        part = _heading(section, questions, title, first=start == 0)
        parts.append(part | {"questions": section.questions[start : start + MOST_QUESTIONS]})
    return parts


def _heading(section: _Section, questions: Questions, title: Text, *, first: bool) -> dict[str, Any]:
    entry = section.entry
    if entry is None:
        made: dict[str, Any] = {"id": questions.ids.new("section"), "title": title}
    elif first:
        made = {"id": questions.id_of(entry, None), "title": _group_title(entry, questions, title)}
    else:
        made = {"id": questions.ids.new(entry.name), "title": _group_title(entry, questions, title)}
    return (
        {**made, "help": _joined([text for _entry, text in section.help])} if section.help and first else made
    )


def _group_title(entry: Entry, questions: Questions, title: Text) -> Text:
    path = f"sections.{entry.name}.title"
    if words := questions.languages.text(entry.row, "label", SURVEY, questions.losses, path):
        return words
    questions.lose(entry, "label", entry.name, _("nhóm không có tên; đã dùng tên phiếu"))
    return title

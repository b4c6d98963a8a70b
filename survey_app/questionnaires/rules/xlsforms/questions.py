"""One row of a survey, or one table of rows, as a question of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.xlsforms.answers import AnswerSets
from survey_app.questionnaires.rules.xlsforms.columns import Languages, column_of
from survey_app.questionnaires.rules.xlsforms.conditions import bounds_of, gates_of, length_of
from survey_app.questionnaires.rules.xlsforms.lists import ChoiceList
from survey_app.questionnaires.rules.xlsforms.names import Ids
from survey_app.questionnaires.rules.xlsforms.refusals import reason_for
from survey_app.questionnaires.rules.xlsforms.sheets import SURVEY, Losses
from survey_app.questionnaires.rules.xlsforms.tree import Entry, Group

MOST_GATES, MOST_ROWS, LONGEST_ANSWER, GREATEST = 10, 60, 5000, 999_999_999

_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"no", "false", "false()", "0"})
_ALWAYS = frozenset({"type", "name", "label", "hint", "required", "relevant"})

Question = dict[str, Any]
Condition = dict[str, Any]


@dataclass(slots=True)
class Questions:
    """Makes questions in the order of the survey; `_asked` knows the answers of those made so far, by name."""

    languages: Languages
    sets: AnswerSets
    ids: Ids
    losses: Losses
    missing_answers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _asked: dict[str, tuple[str, Mapping[str, int]]] = field(default_factory=dict)

    def lose(self, entry: Entry, column: str, what: str, why: str, path: str = "") -> None:
        """Note what a row loses."""
        self.losses.add(SURVEY, entry.number, column, what, why, path)

    def of(self, entry: Entry, gates: Sequence[Condition]) -> Question | None:
        """Return the question of one row, asked when `gates` hold; None, and a loss, when there is none."""
        is_choice = entry.choice is not None and entry.cell("appearance") != "label"
        if not is_choice and entry.type not in ("integer", "text", "date"):
            why = reason_for(entry.type, entry.cell("appearance"))
            self.lose(entry, "type", entry.name or entry.type, why)
            return None
        conditions = self._asked_when(entry, gates)  # before its own answers are known: none may open itself
        made = self._choice(entry) if is_choice else {"id": self.id_of(entry, ()), **self._entry(entry)}
        if made is None:
            return None
        return made | self._required([entry], made["id"]) | conditions | self._texts(entry, made["id"])

    def _texts(self, entry: Entry, name: str) -> Question:
        text = self.languages.text(entry.row, "label", SURVEY, self.losses, f"items.{name}.text")
        if not text:
            self.lose(entry, "label", entry.name, _("không có lời; đã dùng tên, cần viết lại"))
            text = dict.fromkeys(self.languages.codes, entry.name or name)
        help_text = self.languages.text(entry.row, "hint", SURVEY, self.losses, f"items.{name}.help")
        return {"text": text, "help": help_text} if help_text else {"text": text}

    def _asked_when(self, entry: Entry, gates: Sequence[Condition]) -> Question:
        conditions = [*gates, *self.gates(entry)]
        if len(conditions) > MOST_GATES:
            why = _("quá %(most)s điều kiện; các điều kiện sau bị bỏ", most=MOST_GATES)
            self.lose(entry, "relevant", entry.cell("relevant"), why)
        return {"show_if": conditions[:MOST_GATES]} if conditions else {}

    def gates(self, entry: Entry) -> list[Condition]:
        """Return the conditions under which a row is shown; a loss tells of each that is left out."""
        expression = entry.cell("relevant")
        gates = gates_of(expression) if expression else []
        if gates is None:
            why = _("phiếu không có điều kiện loại này; phần này sẽ hiện với mọi người")
            self.lose(entry, "relevant", expression[:200], why)
            return []
        return [made for item, answers in gates if (made := self._gate(entry, item, answers))]

    def _gate(self, entry: Entry, item: str, answers: Iterable[str]) -> Condition | None:
        name, codes = self._asked.get(item, ("", {}))
        known = list(dict.fromkeys(codes[answer] for answer in answers if answer in codes))
        unknown = [answer for answer in answers if answer not in codes]
        if not name:
            why = _("câu “%(item)s” không có, đứng sau, hoặc không có phương án; điều kiện bị bỏ", item=item)
            self.lose(entry, "relevant", entry.cell("relevant")[:200], why)
        elif unknown:
            why = _("câu “%(item)s” không có phương án %(answers)s", item=item, answers=", ".join(unknown))
            self.lose(entry, "relevant", entry.cell("relevant")[:200], why)
        return {"item": name, "codes": known} if known else None

    def _required(self, entries: Sequence[Entry], name: str) -> Question:
        """Return whether all `entries` must be answered; a table has one such switch for all its rows."""
        cells = {entry.cell("required").lower() for entry in entries}
        found = [cell in _YES for cell in cells if cell in _YES | _NO]
        if len(cells) == 1 and len(found) == 1:
            return {"required": found[0]}
        if cells != {""}:
            why = _("chỉ nhận “yes” hoặc “no”, giống nhau cho cả bảng; câu hỏi sẽ không bắt buộc")
            self.lose(entries[0], "required", entries[0].cell("required"), why, f"items.{name}.required")
        return {}

    def id_of(self, entry: Entry, codes: Sequence[int] | None, *, specify: bool = False) -> str:
        """Return a free id for a row, its name if possible; see `Ids.new`."""
        name = self.ids.new(entry.name, codes, specify=specify)
        if name != entry.name:
            why = _("tên trùng, dành riêng hoặc có ký tự không dùng được; đã đổi thành “%(name)s”", name=name)
            self.lose(entry, "name", entry.name, why)
        return name

    def _entry(self, entry: Entry) -> Question:
        """Return type and limits of a number, a text or a date; `constraint` and `appearance` are used up here."""
        constraint, appearance = entry.cell("constraint"), entry.cell("appearance")
        if entry.type == "integer":
            self.leftovers(entry, {"constraint"})
            return {"type": "number", **self._bounds(entry, constraint)}
        if entry.type == "date":
            self.leftovers(entry, set())
            return {"type": "date"}
        length = length_of(constraint)
        fits = length is not None and 1 <= length <= LONGEST_ANSWER
        used = {"constraint"} if fits else set()
        self.leftovers(entry, used | ({"appearance"} if appearance == "multiline" else set()))
        kind = {"type": "long_text" if appearance == "multiline" else "short_text"}
        return {**kind, "max_length": length} if fits else kind

    def _bounds(self, entry: Entry, constraint: str) -> Question:
        least, greatest = (bounds_of(constraint) if constraint else None) or (None, None)
        if least is None or greatest is None:
            why = _("câu hỏi số phải có giới hạn dưới và trên; chỗ thiếu đã ghi 0 hoặc 999999999")
            self.lose(entry, "constraint", constraint or entry.name, why)
        bounds = (0 if least is None else least, GREATEST if greatest is None else greatest)
        return {"minimum": min(bounds), "maximum": max(bounds)}

    def leftovers(self, entry: Entry, used: set[str]) -> None:
        """Note every filled cell that nothing is made of; `used` are columns that the type of the row explains."""
        for header, cell in entry.row.cells.items():
            kind = column_of(header)[0]
            if kind not in _ALWAYS | used:
                self.lose(entry, header, cell[:200], _("phiếu không có chỗ cho cột này"))

    def _choice(self, entry: Entry) -> Question | None:
        assert entry.choice is not None
        several, name, other = entry.choice
        one = self.sets.lists.get(name)
        if one is None:
            why = _("không có danh sách “%(name)s” dùng được trong sheet choices", name=name)
            self.lose(entry, "type", entry.name, why)
            return None
        if other:
            why = _("“or_other” không nhập được; hãy thêm phương án “Khác” có ô ghi cụ thể")
            self.lose(entry, "type", entry.cell("type"), why)
        self.leftovers(entry, {"appearance"} if entry.cell("appearance") == "likert" else set())
        return self._answered(entry, one, several=several)

    def _answered(self, entry: Entry, one: ChoiceList, *, several: bool) -> Question:
        own, specify = self.sets.is_own(entry, one.name), one.name in self.sets.specified
        rated = one.is_five_points and not own and not specify
        codes = self._codes(entry, one, several=several)
        made: Question = {"id": self.id_of(entry, list(codes.values()), specify=specify), "type": "single"}
        if several:
            made["type"] = "multiple"
        elif rated and (entry.cell("appearance") == "likert" or self.sets.shared(one)):
            made["type"] = "scale"
        made |= {"options": self.sets.options(one)} if own else {"scale": self.sets.scale(one)}
        if one.missing and not several:
            made["missing"] = self._missing(entry, one)
        self._asked.setdefault(entry.name, (made["id"], codes))
        return made

    def _codes(self, entry: Entry, one: ChoiceList, *, several: bool) -> dict[str, int]:
        if several and one.missing:
            why = _("câu chọn nhiều không có phương án “không trả lời” riêng; các phương án này bị bỏ")
            self.lose(entry, "type", ", ".join(one.missing), why)
        return {name: code for name, code in one.codes.items() if code > 0 or not several}

    def _missing(self, entry: Entry, one: ChoiceList) -> list[str]:
        for name in one.missing:
            if self.missing_answers.setdefault(name, one.labels[name]) != one.labels[name]:
                why = _("cả phiếu dùng một lời cho phương án này; đã dùng lời gặp trước")
                path = f"missing_answers.{name}"
                self.lose(entry, "type", next(iter(one.labels[name].values())), why, path)
        return list(one.missing)

    def table(self, group: Group, gates: Sequence[Condition]) -> Question | None:
        """Return the table that a group with the appearance `table-list` makes; None if it is none after all."""
        rows = [child for child in group.children if isinstance(child, Entry)]
        names = {row.choice[1] for row in rows if row.choice and not row.choice[0] and not row.choice[2]}
        simple = all(row.choice and set(row.cells) <= {"type", "name", "label", "required"} for row in rows)
        one = self.sets.lists.get(next(iter(names), ""))
        if not (simple and one and len(names) == 1 and len(rows) == len(group.children) <= MOST_ROWS):
            return None
        assert group.entry is not None
        if one.name in self.sets.specified:
            return None
        made: Question = {"id": self.id_of(group.entry, None), "type": "rows", "scale": self.sets.scale(one)}
        conditions = self._asked_when(group.entry, gates)
        made["rows"] = [self._row(row, one) for row in rows]
        if one.missing:
            made["missing"] = self._missing(group.entry, one)
        self.leftovers(group.entry, {"appearance"})
        made |= self._required(rows, made["id"])
        return made | conditions | self._texts(group.entry, made["id"])

    def _row(self, entry: Entry, one: ChoiceList) -> Question:
        codes = self._codes(entry, one, several=False)
        name = self.id_of(entry, list(codes.values()))
        self._asked.setdefault(entry.name, (name, codes))
        return {"id": name, "text": self._texts(entry, name)["text"]}

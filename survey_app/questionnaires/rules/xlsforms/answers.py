"""Which answers each choice of a survey takes: its own options, or a scale that several questions share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_app.questionnaires.rules.form import SPECIFY_MAX_LENGTH
from survey_app.questionnaires.rules.xlsforms.columns import Languages
from survey_app.questionnaires.rules.xlsforms.conditions import gates_of, length_of
from survey_app.questionnaires.rules.xlsforms.lists import ChoiceList
from survey_app.questionnaires.rules.xlsforms.names import MOST_CHARACTERS, ascii_of
from survey_app.questionnaires.rules.xlsforms.sheets import SURVEY, Losses
from survey_app.questionnaires.rules.xlsforms.tree import Entry, Group

_OF_SPECIFY = frozenset({"type", "name", "label", "relevant", "constraint"})


@dataclass(slots=True)
class AnswerSets:
    """The lists of a form with who uses them.

    `consumed` are rows that only word a "please specify" option of the choice before them; `specified` tells
    that option by list.
    """

    lists: Mapping[str, ChoiceList]
    users: Counter[str]
    specified: Mapping[str, int]
    consumed: frozenset[int]
    scales: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def is_own(self, entry: Entry, name: str) -> bool:
        """Tell whether a list belongs to this question alone and is called after it."""
        return name == entry.name and self.users[name] == 1

    def shared(self, one: ChoiceList) -> bool:
        """Tell whether several questions use the scale of a list."""
        return sum(self.users[other.name] for other in self.lists.values() if other.scale == one.scale) > 1

    def options(self, one: ChoiceList) -> list[dict[str, Any]]:
        """Return the options of a list as they stand in a document."""
        chosen = self.specified.get(one.name)
        return [
            {**option, "specify": True} if option["code"] == chosen else dict(option)
            for option in one.options
        ]

    def scale(self, one: ChoiceList) -> str:
        """Return the name of the scale of a list, which joins the document's scales."""
        if one.name not in self._names:
            self._names[one.name] = self._new_scale(one)
        return self._names[one.name]

    def _new_scale(self, one: ChoiceList) -> str:
        options = self.options(one)
        for wanted in (one.scale, one.name):
            name = _scale_name(wanted)
            if self.scales.setdefault(name, options) == options:
                return name
        number = 2
        while self.scales.setdefault(f"{name[: MOST_CHARACTERS - 5]}_{number}", options) != options:
            number += 1
        return f"{name[: MOST_CHARACTERS - 5]}_{number}"


def _scale_name(wanted: str) -> str:
    bare = ascii_of(wanted) if not wanted.isascii() or not wanted.replace("_", "a").isalnum() else wanted
    return (bare if bare[:1].isalpha() else f"S_{bare}")[:MOST_CHARACTERS]


def answer_sets(form: Group, lists: Mapping[str, ChoiceList], languages: Languages) -> AnswerSets:
    """Look at every choice of a form, and at the text after it."""
    users: Counter[str] = Counter()
    wanted: dict[str, list[tuple[int, int] | None]] = {}
    for entry, after in _choices(form):
        assert entry.choice is not None
        name = entry.choice[1]
        users[name] += 1
        if name in lists:
            found = _specified(entry, after, lists[name], languages)
            wanted.setdefault(lists[name].scale, []).append(found)
    specified: dict[str, int] = {}
    consumed: set[int] = set()
    for one in lists.values():
        found_here = wanted.get(one.scale, [None])
        codes = {None if found is None else found[1] for found in found_here}
        if len(codes) == 1 and (code := codes.pop()) is not None:
            specified[one.name] = code
            consumed |= {found[0] for found in found_here if found is not None}
    return AnswerSets(lists, users, specified, frozenset(consumed))


def _choices(group: Group) -> Iterator[tuple[Entry, Entry | None]]:
    """Every choice with the row after it in the same group."""
    for position, child in enumerate(group.children):
        if isinstance(child, Group):
            yield from _choices(child)
        elif child.choice is not None:
            after = group.children[position + 1 : position + 2]
            yield child, after[0] if after and isinstance(after[0], Entry) else None


def _specified(
    entry: Entry, after: Entry | None, one: ChoiceList, languages: Languages
) -> tuple[int, int] | None:
    """Return the row that only words a "please specify" option of `entry`, and the option's code."""
    if after is None or after.type != "text" or after.name != f"{entry.name}_text":
        return None
    gates = gates_of(after.cell("relevant"))
    if gates is None or len(gates) != 1 or gates[0][0] != entry.name or len(gates[0][1]) != 1:
        return None
    code = one.codes.get(gates[0][1][0])
    label = next((option["label"] for option in one.options if option["code"] == code), None)
    words = languages.text(after.row, "label", SURVEY, Losses())
    plain = set(after.cells) <= _OF_SPECIFY and length_of(after.cell("constraint")) == SPECIFY_MAX_LENGTH
    return (after.number, code) if plain and code is not None and words == label else None

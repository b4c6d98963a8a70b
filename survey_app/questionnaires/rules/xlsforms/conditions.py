"""The expressions that both sides know: which answers open a question, and the limits of a number or a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_CHARACTERS = 2000

Gate = tuple[str, tuple[str, ...]]
"""A question by name and the answers, by name, of which one must be chosen."""

_TOKEN = re.compile(
    r"\s*(?:\$\{\s*(?P<item>[^{}]+?)\s*\}|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+)"
    r"|(?P<word>selected|and|or)\b|(?P<sign>[(),=]))"
)
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?\d{1,9})")
_LENGTH = re.compile(r"\(?\s*string-length\(\s*\.\s*\)\s*(<=|<)\s*(\d{1,9})\s*\)?")


class _NotKnown(Exception):
    """The expression says more than a questionnaire can."""


def gates_of(expression: str) -> list[Gate] | None:
    """Return the conditions of a `relevant` that must all hold; None if a questionnaire cannot say it.

    Known: `${q} = 'a'`, `selected(${q}, 'a')`, `or` between answers of the same question, `and`, brackets.
    """
    if len(expression) > MOST_CHARACTERS:
        return None
    try:
        return _Parser(list(_tokens(expression.translate(_QUOTES)))).whole()
    except (_NotKnown, RecursionError):
        return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise _NotKnown
        yield found.lastgroup, found.group(found.lastgroup)
        position = found.end()


@dataclass(slots=True)
class _Parser:
    """Reads `or` over `and` over single conditions."""

    tokens: list[tuple[str, str]]
    at: int = 0

    def whole(self) -> list[Gate]:
        gates = self._any()
        if self.at != len(self.tokens):
            raise _NotKnown
        return gates

    def _any(self) -> list[Gate]:
        sides = [self._all()]
        while self._take("word", "or"):
            sides.append(self._all())
        return sides[0] if len(sides) == 1 else [_united(sides)]

    def _all(self) -> list[Gate]:
        gates = self._one()
        while self._take("word", "and"):
            gates = gates + self._one()
        return gates

    def _one(self) -> list[Gate]:
        if self._take("sign", "("):
            inside = self._any()
            self._need("sign", ")")
            return inside
        if self._take("word", "selected"):
            self._need("sign", "(")
            gate = self._pair(",")
            self._need("sign", ")")
            return [gate]
        return [self._pair("=")]

    def _pair(self, between: str) -> Gate:
        item = self._need("item")
        self._need("sign", between)
        kind, value = self._next()
        if kind not in ("text", "number"):
            raise _NotKnown
        return item, (value.strip("'\""),)

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise _NotKnown
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, kind: str, value: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == (kind, value)
        self.at += found
        return found

    def _need(self, kind: str, value: str | None = None) -> str:
        found, text = self._next()
        if found != kind or value not in (None, text):
            raise _NotKnown
        return text


def _united(sides: Sequence[list[Gate]]) -> Gate:
    gates = [gate for side in sides for gate in side]
    if any(len(side) != 1 for side in sides) or len({item for item, _answers in gates}) != 1:
        raise _NotKnown
    return gates[0][0], tuple(dict.fromkeys(answer for _item, answers in gates for answer in answers))


def relevant_of(gates: Sequence[Gate]) -> str:
    """Return the `relevant` that says that all of `gates` hold. `selected` fits one answer as well as several."""
    return " and ".join(_one_of(item, answers, alone=len(gates) == 1) for item, answers in gates)


def _one_of(item: str, answers: Sequence[str], *, alone: bool) -> str:
    choices = " or ".join(f"selected(${{{item}}}, '{answer}')" for answer in answers)
    return choices if alone or len(answers) == 1 else f"({choices})"


def bounds_of(constraint: str) -> tuple[int | None, int | None] | None:
    """Return the least and greatest number of `. >= 1 and . <= 9`; None if the constraint says something else."""
    least = greatest = None
    for part in re.split(r"\band\b", constraint.replace("(", " ").replace(")", " ")):
        found = _BOUND.fullmatch(part.strip())
        if found is None:
            return None
        sign, number = found.group(1), int(found.group(2))
        if sign[0] == ">" and least is None:
            least = number + (sign == ">")
        elif sign[0] == "<" and greatest is None:
            greatest = number - (sign == "<")
        else:
            return None
    return least, greatest


def length_of(constraint: str) -> int | None:
    """Return the greatest number of characters of `string-length(.) <= 200`; None for anything else."""
    found = _LENGTH.fullmatch(constraint.strip())
    return None if found is None else int(found.group(2)) - (found.group(1) == "<")

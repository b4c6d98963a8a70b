"""A made-up population of clients whose true satisfaction is known, so that an interval can be checked.

Each answer is a latent value cut at four thresholds: the client's general mood, how the office does, how the item
does, and chance. The share of answers 4 and 5 then has a closed form (probit), which is the truth to be covered.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt

from survey_app.questionnaires.rules import (
    Item,
    ItemKind,
    MissingCode,
    Questionnaire,
    QuestionType,
    Recipe,
    nodes,
)
from survey_app.responses.rules.answers import Answers

CUTS = (-2.3, -1.6, -0.75, 0.55)
"""Thresholds between the answers 1..5; most people are satisfied, as in every published survey."""

MOOD = 0.8
"""Standard deviation of a client's general mood, which makes the items of one person alike."""

BLANK = 0.04
SELDOM_USED = 0.15
COMMENTED = 0.06

COMMENTS = (
    "Cán bộ hướng dẫn tận tình, dễ hiểu.",
    "Chờ hơi lâu vào buổi sáng thứ hai.",
    "Nên có thêm ghế cho người già và phụ nữ có con nhỏ.",
    "Phải đi lại hai lần mới đủ giấy tờ.",
    "Trả kết quả sớm hơn giấy hẹn, rất vui.",
    "Bảng hướng dẫn chữ nhỏ, khó đọc.",
    "Máy lấy số bị hỏng, phải xếp hàng.",
    "Nộp trên mạng rồi vẫn phải mang bản giấy.",
)


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of some offices: how well each office does, and the share of all clients who come to it."""

    effects: Mapping[str, float]
    shares: Mapping[str, float]

    def answer(self, questionnaire: Questionnaire, office: str, rng: random.Random) -> Answers:
        """Return the answers of one client of `office`."""
        mood = rng.gauss(0, MOOD) + self.effects[office]
        answers: Answers = {}
        for item in questionnaire.items:
            answer = _answer(item, mood, rng)
            if answer:
                answers[item.id] = answer
        return answers

    def truth(self, recipe: Recipe) -> float:
        """Return the true overall index in percent for the score `top2box`: the value of an endless survey."""
        overall = nodes(recipe)[0].coefficients
        return 100 * sum(
            share * coefficient * top2_share(item, self.effects[office])
            for office, share in self.shares.items()
            for item, coefficient in overall.items()
        )


def top2_share(item: str, office_effect: float) -> float:
    """Return the probability that a client of such an office answers 4 or 5 to `item`."""
    z = (item_effect(item) + office_effect - CUTS[2]) / sqrt(1 + MOOD**2)
    return (1 + erf(z / sqrt(2))) / 2


def item_effect(item: str) -> float:
    """Return how well an item does everywhere: between -0.3 and 0.3, fixed by its name."""
    return (random.Random(item).random() - 0.5) * 0.6  # noqa: S311  (invented data, no secret)


def _answer(item: Item, mood: float, rng: random.Random) -> int | str | list[int] | None:
    if item.kind is ItemKind.TEXT:
        long = item.question.type is QuestionType.LONG_TEXT
        return rng.choice(COMMENTS) if long and rng.random() < COMMENTED else None
    if item.kind is not ItemKind.CODED:
        return None
    if item.question.type is QuestionType.SCALE:
        return _rating(item, mood, rng)
    return rng.choice(item.options).code


def _rating(item: Item, mood: float, rng: random.Random) -> int | None:
    if not item.required:
        chance = rng.random()
        if MissingCode.NOT_APPLICABLE in item.codes and chance < SELDOM_USED:
            return int(MissingCode.NOT_APPLICABLE)
        if chance > 1 - BLANK:
            return None
    value = mood + item_effect(item.id) + rng.gauss(0, 1)
    return 1 + sum(value > cut for cut in CUTS)


def allocate(total: int, shares: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to `shares` that sum to `total` (largest remainders)."""
    exact = [total * share / sum(shares) for share in shares]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts

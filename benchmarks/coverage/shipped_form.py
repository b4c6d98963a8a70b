"""Voluntary counter data through the product's own way: stored codes, the shipped form's recipe, the index.

Offices are strata; answers to the 33 criteria of the shipped form `sipas_2022` come from a latent-variable
model whose shares of satisfied answers are known exactly, missing item by item. The truth is worked out here,
from the model alone.
"""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from survey_app.questionnaires.gateway import shipped_file
from survey_app.questionnaires.rules import Questionnaire, build
from survey_app.questionnaires.schemas import load
from survey_app.results.rules.index import Answers, index_of

FloatArray = npt.NDArray[np.float64]
ITEMS = 33
CRITERION = re.compile(r"[PS][1-5]\.\d")
OFFICE_SIZES = np.array([150, 120, 90, 75, 60, 45, 30, 30])
EASE = (1.3, 2.6)
"""A moderately and a very satisfied population."""


class Population:
    """Visitors of eight offices; the answer to item j at office h is an ordered probit of a common opinion.

    z = easy_j + office_h + load_j f + e with f, e ~ N(0, 1); answer = 1 + number of cut points below z.
    """

    def __init__(self, seed: int, ease: float) -> None:
        rng = np.random.default_rng(seed)
        self.easy = rng.normal(ease, 0.35, ITEMS)
        self.load = rng.uniform(0.5, 1.2, ITEMS)
        self.office = rng.normal(0.0, 0.35, OFFICE_SIZES.size)
        self.cuts = np.array([-2.0, -1.2, 0.0, 1.1])
        self.missing = np.where(np.arange(ITEMS) % 11 == 10, 0.5, 0.05)

    def office_shares(self) -> FloatArray:
        """True share of answers 4 and 5, offices x items (the integral over opinion in closed form)."""
        z = self.easy + self.office[:, None] - self.cuts[2]
        return np.asarray(ndtr(z / np.sqrt(1 + self.load**2)))

    def true_index(self) -> float:
        """Plain mean of the 33 criteria's shares among all visitors: what the form's recipe says."""
        return float((OFFICE_SIZES / OFFICE_SIZES.sum() @ self.office_shares()).mean())

    def draw(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int64]]:
        """Answers 1 to 5 (n, items) with 0 where skipped, and the office of each row."""
        office = np.repeat(np.arange(OFFICE_SIZES.size), OFFICE_SIZES)
        z = self.easy + self.office[office][:, None] + rng.standard_normal((office.size, ITEMS))
        z += self.load * rng.standard_normal((office.size, 1))
        answers = 1 + np.searchsorted(self.cuts, z)
        answers[rng.random(z.shape) < self.missing] = 0
        return answers.astype(np.int8), office


def shipped_form() -> tuple[Questionnaire, list[int]]:
    """The form of 2022, and where the answers to its criteria are stored: questions P1.1 to S5.3."""
    file = shipped_file("sipas_2022")
    assert file is not None
    questionnaire = build(load(file).document)
    columns = [at for at, item in enumerate(questionnaire.coded_items) if CRITERION.fullmatch(item.id)]
    assert len(columns) == ITEMS
    return questionnaire, columns


def cover_index(population: Population, seeds: int) -> tuple[float, float]:
    """Share of seeds whose intervals hold the truth: overall, and per office averaged over offices."""
    truth, by_office = 100 * population.true_index(), 100 * population.office_shares().mean(axis=1)
    questionnaire, columns = shipped_form()
    recipe = questionnaire.recipe
    assert recipe is not None
    overall, offices = 0, 0.0
    for seed in range(seeds):
        answers, office = population.draw(np.random.default_rng([2026, seed]))
        codes = np.zeros((office.size, len(questionnaire.coded_items)), dtype=np.int8)
        codes[:, columns] = answers
        flagged = np.zeros(office.size, dtype=np.bool_)
        found = index_of(Answers(office, flagged, codes), questionnaire, recipe, OFFICE_SIZES.size)
        overall += holds(found.whole["overall"], truth)
        held = [
            holds(one["overall"], value) for one, value in zip(found.offices, by_office.tolist(), strict=True)
        ]
        offices += sum(held) / len(held)
    return overall / seeds, offices / seeds


def holds(figure: dict[str, Any], truth: float) -> bool:
    """Say whether the interval of a figure holds the truth, both in percent."""
    return bool(figure["ci_low"] <= truth <= figure["ci_high"])

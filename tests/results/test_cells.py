"""Standard errors give no hidden office away: the attack on them, and what makes it impossible."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from survey_app.questionnaires.gateway import shipped_file
from survey_app.questionnaires.rules import build
from survey_app.questionnaires.schemas import load
from survey_app.results.rules.cells import merged_cells
from survey_app.results.rules.disclosure import suppress
from survey_app.results.rules.index import Answers, index_of

SIZES = ([7, 6, 60, 40], [9, 1, 60, 40], [3, 8, 200, 100])
SEEDS = range(20)


@pytest.fixture(scope="module")
def pulse():
    """The counter form that ships with the product."""
    return build(load(shipped_file("counter_pulse")).document)


def answers_of(questionnaire, sizes, seed, blanks=0.0):
    """Ratings at the counters: about two thirds satisfied, everybody rates the visit as a whole."""
    rng = np.random.default_rng(seed)
    offices = np.repeat(np.arange(len(sizes)), sizes)
    width = len(questionnaire.coded_items)
    codes = rng.choice([1, 2, 3, 4, 5], p=[0.06, 0.1, 0.2, 0.4, 0.24], size=(offices.size, width))
    codes[:, 1:][rng.random((offices.size, width - 1)) < blanks] = 0
    return Answers(offices, np.zeros(offices.size, dtype=np.bool_), codes.astype(np.int8))


def published_of(questionnaire, answers, count):
    """What the public reads of these answers."""
    index = index_of(answers, questionnaire, questionnaire.recipe, count)
    return suppress(
        {
            "method": {"intervals": index.intervals},
            "population": {
                "responses": answers.offices.size,
                "channels": [],
                "flagged": {"responses": 0, "reasons": []},
            },
            **index.whole,
            "offices": [{"code": str(number)} | scope for number, scope in enumerate(index.offices)],
            "sensitivity": index.sensitivity,
        }
    )


def satisfied(figure):
    """Number of satisfied answers behind a published share."""
    return round(figure["estimate"] / 100 * figure["n"])


def solutions(published, sizes, strata):
    """Every way in which the hidden offices may have answered `satisfaction`, given all that is published.

    The attacker knows how many answered where. Each response is its own unit, so N^2 Var is a sum over strata of
    k (n - k) / (n - 1), where k of n are satisfied; a stratum of one adds (y - p)^2. `strata` says which offices
    the attacker believes to share one: lists of positions.
    """
    total = published["criteria"][0]
    shown = {at: one["criteria"][0] for at, one in enumerate(published["offices"])}
    known = {at: satisfied(one) for at, one in shown.items() if one["hidden"] is None}
    hidden = [at for at in shown if at not in known]
    size, share = total["n"], total["estimate"] / 100
    target = (size * total["se"] / 100) ** 2
    sum_rule, se_rule = [], []
    for guess in product(*(range(sizes[at] + 1) for at in hidden)):
        counts = known | dict(zip(hidden, guess, strict=True))
        if sum(counts.values()) != satisfied(total):
            continue
        sum_rule.append(guess)
        variance = 0.0
        for stratum in strata:
            k, n = sum(counts[at] for at in stratum), sum(sizes[at] for at in stratum)
            variance += k * (n - k) / (n - 1) if n > 1 else (k - share) ** 2
        if abs(variance - target) < 1e-5:
            se_rule.append(guess)
    return sum_rule, se_rule


@pytest.mark.parametrize("sizes", SIZES, ids=str)
class TestAttackOnTheStandardError:
    def test_is_right_no_more_often_than_a_guess(self, pulse, sizes):
        """A solution that is alone but wrong is no secret; how often one is right by chance is hypergeometric."""
        right, chance = 0, []
        for seed in SEEDS:
            answers = answers_of(pulse, sizes, seed)
            published = published_of(pulse, answers, len(sizes))
            assert all(published["offices"][at]["overall"]["hidden"] for at in (0, 1))
            _, left = solutions(published, sizes, [[0], [1], [2], [3]])
            if len(left) == 1:
                truth = tuple(int((answers.codes[answers.offices == at, 0] >= 4).sum()) for at in (0, 1))
                chance.append(hypergeom.pmf(left[0][0], sum(sizes[:2]), sum(left[0]), sizes[0]))
                right += left[0] == truth
        spread = sum(share * (1 - share) for share in chance) ** 0.5
        assert right <= sum(chance) + 2.5 * spread

    def test_learns_nothing_from_knowing_how_offices_were_merged(self, pulse, sizes):
        for seed in SEEDS:
            published = published_of(pulse, answers_of(pulse, sizes, seed), len(sizes))
            candidates, left = solutions(published, sizes, [[0, 1], [2], [3]])
            assert left == candidates

    @pytest.mark.parametrize("blanks", [0.0, 0.3])
    def test_cannot_succeed_because_hidden_offices_may_swap_all_answers(self, pulse, sizes, blanks):
        # whoever of the two gave which answer, every published figure is the same
        answers = answers_of(pulse, sizes, 1, blanks)
        small = np.flatnonzero(answers.offices < 2)
        rng = np.random.default_rng(3)
        first = published_of(pulse, answers, len(sizes))
        for _ in range(5):
            offices = answers.offices.copy()
            offices[small] = rng.permutation(offices[small])
            swapped = Answers(offices, answers.flagged, answers.codes)
            assert_same_figures(first, published_of(pulse, swapped, len(sizes)))


def test_offices_hidden_for_one_criterion_only_may_swap_their_answers_to_it(pulse):
    """Larger offices where one question was left blank: only its cells are hidden, and only they may move."""
    sizes = [30, 26, 60, 40]
    answers = answers_of(pulse, sizes, 5)
    codes = answers.codes.copy()
    last = [item.id for item in pulse.coded_items].index("result")
    codes[7:30, last] = 0  # 7 answers at the first office, 6 at the second
    codes[36:56, last] = 0
    codes[:7, :last] = codes[30:37, :last] = 4  # the same people but for that answer
    codes[:6, last], codes[30:36, last] = [5, 5, 4, 5, 1, 4], [1, 2, 1, 5, 2, 1]
    before = published_of(pulse, Answers(answers.offices, answers.flagged, codes), len(sizes))
    swapped = codes.copy()
    swapped[:6, last], swapped[30:36, last] = codes[30:36, last], codes[:6, last]
    after = published_of(pulse, Answers(answers.offices, answers.flagged, swapped), len(sizes))
    hidden = [one["criteria"][-1]["hidden"] for one in before["offices"]]
    assert hidden[:2] == ["under_10", "under_10"]
    assert before["offices"][0]["criteria"][0]["hidden"] is None
    assert_same_figures(before, after)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_merged_offices_hold_ten_responses_or_are_everybody(sizes):
    merged = merged_cells([sizes])
    together = sum(sizes[at] for at in merged)
    assert not merged or together >= 10 or together == sum(sizes)
    assert all(at in merged for at, size in enumerate(sizes) if 0 < size < 10)


def test_merges_an_office_with_few_answers_to_one_criterion():
    responses, criterion = [30, 26, 60, 40], [7, 6, 60, 40]
    assert merged_cells([responses]) == frozenset()
    assert merged_cells([responses, criterion]) == {0, 1}


def test_an_office_that_nobody_asked_a_question_keeps_its_own_stratum():
    assert merged_cells([[30, 26], [0, 26]]) == frozenset()


def assert_same_figures(one, other):
    """Every number of two published documents is the same to all nine decimals that are published."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same_figures(one[key], other[key])
    elif isinstance(one, list):
        for left, right in zip(one, other, strict=True):
            assert_same_figures(left, right)
    elif isinstance(one, float):
        assert one == pytest.approx(other, abs=2e-9)
    else:
        assert one == other

"""A reader who keeps every publication learns of no group of 1 to 9 responses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from survey_app.results.rules.release import Counts, Release, offices_to_keep

OFFICES = "abcd"


def counts(*sizes, channels=None, flags=None):
    """Counts of a survey with one question that everybody answers: so many at each office."""
    offices = {code: (size, size) for code, size in zip(OFFICES, sizes, strict=False)}
    total = sum(sizes)
    return Counts(total, (total, total), offices, channels or {}, flags or {}, (0, total, total))


def after(*published):
    """What was published, one after the other, each beside those before."""
    earlier = []
    for sizes in published:
        keep = offices_to_keep(counts(*sizes), earlier)
        if keep is not None:
            earlier.append(Release(counts(*sizes), keep))
    return earlier


class TestOfficesToKeep:
    def test_keeps_nothing_at_the_first_publication(self):
        assert offices_to_keep(counts(30, 9, 40), []) == frozenset()

    def test_keeps_everything_while_the_total_grew_by_fewer_than_ten(self):
        assert offices_to_keep(counts(31, 40), after((30, 40))) is None
        assert offices_to_keep(counts(39, 40), after((30, 40))) is None

    def test_publishes_ten_new_responses_of_one_office(self):
        assert offices_to_keep(counts(40, 40), after((30, 40))) == frozenset()

    def test_keeps_an_office_that_grew_a_little_and_the_one_that_would_give_it_away(self):
        assert offices_to_keep(counts(33, 52, 70), after((30, 40, 50))) == {"a", "b"}

    def test_needs_no_other_when_two_grew_by_ten_together(self):
        assert offices_to_keep(counts(34, 46, 70), after((30, 40, 50))) == {"a", "b"}

    def test_lets_an_office_go_when_it_has_ten_since_its_own_figures(self):
        earlier = after((30, 40, 50), (34, 46, 70))
        assert earlier[1].kept == {"a", "b"}
        assert offices_to_keep(counts(44, 56, 70), earlier) == frozenset()

    def test_keeps_an_office_while_a_group_of_hidden_ones_grew_by_fewer_than_ten(self):
        # 3 new among the small offices would follow from the total and the office that is shown
        assert offices_to_keep(counts(6, 8, 52, 60), after((3, 8, 40, 60))) == {"c"}

    def test_keeps_everything_when_fewer_responses_count_than_before(self):
        assert offices_to_keep(counts(26, 40), after((30, 40))) is None

    def test_may_show_the_same_figures_again(self):
        assert offices_to_keep(counts(30, 40), after((30, 40))) == frozenset()

    def test_asks_for_ten_new_answers_to_every_criterion(self):
        def two(first, second):
            return Counts(first, (first, first, second), {"a": (first, first, second)}, {}, {}, (0, 0, 0))

        assert offices_to_keep(two(60, 33), [Release(two(40, 30))]) is None
        assert offices_to_keep(two(60, 40), [Release(two(40, 30))]) == frozenset()

    def test_treats_an_office_that_joined_later_as_one_without_responses(self):
        assert offices_to_keep(counts(30, 40, 20), after((30, 40))) == frozenset()


def test_a_release_survives_being_stored():
    release = Release(counts(30, 9, 40, channels={"qr": 79}, flags={"burst": 3}), frozenset("a"))
    assert Release.from_json(release.as_json()) == release


def test_forgets_earlier_totals_that_were_too_small_to_be_published():
    assert offices_to_keep(counts(4, 5), []) == frozenset()
    assert offices_to_keep(counts(12, 5), after((4, 5))) == frozenset()


class TestReaderWhoKeepsEveryPublication:
    """Solves all publications together for the answers that came at each office between two of them."""

    @pytest.mark.parametrize("seed", [*range(60), 1067, 1164, 1211, 1397])
    def test_finds_no_group_of_one_to_nine_responses(self, seed):
        arrivals = self.arrivals(seed)
        assert self.smallest_group(arrivals, self.equations(arrivals)) >= 10

    def test_would_find_one_if_every_run_were_published_as_it_is(self):
        arrivals = self.arrivals(1)
        assert self.smallest_group(arrivals, self.equations(arrivals, careless=True)) < 10

    @staticmethod
    def arrivals(seed):
        """New responses between publications (rows) at each of four offices."""
        rng = np.random.default_rng(seed)
        first = rng.choice([3, 8, 12, 25, 60], size=4)
        later = rng.choice([0, 1, 3, 5, 8, 11, 15, 30], size=(3, 4))
        return np.vstack([first, later])

    @staticmethod
    def equations(arrivals, *, careless=False):
        """One row a published figure, over the answers of each office between two publications."""
        rows, earlier = [], []
        for time in range(len(arrivals)):
            new = counts(*arrivals[: time + 1].sum(axis=0).tolist())
            keep = frozenset() if careless else offices_to_keep(new, earlier)
            if keep is None or new.responses < 10:
                continue
            release = Release(new, keep)
            earlier.append(release)
            so_far = np.zeros(arrivals.shape)
            so_far[: time + 1] = 1
            rows.append(so_far)
            for at, code in enumerate(OFFICES):
                if code not in release.hidden[1] | keep:
                    rows.append(so_far * (np.arange(len(OFFICES)) == at))
        return np.array([row.ravel() for row in rows])

    @staticmethod
    def smallest_group(arrivals, equations):
        """Size of the smallest group of arrivals whose answers follow from the equations."""
        sizes = arrivals.ravel()
        groups = np.array(list(product((0.0, 1.0), repeat=sizes.size)))
        known = np.linalg.pinv(equations) @ equations
        follows = np.abs(groups @ known - groups).max(axis=1) < 1e-9
        found = (groups @ sizes)[follows]
        return found[found > 0].min(initial=10**6)

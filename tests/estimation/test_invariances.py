"""What may not change an estimate: the order of rows, names of codes, splitting a row, scaling the weights."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import BoolArray
from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import contrast
from survey_app.estimation.means import mean, proportion, ratio, total
from survey_app.estimation.quantiles import quantile

ITEMS = 3
Figures = dict[str, npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Survey:
    """Five-point answers, some missing, in a stratified sample of PSUs."""

    weights: npt.NDArray[np.float64]
    strata: npt.NDArray[Any]
    psus: npt.NDArray[Any]
    answers: npt.NDArray[np.float64]

    @property
    def design(self) -> Design:
        return Design.create(weights=self.weights, strata=self.strata, psus=self.psus)

    def rows(self, chosen: npt.NDArray[np.int64]) -> "Survey":
        return Survey(self.weights[chosen], self.strata[chosen], self.psus[chosen], self.answers[chosen])

    def figures(self, domain: BoolArray | None = None) -> Figures:
        """Estimates, standard errors and limits of everything at once."""
        design, answers = self.design, self.answers
        means = mean(answers, design, domain=domain)
        index = composite_index(
            scores=(answers - 1) / 4,
            coefficients=np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]]),
            design=design,
            domains=np.zeros(design.size, dtype=np.int64) if domain is None else np.where(domain, 0, -1),
            domain_count=1,
        ).domains
        found = {
            "means": means,
            "totals": total(answers, design, domain=domain),
            "ratios": ratio(answers[:, :2], answers[:, 1:], design, domain=domain),
            "difference": contrast(means, [1, -1, 0]),
            "quartiles": quantile(answers, design, [0.25, 0.5, 0.75], domain=domain),
            "medians": quantile(answers, design, 0.5, rule="school", interval="xlogit", domain=domain),
            "index": index,
        }
        return {
            f"{name} {part}": np.array(getattr(one, part), dtype=np.float64)
            for name, one in found.items()
            for part in ("estimate", "se", "ci_low", "ci_high")
        }


def survey(seed: int) -> Survey:
    """Draw 3 strata of 4 PSUs of 3 to 6 rows; whole weights, so that sums are exact in any order.

    The first stratum holds two rows of the lowest answer: below the first step of the distribution function
    quantiles are the second smallest row, which splitting a row would change (see `quantile_rules`).
    """
    rng = np.random.default_rng(seed)
    psus = np.repeat(np.arange(12), rng.integers(3, 7, 12))
    answers = rng.integers(1, 6, (psus.size, ITEMS)).astype(np.float64)
    answers[rng.random(answers.shape) < 0.1] = np.nan
    answers[:3] = [[1, 1, 1], [1, 1, 1], [5, 4, 3]]
    return Survey(rng.integers(1, 9, psus.size).astype(np.float64), psus // 4, psus, answers)


def assert_same(found: Figures, expected: Figures, tolerance: float = 1e-9) -> None:
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, rel=tolerance, abs=1e-12, nan_ok=True), name


many = settings(max_examples=30, deadline=None)
seeds = given(seed=st.integers(0, 2**32 - 1))


@many
@seeds
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    one = survey(seed)
    shuffled = one.rows(np.random.default_rng(seed + 1).permutation(one.weights.size))
    assert_same(shuffled.figures(), one.figures())


@many
@seeds
def test_a_row_may_be_split_into_rows_of_the_same_psu(seed: int) -> None:
    """Half of the weights are shared by two equal rows; only the number of answers changes."""
    one = survey(seed)
    doubled = np.random.default_rng(seed + 1).random(one.weights.size) < 0.5
    halved = replace(one, weights=np.where(doubled, one.weights / 2, one.weights))
    split = halved.rows(np.concatenate([np.arange(one.weights.size), np.flatnonzero(doubled)]))
    expected = {name: values for name, values in one.figures().items() if not counts_answers(name)}
    assert_same(split.figures(), expected)


def counts_answers(figure: str) -> bool:
    """Whether a figure uses the number of answers beside their variance: the displayed limits of the index."""
    return figure in ("index ci_low", "index ci_high")


@many
@seeds
def test_names_of_strata_and_psus_do_not_matter(seed: int) -> None:
    one = survey(seed)
    rng = np.random.default_rng(seed + 1)
    strata, psus = np.array(["ẽ", "b", "à"]), rng.permutation(np.arange(100, 112)).astype(str)
    assert_same(replace(one, strata=strata[one.strata], psus=psus[one.psus]).figures(), one.figures())


@many
@seeds
def test_the_order_of_items_only_orders_the_results(seed: int) -> None:
    one = survey(seed)
    order = np.random.default_rng(seed + 1).permutation(ITEMS)
    found, expected = mean(one.answers[:, order], one.design), mean(one.answers, one.design)
    assert found.estimate == pytest.approx(expected.estimate[order], rel=1e-14)
    assert found.vcov == pytest.approx(expected.vcov[np.ix_(order, order)], rel=1e-9, abs=1e-15)


@many
@seeds
def test_names_of_categories_only_order_the_results(seed: int) -> None:
    one = survey(seed)
    codes = np.where(
        np.isnan(one.answers[:, 0]),
        "",
        np.array(["-", *"cabed"])[np.nan_to_num(one.answers[:, 0], nan=0).astype(int)],
    )
    labels, named = proportion(codes, one.design)
    numbered = proportion(one.answers[:, 0], one.design)[1]
    place = np.argsort(["cabed".index(label) for label in labels])
    assert named.estimate[place] == pytest.approx(numbered.estimate, rel=1e-12)
    assert named.se[place] == pytest.approx(numbered.se, rel=1e-9, abs=1e-15)


@many
@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([2.0**-10, 0.5, 3.0, 1e6]))
def test_scaling_the_weights_changes_totals_only(seed: int, factor: float) -> None:
    """By factors that leave the sums exact: where a step of F falls on p, rounding decides (`quantile_rules`)."""
    one = survey(seed)
    found, expected = replace(one, weights=factor * one.weights).figures(), one.figures()
    totals = {name: values * factor for name, values in expected.items() if name.startswith("totals")}
    assert_same(found, expected | totals)


@many
@seeds
def test_a_domain_is_the_full_design_with_zero_weights_outside(seed: int) -> None:
    """Of means, ratios and the index; PSUs without a row of the domain stay in the design."""
    one = survey(seed)
    domain = np.random.default_rng(seed + 1).random(one.weights.size) < 0.6
    domain[:3] = True
    emptied = replace(one, weights=np.where(domain, one.weights, 0.0))
    assert_same(emptied.figures(), one.figures(domain))


@many
@seeds
def test_a_domain_is_a_ratio_of_totals_with_zeros_outside(seed: int) -> None:
    one = survey(seed)
    inside = np.random.default_rng(seed + 1).random(one.weights.size) < 0.6
    answers = np.nan_to_num(one.answers[:, 0])
    used = inside & (answers > 0)
    by_hand = ratio(np.where(used, answers, 0.0), used.astype(np.float64), one.design)
    found = mean(one.answers[:, 0], one.design, domain=inside)
    assert found.estimate == pytest.approx(by_hand.estimate, rel=1e-12)
    assert found.se == pytest.approx(by_hand.se, rel=1e-9)


@many
@given(seed=st.integers(0, 2**32 - 1), value=st.floats(1, 5))
def test_a_constant_item_has_no_standard_error(seed: int, value: float) -> None:
    one = survey(seed)
    found = replace(one, answers=np.full_like(one.answers, value)).figures()
    assert found["means estimate"] == pytest.approx([value] * ITEMS, rel=1e-12)
    for name in ("means se", "ratios se", "difference se", "quartiles se", "index se"):
        assert (found[name] == 0).all(), name


@many
@seeds
def test_two_equal_items_have_equal_figures_and_no_difference(seed: int) -> None:
    one = survey(seed)
    found = replace(one, answers=one.answers[:, [0, 0, 1]]).figures()
    assert found["means estimate"][0] == found["means estimate"][1]
    assert found["means se"][0] == found["means se"][1]
    assert (found["difference estimate"][0], found["difference se"][0]) == (0, 0)


@many
@seeds
def test_the_same_input_gives_the_same_bytes(seed: int) -> None:
    first, second = survey(seed).figures(), survey(seed).figures()
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)

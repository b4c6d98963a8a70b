"""Raking: every margin is met, variances equal R's, and margins that cannot be met are refused by name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.design import Design
from survey_app.estimation.means import mean, total
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting import classes
from survey_app.estimation.weighting.classes import EmptyClass, MissingClass, UnusableTotals
from survey_app.estimation.weighting.poststratification import poststratify
from survey_app.estimation.weighting.raking import Margin, Raking, RakingDidNotConverge, rake
from tests.estimation.api_schools import CLUS, DISTRICTS, numbers

TYPES = {"E": 4421, "H": 755, "M": 1018}
MARGINS = [
    Margin("sch.wide", CLUS["sch_wide"], {"No": 1072, "Yes": 5122}),
    Margin("comp.imp", CLUS["comp_imp"], {"No": 1712, "Yes": 4482}),
]


def chained() -> Design:
    """Post-stratified by type of school, then raked."""
    return rake(poststratify(DISTRICTS, CLUS["stype"], TYPES)[0], MARGINS)[0]


def test_raking_after_post_stratification_equals_r() -> None:
    """R survey 4.1-1: rake(postStratify(dclus1, ~stype, ...), list(~sch.wide, ~comp.imp), ..., epsilon = 1e-12)."""
    design = chained()
    scores, pupils = mean(numbers(CLUS["api00"]), design), total(numbers(CLUS["enroll"]), design)
    assert scores.estimate[0] == pytest.approx(640.81022032868498, rel=1e-9)
    assert scores.se[0] == pytest.approx(23.501696036026704, rel=1e-8)
    assert pupils.estimate[0] == pytest.approx(3654681.1403681659, rel=1e-9)
    assert pupils.se[0] == pytest.approx(361107.19043182355, rel=1e-8)


def test_a_domain_of_a_raked_design_equals_r() -> None:
    found = mean(numbers(CLUS["api00"]), chained(), domain=CLUS["stype"] == "H")
    # R survey 4.1-1: svymean(~api00, subset(raked, stype == "H")), the design of the test above
    assert found.estimate[0] == pytest.approx(620.39471696065743, rel=1e-8)
    assert found.se[0] == pytest.approx(36.548989782871971, rel=1e-8)


def random_margins(seed: int, n: int) -> tuple[list[Margin], np.ndarray]:
    """Three margins that some weights meet, and the weights to begin with."""
    rng = np.random.default_rng(seed)
    truth, margins = rng.uniform(1, 5, n), []
    for number, size in enumerate((2, 3, 4)):
        codes = np.append(np.arange(size), rng.integers(0, size, n - size))
        totals = dict(enumerate(np.bincount(codes, truth).tolist()))
        margins.append(Margin(f"m{number}", codes, totals))
    return margins, truth * rng.uniform(0.5, 2, n)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(30, 200))
def test_meets_every_margin_and_gives_a_cell_one_factor(seed: int, n: int) -> None:
    margins, weights = random_margins(seed, n)
    after, report = Raking.create(margins).adjust(weights)
    columns = [np.asarray(margin.columns) for margin in margins]
    for margin, codes in zip(margins, columns, strict=True):
        assert np.bincount(codes, after) == pytest.approx(list(margin.totals.values()), rel=1e-9)
    factors = np.log(after / weights)
    design = np.column_stack([codes[:, None] == np.unique(codes) for codes in columns]).astype(float)
    # the factors of iterative proportional fitting are products of one factor a margin
    assert design @ np.linalg.lstsq(design, factors)[0] == pytest.approx(factors, abs=1e-8)
    assert report.misfit <= 1e-10


def test_large_tables_of_cells_are_compressed_without_changing_anything() -> None:
    margins, weights = random_margins(5, 100)
    plain, _ = Raking.create(margins).adjust(weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("survey_app.estimation.weighting.raking.SMALL_CODES", 1)
        patch.setattr(classes, "SMALL_CODES", 1)
        sparse = [Margin(m.name, np.asarray(m.columns), m.totals) for m in margins]
        raking = Raking.create(
            [*sparse, Margin("row", np.arange(100) % 50, dict.fromkeys(range(50), plain.sum() / 50))]
        )
    assert raking.levels[0].size <= 100
    assert Raking.create(sparse).adjust(weights)[0] == pytest.approx(plain, rel=1e-12)


def test_the_order_of_the_rows_does_not_matter() -> None:
    margins, weights = random_margins(6, 80)
    order = np.random.default_rng(0).permutation(80)
    moved = [Margin(m.name, np.asarray(m.columns)[order], m.totals) for m in margins]
    plain = Raking.create(margins).adjust(weights)[0]
    assert Raking.create(moved).adjust(weights[order])[0] == pytest.approx(plain[order], rel=1e-12)


A, B = np.array(["x", "x", "y", "y"]), np.array([1, 2, 1, 2])


@pytest.mark.parametrize(
    ("margins", "error", "message"),
    [
        (
            [Margin("a", A, {"x": 5, "y": 5}), Margin("b", B, {1: 5, 2: 6})],
            UnusableTotals,
            "add up to 10, those of b to 11",
        ),
        ([Margin("a", A, {"x": 5, "y": 4, "z": 1})], EmptyClass, "no rows in z"),
        ([Margin("a", A, {"x": 5})], UnusableTotals, "no total for y"),
        ([Margin("a", A, {"x": 5, "y": 0})], UnusableTotals, "total 0 for y"),
        ([Margin("a", np.array(["x", "", "y", "y"]), {"x": 5, "y": 5})], MissingClass, "row 1"),
        (
            [Margin("a", A, {"x": 5, "y": 5}), Margin("b", B[:3], {1: 5, 2: 5})],
            MismatchedRows,
            "b has 3 rows",
        ),
        ([Margin("a", A[:3], {"x": 5, "y": 5})], MismatchedRows, "4 weights for 3 rows"),
        ([], UnusableTotals, "needs a margin"),
    ],
)
def test_what_cannot_be_met_is_refused_by_name(
    margins: list[Margin], error: type[UnableToEstimate], message: str
) -> None:
    with pytest.raises(error, match=message):
        Raking.create(margins).adjust(np.ones(4))


@pytest.mark.parametrize("options", [{"tolerance": 0.0}, {"tolerance": np.nan}, {"max_iterations": 0}])
def test_needs_a_tolerance_and_an_iteration(options: dict[str, Any]) -> None:
    with pytest.raises(UnusableTotals, match="tolerance > 0"):
        Raking.create([Margin("a", A, {"x": 5, "y": 5})], **options)


def test_margins_that_no_weights_meet_are_named() -> None:
    """x lies in 1 and y in 2 only, yet the two margins want different shares."""
    margins = [Margin("a", A, {"x": 3, "y": 7}), Margin("b", np.array([1, 1, 2, 2]), {1: 5, 2: 5})]
    with pytest.raises(RakingDidNotConverge, match=r"After 1000 iterations a: .* merge classes"):
        Raking.create(margins).adjust(np.ones(4))


def test_too_few_iterations_are_not_passed_over_in_silence() -> None:
    margins, weights = random_margins(7, 60)
    with pytest.raises(RakingDidNotConverge, match="After 1 iterations"):
        Raking.create(margins, max_iterations=1).adjust(weights)


def test_rows_of_weight_zero_need_no_class() -> None:
    codes = np.array(["x", "", "y", "y"])
    margins = [Margin("a", codes, {"x": 3, "y": 7}), Margin("b", B, {1: 5, 2: 5})]
    after, _ = Raking.create(margins).adjust(np.array([1.0, 0, 1, 1]))
    assert after == pytest.approx([3, 0, 2, 5])

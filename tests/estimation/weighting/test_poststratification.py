"""Post-stratification: totals are met exactly, variances equal R's, and bad totals are refused by name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import UnableToEstimate, UnreadableCode
from survey_app.estimation.design import Design
from survey_app.estimation.means import mean
from survey_app.estimation.replicates import ReplicateDesign
from survey_app.estimation.replication.readjustment import UnableToReadjust
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.classes import EmptyClass, MissingClass, UnusableTotals
from survey_app.estimation.weighting.poststratification import PostStratification, poststratify
from tests.estimation.api_schools import CLUS, DISTRICTS, numbers, table

TYPES = {"E": 4421, "H": 755, "M": 1018}
SCORES = numbers(CLUS["api00"])[:, 0]


def test_zero_weights_equal_a_subset_taken_before() -> None:
    """R survey 4.1-1: svymean(~api00, postStratify(subset(dclus1, comp.imp == "Yes"), ~stype, ...))."""
    weights = np.where(CLUS["comp_imp"] == "Yes", DISTRICTS.weights, 0.0)
    design, _ = poststratify(DISTRICTS.adjusted(weights), CLUS["stype"], TYPES)
    found = mean(SCORES, design)
    assert found.estimate[0] == pytest.approx(643.33522936943587, rel=1e-12)
    assert found.se[0] == pytest.approx(24.785178999887219, rel=1e-12)


def test_crossed_columns_are_matched_by_tuples() -> None:
    """R survey 4.1-1: postStratify(svydesign(id = ~1, weights = ~pw, data = apisrs, fpc = ~fpc), ~stype + both)."""
    srs = table("apisrs.csv")
    cells = {("E", "No"): 935, ("H", "No"): 447, ("M", "No"): 407}
    cells |= {("E", "Yes"): 3486, ("H", "Yes"): 308, ("M", "Yes"): 611}
    plain = Design.create(weights=numbers(srs["pw"])[:, 0], fpc=numbers(srs["fpc"])[:, 0])
    design, report = poststratify(plain, (srs["stype"], srs["both"]), cells)
    found = mean(numbers(srs["api00"]), design)
    assert found.estimate[0] == pytest.approx(661.82298254364594, rel=1e-12)
    assert found.se[0] == pytest.approx(8.9992824893054664, rel=1e-10)
    assert {target.level: target.after for target in report.targets}["E x No"] == pytest.approx(935)


def test_the_share_of_a_class_has_no_variance_left() -> None:
    design, _ = poststratify(DISTRICTS, CLUS["stype"], TYPES)
    assert mean(CLUS["stype"] == "H", design).se[0] == 0


def test_the_report_says_what_happened() -> None:
    _, report = poststratify(DISTRICTS, CLUS["stype"], TYPES | {"K": 0}, name="stype")
    assert report.sum_after == pytest.approx(6194)
    # R survey: range(weights(dclus1p) / weights(dclus1))
    assert [report.g_min, report.g_max] == pytest.approx([0.9070639122621661, 1.5933044970617944])
    assert report.deff_after == pytest.approx(1.0393591943128977)
    assert (report.empty, report.iterations, report.n) == (("stype: K",), 0, 183)
    plain = report.as_dict()
    assert plain["targets"][0]["margin"] == "stype"
    assert plain["misfit"] < 1e-14


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 40))
def test_classes_reach_their_totals_whatever_the_codes_are_called(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    codes, weights = np.append([0, 1, 2], rng.integers(0, 3, n - 3)), rng.uniform(0.1, 9, n)
    after, _ = PostStratification.create(codes, {0: 5, 1: 7, 2: 11}).adjust(weights)
    assert np.bincount(codes, after) == pytest.approx([5, 7, 11])
    named, _ = PostStratification.create(codes.astype(str), {"2": 11, "1": 7, "0": 5}).adjust(weights)
    distant, _ = PostStratification.create(codes * 10**12, {0: 5, 10**12: 7, 2 * 10**12: 11}).adjust(weights)
    assert after.tolist() == named.tolist() == distant.tolist()


def test_every_replicate_is_post_stratified_itself() -> None:
    psus = np.unique(CLUS["dnum"], return_inverse=True)[1]
    replicates = DISTRICTS.weights[:, None] * np.where(psus[:, None] == np.arange(15), 0, 15 / 14)
    jackknife = ReplicateDesign.create(
        weights=DISTRICTS.weights, replicate_weights=replicates, scale=14 / 15 * (1 - 15 / 757)
    )
    design, _ = poststratify(jackknife, CLUS["stype"], TYPES)
    found = mean(SCORES, design)
    # R survey 4.5: svymean(~api00, postStratify(as.svrepdesign(dclus1, type = "JK1"), ~stype, ...))
    assert found.se[0] == pytest.approx(26.934535367425983, rel=1e-9)


def test_a_replicate_without_a_class_is_named() -> None:
    replicates = np.array([[1.0, 2, 2], [1, 2, 1], [1, 0, 2]])
    design = ReplicateDesign.create(weights=np.ones(3), replicate_weights=replicates, scale=1)
    with pytest.raises(UnableToReadjust, match="Replicate 2: post-strata: no rows in b"):
        poststratify(design, np.array(["a", "a", "b"]), {"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("codes", "totals", "error", "message"),
    [
        (["a", "b"], {"a": 1}, UnusableTotals, "no total for b"),
        (["a", "b"], {"a": 1, "b": 0}, UnusableTotals, "total 0 for b"),
        (["a", "b"], {"a": 1, "b": 1, "c": 2}, EmptyClass, "no rows in c"),
        (["a", "b"], {"a": 1, "b": np.nan}, UnusableTotals, "b: total nan"),
        (["a", "b"], {"a": 1, "b": -1}, UnusableTotals, "b: total -1"),
        (["a", "b"], {"a": 1, "b": "2"}, UnusableTotals, "b: total '2'"),
        (["a", "b"], {"a": 1, "b": None}, UnusableTotals, "b: total None"),
        (["a", "b"], {}, UnusableTotals, "no positive total"),
        (["a", "b"], {"a": 0, "b": 0}, UnusableTotals, "no positive total"),
        ([1, 1], {1: 1, "1": 2}, UnusableTotals, "two totals for 1"),
        (["a", ""], {"a": 1}, MissingClass, "1 rows .* row 1"),
        ([1.0, np.nan], {1: 1}, MissingClass, "no class"),
        (["a"], {"a": 1}, MismatchedRows, "2 weights for 1 rows"),
        ([["a", "b"]], {"a": 1}, UnreadableCode, "one column"),
        ((["a", "b"], ["x"]), {("a", "x"): 1}, MismatchedRows, "2 and 1 rows"),
        (np.array(["a", 1], dtype=object), {"a": 1}, UnreadableCode, "mixes types"),
    ],
)
def test_what_cannot_be_met_is_refused_by_name(
    codes: Any, totals: Any, error: type[UnableToEstimate], message: str
) -> None:
    with pytest.raises(error, match=message):
        PostStratification.create(codes, totals).adjust(np.ones(2))


def test_rows_of_weight_zero_need_neither_class_nor_total() -> None:
    after, _ = PostStratification.create(np.array(["a", "", "b"]), {"a": 4}).adjust(np.array([1.0, 0, 0]))
    assert after.tolist() == [4, 0, 0]


def test_no_rows_cannot_stand_for_anybody() -> None:
    with pytest.raises(EmptyClass, match="no rows in a"):
        PostStratification.create(np.zeros(0), {"a": 4}).adjust(np.zeros(0))


def test_one_class_scales_all_weights() -> None:
    after, _ = PostStratification.create(np.ones(3), {1: 12}).adjust(np.array([1.0, 2, 3]))
    assert after == pytest.approx([2, 4, 6])

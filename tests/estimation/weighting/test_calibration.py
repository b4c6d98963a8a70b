"""Calibration: totals are reproduced within the bounds or refused, as linear programming judges; R's figures."""

from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation.codes import UnableToEstimate
from survey_app.estimation.design import Design, NegativeWeight
from survey_app.estimation.means import mean, total
from survey_app.estimation.stages import MismatchedRows
from survey_app.estimation.weighting.calibration import (
    Calibration,
    CollinearAuxiliaries,
    InfeasibleCalibration,
    MissingAuxiliary,
    calibrate,
)
from survey_app.estimation.weighting.classes import UnusableTotals
from survey_app.estimation.weighting.distances import UnknownDistance, UnusableBounds
from survey_app.estimation.weighting.model_matrix import model_matrix
from tests.estimation.api_schools import CLUS, DISTRICTS, SCHOOLS, STRAT, numbers

COLUMNS = {"stype": CLUS["stype"], "api99": numbers(CLUS["api99"])[:, 0]}
TOTALS = {"(Intercept)": 6194.0, "stypeH": 755.0, "stypeM": 1018.0, "api99": 3914069.0}


def figures(design: Design, columns: dict[str, Any]) -> list[float]:
    """Mean of api00 and total of enroll, each with its standard error."""
    score, pupils = mean(numbers(columns["api00"]), design), total(numbers(columns["enroll"]), design)
    return [score.estimate[0], score.se[0], pupils.estimate[0], pupils.se[0]]


def test_logit_equals_r() -> None:
    """R survey 4.1-1: calibrate(dclus1, ~stype + api99, ..., calfun = "logit", bounds = c(0.4, 3))."""
    design, _ = calibrate(DISTRICTS, COLUMNS, TOTALS, method="logit", bounds=(0.4, 3))
    wanted = [665.41512139844792, 3.4344541940857063, 3622120.8460664549, 386178.68403263018]
    assert figures(design, CLUS) == pytest.approx(wanted, rel=1e-8)


def test_truncated_linear_equals_r_and_counts_who_sits_at_a_bound() -> None:
    """R survey 4.1-1: calibrate(dclus1, ~stype + api99, ..., bounds = c(0.7, 1.65))."""
    design, report = calibrate(DISTRICTS, COLUMNS, TOTALS, bounds=(0.7, 1.65))
    wanted = [665.48220107568682, 3.41399553056889, 3658417.9500263818, 375754.27895285323]
    assert figures(design, CLUS) == pytest.approx(wanted, rel=1e-10)
    assert (report.at_lower, report.at_upper) == (68, 14)
    assert [report.g_min, report.g_max] == pytest.approx([0.7, 1.65])


def test_truncated_raking_equals_r() -> None:
    """R survey 4.1-1: calibrate(dstrat, ~api99, ..., calfun = "raking", bounds = c(0.9, 1.1))."""
    totals = {"(Intercept)": 6194.0, "api99": 3914069.0}
    design, _ = calibrate(
        SCHOOLS, {"api99": numbers(STRAT["api99"])[:, 0]}, totals, method="raking", bounds=(0.9, 1.1)
    )
    wanted = [664.64313021013606, 1.9029786511223217, 3677864.5419381727, 110966.14546773896]
    assert figures(design, STRAT) == pytest.approx(wanted, rel=1e-10)


def test_two_calibrations_in_a_row_equal_r() -> None:
    """R survey 4.1-1: calibrate(calibrate(dclus1, ~stype, ..., calfun = "raking"), ~stype + api99, ...)."""
    first, _ = calibrate(
        DISTRICTS, {"stype": CLUS["stype"]}, {k: TOTALS[k] for k in list(TOTALS)[:3]}, method="raking"
    )
    design, _ = calibrate(first, COLUMNS, TOTALS)
    wanted = [665.35372695351077, 3.4216978510676741, 3622302.6892527747, 372650.39327712962]
    assert figures(design, CLUS) == pytest.approx(wanted, rel=1e-10)


def test_weights_far_from_the_population_are_scaled_up() -> None:
    """R survey 4.1-1: weights 1 for 183 of 6,194 schools, calibrate(..., calfun = "raking")."""
    design = Design.create(weights=np.ones(183), psus=CLUS["dnum"])
    found, report = calibrate(design, COLUMNS, TOTALS, method="raking")
    wanted = [665.39379600015013, 3.4723278613447319, 3616588.5632687532, 391517.00500007696]
    assert figures(found, CLUS) == pytest.approx(wanted, rel=1e-7)
    assert report.iterations < 12


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(6, 60),
    method=st.sampled_from(["linear", "raking", "logit"]),
)
def test_reaches_the_totals_within_the_bounds_exactly_when_weights_exist(
    seed: int, n: int, method: Any
) -> None:
    rng = np.random.default_rng(seed)
    x = {"a": np.append(["x", "y", "z"], rng.choice(["x", "y", "z"], n - 3)), "v": rng.normal(5, 2, n)}
    weights, bounds = rng.uniform(1, 20, n), (rng.uniform(0.2, 0.95), rng.uniform(1.05, 3))
    matrix = np.column_stack([np.ones(n), x["a"] == "y", x["a"] == "z", x["v"]])
    wanted = (weights * rng.lognormal(0, 0.4, n)) @ matrix
    exists = scipy.optimize.linprog(
        np.zeros(n), A_eq=(matrix * weights[:, None] / wanted).T, b_eq=np.ones(4), bounds=bounds
    )
    step = Calibration.create(
        x, dict(zip(["(Intercept)", "ay", "az", "v"], wanted, strict=True)), method=method, bounds=bounds
    )
    if exists.status != 0:
        with pytest.raises(InfeasibleCalibration):
            step.adjust(weights)
        return
    after, _ = step.adjust(weights)
    assert after @ matrix == pytest.approx(wanted, rel=1e-9)
    assert (after >= bounds[0] * weights * (1 - 1e-12)).all()
    assert (after <= bounds[1] * weights * (1 + 1e-12)).all()


def test_classes_alone_are_post_stratification() -> None:
    after, _ = Calibration.create({"a": np.array(["x", "x", "y"])}, {"ax": 6, "ay": 5}).adjust(
        np.array([1.0, 2, 2])
    )
    assert after == pytest.approx([2, 4, 5])


def test_the_model_matrix_leaves_out_the_level_without_a_total() -> None:
    columns = {"v": np.array([1, 2, 3]), "a": np.array(["x", "y", ""]), "b": np.array([True, False, True])}
    found = model_matrix(columns, {"v": 9, "ax": 2, "(Intercept)": 3, "bTRUE": 2})
    assert found.names == ("(Intercept)", "v", "ax", "bTRUE")
    assert found.totals.tolist() == [3, 9, 2, 2]
    assert np.array_equal(found.matrix[:, 2], [1, 0, np.nan], equal_nan=True)


def test_a_class_that_is_nowhere_is_left_out_and_reported() -> None:
    columns = {"a": np.array([0, 0, 0]), "v": np.array([1.0, 2, 4])}
    after, report = Calibration.create(columns, {"(Intercept)": 6, "a": 0, "v": 12}).adjust(np.ones(3))
    assert after.sum() == pytest.approx(6)
    assert report.empty == ("a",)


V, TWO = np.array([1.0, 2, 3, 4]), {"(Intercept)": 8, "v": 20}


@pytest.mark.parametrize(
    ("columns", "totals", "options", "error", "message"),
    [
        ({"v": V}, TWO | {"v": 31}, {}, NegativeWeight, "Give bounds"),
        ({"v": V}, TWO | {"v": 33}, {"method": "raking"}, InfeasibleCalibration, "total"),
        ({"v": V}, TWO | {"v": 33}, {"bounds": (0, 10)}, InfeasibleCalibration, "cannot be reached together"),
        (
            {"v": V},
            TWO,
            {"bounds": (0.5, 1.5)},
            InfeasibleCalibration,
            r"\(Intercept\): total 8; .* 2 to 6 only",
        ),
        ({"v": V, "w": 2 * V}, TWO | {"w": 40}, {}, CollinearAuxiliaries, "w: a combination"),
        ({"v": V, "w": 0 * V}, TWO | {"w": 4}, {}, InfeasibleCalibration, "w: zero in every row"),
        ({"v": np.array([1, np.nan, 3, 4])}, TWO, {}, MissingAuxiliary, "v: missing in row 1"),
        ({"v": np.array([1, np.inf, 3, 4])}, TWO, {}, UnusableTotals, "infinity"),
        ({"v": V[:3]}, TWO, {}, MismatchedRows, "4 weights for 3 rows"),
        ({"v": V, "w": V[:3]}, TWO, {}, MismatchedRows, "equally long"),
        ({"v": V}, {"(Intercept)": 8}, {}, UnusableTotals, "No total for v"),
        ({"v": V}, TWO | {"u": 3}, {}, UnusableTotals, "without a column: u"),
        ({}, {"(Intercept)": 8}, {}, UnusableTotals, "at least one column"),
        ({"v": V}, TWO | {"v": np.nan}, {}, UnusableTotals, "v: total nan"),
        ({"v": V}, TWO | {"v": "20"}, {}, UnusableTotals, "v: total '20'"),
        (
            {"a": np.array(["x", "y", "z", "z"])},
            {"(Intercept)": 8, "az": 2},
            {},
            UnusableTotals,
            "no total for ax, ay",
        ),
        ({"v": V}, TWO, {"method": "logit"}, UnusableBounds, "finite lower < 1 < upper"),
        ({"v": V}, TWO, {"method": "logit", "bounds": (1.1, 2)}, UnusableBounds, "lower < 1"),
        ({"v": V}, TWO, {"bounds": (2, 1)}, UnusableBounds, "larger, positive upper"),
        ({"v": V}, TWO, {"bounds": (np.nan, 1)}, UnusableBounds, "bounds"),
        ({"v": V}, TWO, {"method": "sinh"}, UnknownDistance, "linear, raking or logit"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    columns: Any, totals: Any, options: Any, error: type[UnableToEstimate], message: str
) -> None:
    with pytest.raises(error, match=message):
        Calibration.create(columns, totals, **options).adjust(np.ones(4))


def test_rows_of_weight_zero_need_no_auxiliaries() -> None:
    design = Design.create(weights=np.array([1.0, 1, 1, 0]))
    columns = {"v": np.array([1, 2, 4, np.nan])}
    found, _ = calibrate(design, columns, {"(Intercept)": 6, "v": 15}, method="raking")
    assert found.weights[3] == 0
    assert mean(np.array([1, 2, 4, 9]), found).estimate[0] == pytest.approx(2.5)
    assert mean(np.array([1, 2, 4, 9]), found).se[0] == pytest.approx(0, abs=1e-7)

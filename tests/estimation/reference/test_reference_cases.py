"""The engine equals R survey 4.5 on its example data, case by case (README.md here names the source)."""

import csv
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import Estimates, contrast
from survey_app.estimation.intervals import proportion_interval, t_interval
from survey_app.estimation.means import indicators, kish, mean, proportion, ratio, total
from survey_app.estimation.variance import LonelyPSU, degrees_of_freedom

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))["cases"]
SINGLE = {"mean": mean, "total": total}
Row = dict[str, float]
Mask = npt.NDArray[np.bool_]


@functools.cache
def table(name: str) -> dict[str, npt.NDArray[np.str_]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([row[column] for row in rows]) for column in rows[0]}


def numbers(case: dict[str, Any], column: str) -> npt.NDArray[np.float64]:
    text = table(case["data_file"])[column]
    return np.where(text == "", "nan", text).astype(np.float64)


def is_numeric(case: dict[str, Any], column: str) -> bool:
    try:
        numbers(case, column)
    except ValueError:
        return False
    return True


def design_of(case: dict[str, Any]) -> Design:
    given, data = case["design"], table(case["data_file"])
    return Design.create(
        weights=None if given["weights"] is None else numbers(case, given["weights"]),
        strata=data[given["strata"][0]] if given["strata"] else None,
        psus=tuple(data[column] for column in given["psu"]) if given["psu"] else None,
        fpc=tuple(numbers(case, column) for column in given["fpc"]) if given["fpc"] else None,
        nest=given.get("nest", False),
        ultimate_cluster=given.get("ultimate_cluster", False),
        lonely_psu=given["lonely_psu"],
    )


def domain_of(case: dict[str, Any]) -> Mask | None:
    if "domain" not in case:
        return None
    chosen = {str(value) for value in case["domain"]["values"]}
    return np.isin(table(case["data_file"])[case["domain"]["variable"]], list(chosen))


def columns_of(case: dict[str, Any]) -> npt.NDArray[np.float64]:
    return np.column_stack([numbers(case, column) for column in case["variables"]])


def rows_of(estimates: Estimates, level: float) -> list[Row]:
    full = t_interval(estimates.estimate, estimates.se, np.full(estimates.n.shape, estimates.df), level)
    return [
        {
            "estimate": estimates.estimate[k],
            "se": estimates.se[k],
            "ci_low": full[0][k],
            "ci_high": full[1][k],
            "df": estimates.df,
            "n": estimates.n[k],
            "df_domain": estimates.df_domain[k],
            "ci_low_domain_df": estimates.ci_low[k],
            "ci_high_domain_df": estimates.ci_high[k],
            "deff": estimates.deff[k],
            "deff_wr": estimates.deff_wr[k],
        }
        for k in range(estimates.estimate.size)
    ]


def by_groups(case: dict[str, Any]) -> Iterator[Mask]:
    """Masks of the crossed levels, in the order of the expected rows' labels."""
    data = table(case["data_file"])
    for row in case["expected"]["rows"]:
        pairs = [part.split("=", 1) for part in row["label"].split(",")]
        yield np.logical_and.reduce([data[name] == value for name, value in pairs])


def estimates_of_case(case: dict[str, Any]) -> Estimates:
    design, domain, level = design_of(case), domain_of(case), case.get("level", 0.95)
    options: dict[str, Any] = {"domain": domain, "level": level}
    if case["estimator"] == "proportion":
        return proportion(table(case["data_file"])[case["variables"][0]], design, **options)[1]
    if case["estimator"] == "by":
        masks = np.column_stack(list(by_groups(case)))
        parts = [np.where(masks, numbers(case, column)[:, None], np.nan) for column in case["variables"]]
        return (
            ratio(*parts, design, **options)
            if case["statistic"] == "ratio"
            else SINGLE[case["statistic"]](parts[0], design, **options)
        )
    if case["estimator"] == "ratio":
        return ratio(*(numbers(case, column) for column in case["variables"]), design, **options)
    if not is_numeric(case, case["variables"][0]):
        return SINGLE[case["estimator"]](
            indicators(table(case["data_file"])[case["variables"][0]])[1], design, **options
        )
    values = columns_of(case)
    if case["estimator"] == "contrast":
        means = mean(values, design, missing="listwise", **options)
        return contrast(means, [case["contrast"][column] for column in case["variables"]])
    return SINGLE[case["estimator"]](values, design, missing="listwise", **options)


def ciprop(case: dict[str, Any]) -> Row:
    design, level = design_of(case), case["level"]
    labels, shares = proportion(
        table(case["data_file"])[case["variables"][0]], design, domain=domain_of(case), level=level
    )
    k = int(np.flatnonzero(labels == case["level_value"])[0])
    low, high = proportion_interval(
        shares.estimate[k],
        shares.se[k],
        shares.n[k],
        shares.df_domain[k],
        method=case["options"]["method"],
        level=level,
    )
    return {
        "estimate": shares.estimate[k],
        "se": shares.se[k],
        "ci_low": float(low),
        "ci_high": float(high),
        "df": shares.df_domain[k],
        "n": shares.n[k],
    }


def assert_row(case: dict[str, Any], found: Row, expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        if name in ("label", "zero_variance"):
            continue
        floor = 1e-9 * abs(expected["estimate"]) if expected.get("zero_variance") else 0.0
        wanted = np.nan if value is None else value
        assert found[name] == pytest.approx(wanted, rel=case["rtol"], abs=floor, nan_ok=True), name


def of(*estimators: str) -> Any:
    cases = [case for case in CASES if case["estimator"] in estimators and not case["expected"].get("error")]
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@of("mean", "total", "proportion", "ratio", "by", "contrast")
def test_estimates_equal_r(case: dict[str, Any]) -> None:
    estimates = estimates_of_case(case)
    expected = case["expected"]
    found = rows_of(estimates, case.get("level", 0.95))
    for row, wanted in zip(found, expected.get("rows", [expected]), strict=True):
        assert_row(case, row, wanted)
    if "vcov" in expected:
        vcov = np.array(expected["vcov"], dtype=float)
        # covariances between disjoint strata are zero in theory: compare on the scale of the variances
        scale = np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))
        assert (np.abs(estimates.vcov - vcov) <= case["rtol"] * scale).all()


@of("ciprop")
def test_intervals_of_proportions_equal_r(case: dict[str, Any]) -> None:
    assert_row(case, ciprop(case), case["expected"])


@of("degf")
def test_degrees_of_freedom_equal_r(case: dict[str, Any]) -> None:
    assert degrees_of_freedom(design_of(case), domain_of(case)) == case["expected"]["estimate"]


@of("kish")
def test_kish_effects_equal_r(case: dict[str, Any]) -> None:
    effect = kish(design_of(case))
    assert_row(case, {"estimate": effect.deff, "n_eff": effect.n_eff, "n": effect.n}, case["expected"])


@of("contrast")
def test_composite_indices_equal_r(case: dict[str, Any]) -> None:
    """The fast path, on scores scaled to [0, 1]; list-wise cases by blanking incomplete rows."""
    values = columns_of(case)
    if case.get("options", {}).get("na_rm"):
        values[np.isnan(values).any(axis=1)] = np.nan
    design, domain = design_of(case), domain_of(case)
    codes = np.zeros(design.size, dtype=np.int64) if domain is None else np.where(domain, 0, -1)
    coefficients = np.array([[case["contrast"][column] for column in case["variables"]]])
    found = composite_index(
        scores=values / 1000, coefficients=coefficients, design=design, domains=codes, domain_count=1
    )
    expected = case["expected"]
    assert found.domains.estimate[0, 0] * 1000 == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert found.domains.se[0, 0] * 1000 == pytest.approx(expected["se"], rel=case["rtol"])
    assert found.domains.df[0, 0] == expected.get("df_domain", expected["df"])


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["expected"].get("error")], ids=lambda case: case["id"]
)
def test_refuses_what_r_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(LonelyPSU, match=r"Stratum H has only one PSU at stage 1"):
        estimates_of_case(case)


def test_every_copied_case_is_run() -> None:
    run = {"mean", "total", "proportion", "ratio", "by", "contrast", "ciprop", "degf", "kish"}
    assert {case["estimator"] for case in CASES} == run
    assert len(CASES) == 139

"""The command `survey-app estimate` equals R survey 4.5 on its example data (README.md here names the source)."""

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from survey_app.estimation.commands import estimate
from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.requests.designs import design_of
from survey_app.estimation.requests.tables import Table, Tables

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))["cases"]
NOT_NUMBERS = {"label", "zero_variance", "rows", "vcov", "weights_file"}


@functools.cache
def results() -> dict[str, dict[str, Any]]:
    """All cases, answered by one call of the command."""
    arguments = ["--requests", str(HERE / "cases.json"), "--data", str(HERE)]
    ended = CliRunner().invoke(estimate, arguments)
    assert ended.exit_code == 0, ended.output
    return {result["id"]: result for result in json.loads(ended.stdout)["results"]}


def assert_fields(found: dict[str, Any], expected: dict[str, Any], rtol: float) -> None:
    floor = 1e-9 * abs(expected["estimate"]) if expected.get("zero_variance") else 0.0
    for name in expected.keys() - NOT_NUMBERS:
        wanted = np.nan if expected[name] is None else expected[name]
        given = np.nan if found[name] is None else found[name]
        assert given == pytest.approx(wanted, rel=rtol, abs=floor, nan_ok=True), name


def assert_covariance(found: Any, expected: Any, rtol: float) -> None:
    vcov = np.array(expected, dtype=float)
    # covariances between disjoint strata are zero in theory: compare on the scale of the variances
    scale = np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))
    assert (np.abs(np.array(found, dtype=float) - vcov) <= rtol * scale).all()


def ids(case: dict[str, Any]) -> str:
    return str(case["id"])


@pytest.mark.parametrize("case", [case for case in CASES if not case["expected"].get("error")], ids=ids)
def test_the_command_equals_r(case: dict[str, Any]) -> None:
    found, expected = results()[case["id"]], case["expected"]
    assert "error" not in found, found
    rows = expected.get("rows", [expected])
    for row, wanted in zip(found.get("rows", [found]), rows, strict=True):
        assert_fields(row, wanted, case["rtol"])
        assert row["label"] == wanted["label"]
    if "vcov" in expected:
        assert_covariance(found["vcov"], expected["vcov"], case["rtol"])


@pytest.mark.parametrize("case", [case for case in CASES if case["expected"].get("error")], ids=ids)
def test_the_command_refuses_what_r_refuses(case: dict[str, Any]) -> None:
    assert "Stratum H has only one PSU at stage 1" in results()[case["id"]]["error"]


@pytest.mark.parametrize("case", [case for case in CASES if case["estimator"] == "weights"], ids=ids)
def test_every_adjusted_weight_equals_r(case: dict[str, Any]) -> None:
    expected = Tables(HERE)[case["expected"]["weights_file"]].numbers("weight")
    assert results()[case["id"]]["weights"] == pytest.approx(expected.tolist(), rel=case["rtol"])


@pytest.mark.parametrize("case", [case for case in CASES if case["estimator"] == "contrast"], ids=ids)
def test_composite_indices_equal_r(case: dict[str, Any]) -> None:
    """The fast path, on scores scaled to [0, 1]; list-wise cases by blanking incomplete rows."""
    table = Tables(HERE)[case["data_file"]]
    values = np.column_stack([table.numbers(column) for column in case["variables"]])
    if case.get("options", {}).get("na_rm"):
        values[np.isnan(values).any(axis=1)] = np.nan
    design = design_of(case["design"], table, Tables(HERE))
    assert isinstance(design, Design)
    coefficients = np.array([[case["contrast"][column] for column in case["variables"]]])
    found = composite_index(
        scores=values / 1000,
        coefficients=coefficients,
        design=design,
        domains=domain_codes(case, table, design.size),
        domain_count=1,
    )
    expected = case["expected"]
    assert found.domains.estimate[0, 0] * 1000 == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert found.domains.se[0, 0] * 1000 == pytest.approx(expected["se"], rel=case["rtol"])
    assert found.domains.df[0, 0] == expected.get("df_domain", expected["df"])


def domain_codes(case: dict[str, Any], table: Table, size: int) -> Any:
    if "domain" not in case:
        return np.zeros(size, dtype=np.int64)
    return np.where(table.rows_with(case["domain"]["variable"], case["domain"]["values"]), 0, -1)

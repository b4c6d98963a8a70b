"""A second opinion: the Python package svy (MIT) agrees where it follows the same conventions.

Left out because svy 0.35 differs by design or by mistake: its Wilson interval corrects with t twice.
"""

from typing import Any

import numpy as np
import pytest

from survey_app.estimation import means
from survey_app.estimation.design import Design
from survey_app.estimation.psu_tables import estimates
from survey_app.estimation.psu_tables.domains import domain_means
from survey_app.estimation.psu_tables.histograms import Scale
from survey_app.estimation.psu_tables.tables import build
from survey_app.estimation.weighting.raking import Margin, Raking

polars = pytest.importorskip("polars")
svy = pytest.importorskip("svy")

ITEMS = ["q1", "q2", "q3"]
SCALE = Scale(1, 5)


@pytest.fixture(scope="module")
def columns() -> dict[str, Any]:
    rng = np.random.default_rng(11)
    psu = np.concatenate([np.arange(30), rng.integers(0, 30, 970)])
    answers = np.clip(np.rint(rng.normal(3.7 + 0.1 * (psu % 4), 1, (3, 1000))), 1, 5).astype(np.int8)
    return {
        "stratum": psu % 5,
        "psu": psu,
        "w": rng.uniform(1, 6, 1000),
        "sex": rng.integers(0, 2, 1000),
        "age": rng.integers(0, 4, 1000),
        **dict(zip(ITEMS, answers, strict=True)),
    }


@pytest.fixture(scope="module")
def sample(columns: dict[str, Any]) -> Any:
    return svy.Sample(polars.DataFrame(columns), svy.Design(stratum="stratum", psu="psu", wgt="w"))


@pytest.fixture(scope="module")
def design(columns: dict[str, Any]) -> Design:
    return Design.create(weights=columns["w"], strata=columns["stratum"], psus=columns["psu"])


def values(columns: dict[str, Any]) -> np.ndarray:
    return np.column_stack([columns[item] for item in ITEMS]).astype(float)


def figures(found: Any, name: str) -> list[float]:
    return [getattr(row, name) for row in found.estimates]


def test_means_errors_and_intervals_agree(sample: Any, columns: dict[str, Any], design: Design) -> None:
    ours = means.mean(values(columns), design)
    theirs = [found.estimates[0] for found in sample.estimation.mean(ITEMS)]
    for mine, other in (("estimate", "est"), ("se", "se"), ("ci_low", "lci"), ("ci_high", "uci")):
        assert getattr(ours, mine) == pytest.approx([getattr(row, other) for row in theirs], rel=1e-9)


def test_psu_tables_agree(sample: Any, columns: dict[str, Any]) -> None:
    table = build(
        [columns[item] for item in ITEMS],
        strata=columns["stratum"],
        psus=columns["psu"],
        weights=columns["w"],
        scale=SCALE,
    )
    ours = estimates.mean(table, SCALE.values, table.design())
    theirs = [found.estimates[0] for found in sample.estimation.mean(ITEMS)]
    assert ours.se == pytest.approx([row.se for row in theirs], rel=1e-9)
    by_stratum = sample.estimation.mean("q1", by="stratum")
    domains = domain_means(table, SCALE.values, table.design(), table.strata, 5)
    assert domains.estimate[:, 0] == pytest.approx(figures(by_stratum, "est"), rel=1e-9)
    assert domains.se[:, 0] == pytest.approx(figures(by_stratum, "se"), rel=1e-9)


def test_totals_and_design_effects_agree(sample: Any, columns: dict[str, Any], design: Design) -> None:
    ours = means.total(values(columns), design)
    theirs = sample.estimation.total("q2").estimates[0]
    assert (ours.estimate[1], ours.se[1]) == pytest.approx((theirs.est, theirs.se), rel=1e-9)
    without = sample.estimation.mean("q2", deff="wor").estimates[0].deff
    assert means.mean(values(columns), design).deff[1] == pytest.approx(without, rel=1e-9)


def test_ratios_agree(sample: Any, columns: dict[str, Any], design: Design) -> None:
    ours = means.ratio(columns["q1"], columns["q2"], design)
    theirs = sample.estimation.ratio("q1", x="q2").estimates[0]
    assert (ours.estimate[0], ours.se[0]) == pytest.approx((theirs.est, theirs.se), rel=1e-9)


def test_shares_of_all_answers_agree(sample: Any, columns: dict[str, Any], design: Design) -> None:
    labels, ours = means.proportion(columns["q3"], design)
    theirs = sample.estimation.prop("q3")
    assert len(labels) == len(theirs.estimates)
    assert ours.estimate == pytest.approx(figures(theirs, "est"), rel=1e-9)
    assert ours.se == pytest.approx(figures(theirs, "se"), rel=1e-9)


def test_raked_weights_agree(sample: Any, columns: dict[str, Any]) -> None:
    population = float(columns["w"].sum())
    totals = {
        "sex": {0: 0.55 * population, 1: 0.45 * population},
        "age": {code: share * population for code, share in enumerate((0.2, 0.3, 0.3, 0.2))},
    }
    ours, _ = Raking.create([Margin(name, columns[name], totals[name]) for name in totals]).adjust(
        columns["w"]
    )
    theirs = sample.clone().weighting.rake(controls=totals, tol=1e-12, max_iter=1000, wgt_name="raked")
    assert ours == pytest.approx(theirs.data["raked"].to_numpy(), rel=1e-8)

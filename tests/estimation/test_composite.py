"""The composite index against slow computations that share no code with its fast path."""

import tracemalloc
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation import cells
from survey_app.estimation.cells import UnusableScores
from survey_app.estimation.composite import CompositeIndex, NodeEstimates, composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import contrast
from survey_app.estimation.intervals import display_interval
from survey_app.estimation.means import mean
from survey_app.estimation.variance import LonelyPSU
from tests.estimation.random_designs import design_of

Array = npt.NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)
thorough = settings(max_examples=60, deadline=None)
DOMAINS = 4
RECIPE = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4], [1, -1, 0, 0.5]])


def answers(rng: np.random.Generator, n: int) -> Array:
    """Five-point answers scaled to 0-1, the last item often missing."""
    scores = rng.integers(0, 5, (n, 4)) / 4
    scores[rng.random((n, 4)) < [0.05, 0.1, 0.2, 0.6]] = np.nan
    return scores


KINDS = st.sampled_from(
    ["strata", "clusters", "population", "two stages", "strata at two stages", "one stratum"]
)


def general(scores: Array, design: Design, domain: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Estimates and standard errors by the covariance matrix of the item means."""
    found = contrast(mean(scores, design, domain=domain), RECIPE)
    return found.estimate, found.se


def straightforward(
    scores: Array, design: Design, domain: npt.NDArray[np.bool_], node: Array
) -> dict[str, float]:
    """One node of a single-stage design by plain loops over strata and PSUs."""
    stage, w, linear = design.stages[0], design.weights * domain, np.zeros(design.size)
    used_by_anyone = np.zeros(design.size, dtype=np.bool_)
    for item in np.flatnonzero(node):
        used = ~np.isnan(scores[:, item]) & (w > 0)
        used_by_anyone |= used
        if not used.any():
            return {"se": np.nan, "n": int(used_by_anyone.sum()), "df": 0, "deff_wr": np.nan}
        size, y = w[used].sum(), scores[used, item]
        linear[used] += node[item] * (y - (w[used] * y).sum() / size) / size
    variance, held, strata = 0.0, 0, 0
    for stratum in range(stage.sampled.size):
        units = np.flatnonzero(stage.parent == stratum)
        totals = np.array([(w * linear)[stage.unit == unit].sum() for unit in units])
        n, big = stage.sampled[stratum], stage.population[stratum]
        if n > 1:
            variance += (1 - n / big) * n / (n - 1) * ((totals - totals.mean()) ** 2).sum()
        elif design.lonely_psu == "adjust":
            variance += (1 - n / big) * totals[0] ** 2
        present = sum(bool(used_by_anyone[stage.unit == unit].any()) for unit in units)
        held, strata = held + present, strata + (present > 0)
    people, n = w[used_by_anyone].sum(), int(used_by_anyone.sum())
    spread = (w * (linear * people) ** 2).sum() / people * n / (n - 1) if n > 1 else 0.0
    effect = variance / (spread / n) if spread > 1e-20 else np.nan
    return {"se": np.sqrt(variance), "n": n, "df": held - strata, "deff_wr": effect}


def close(first: Array, second: Array, rel: float = 1e-9) -> bool:
    return bool(np.allclose(first, second, rtol=rel, atol=1e-12, equal_nan=True))


def run(scores: Array, design: Design, codes: npt.NDArray[np.int64]) -> CompositeIndex:
    return composite_index(
        scores=scores, coefficients=RECIPE, design=design, domains=codes, domain_count=DOMAINS
    )


@thorough
@given(seed=seeds, kind=KINDS, n=st.integers(1, 60))
def test_equals_the_covariance_of_item_means(seed: int, kind: str, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores, design, codes = answers(rng, n), design_of(rng, kind, n), rng.integers(-1, DOMAINS, n)
    found = run(scores, design, codes)
    estimate, se = general(scores, design, np.ones(n, dtype=np.bool_))
    assert close(found.overall.estimate, estimate)
    assert close(found.overall.se, se)
    for domain in range(DOMAINS):
        estimate, se = general(scores, design, codes == domain)
        assert close(found.domains.estimate[domain], estimate)
        assert close(found.domains.se[domain], se)


@thorough
@given(
    seed=seeds,
    kind=st.sampled_from(["rows", "strata", "clusters", "population", "one stratum"]),
    n=st.integers(2, 60),
)
def test_equals_plain_loops_over_strata_and_psus(seed: int, kind: str, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores, design, codes = answers(rng, n), design_of(rng, kind, n), rng.integers(-1, DOMAINS, n)
    found = run(scores, design, codes).domains
    for domain in range(DOMAINS):
        for node, recipe in enumerate(RECIPE):
            wanted = straightforward(scores, design, codes == domain, recipe)
            assert close(found.se[domain, node], wanted["se"])
            if not np.isnan(wanted["se"]):
                assert (found.n[domain, node], found.df[domain, node]) == (wanted["n"], wanted["df"])
                assert close(found.deff_wr[domain, node], wanted["deff_wr"], rel=1e-6)


@thorough
@given(seed=seeds, n=st.integers(2, 40))
def test_a_single_item_equals_its_mean(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores, weights = answers(rng, n), rng.uniform(1, 3, n)
    design = Design.create(weights=weights, strata=np.arange(n) % 2, lonely_psu="adjust")
    found = composite_index(scores=scores, coefficients=np.eye(4), design=design).overall
    wanted = mean(scores, design)
    for name in ("estimate", "se", "n", "deff", "deff_wr"):
        assert close(getattr(found, name), getattr(wanted, name)), name
    assert found.df.tolist() == wanted.df_domain.tolist()
    assert found.n_min_item.tolist() == wanted.n.tolist()


@thorough
@given(seed=seeds, kind=KINDS, rows_at_once=st.integers(1, 20))
def test_the_size_of_blocks_does_not_matter(seed: int, kind: str, rows_at_once: int) -> None:
    rng = np.random.default_rng(seed)
    scores, design, codes = answers(rng, 50), design_of(rng, kind, 50), rng.integers(-1, DOMAINS, 50)
    whole = run(scores, design, codes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "ROWS_AT_ONCE", rows_at_once)
        blocks = run(scores, design, codes)
    for name in ("estimate", "se", "ci_low", "deff_wr"):
        assert close(getattr(blocks.domains, name), getattr(whole.domains, name), rel=1e-10)
    assert (blocks.domains.n == whole.domains.n).all()
    assert (blocks.domains.df == whole.domains.df).all()


@thorough
@given(seed=seeds, kind=KINDS)
def test_the_order_of_rows_does_not_matter(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    scores, codes, psus = answers(rng, 50), rng.integers(-1, DOMAINS, 50), rng.integers(0, 12, 50)
    order = rng.permutation(50)
    plain = run(scores, Design.create(weights=psus + 1.0, psus=psus), codes)
    moved = run(scores[order], Design.create(weights=psus[order] + 1.0, psus=psus[order]), codes[order])
    assert close(moved.domains.estimate, plain.domains.estimate, rel=1e-12)
    assert close(moved.domains.se, plain.domains.se, rel=1e-10)


def test_the_same_input_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(1)
    scores, design, codes = (
        answers(rng, 5000),
        design_of(rng, "strata", 5000),
        rng.integers(-1, DOMAINS, 5000),
    )
    first, second = run(scores, design, codes).domains, run(scores.copy(), design, codes.copy()).domains
    for name, array in vars(first).items():
        assert array.tobytes() == vars(second)[name].tobytes()


def test_float32_scores_lose_nothing() -> None:
    rng = np.random.default_rng(2)
    scores, design, codes = answers(rng, 300), design_of(rng, "strata", 300), rng.integers(-1, DOMAINS, 300)
    single = run(scores.astype(np.float32), design, codes)
    assert single.overall.se.tobytes() == run(scores, design, codes).overall.se.tobytes()


def test_averages_get_the_display_interval_and_differences_wald() -> None:
    rng = np.random.default_rng(3)
    scores = answers(rng, 400)
    found = run(scores, Design.create(weights=np.ones(400)), np.zeros(400, dtype=np.int64)).overall
    low, high, method = display_interval(found.estimate[:4], found.se[:4], found.n[:4], found.df[:4])
    assert found.ci_low[:4].tolist() == low.tolist()
    assert found.ci_high[:4].tolist() == high.tolist()
    assert found.interval_method.tolist() == [*method.tolist(), "mean"]


def test_strata_as_domains_take_the_variance_within_their_stratum() -> None:
    """Weight 1 and strata = offices: an office's mean has the textbook variance s^2 / n."""
    office = np.repeat([0, 1, 2], [40, 25, 10])
    scores = np.random.default_rng(4).random((75, 1))
    design = Design.create(weights=np.ones(75), strata=office)
    found = composite_index(
        scores=scores, coefficients=np.ones((1, 1)), design=design, domains=office, domain_count=3
    ).domains
    by_hand = [scores[office == k].std(ddof=1) / np.sqrt((office == k).sum()) for k in range(3)]
    assert found.se[:, 0] == pytest.approx(by_hand)
    assert found.df[:, 0].tolist() == [39, 24, 9]
    assert found.deff_wr[:, 0] == pytest.approx(1)


def one_node(scores: Array, **columns: Any) -> NodeEstimates:
    design = Design.create(weights=np.ones(len(scores)), **columns)
    share = np.full((1, scores.shape[1]), 1 / max(scores.shape[1], 1))
    return composite_index(scores=scores, coefficients=share, design=design).overall


def test_everybody_satisfied_gives_clopper_pearson_of_the_least_answered_item() -> None:
    scores = np.ones((60, 2))
    scores[20:, 1] = np.nan
    found = one_node(scores)
    assert (found.estimate[0], found.se[0], found.n[0], found.n_min_item[0]) == (1, 0, 60, 20)
    assert (found.ci_low[0], found.ci_high[0]) == (pytest.approx(0.025 ** (1 / 20)), 1)
    assert found.interval_method[0] == "clopper_pearson"


def test_one_respondent_gives_a_wide_interval_not_a_certain_one() -> None:
    found = one_node(np.array([[1.0, 1.0, 0.0]]), lonely_psu="adjust")
    assert (found.se[0], found.n[0], found.df[0]) == (0, 1, 0)
    assert found.ci_high[0] - found.ci_low[0] > 0.9


def test_no_rows_are_nobody() -> None:
    found = one_node(np.zeros((0, 2)))
    assert np.isnan([found.estimate[0], found.se[0], found.ci_low[0], found.deff_wr[0]]).all()
    assert (found.n[0], found.df[0], found.interval_method[0]) == (0, 0, "none")


def test_an_item_nobody_answered_leaves_its_nodes_undefined_and_the_others_alone() -> None:
    scores = np.array([[0.5, np.nan], [1.0, np.nan]])
    design = Design.create(weights=np.ones(2))
    found = composite_index(scores=scores, coefficients=np.array([[1, 0], [0.5, 0.5]]), design=design).overall
    assert found.estimate[0] == 0.75
    assert np.isnan([found.estimate[1], found.se[1], found.ci_low[1], found.deff_wr[1]]).all()
    assert (found.n[1], found.n_min_item[1]) == (2, 0)


def test_an_empty_domain_is_undefined_and_counts_nobody() -> None:
    design = Design.create(weights=np.ones(4))
    found = run(np.full((4, 4), 0.5), design, np.array([0, 0, 2, -1])).domains
    assert np.isnan(found.estimate[1]).all()
    assert found.n[:, 0].tolist() == [2, 0, 1, 0]
    assert found.estimate.shape == (DOMAINS, len(RECIPE))


def test_a_node_without_items_is_undefined() -> None:
    design = Design.create(weights=np.ones(3))
    found = composite_index(scores=np.ones((3, 1)), coefficients=np.zeros((1, 1)), design=design).overall
    assert np.isnan(found.estimate[0])
    assert found.n[0] == 0


def test_constant_items_have_no_variance() -> None:
    found = one_node(np.full((50, 3), 0.1), strata=np.arange(50) % 3)
    assert found.se[0] == 0
    assert np.isnan(found.deff_wr[0])


def test_a_lonely_office_fails_by_default_and_counts_when_adjusted() -> None:
    scores, office = np.random.default_rng(5).random((21, 2)), np.append(np.zeros(20, dtype=np.int64), 1)
    with pytest.raises(LonelyPSU, match="Stratum 1"):
        one_node(scores, strata=office)
    adjusted, removed = (one_node(scores, strata=office, lonely_psu=rule) for rule in ("adjust", "remove"))
    assert adjusted.se[0] > removed.se[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": np.full((3, 2), 1.5)}, r"\[0, 1\]"),
        ({"scores": np.array([[0, 1], [0, -1], [0, 1.0]])}, r"\[0, 1\]"),
        ({"scores": np.full((3, 2), np.inf)}, r"\[0, 1\]"),
        ({"scores": np.ones((2, 2))}, "design of 3 rows"),
        ({"scores": np.ones(3)}, "design of 3 rows"),
        ({"coefficients": np.ones((1, 3))}, "nodes x items"),
        ({"coefficients": np.array([[np.nan, 1]])}, "finite"),
        ({"domains": np.array([0, 1, 2]), "domain_count": 2}, "between -1 and domain_count - 1 = 1"),
        ({"domains": np.array([0, -2, 0]), "domain_count": 2}, "between -1"),
        ({"domains": np.array([0.0, 1, 0]), "domain_count": 2}, "one integer a row"),
        ({"domains": np.array([0, 1]), "domain_count": 2}, "one integer a row"),
    ],
)
def test_unusable_input_is_refused_with_the_remedy(change: dict[str, Any], message: str) -> None:
    design = Design.create(weights=np.ones(3))
    usable: dict[str, Any] = {"scores": np.ones((3, 2)), "coefficients": np.ones((1, 2)), "design": design}
    with pytest.raises(UnusableScores, match=message):
        composite_index(**{**usable, **change})


def test_results_cannot_be_changed() -> None:
    found = one_node(np.ones((3, 1)))
    with pytest.raises(ValueError, match="read-only"):
        found.estimate[0] = 0


def test_a_campaign_of_100_000_in_all_3321_communes_needs_little_memory() -> None:
    rng = np.random.default_rng(6)
    scores = (rng.random((100_000, 33)) < 0.85).astype(np.float32)
    commune = rng.integers(0, 3321, 100_000)
    design = Design.create(weights=np.ones(100_000), strata=commune, lonely_psu="adjust")
    coefficients = np.vstack([np.eye(33), np.full((12, 33), 1 / 33)])
    tracemalloc.start()
    found = composite_index(
        scores=scores, coefficients=coefficients, design=design, domains=commune, domain_count=3321
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150e6
    assert found.domains.n[:, 44].sum() == 100_000


def test_the_displayed_interval_covers_the_truth() -> None:
    """600 surveys of 8 offices, two correlated items: 95 % +- 3 standard errors is 92.3-97.7 %."""
    rng = np.random.default_rng(7)
    office, hits = np.repeat(np.arange(8), 30), 0
    design = Design.create(weights=np.ones(240), strata=office)
    for _ in range(600):
        latent = rng.standard_normal((240, 1)) + rng.standard_normal((240, 2))
        # P(N(0, 2) > -1.8124) = 0.9 for both items
        scores = np.where(rng.random((240, 2)) < [0.0, 0.4], np.nan, latent > -1.8124)
        found = composite_index(scores=scores, coefficients=np.array([[0.5, 0.5]]), design=design).overall
        hits += bool(found.ci_low[0] <= 0.9 <= found.ci_high[0])
    assert 0.923 <= hits / 600 <= 0.977

"""Composite indices of adjusted designs against residuals of all rows, domain by domain and node by node."""

import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.estimation import adjusted_sums, cells
from survey_app.estimation.composite import CompositeIndex, composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import contrast
from survey_app.estimation.means import mean
from survey_app.estimation.weighting.calibration import calibrate
from survey_app.estimation.weighting.poststratification import poststratify
from survey_app.estimation.weighting.raking import Margin, rake
from survey_app.estimation.weighting.trimming import trim
from tests.estimation.random_designs import design_of

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
DOMAINS = 4
RECIPE = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4], [1, -1, 0, 0.5]])
CHAINS = st.sampled_from(["poststratify", "rake", "calibrate", "rake+poststratify", "poststratify+rake+trim"])
KINDS = st.sampled_from(
    ["rows", "strata", "clusters", "population", "two stages", "strata at two stages", "lonely"]
)


def adjust(design: Design, chain: str, rng: np.random.Generator) -> Design:
    """Take the steps of a chain, with margins that hold every class."""
    classes, other = np.arange(design.size) % 3, (np.arange(design.size) // 3) % 2
    number = rng.random(design.size)
    for step in chain.split("+"):
        if step == "poststratify":
            design = poststratify(
                design, (classes, other), {(a, b): 50 + 9 * a for a in range(3) for b in (0, 1)}
            )[0]
        elif step == "rake":
            margins = [Margin("a", classes, {0: 90, 1: 100, 2: 160}), Margin("b", other, {0: 150, 1: 200})]
            design = rake(design, margins)[0]
        elif step == "calibrate":
            totals = {"(Intercept)": 300.0, "class1": 90.0, "class2": 100.0, "number": 150.0}
            design = calibrate(
                design, {"class": classes.astype(str), "number": number}, totals, method="raking"
            )[0]
        else:
            largest = float(design.weights.max())
            design = trim(design, upper=max(0.9 * largest, 1.5 * float(design.weights.mean())))[0]
    return design


def answers(rng: np.random.Generator, n: int) -> Array:
    """Five-point answers scaled to 0-1, the last item often missing."""
    scores = rng.integers(0, 5, (n, 4)) / 4
    scores[rng.random((n, 4)) < [0.05, 0.1, 0.2, 0.6]] = np.nan
    return scores


def run(scores: Array, design: Design, codes: Codes) -> CompositeIndex:
    return composite_index(
        scores=scores, coefficients=RECIPE, design=design, domains=codes, domain_count=DOMAINS
    )


def close(first: Array, second: Array, rel: float = 1e-8) -> bool:
    return bool(np.allclose(first, second, rtol=rel, atol=1e-8, equal_nan=True))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kind=KINDS, chain=CHAINS, n=st.integers(24, 70))
def test_equals_the_covariance_of_item_means_of_the_adjusted_design(
    seed: int, kind: str, chain: str, n: int
) -> None:
    rng = np.random.default_rng(seed)
    scores, codes = answers(rng, n), rng.integers(-1, DOMAINS, n)
    design = adjust(design_of(rng, kind, n, positive=6), chain, rng)
    found = run(scores, design, codes)
    everyone = contrast(mean(scores, design), RECIPE)
    assert close(found.overall.estimate, everyone.estimate)
    assert close(found.overall.se, everyone.se)
    for domain in range(DOMAINS):
        wanted = contrast(mean(scores, design, domain=codes == domain), RECIPE)
        assert close(found.domains.estimate[domain], wanted.estimate)
        assert close(found.domains.se[domain], wanted.se)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kind=KINDS, at_once=st.integers(1, 30))
def test_the_number_of_rows_and_domains_at_once_does_not_matter(seed: int, kind: str, at_once: int) -> None:
    rng = np.random.default_rng(seed)
    scores, codes = answers(rng, 50), rng.integers(-1, DOMAINS, 50)
    design = adjust(design_of(rng, kind, 50, positive=6), "poststratify+rake+trim", rng)
    whole = run(scores, design, codes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "ROWS_AT_ONCE", at_once)
        patch.setattr(adjusted_sums, "NUMBERS_AT_ONCE", 60 * at_once)
        parts = run(scores, design, codes)
    assert close(parts.domains.se, whole.domains.se)


def test_design_effects_and_degrees_of_freedom_are_those_of_the_mean() -> None:
    rng = np.random.default_rng(1)
    scores = answers(rng, 60)
    design = adjust(design_of(rng, "clusters", 60, positive=6), "rake", rng)
    found = composite_index(scores=scores, coefficients=np.eye(4), design=design).overall
    wanted = mean(scores, design)
    for name in ("se", "n", "deff", "deff_wr"):
        assert close(getattr(found, name), getattr(wanted, name)), name
    assert found.df.tolist() == wanted.df_domain.tolist()


def test_an_item_that_the_weights_were_raked_to_has_no_variance_left() -> None:
    rng = np.random.default_rng(2)
    item = (np.arange(80) % 3 == 0).astype(np.float64)[:, None]
    design = adjust(Design.create(weights=rng.uniform(1, 2, 80), psus=np.arange(80) // 4), "rake", rng)
    found = composite_index(scores=item, coefficients=np.ones((1, 1)), design=design).overall
    assert found.estimate[0] == pytest.approx(90 / 350)
    assert found.se[0] == 0


def test_the_same_input_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    scores, codes = answers(rng, 3000), rng.integers(-1, DOMAINS, 3000)
    design = adjust(design_of(rng, "clusters", 3000, positive=6), "rake+poststratify", rng)
    first, second = run(scores, design, codes).domains, run(scores.copy(), design, codes.copy()).domains
    assert first.se.tobytes() == second.se.tobytes()


def test_a_raked_campaign_of_100_000_in_3321_communes_needs_little_memory() -> None:
    rng = np.random.default_rng(4)
    scores = (rng.random((100_000, 12)) < 0.85).astype(np.float32)
    commune = rng.integers(0, 3321, 100_000)
    province, age = commune % 34, rng.integers(0, 6, 100_000)
    margins = [
        Margin("province", province, dict.fromkeys(range(34), 3000.0)),
        Margin("age", age, dict.fromkeys(range(6), 17000.0)),
    ]
    plain = Design.create(weights=np.ones(100_000), strata=province, psus=commune)
    design = rake(plain, margins)[0]
    tracemalloc.start()
    found = composite_index(
        scores=scores,
        coefficients=np.vstack([np.eye(12), np.full((3, 12), 1 / 12)]),
        design=design,
        domains=commune,
        domain_count=3321,
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250e6
    assert np.isfinite(found.domains.se).all()

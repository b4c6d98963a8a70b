"""Shares, means, indices and differences in samples of the synthetic population, for nation and provinces.

A sample has 34 provinces x 6 communes x 3 villages x 15 people. Communes are drawn with probability
proportional to an outdated size, systematically; estimated as if with replacement, which is slightly
conservative. A province has six communes, hence five degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.tally import Figures, FloatArray, Line, differences, line
from benchmarks.sipas_population import SipasPopulation
from survey_app.estimation.composite import NodeEstimates, composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import Estimates, contrast
from survey_app.estimation.means import mean

CLOSE = (0.93, 0.97)
AT_LEAST = (0.93, 1.0)
ITEM = 0
"""The item shown by province."""


@dataclass(frozen=True)
class Truth:
    """Population values on the scale 0 to 1: of items, of the index, and by province."""

    shares: FloatArray
    means: FloatArray
    index: FloatArray
    province_shares: FloatArray
    province_index: FloatArray

    @classmethod
    def of(cls, population: SipasPopulation) -> "Truth":
        """Exact values of the population (a second or two)."""
        found = population.truth()
        return cls(
            shares=found["top2"],
            means=(found["mean"] - 1) / 4,
            index=np.array([(found["index"] - 1) / 4]),
            province_shares=found["top2_province"][:, ITEM],
            province_index=(found["index_province"] - 1) / 4,
        )


@dataclass(frozen=True)
class Sample:
    """Estimates from one sample."""

    shares: Estimates
    means: Estimates
    index: NodeEstimates
    province_shares: Estimates
    province_index: NodeEstimates
    between_items: Estimates
    between_provinces: Estimates


def estimate(population: SipasPopulation, seed: int) -> Sample:
    """Draw a sample and estimate everything from it."""
    drawn = population.draw_sample(seed)
    design = Design.create(weights=drawn["weight"], strata=drawn["stratum"], psus=drawn["psu"])
    answers = np.where(drawn["answers"] > 0, drawn["answers"], np.nan).T
    satisfied = np.where(np.isnan(answers), np.nan, answers >= 4)
    province = drawn["stratum"].astype(np.int64)
    here = province[:, None] == np.arange(population.n_provinces)
    means = mean((answers - 1) / 4, design)
    by_province = mean(np.where(here, satisfied[:, [ITEM]], np.nan), design)
    index = composite_index(
        scores=(answers - 1) / 4,
        coefficients=population.index_weights[None, :],
        design=design,
        domains=province,
        domain_count=population.n_provinces,
    )
    return Sample(
        shares=mean(satisfied, design),
        means=means,
        index=index.overall,
        province_shares=by_province,
        province_index=index.domains,
        between_items=contrast(means, pairs(means.estimate.size)),
        between_provinces=contrast(by_province, pairs(population.n_provinces)),
    )


def pairs(count: int) -> FloatArray:
    """Coefficients of the differences first - second, third - fourth, ...: array (count // 2, count)."""
    rows = np.zeros((count // 2, count))
    at = np.arange(count // 2)
    rows[at, 2 * at], rows[at, 2 * at + 1] = 1.0, -1.0
    return rows


def estimate_many(seeds: range) -> list[Sample]:
    """Estimates from the samples of these seeds; all of one population."""
    population = SipasPopulation()
    return [estimate(population, seed) for seed in seeds]


def all_lines(samples: list[Sample], truth: Truth) -> list[Line]:
    """Tally all samples."""
    item_pairs, province_pairs = pairs(truth.means.size), pairs(truth.province_shares.size)
    return [
        _of_estimates("share satisfied, by item", [one.shares for one in samples], truth.shares, CLOSE),
        _of_estimates("mean score, by item", [one.means for one in samples], truth.means, CLOSE),
        _of_nodes("index", [one.index for one in samples], truth.index, CLOSE),
        _of_estimates(
            "share, by province (df 5)",
            [one.province_shares for one in samples],
            truth.province_shares,
            AT_LEAST,
        ),
        _of_nodes(
            "index, by province (df 5)",
            [one.province_index for one in samples],
            truth.province_index,
            AT_LEAST,
        ),
        _of_differences(
            "difference of two items' means", [one.between_items for one in samples], item_pairs @ truth.means
        ),
        _of_differences(
            "difference of two provinces' shares",
            [one.between_provinces for one in samples],
            province_pairs @ truth.province_shares,
        ),
    ]


def _of_estimates(
    situation: str, found: list[Estimates], truth: FloatArray, asked: tuple[float, float]
) -> Line:
    figures = Figures(
        estimate=np.array([one.estimate for one in found]),
        se=np.array([one.se for one in found]),
        n=np.array([one.n for one in found]),
        df=np.array([one.df_domain for one in found]),
        truth=truth,
    )
    return line(situation, figures, asked)


def _of_nodes(
    situation: str, found: list[NodeEstimates], truth: FloatArray, asked: tuple[float, float]
) -> Line:
    def values(name: str) -> FloatArray:
        return np.array([np.ravel(getattr(one, name)) for one in found])

    figures = Figures(values("estimate"), values("se"), values("n"), values("df"), truth)
    return line(situation, figures, asked)


def _of_differences(situation: str, found: list[Estimates], truth: FloatArray) -> Line:
    low, high = np.array([one.ci_low for one in found]), np.array([one.ci_high for one in found])
    return differences(situation, low, high, truth)

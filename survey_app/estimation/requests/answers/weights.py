"""What the weights of a design are like, and its degrees of freedom."""

import numpy as np

from survey_app.estimation.means import kish
from survey_app.estimation.requests.designs import sampling_design
from survey_app.estimation.requests.problem import Fields, Problem
from survey_app.estimation.variance import degrees_of_freedom
from survey_app.estimation.weighting.report import kish_effect


def weights(problem: Problem) -> Fields:
    """The adjusted weights, their range and that of the factors g = weight after / before."""
    before = sampling_design(problem.request.design, problem.table).weights
    after = problem.design.weights
    factors = after[before > 0] / before[before > 0]
    return {
        "label": "weights",
        "n": after.size,
        "sum": after.sum(),
        "min": after.min(),
        "max": after.max(),
        "g_min": factors.min(initial=np.inf),
        "g_max": factors.max(initial=-np.inf),
        "kish_deff": kish_effect(after),
        "weights": after,
    }


def degf(problem: Problem) -> Fields:
    """Degrees of freedom of the design, or of the domain."""
    return {"label": "degf", "estimate": degrees_of_freedom(problem.design, problem.domain)}


def kish_of(problem: Problem) -> Fields:
    """Kish's design effect from unequal weights."""
    effect = kish(problem.design, problem.domain)
    return {"label": "kish", "estimate": effect.deff, "n_eff": effect.n_eff, "n": effect.n}

"""Which function answers which estimator."""

from collections.abc import Callable

from survey_app.estimation.requests.answers import distributions, hypotheses, ratios, weights
from survey_app.estimation.requests.problem import Fields, Problem

ANSWERS: dict[str, Callable[[Problem], Fields]] = {
    "mean": ratios.mean_or_total,
    "total": ratios.mean_or_total,
    "proportion": ratios.proportions,
    "ratio": ratios.ratio_of_totals,
    "by": ratios.by_groups,
    "by_contrast": ratios.contrast_of_groups,
    "contrast": ratios.index,
    "ciprop": ratios.interval_of_proportion,
    "variance": distributions.variances,
    "quantile": distributions.quantiles,
    "nonlinear_contrast": distributions.function_of_means,
    "weights": weights.weights,
    "degf": weights.degf,
    "kish": weights.kish_of,
    "ttest": hypotheses.t_test,
    "chisq": hypotheses.chi_square,
    "ranktest": hypotheses.rank_comparison,
    "glm": hypotheses.regression,
}

"""What a weighting step did, in numbers that a page can show and a file can keep."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from survey_app.estimation.codes import BoolArray, FloatArray


@dataclass(frozen=True)
class Target:
    """One known total, and the weighted sample total before and after the step.

    Attributes
    ----------
    margin, level : str
        Variable and class; `level` is empty for a numeric variable.
    total, before, after : float
    """

    margin: str
    level: str
    total: float
    before: float
    after: float


@dataclass(frozen=True)
class WeightingReport:
    """What a step did to the weights of n rows with a positive weight.

    Attributes
    ----------
    step : str
    iterations : int
        0 for steps that need none.
    misfit : float
        Largest distance of a weighted total from its target, as a share of the target.
    n : int
        Rows with a positive weight before the step (non-response: respondents).
    g_min, g_max : float
        Smallest and largest factor (weight after / before) of those rows.
    sum_before, sum_after : float
    weight_min, weight_max : float
        Positive weights after the step.
    deff_before, deff_after : float
        Kish's design effect from unequal weights: n sum(w^2) / (sum w)^2.
    at_lower, at_upper : int
        Rows held at a bound of the step.
    empty : tuple of str
        Classes without a respondent: total 0, or merged with another.
    targets : tuple of Target

    References
    ----------
    L. Kish, Survey Sampling (Wiley 1965), section 11.7.
    """

    step: str
    iterations: int
    misfit: float
    n: int
    g_min: float
    g_max: float
    sum_before: float
    sum_after: float
    weight_min: float
    weight_max: float
    deff_before: float
    deff_after: float
    at_lower: int = 0
    at_upper: int = 0
    empty: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()

    @classmethod
    def of(
        cls,
        step: str,
        before: FloatArray,
        after: FloatArray,
        *,
        rows: BoolArray | None = None,
        iterations: int = 0,
        empty: tuple[str, ...] = (),
        targets: tuple[Target, ...] = (),
        at_bounds: tuple[int, int] = (0, 0),
    ) -> "WeightingReport":
        """Report of a step, or of all steps together, from the weights (n,) before and after.

        `rows` (n,) restricts the range of the factors and `n` to the rows that the step keeps.
        """
        used, final = before > 0, _positive(after)
        used = used if rows is None else used & rows
        factors = after / before if used.all() else after[used] / before[used]
        return cls(
            step=step,
            iterations=iterations,
            misfit=max((abs(t.after - t.total) / (abs(t.total) or 1.0) for t in targets), default=0.0),
            n=factors.size,
            g_min=_least(factors),
            g_max=-_least(-factors),
            sum_before=float(before.sum()),
            sum_after=float(after.sum()),
            weight_min=_least(final),
            weight_max=-_least(-final),
            deff_before=kish_effect(before),
            deff_after=kish_effect(after),
            at_lower=at_bounds[0],
            at_upper=at_bounds[1],
            empty=empty,
            targets=targets,
        )

    def named(self, step: str) -> "WeightingReport":
        """The same report under another name, such as "raking to the 2024 census"."""
        return replace(self, step=step)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists, ready for JSON (NaN where nothing is defined)."""
        plain = asdict(self)
        plain["empty"], plain["targets"] = list(self.empty), list(plain["targets"])
        return plain


def kish_effect(weights: FloatArray) -> float:
    """n sum(w^2) / (sum w)^2 over positive weights (n,); NaN when there are none."""
    positive = _positive(weights)
    if not positive.size:
        return float("nan")
    return float(positive.size * (positive @ positive) / positive.sum() ** 2)


def _positive(weights: FloatArray) -> FloatArray:
    chosen = weights > 0
    return weights if chosen.all() else weights[chosen]


def _least(numbers: FloatArray) -> float:
    return float(np.min(numbers)) if numbers.size else float("nan")

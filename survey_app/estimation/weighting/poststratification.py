"""Post-stratification: weights that add up to the known population total of every class."""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.codes import FloatArray
from survey_app.estimation.design import Columns, checked_weights
from survey_app.estimation.weighting.classes import Classes, Totals, indicators
from survey_app.estimation.weighting.report import WeightingReport
from survey_app.estimation.weighting.steps import SomeDesign, apply_step


@dataclass(frozen=True)
class PostStratification:
    """A post-stratification; build it with `PostStratification.create`."""

    classes: Classes

    @classmethod
    def create(cls, columns: Columns, totals: Totals, *, name: str = "post-strata") -> "PostStratification":
        """Post-strata from one column of codes (n,), or from several that are crossed.

        Parameters
        ----------
        columns : array-like (n,) or tuple of them
        totals : mapping from code (of crossed columns: tuple of codes) to population total
        name : str
            For messages and the report.

        Raises
        ------
        UnusableTotals, UnreadableCode, MismatchedRows
        """
        return cls(Classes.create(name, columns, totals))

    def adjust(self, weights: FloatArray) -> tuple[FloatArray, WeightingReport]:
        """Multiply the weights (n,) of every class by its total over its sum.

        Raises
        ------
        MissingClass, UnusableTotals, EmptyClass, MismatchedRows, MissingWeight, NegativeWeight,
        WeightsSumToZero

        References
        ----------
        R survey 4.5, `postStratify` (with `partial = FALSE`).
        """
        before, classes = checked_weights(weights), self.classes
        sums = classes.sums(before)
        classes.check(sums)
        factors = np.divide(classes.totals, sums, out=np.zeros_like(sums), where=sums > 0)
        after = before * np.append(factors, 0.0)[classes.codes]
        targets = classes.targets(sums, classes.sums(after))
        return after, WeightingReport.of(
            "post-stratification", before, after, empty=classes.empty(), targets=targets
        )

    def adjustments(self, before: FloatArray, after: FloatArray) -> tuple[Adjustment, ...]:
        """Scores become deviations from the class means taken with the weights before the step."""
        return (Adjustment(indicators(self.classes), before, after),)


def poststratify(
    design: SomeDesign, columns: Columns, totals: Totals, *, name: str = "post-strata"
) -> tuple[SomeDesign, WeightingReport]:
    """Post-stratify a design; see `PostStratification`."""
    return apply_step(PostStratification.create(columns, totals, name=name), design)

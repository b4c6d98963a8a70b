"""What was drawn: rows, inclusion probabilities by stage, weights, and the design that analyses it."""

from dataclasses import dataclass

import numpy as np

from survey_app.estimation.codes import FloatArray, IntArray, encode_pairs, freeze_arrays
from survey_app.estimation.design import Design, LonelyRule


@dataclass(frozen=True)
class DesignColumns:
    """The columns `design.Design.create` takes (with nest=True); see `Sample.design_columns`.

    Attributes
    ----------
    weights : array (n,)
    strata : array (n,)
    psus, fpc : tuples of arrays (n,), one a stage
    """

    weights: FloatArray
    strata: IntArray
    psus: tuple[IntArray, ...]
    fpc: tuple[FloatArray, ...]

    def __post_init__(self) -> None:
        freeze_arrays(self)


@dataclass(frozen=True)
class Sample:
    """A probability sample of the rows of a frame.

    Attributes
    ----------
    rows : array (n,)
        Row numbers of the frame, ascending. A row repeats when it is a list of which several people were drawn.
    positions : array (n,) or None
        Places 0.. in the list of the row (`draws.people_of_lists`); None when rows are what was drawn.
    strata : array (n,)
        First-stage stratum of each row: integers in the order of the frame's sorted strata.
    units : array (n, stages)
        The unit each row lies in at each stage; a number stands for one unit only within its stage.
    probabilities : array (n, stages)
        Inclusion probability of that unit, given the units of the stages before.
    populations : array (n, stages)
        Units that existed where that unit was drawn; infinite when they were drawn with unequal probabilities.
    """

    rows: IntArray
    positions: IntArray | None
    strata: IntArray
    units: IntArray
    probabilities: FloatArray
    populations: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def probability(self) -> FloatArray:
        """First-order inclusion probability of each row: the product over the stages."""
        product: FloatArray = self.probabilities.prod(axis=1)
        return product

    @property
    def weights(self) -> FloatArray:
        """Base weights, 1 / probability."""
        return 1.0 / self.probability

    def design(self, lonely_psu: LonelyRule = "fail") -> Design:
        """The design of the sample's rows, in their order.

        Raises
        ------
        UnableToEstimate
            As `Design.create`: a sample of no rows, for one.
        """
        columns = self.design_columns()
        return Design.create(
            weights=columns.weights,
            strata=columns.strata,
            psus=columns.psus,
            fpc=columns.fpc,
            nest=True,
            lonely_psu=lonely_psu,
        )

    def design_columns(self) -> DesignColumns:
        """Strata, PSUs and population counts for variance estimation.

        Notes
        -----
        * A unit taken with certainty has no sampling variance of its own. It becomes a stratum, and the units
          drawn inside it are its PSUs; so at every depth.
        * Units drawn with unequal probabilities count as drawn with replacement (population infinite), which
          overstates the variance slightly, and the stages after them add nothing.
        * Systematic samples count as simple random ones, which overstates the variance when the list's order
          is related to the answers.

        References
        ----------
        C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (Springer 1992), 4.6.
        K. M. Wolter, Introduction to Variance Estimation (2nd ed., Springer 2007), 2.4.5 and 8.
        """
        size, depth = self.probabilities.shape
        itself = np.arange(size)
        certain = np.cumprod(self.probabilities == 1, axis=1).sum(axis=1)
        psus, fpc = [], []
        behind_infinity = np.zeros(size, dtype=np.bool_)
        for number in range(depth):
            at = certain + number
            missing = (at >= depth) | behind_infinity
            at = np.minimum(at, depth - 1)
            psus.append(np.where(missing, 0, self.units[itself, at]))
            fpc.append(np.where(missing, 1.0, self.populations[itself, at]))
            behind_infinity |= np.isinf(fpc[-1])
        return DesignColumns(self.weights, self._variance_strata(certain), tuple(psus), tuple(fpc))

    def _variance_strata(self, certain: IntArray) -> IntArray:
        """A code for each stratum, and for each unit of a stage that was taken with certainty."""
        last = self.units[np.arange(certain.size), np.maximum(certain, 1) - 1]
        codes, _, _ = encode_pairs(certain, np.where(certain > 0, last, self.strata))
        return codes

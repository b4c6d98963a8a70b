"""Small clustered samples of coded answers for the tests of PSU tables."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey_app.estimation.design import Design
from survey_app.estimation.psu_tables.histograms import Scale
from survey_app.estimation.psu_tables.readers import Chunk
from survey_app.estimation.psu_tables.tables import PSUTable, build

SCALE = Scale(0, 5, missing=0)
LARGEST = 5.0


@dataclass(frozen=True)
class Sample:
    """Rows: item-major answers (J, n), strata, PSUs, weights."""

    answers: npt.NDArray[np.int8]
    strata: npt.NDArray[np.int64]
    psus: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]

    def rows(self, chosen: npt.NDArray[np.int64] | slice) -> "Sample":
        """Some rows, in the order given."""
        return Sample(self.answers[:, chosen], self.strata[chosen], self.psus[chosen], self.weights[chosen])

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """Rows x items, NaN where missing: what `means.mean` takes."""
        return np.where(self.answers > 0, self.answers, np.nan).T

    def design(self, populations: dict[object, float] | None = None) -> Design:
        """The design of the rows."""
        fpc = None if populations is None else np.array([populations[code] for code in self.strata.tolist()])
        return Design.create(weights=self.weights, strata=self.strata, psus=self.psus, fpc=fpc)

    def chunk(self) -> Chunk:
        """The rows as one chunk."""
        return Chunk(list(self.answers), self.strata, self.psus, self.weights)

    def table(self, largest_weight: float = LARGEST) -> PSUTable:
        """The PSU table of the rows."""
        return build(
            list(self.answers),
            strata=self.strata,
            psus=self.psus,
            weights=self.weights,
            scale=SCALE,
            largest_weight=largest_weight,
        )


def sample(seed: int, n: int = 200, items: int = 5, psus: int = 12, strata: int = 3) -> Sample:
    """Answers 1 to 5 with one in five missing; PSU p lies in stratum p mod `strata`; some weights are zero."""
    rng = np.random.default_rng(seed)
    psu = np.concatenate([np.arange(psus), rng.integers(0, psus, n - psus)])
    answers = np.clip(np.rint(rng.normal(3.6 + 0.1 * (psu % 5), 1, (items, n))), 1, 5)
    answers[rng.random((items, n)) < 0.2] = 0
    weights = rng.uniform(0.5, LARGEST, n)
    weights[rng.random(n) < 0.05] = 0
    return Sample(answers.astype(np.int8), psu % strata, psu * 7 + 100, weights)

"""Small designs with strata of unequal sizes, and their R figures' data."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from survey_app.estimation.design import Design, LonelyRule

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Schools:
    """Eight rows in the strata a, b (taken whole when there is an fpc), c and d (one row)."""

    y: Numbers

    def design(self, rule: LonelyRule = "fail", *, fpc: bool = False, rows: int = 8) -> Design:
        population = np.array([6, 6, 6, 2, 2, 6, 6, 4])
        return Design.create(
            weights=np.array([2, 2, 2, 1, 1, 3, 3, 4])[:rows],
            strata=np.array(list("aaabbccd"))[:rows],
            fpc=population[:rows] if fpc else None,
            lonely_psu=rule,
        )


@pytest.fixture
def schools() -> Schools:
    return Schools(y=np.array([1.0, 4, 2, 8, 9, 3, 7, 5]))


@dataclass(frozen=True)
class Pairs:
    """Strata of four, two, six and two PSUs; neither strata nor PSUs in the order of their codes."""

    y: Numbers
    x: Numbers
    design: Design


@pytest.fixture
def pairs() -> Pairs:
    return Pairs(
        y=np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7]),
        x=np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5]),
        design=Design.create(
            weights=[1, 2, 1, 2, 3, 3, 2, 2, 2, 1, 1, 1, 5, 5],
            strata=[10, 10, 10, 10, 2, 2, 9, 9, 9, 9, 9, 9, 1, 1],
            psus=[4, 3, 2, 1, 1, 2, 6, 5, 4, 3, 2, 1, 2, 1],
            nest=True,
        ),
    )

"""Samples of schools as designs, their columns as numbers where they are numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy

from survey_app.estimation.adjustments import Adjustment
from survey_app.estimation.design import Design
from survey_app.estimation.replicates import ReplicateDesign
from tests.estimation.api_schools import CLUS, DISTRICTS, SCHOOLS, STRAT, Column, numbers

Rows = dict[str, npt.NDArray[Any]]


def typed(column: Column) -> npt.NDArray[Any]:
    try:
        return numbers(column)[:, 0]
    except ValueError:
        return column


@pytest.fixture(scope="session")
def clus_rows() -> Rows:
    return {name: typed(column) for name, column in CLUS.items()}


@pytest.fixture(scope="session")
def strat_rows() -> Rows:
    return {name: typed(column) for name, column in STRAT.items()}


@pytest.fixture(scope="session")
def clus() -> Design:
    return DISTRICTS


@pytest.fixture(scope="session")
def strat() -> Design:
    return SCHOOLS


@pytest.fixture(scope="session")
def jackknife(clus: Design, clus_rows: Rows) -> ReplicateDesign:
    """As R's `as.svrepdesign` of `clus`: 15 of 757 districts, one left out in each replicate."""
    districts = np.unique(clus_rows["dnum"])
    kept = clus_rows["dnum"][:, None] != districts
    return ReplicateDesign.create(
        weights=clus.weights,
        replicate_weights=clus.weights[:, None] * kept * 15 / 14,
        scale=14 / 15 * (757 - 15) / 757,
    )


@pytest.fixture(scope="session")
def poststratified(clus: Design, clus_rows: Rows) -> Design:
    """As R's `postStratify(clus, ~stype, ...)` to the numbers of schools of each type."""
    classes = clus_rows["stype"][:, None] == np.array(["E", "H", "M"])
    targets = np.array([4421, 755, 1018])
    factors = targets / (clus.weights @ classes)
    weights = clus.weights * (classes @ factors)
    auxiliary = scipy.sparse.csr_array(classes.astype(np.float64))
    return clus.adjusted(weights, Adjustment(auxiliary, clus.weights, weights))

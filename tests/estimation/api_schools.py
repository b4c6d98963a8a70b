"""Samples of Californian schools (California Department of Education, distributed with R's survey package)."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from survey_app.estimation.design import Design

DATA = Path(__file__).parent / "reference"
Column = npt.NDArray[np.str_]


def table(name: str) -> dict[str, Column]:
    with (DATA / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([row[column] for row in rows]) for column in rows[0]}


def numbers(*columns: Column) -> npt.NDArray[np.float64]:
    return np.array([np.where(column == "", "nan", column).astype(np.float64) for column in columns]).T


STRAT, CLUS = table("apistrat.csv"), table("apiclus1.csv")
SCHOOLS = Design.create(
    weights=numbers(STRAT["pw"])[:, 0], strata=STRAT["stype"], fpc=numbers(STRAT["fpc"])[:, 0]
)
DISTRICTS = Design.create(
    weights=numbers(CLUS["pw"])[:, 0], psus=CLUS["dnum"], fpc=numbers(CLUS["fpc"])[:, 0]
)

"""Random sampling designs of eight kinds."""

from typing import Any

import numpy as np

from survey_app.estimation.design import Design


def design_of(rng: np.random.Generator, kind: str, n: int, positive: int = 1) -> Design:
    """A random design, some weights zero, those of the first `positive` rows not."""
    weights = rng.choice([0.0, 1.0, 1.5, 4.0], n, p=[0.1, 0.3, 0.3, 0.3])
    weights[:positive] = 1.0
    psus = rng.integers(0, max(2, n // 4), n)
    columns: dict[str, Any] = {
        "weights": weights,
        "lonely_psu": rng.choice(["adjust", "remove", "certainty"]),
    }
    if kind == "strata":
        columns["strata"] = rng.integers(0, 4, n)
    if kind in ("clusters", "population"):
        columns |= {"strata": psus % 3, "psus": psus}
    if kind == "population":
        columns["fpc"] = (psus % 3 + 1) * n
    if kind == "strata at two stages":
        inner = rng.integers(0, 2, n)
        columns |= {
            "strata": (psus % 2, inner),
            "psus": (psus, rng.integers(0, 3, n)),
            "fpc": (psus % 2 + 3 * n, psus + inner + 5),
        }
    if kind == "two stages":
        columns |= {
            "strata": psus % 2,
            "psus": (psus, rng.integers(0, 3, n)),
            "fpc": (psus % 2 + 3 * n, psus + 5),
        }
    if kind == "one stratum":
        columns["psus"] = psus
    if kind == "lonely":
        columns |= {"strata": np.maximum(np.arange(n) - n // 2, 0), "lonely_psu": "adjust"}
    return Design.create(**columns)

import numpy as np
import pytest

from survey_app.estimation.design import Design
from survey_app.estimation.replication.kinds import UnknownKind, make
from tests.estimation.replication.conftest import Pairs, Schools


@pytest.mark.parametrize(
    ("kind", "replicates"),
    [
        ("auto", 14),
        ("JKn", 14),
        ("BRR", 8),
        ("Fay", 8),
        ("bootstrap", 5),
        ("subbootstrap", 5),
        ("mrbbootstrap", 5),
    ],
)
def test_every_kind_is_made_by_its_name(pairs: Pairs, kind: str, replicates: int) -> None:
    made = make(kind, pairs.design, rho=0.3, replicates=5, seed=1, mse=True)
    assert made.replicate_weights.shape == (14, replicates)
    assert made.mse


def test_auto_is_the_unstratified_jackknife_where_there_are_no_strata() -> None:
    assert make("auto", Design.create(weights=np.ones(4))).scale == pytest.approx(3 / 4)


def test_brr_with_a_factor_is_fays(pairs: Pairs) -> None:
    assert make("BRR", pairs.design, rho=0.5).scale == pytest.approx(1 / (8 * 0.25))
    assert make("BRR", pairs.design).scale == pytest.approx(1 / 8)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("jk2", {}, "'jk2' is no kind of replicates"),
        ("Fay", {}, "give rho"),
        ("bootstrap", {"replicates": 20}, "seed"),
        ("subbootstrap", {"seed": 1}, "number of replicates"),
    ],
)
def test_what_is_missing_is_named(schools: Schools, kind: str, options: dict[str, int], message: str) -> None:
    with pytest.raises(UnknownKind, match=message):
        make(
            kind, schools.design("certainty"), replicates=options.get("replicates"), seed=options.get("seed")
        )

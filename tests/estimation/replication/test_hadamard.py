import numpy as np
import pytest

from survey_app.estimation.replication.hadamard import hadamard


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 11, 12, 20, 24, 30, 33, 40, 50, 68, 90, 100, 184, 300, 511])
def test_rows_are_orthogonal_and_the_first_is_all_ones(rows: int) -> None:
    matrix = hadamard(rows)
    signs = 2 * matrix.astype(np.int64) - 1
    assert matrix.shape[0] > rows
    assert matrix[0].all()
    assert np.array_equal(signs @ signs.T, matrix.shape[0] * np.eye(matrix.shape[0], dtype=np.int64))


def test_orders_stay_close_above_the_number_of_rows() -> None:
    assert max(hadamard(rows).shape[0] - rows for rows in range(1, 420)) <= 12


@pytest.mark.parametrize(
    ("rows", "order"),
    # R survey 4.1-1: ncol(survey:::hadamard(rows))
    [
        (3, 4),
        (4, 8),
        (11, 12),
        (12, 16),
        (23, 24),
        (27, 28),
        (31, 32),
        (35, 36),
        (47, 48),
        (103, 104),
        (143, 144),
    ],
)
def test_orders_are_those_of_r(rows: int, order: int) -> None:
    assert hadamard(rows).shape == (order, order)

"""Hadamard matrices: rows of +1 and -1 that are orthogonal to each other, to balance half-samples.

Orders are built by doubling (Sylvester) from the constructions of Paley (I and II, over prime fields) and of
Stanton and Sprott (twin primes). Not every multiple of four is reached, but one close above any number is.
Where R's survey package uses the same constructions (up to 23 pairs, and most numbers above), rows agree with
its rows up to the order of columns, so replicates of statistics that are not linear agree as well.

References
----------
R. E. A. C. Paley, Journal of Mathematics and Physics 12 (1933), 311-320.
R. G. Stanton, D. A. Sprott, Canadian Journal of Mathematics 10 (1958), 73-77.
"""

import math

import numpy as np

from survey_app.estimation.codes import BoolArray, IntArray


def hadamard(rows: int) -> BoolArray:
    """A Hadamard matrix with more than `rows` rows: the smallest order at hand.

    Parameters
    ----------
    rows : int
        Rows needed beside the first, which is all true.

    Returns
    -------
    array (order, order) of bool
        True for +1, false for -1.
    """
    order = 4 * (rows // 4 + 1)
    while (matrix := _of_order(order)) is None:
        order += 4
    return matrix


def _of_order(order: int) -> BoolArray | None:
    """By doubling the smallest matrix that reaches the order."""
    size = order
    while size % 8 == 0:
        size //= 2
    while size <= order:
        matrix = _constructed(size)
        if matrix is not None:
            while matrix.shape[0] < order:
                matrix = np.block([[matrix, matrix], [matrix, ~matrix]])
            return matrix
        size *= 2
    return None


def _constructed(order: int) -> BoolArray | None:
    if order == 4:
        return np.array([[1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]], dtype=np.bool_)
    if _is_prime(order - 1):
        return _paley_one(order - 1)
    smaller = math.isqrt(order) - 1
    if smaller * (smaller + 2) == order - 1 and _is_prime(smaller) and _is_prime(smaller + 2):
        return _twin_primes(smaller)
    if order % 8 == 4 and _is_prime(order // 2 - 1):
        return _paley_two(order // 2 - 1)
    return None


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def _character(prime: int) -> IntArray:
    """Quadratic character of 0..prime-1: 0, +1 for squares, -1 for the others."""
    character = np.full(prime, -1, dtype=np.int64)
    character[np.arange(1, prime) ** 2 % prime] = 1
    character[0] = 0
    return character


def _bordered(core: BoolArray, border: bool) -> BoolArray:
    """The matrix with a first row of true and, beside the core, a column of `border`."""
    column = np.full((core.shape[0], 1), border)
    return np.vstack([np.ones((1, core.shape[0] + 1), dtype=np.bool_), np.hstack([column, core])])


def _sums(modulus: int) -> IntArray:
    return np.add.outer(np.arange(modulus), np.arange(modulus)) % modulus


def _paley_one(prime: int) -> BoolArray:
    """Order prime + 1, for primes that leave 3 when divided by 4."""
    return _bordered(_character(prime)[_sums(prime)] == -1, border=True)


def _twin_primes(smaller: int) -> BoolArray:
    """Order p (p + 2) + 1 for twin primes p and p + 2."""
    number = np.arange(smaller * (smaller + 2))
    one, other = _character(smaller)[number % smaller], _character(smaller + 2)[number % (smaller + 2)]
    chosen = (one * other == 1) | ((one == 0) & (other != 0))
    return _bordered(chosen[_sums(number.size)], border=False)


def _paley_two(prime: int) -> BoolArray:
    """Order 2 (prime + 1), for primes that leave 1 when divided by 4."""
    size = prime + 1
    conference = np.ones((size, size), dtype=np.int64)
    differences = np.subtract.outer(np.arange(prime), np.arange(prime)) % prime
    conference[1:, 1:] = _character(prime)[differences]
    conference[0, 0] = 0
    identity = np.eye(size, dtype=np.int64)
    plus, minus = conference + identity, conference - identity
    matrix = np.block([[plus, minus], [minus, -plus]])
    return np.asarray(matrix * matrix[0] > 0)

"""Weights as whole numbers, so that their sums are exact and do not depend on the order of addition.

A weight is rounded once, to a multiple of 2^-42 of a power of two above the largest weight: an error of at most
2.3e-13 of the largest weight, and none at all for weights such as 1, 2.5 or 17. From there on every sum is
exact. While rows are read, a weight shares 64 bits with a count of one, so that one addition serves both: 1,024
rows fit. The sums of a table are two columns, 2^32 high + low, which hold any number of rows.
"""

import math

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import FloatArray, IntArray, UnableToEstimate

WEIGHT_BITS, COUNT_BITS, LOW_BITS = 42, 11, 32
ROWS_OF_A_SUM = 2 ** (COUNT_BITS - 1)
"""Rows whose packed weights may be added up: 2^10 (2^42 2^11 + 1) < 2^64."""
Packed = npt.NDArray[np.uint64]


class WeightTooLarge(UnableToEstimate):
    """A weight exceeds the largest weight that the table was declared for."""


class UnusableLargestWeight(UnableToEstimate):
    """The declared largest weight is not a positive finite number."""


def exponent_of(largest_weight: float) -> int:
    """Exponent e of the smallest power of two 2^e > `largest_weight`.

    Raises
    ------
    UnusableLargestWeight
    """
    if not 1e-200 < largest_weight < 1e200:
        raise UnusableLargestWeight(
            f"largest_weight={largest_weight!r}: give a positive number, of any usual size, that no weight exceeds."
        )
    return math.frexp(largest_weight)[1]


def pack(weights: FloatArray, exponent: int) -> Packed:
    """Each weight as a whole number, with a count of one below it if the weight is positive.

    Raises
    ------
    WeightTooLarge
    """
    largest = float(weights.max(initial=0.0))
    if largest >= math.ldexp(1.0, exponent):
        raise WeightTooLarge(
            f"A weight of {largest:g} is not below {math.ldexp(1.0, exponent):g}, the range that the table was "
            "declared for. Declare a larger largest_weight, the same for all parts of the table."
        )
    scaled = weights * math.ldexp(1.0, WEIGHT_BITS - exponent)
    # by way of int64, to which processors convert directly
    packed = np.rint(scaled, out=scaled).astype(np.int64)
    packed <<= COUNT_BITS
    packed |= weights > 0
    return packed.view(np.uint64)


def unpack(packed: Packed) -> FloatArray:
    """Sums of weights and counts, array (2, ...), as whole numbers below 2^53: float64 still adds them exactly."""
    parts = np.empty((2, *packed.shape))
    parts[0] = packed >> np.uint64(COUNT_BITS)
    parts[1] = packed & np.uint64(2**COUNT_BITS - 1)
    return parts


def split(sums: IntArray) -> tuple[IntArray, IntArray]:
    """High and low parts of whole numbers."""
    return sums >> LOW_BITS, sums & (2**LOW_BITS - 1)


def carry(high: IntArray, low: IntArray) -> None:
    """Bring the low parts below 2^32, in place: the one form of each sum."""
    high += low >> LOW_BITS
    low &= 2**LOW_BITS - 1


def to_float(high: IntArray, low: IntArray, exponent: int) -> FloatArray:
    """The sums in the unit of the weights, rounded once."""
    sums = high.astype(np.float64)
    sums *= 2.0**LOW_BITS
    sums += low
    sums *= math.ldexp(1.0, exponent - WEIGHT_BITS)
    return sums

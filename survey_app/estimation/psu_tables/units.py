"""PSUs of rows: the pairs (stratum, PSU) of two columns as integers, quickly where the rows are in order."""

import numpy as np
import numpy.typing as npt

from survey_app.estimation.codes import BoolArray, IntArray, Labels, encode, encode_pairs

Units = npt.NDArray[np.signedinteger]
WIDEST = 2**22
"""Integer codes in a range up to this are ranked by a table instead of by sorting."""


def psus_of_rows(strata: Labels, psus: Labels) -> tuple[Units, tuple[Labels, Labels]]:
    """Integers of the pairs (stratum, PSU), sorted by stratum, then PSU.

    Parameters
    ----------
    strata, psus : arrays (n,)

    Returns
    -------
    codes : array (n,)
        0..P-1.
    labels : pair of arrays (P,)
        Stratum and PSU of each integer; int64 or text.

    Raises
    ------
    MissingCode, UnreadableCode
    """
    starts = np.flatnonzero(_changes(strata) | _changes(psus))
    if starts.size > strata.size // 4:
        return _pairs(strata, psus)
    codes, labels = _pairs(strata[starts], psus[starts])
    # half the memory is half the time: there are fewer than 2^31 PSUs
    return np.repeat(codes.astype(np.int32), np.diff(starts, append=strata.size)), labels


def _changes(column: Labels) -> BoolArray:
    change = np.ones(column.size, dtype=np.bool_)
    change[1:] = column[1:] != column[:-1]
    return change


def _pairs(strata: Labels, psus: Labels) -> tuple[IntArray, tuple[Labels, Labels]]:
    stratum, stratum_labels = _ranks(strata, "strata")
    psu, psu_labels = _ranks(psus, "psus")
    if stratum_labels.size * psu_labels.size <= WIDEST:
        unit, pairs = _ranks(stratum * psu_labels.size + psu, "pairs")
        outer, inner = np.divmod(pairs, max(psu_labels.size, 1))
    else:
        unit, outer, inner = encode_pairs(stratum, psu)
    return unit, (_plain(stratum_labels)[outer], _plain(psu_labels)[inner])


def _ranks(column: Labels, name: str) -> tuple[IntArray, Labels]:
    """As `codes.encode`, without sorting where a table of the integer codes is small."""
    if column.dtype.kind not in "iu" or not column.size:
        return encode(column, name)
    lowest, highest = int(column.min()), int(column.max())
    if highest - lowest >= WIDEST:
        return encode(column, name)
    present = np.zeros(highest - lowest + 1, dtype=np.bool_)
    places = column.astype(np.int64) - lowest
    present[places] = True
    rank = np.cumsum(present) - 1
    return rank[places], np.flatnonzero(present) + lowest


def _plain(labels: Labels) -> Labels:
    """The labels as int64 or text, so that tables of other machines compare and store alike."""
    if labels.dtype.kind in "iub":
        return labels.astype(np.int64)
    return np.array(labels.tolist()) if labels.dtype.kind == "O" else labels

"""Texts that say the same in other words, by vectors that some model made of them."""

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.near_duplicates import Links
from commonhold.curate.dedup.ragged import Places

BLOCK_ROWS = 2048
ROUNDING = 1e-4
"""More than 32 bits lose in a sum of some thousand products."""
SMALLEST = 1e-6
"""So that two equal vectors have a cosine of 1 and not a little less."""


def similar_vectors(vectors: NDArray[np.float32], threshold: float, block_rows: int = BLOCK_ROWS) -> Links:
    """Pairs of rows of an array (n, d) with a cosine of at least `threshold`, in (0, 1]; rows of zeros match nothing.

    Compares all with all, n²·d steps: three seconds for 20,000 rows of 384 on one core, 70 for 100,000.
    The cosine stands where a Jaccard overlap does in other links. It is worked out again pair by pair in 64 bits, so
    that the size of a block, which changes the order of additions, does not change what is found.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a cosine threshold is above 0 and at most 1, got {threshold}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, lengths, out=np.zeros_like(vectors, np.float32), where=lengths > 0)
    parts = [Links(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for start in range(0, len(units), block_rows):
        for other in range(start, len(units), block_rows):
            near = units[start : start + block_rows] @ units[other : other + block_rows].T >= threshold - ROUNDING
            row, column = np.nonzero(near)
            left, right = row + start, column + other
            parts.append(_exactly(units, left[right > left], right[right > left], threshold))
    left, right, cosine = (np.concatenate([part[column] for part in parts]) for column in range(3))
    order = np.lexsort((right, left))
    return Links(left[order], right[order], cosine[order])


def _exactly(units: NDArray[np.float32], left: Places, right: Places, threshold: float) -> Links:
    cosine = (units[left].astype(np.float64) * units[right]).sum(axis=1)
    enough = cosine >= threshold - SMALLEST
    return Links(left[enough], right[enough], cosine[enough])

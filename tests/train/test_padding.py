"""Filling is counted as the model meets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.train.packing import IGNORED, TokenExample, pack
from commonhold.train.padding import example_lengths, padding_share


@pytest.mark.parametrize(
    ("lengths", "batch_size", "share"),
    [
        ([3, 1, 2], 1, 0.0),
        ([3, 1, 2], 2, 2 / 8),  # 3 + 3, of which two are filling, and a last batch of 2
        ([3, 1, 2], 3, 3 / 9),
        ([3, 1, 2], 9, 3 / 9),
        ([], 2, 0.0),
        ([4, 4], 2, 0.0),
    ],
)
def test_share_by_hand(lengths: list[int], batch_size: int, share: float) -> None:
    assert padding_share(lengths, batch_size) == share


@given(st.lists(st.integers(1, 20), min_size=1), st.integers(1, 30))
def test_lengths_of_packed_examples_are_found_again(lengths: list[int], row_tokens: int) -> None:
    examples = [TokenExample(str(n), (7,) * (length - 1), (9,)) for n, length in enumerate(lengths)]
    rows = list(pack(examples, row_tokens))
    assert example_lengths(rows) == lengths
    assert sum(label != IGNORED for row in rows for label in row.labels) == len(lengths)

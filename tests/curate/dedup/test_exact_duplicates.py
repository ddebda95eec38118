import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.dedup.embeddings import similar_vectors
from commonhold.curate.dedup.exact_duplicates import repeats, text_hashes
from commonhold.curate.dedup.ragged import Hashes


def content_digests(prompts: Sequence[str], completions: Sequence[str]) -> Hashes:
    """(records, 2): of each message and reply."""
    return np.stack([text_hashes(prompts), text_hashes(completions)], axis=1)


def test_the_first_stays_and_capitals_and_white_space_do_not_matter() -> None:
    digests = content_digests(["Where is it?", "where  IS it?", "Where is it?"], ["There.", " there.", "Here."])
    found = repeats(digests, np.array([5, 3, 4]))
    assert (found.item.tolist(), found.original.tolist()) == ([5], [3])


def test_text_that_moves_from_message_to_reply_is_another() -> None:
    assert repeats(content_digests(["a b", "a", "ab", "a"], ["c", "b c", "c", "bc"]), np.arange(4)).item.tolist() == []


def test_half_a_character_can_be_told_apart() -> None:
    assert repeats(content_digests(["\ud83d", "\ud83e"], ["", ""]), np.array([0, 1])).item.tolist() == []


@given(st.lists(st.sampled_from("abcdef"), max_size=20), st.integers(0, 9))
def test_the_order_in_which_items_are_given_does_not_matter(texts: list[str], seed: int) -> None:
    first = {text: place for place, text in reversed(list(enumerate(texts)))}
    order = np.array(random.Random(seed).sample(range(len(texts)), len(texts)), np.int64)
    digests = content_digests([texts[place] for place in order], [""] * len(texts))
    found = repeats(digests, order)
    assert list(zip(found.item.tolist(), found.original.tolist(), strict=True)) == [
        (place, first[text]) for place, text in enumerate(texts) if first[text] != place
    ]


def test_vectors_at_the_threshold_are_similar_and_just_below_are_not() -> None:
    # The cosine of (3, 4) and (1, 0) is 0.6, of (3, 4) and (0, 2) 0.8.
    vectors = np.array([[1, 0], [3, 4], [0, 2], [0, 0]], np.float32)
    found = similar_vectors(vectors, 0.8)
    assert (found.left.tolist(), found.right.tolist()) == ([1], [2])
    assert found.jaccard.tolist() == pytest.approx([0.8])
    assert similar_vectors(vectors, 0.80005).left.tolist() == []
    assert similar_vectors(vectors, 0.81).left.tolist() == []
    assert similar_vectors(vectors, 0.6).left.tolist() == [0, 1]


@pytest.mark.parametrize("rows", [1, 3, 64])
def test_blocks_do_not_matter(rows: int) -> None:
    vectors = np.random.default_rng(3).standard_normal((40, 6)).astype(np.float32)
    whole, parts = similar_vectors(vectors, 0.5), similar_vectors(vectors, 0.5, rows)
    assert len(whole.left) > 10
    assert all(one.tolist() == other.tolist() for one, other in zip(whole, parts, strict=True))


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        similar_vectors(np.zeros((1, 1), np.float32), 0.0)

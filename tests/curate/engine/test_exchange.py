"""Near copies by way of files: shards, partitions and what was left out before change nothing in what is found."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.curate.dedup.test_near_duplicates import made_up
from tests.curate.near import linked

from commonhold.curate.dedup.near_duplicates import Groups, Links, copies
from commonhold.curate.dedup.ragged import Places, write_sets
from commonhold.curate.dedup.shingles import shingle_sets
from commonhold.curate.engine.exchange import TextSets, near_links
from commonhold.curate.engine.executor import Inline

SENTENCE = st.lists(st.sampled_from("abcde"), max_size=9).map(" ".join)
Found = tuple[list[tuple[int, int, float]], list[int]]


def stored(texts: list[str], shard: int, folder: Path) -> TextSets:
    """The shingle sets of the texts, so many to a folder."""
    first_items = range(0, max(len(texts), 1), shard)
    for first in first_items:
        (folder / f"sets-{first}").mkdir()
        write_sets(folder / f"sets-{first}", shingle_sets(texts[first : first + shard]))
    return TextSets(tuple(folder / f"sets-{first}" for first in first_items), tuple(first_items))


def decided(found: Links, texts: list[str], threshold: float) -> Found:
    """What comes of links: copies, and the group of each text."""
    groups = Groups(len(texts))
    groups.join(found.left, found.right)
    columns = copies(found, shingle_sets(texts).take, threshold)
    return list(zip(*(column.tolist() for column in columns), strict=True)), groups.names().tolist()


def exchanged(texts: list[str], items: Places, threshold: float, shard: int, partitions: int) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        sets = stored(texts, shard, Path(folder))
        most = max(-(-len(items) // partitions), 1)
        found = near_links(sets, items, threshold, Inline(), Path(folder) / "work", most)
        asked = -(-len(items) // most)
        assert len(list((Path(folder) / "work").glob("links-*"))) == (asked if len(items) else 0)
    return decided(found, texts, threshold)


@settings(deadline=None, max_examples=20)
@given(st.lists(SENTENCE, min_size=1, max_size=25), st.sampled_from([0.5, 0.7, 1.0]), st.integers(1, 26))
def test_one_two_and_five_partitions_find_what_is_found_in_memory(
    texts: list[str], threshold: float, shard: int
) -> None:
    expected = decided(linked(shingle_sets(texts), threshold), texts, threshold)
    for partitions in (1, 2, 5):
        assert exchanged(texts, np.arange(len(texts)), threshold, shard, partitions) == expected


def test_partitions_and_shards_do_not_matter_where_texts_are_long() -> None:
    texts = [*made_up(120, (3, 30), 300, seed=4), *made_up(60, (100, 200), 2000, seed=9)]
    expected = decided(linked(shingle_sets(texts), 0.6), texts, 0.6)
    assert len(expected[0]) > 50
    assert exchanged(texts, np.arange(len(texts)), 0.6, 50, 5) == expected
    assert exchanged(texts, np.arange(len(texts)), 0.6, 200, 2) == expected


def test_texts_that_are_not_asked_about_are_no_originals_and_no_bridges() -> None:
    # The first is out: the second has no original before it. The fourth is out: the third and the fifth do not meet.
    texts = ["a b c d e f", "a b c d e f", "p q r s", "p q r s t u", "r s t u"]
    assert exchanged(texts, np.array([1, 2, 4]), 0.5, 2, 1) == ([], [0, 1, 2, 3, 4])
    assert exchanged(texts, np.arange(5), 0.5, 2, 1) == ([(1, 0, 1.0), (3, 2, 0.5)], [0, 0, 2, 2, 2])


@pytest.mark.parametrize("shard", [1, 3])
def test_nothing_asked_about_is_nothing_found(shard: int) -> None:
    assert exchanged(["a b c", "a b c"], np.zeros(0, np.int64), 0.5, shard, 1) == ([], [0, 1])

import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.curate.near import linked, near_copies
from tests.curate.oracle import copies_by_comparing_all

from commonhold.curate.dedup.candidates import candidates
from commonhold.curate.dedup.minhash_lsh import (
    Keys,
    banded,
    bands_for,
    keys_of,
    shingle_counts,
    signatures,
    stacked_keys,
)
from commonhold.curate.dedup.near_duplicates import Groups, copies, links, stacked_links
from commonhold.curate.dedup.ragged import Ragged, StoredSets, offsets_of, write_sets
from commonhold.curate.dedup.shingles import shingle_sets

Told = list[tuple[int, int, float]]

SENTENCE = st.lists(st.sampled_from("abcde"), max_size=9).map(" ".join)


def told(texts: Sequence[str], threshold: float) -> Told:
    return list(zip(*(column.tolist() for column in near_copies(texts, threshold)), strict=True))


def exactly(texts: Sequence[str], threshold: float) -> Told:
    return [(place, *found) for place, found in copies_by_comparing_all(texts, threshold).items()]


def test_overlap_at_the_threshold_is_a_copy_and_just_below_is_not() -> None:
    # abc bcd cde def and abc bcd cde: 3 of 4.
    assert told(["a b c d e f", "a b c d e"], 0.75) == [(1, 0, 0.75)]
    assert told(["a b c d e f", "a b c d e"], 0.76) == []


def test_a_copy_of_a_text_that_was_left_out_stays_when_it_is_none_of_one_that_stays() -> None:
    # b overlaps a by 0.75 and c by 0.667, a and c by 0.5.
    assert told(["a b c d e f", "a b c d e", "a b c d"], 0.6) == [(1, 0, 0.75)]


def test_the_original_is_the_earliest_that_stays_and_overlaps() -> None:
    # xyz: only with the third; the fourth overlaps the first by 3 of 4 and the second by 4 of 4.
    texts = ["a b c d e", "b c d e f g h", "x y z", "a b c d e f"]
    assert told(texts, 0.5) == [(3, 0, 0.75)]


def test_texts_without_words_are_no_copies_and_short_ones_are_compared_whole() -> None:
    assert told(["?", "!", "lamp out", "Lamp, out!", "lamp", "lamp out now"], 0.5) == [(3, 2, 1.0)]


@given(st.lists(SENTENCE, max_size=25), st.sampled_from([0.2, 0.5, 2 / 3, 0.8, 1.0]))
def test_short_texts_are_decided_as_by_comparing_all_with_all(texts: list[str], threshold: float) -> None:
    assert told(texts, threshold) == exactly(texts, threshold)


def made_up(rows: int, words: tuple[int, int], vocabulary: int, seed: int) -> list[str]:
    """Texts of which half have a twin with some words exchanged, and a fifth begin alike."""
    drawn = random.Random(seed)
    texts: list[str] = []
    for _ in range(rows):
        text = [f"w{drawn.randrange(vocabulary)}" for _ in range(drawn.randint(*words))]
        if texts and drawn.random() < 0.5:
            text = drawn.choice(texts).split()
            for _ in range(drawn.randint(0, max(len(text) // 10, 1))):
                text[drawn.randrange(len(text))] = f"w{drawn.randrange(vocabulary)}"
        elif drawn.random() < 0.2:
            text[:7] = ["what", "are", "the", "opening", "hours", "of", "the"]
        texts.append(" ".join(text))
    return texts


@pytest.mark.parametrize(("words", "threshold"), [((3, 30), 0.8), ((3, 30), 0.5), ((20, 90), 0.5)])
def test_messages_are_decided_as_by_comparing_all_with_all(words: tuple[int, int], threshold: float) -> None:
    texts = made_up(3000, words, 3000, seed=11)
    expected = exactly(texts, threshold)
    assert len(expected) > 500
    assert told(texts, threshold) == expected


def test_long_texts_are_found_at_least_as_often_as_promised() -> None:
    texts = made_up(1000, (150, 300), 5000, seed=3)
    expected, found = ({place for place, _, _ in one} for one in (exactly(texts, 0.8), told(texts, 0.8)))
    assert len(expected) > 100
    assert len(found & expected) >= 0.99 * len(expected)
    assert found <= expected


def test_a_text_just_short_enough_for_exact_keys_meets_a_longer_one_that_is_not() -> None:
    # 75 of 88 shingles are shared, and only the longer one has bands.
    short = " ".join(f"w{number}" for number in range(77))
    longer = " ".join(f"w{number}" for number in range(90))
    assert told([short, longer], 0.8) == [(1, 0, 75 / 88)]


def overlapping(pairs: int, shingles: int, shared: int, seed: int) -> Ragged:
    """Sets in pairs; each pair has so many shingles together, of which so many are in both."""
    size = (shingles + shared) // 2
    drawn = np.random.default_rng(seed).integers(0, 1 << 44, (pairs, shingles), dtype=np.uint64)
    sets = np.sort(np.stack([drawn[:, :size], drawn[:, shingles - size :]], axis=1)).ravel()
    return Ragged(sets, np.arange(0, sets.size + 1, size))


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.5, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("times", [1, 3])
def test_pairs_meet_in_bands_by_their_overlap_however_few_shingles_they_have(threshold: float, times: int) -> None:
    # 10,000 pairs: four standard errors of a chance of 0.99 are 0.004. Half as much overlap meets a little more often.
    bands = bands_for(threshold)
    size = times * (bands.short + 1)
    for overlap, least, most in ((threshold, -0.004, 1.0), (threshold / 2, -0.02, 0.2)):
        shared = 2 * round(size * overlap / (1 + overlap))
        signed = signatures(overlapping(10_000, 2 * size - shared, shared, seed=4), bands.permutations)
        in_bands = signed[:, banded(bands.bands, bands.rows)].reshape(10_000, 2, bands.bands, bands.rows)
        met = float((in_bands[:, 0] == in_bands[:, 1]).all(axis=2).any(axis=1).mean())
        assert least <= met - bands.chance(shared / (2 * size - shared)) <= most


def test_long_texts_below_the_threshold_meet_as_seldom_as_the_curve_says() -> None:
    # 200 of 400 shingles are shared, and 0.22 of such pairs meet; 300 pairs, so within 0.1 (four standard errors).
    keys = keys_of(np.arange(600), overlapping(300, 400, 200, seed=8), bands_for(0.8))
    assert abs(len(candidates(keys, 0.4).pairs.left) / 300 - bands_for(0.8).chance(0.5)) < 0.1


@pytest.mark.parametrize("threshold", [0.05, 0.3, 0.5, 0.7, 0.75, 0.8, 0.9, 1.0])
def test_bands_find_99_of_100_at_the_threshold_with_at_most_128_permutations(threshold: float) -> None:
    bands = bands_for(threshold)
    assert bands.chance(threshold) >= 0.99
    assert bands.permutations <= 128
    assert bands.curve()[1.0] == 1.0


def test_the_curve_is_worked_out_as_by_hand() -> None:
    # 16 bands of 6 rows: 1 - (1 - 0.8^6)^16 = 1 - 0.737856^16 = 0.99228; at 0.5: 1 - (1 - 1/64)^16 = 0.22274.
    bands = bands_for(0.8)
    assert (bands.bands, bands.rows) == (16, 6)
    assert math.isclose(bands.chance(0.8), 0.99228, abs_tol=1e-5)
    assert math.isclose(bands.chance(0.5), 0.22274, abs_tol=1e-5)


@pytest.mark.parametrize("threshold", [0.0, 0.04, 1.01])
def test_a_threshold_out_of_reach_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match=r"between 0\.05 and 1"):
        bands_for(threshold)


def test_prefixes_are_as_short_as_the_threshold_allows() -> None:
    # 10 shingles at 0.8: 8 must be shared, so one of any 3 is. 0.7 of 10 is 7, not a little more.
    assert bands_for(0.8).prefix(10) == 3
    assert bands_for(0.7).prefix(10) == 4
    assert bands_for(1.0).prefix(10) == 1


def sharded(texts: list[str], threshold: float, shard: int, partitions: int, order: int) -> tuple[Told, list[int]]:
    """The same by way of shards and partitions, which are worked on in an order drawn from `order`."""
    bands, drawn = bands_for(threshold), random.Random(order)
    shards = [(first, shingle_sets(texts[first : first + shard])) for first in range(0, len(texts), shard)]
    drawn.shuffle(shards)
    counts = sum((shingle_counts(sets) for _, sets in shards[1:]), shingle_counts(shards[0][1]))
    made = [keys_of(np.arange(len(sets.sizes)) + first, sets, bands, counts) for first, sets in shards]
    parts = [stacked_keys([keys.partitioned(partitions)[number] for keys in made]) for number in range(partitions)]
    drawn.shuffle(parts)
    lookup = shingle_sets(texts).take
    found = stacked_links([links(candidates(part, threshold), lookup, threshold) for part in parts])
    groups = Groups(len(texts))
    groups.join(found.left, found.right)
    columns = copies(found, lookup, threshold)
    return list(zip(*(column.tolist() for column in columns), strict=True)), groups.names().tolist()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(SENTENCE, min_size=1, max_size=30),
    st.sampled_from([0.5, 0.8]),
    st.integers(1, 31),
    st.integers(1, 5),
    st.integers(0, 9),
)
def test_neither_the_number_nor_the_order_of_shards_matters(
    texts: list[str], threshold: float, shard: int, partitions: int, order: int
) -> None:
    assert sharded(texts, threshold, shard, partitions, order) == sharded(texts, threshold, len(texts), 1, 0)


def test_shards_do_not_matter_where_buckets_are_large_and_texts_long() -> None:
    many = [f"where in the old town do I go to ask about {number % 40} {number}" for number in range(300)]
    texts = [*many, *made_up(150, (100, 200), 2000, seed=9)]
    whole = sharded(texts, 0.6, len(texts), 1, 0)
    assert len(whole[0]) > 200
    assert sharded(texts, 0.6, 37, 7, 5) == sharded(texts, 0.6, 200, 3, 6) == whole


def test_equal_texts_are_found_however_many_share_their_words() -> None:
    # 500 different texts under each common key, of which the last is the same as the first of them.
    texts = [f"x{number} the the y{number}" for number in range(500)]
    found = told([*texts, *reversed(texts)], 1.0)
    assert [(item, original) for item, original, _ in found] == [(500 + n, 499 - n) for n in range(500)]


def pairs_compared(texts: list[str], threshold: float) -> int:
    sets = shingle_sets(texts)
    keys = keys_of(np.arange(len(texts)), sets, bands_for(threshold), shingle_counts(sets))
    return len(candidates(keys, threshold).pairs.left)


def test_pairs_grow_with_the_texts_and_not_with_their_square() -> None:
    # All overlap each other by 7 of 13: one bucket for each common key.
    texts = [f"a b c d e f g h i j k{number} l m n" for number in range(4000)]
    few, many = pairs_compared(texts[:1000], 0.5), pairs_compared(texts, 0.5)
    assert few > 1000
    assert many < 4.5 * few


def bucket(items: int) -> Keys:
    """Different texts of ten shingles of which the first is the same."""
    places = np.arange(items)
    return Keys(
        np.full(items, 7, np.uint64),
        places,
        places.astype(np.uint64),
        np.full(items, 10, np.int32),
        np.zeros(items, np.int16),
    )


def test_a_bucket_of_64_is_compared_pair_by_pair() -> None:
    assert len(candidates(bucket(64), 0.8).pairs.left) == 64 * 63 // 2


def test_in_a_larger_bucket_a_text_is_compared_with_the_first_32_and_the_32_before_it() -> None:
    pairs = candidates(bucket(100), 0.8).pairs
    last = sorted(pairs.left[pairs.right == 99].tolist())
    assert last == [*range(32), *range(67, 99)]
    assert len(set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))) == len(pairs.left)


def test_a_text_that_no_other_of_a_large_bucket_can_overlap_enough_does_not_count_among_the_first() -> None:
    keys = bucket(101)
    keys.size[0] = 100
    pairs = candidates(keys, 0.8).pairs
    assert sorted(pairs.left[pairs.right == 100].tolist()) == [*range(1, 33), *range(68, 100)]


def test_a_template_below_the_threshold_makes_no_pairs() -> None:
    # what-are-the are-the-symptoms the-symptoms-of of 5 each: 3 of 7 shared.
    texts = [f"what are the symptoms of x{number} y{number}" for number in range(1000)]
    assert pairs_compared(texts, 0.5) == 0


def grouped(texts: Sequence[str], threshold: float) -> list[int]:
    found = linked(shingle_sets(texts), threshold)
    groups = Groups(len(texts))
    groups.join(found.left, found.right)
    return [int(name) for name in groups.names()]


def test_groups_join_through_a_middle_one_and_are_named_by_the_first() -> None:
    assert grouped(["x y z", "a b c d", "a b c d e f", "c d e f"], 0.5) == [0, 1, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40), st.integers(1, 40))
def test_groups_are_the_connected_parts_whatever_the_order_of_the_pairs(pairs: list[tuple[int, int]], cut: int) -> None:
    reached = {item: {item} for item in range(20)}
    for one, other in pairs:
        both = reached[one] | reached[other]
        for item in both:
            reached[item] = both
    groups = Groups(20)
    backwards = pairs[::-1]
    for part in (backwards[:cut], backwards[cut:]):
        groups.join(np.array([one for one, _ in part], np.int64), np.array([other for _, other in part], np.int64))
    assert groups.names().tolist() == [min(reached[item]) for item in range(20)]


def test_a_copy_of_groups_is_joined_without_the_original() -> None:
    groups = Groups(2)
    groups.copy().join(np.array([0]), np.array([1]))
    assert groups.names().tolist() == [0, 1]


def test_links_are_not_compared_again_when_others_join_their_ends() -> None:
    # A clique of five texts needs four links.
    texts = [f"a b c d e f g h i j k{number}" for number in range(5)]
    assert len(linked(shingle_sets(texts), 0.6).left) >= 4
    assert grouped(texts, 0.6) == [0] * 5


def test_stored_sets_are_looked_up_across_shards_in_any_order(tmp_path: Path) -> None:
    texts = [f"one two three four n{number}" for number in range(7)]
    sets = shingle_sets(texts)
    for first, last in ((0, 3), (3, 7)):
        (tmp_path / str(first)).mkdir()
        write_sets(tmp_path / str(first), sets.take(np.arange(first, last)))
    found = StoredSets([tmp_path / "0", tmp_path / "3"], [0, 3])(np.array([6, 0, 3, 2]))
    assert found.values.tolist() == sets.take(np.array([6, 0, 3, 2])).values.tolist()
    assert found.offsets.tolist() == [0, 3, 6, 9, 12]


def test_no_keys_make_no_copies() -> None:
    empty = Ragged(np.zeros(0, np.uint64), offsets_of(np.zeros(3, np.int64)))
    assert linked(empty, 0.5).left.tolist() == []
    assert told([], 0.5) == []

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.oracle import shingles

from commonhold.curate.dedup.hashing import hash_words, runs
from commonhold.curate.dedup.minhash_lsh import EMPTY, signatures
from commonhold.curate.dedup.ragged import Ragged, stacked
from commonhold.curate.dedup.shingles import overlaps, set_digests, shingle_sets
from commonhold.curate.text.words import words

PINNED = ["16645107187326874054", "7144542363568930843"]
"""`água` and `fría`: a change here changes what counts as seen in every community's records."""
TEXTS = st.lists(st.text(max_size=40), max_size=8)
WORDY = st.lists(st.text(alphabet="aAßé ’-\u200d我ก.", max_size=24), max_size=8)


def ragged(*rows: list[int]) -> Ragged:
    return Ragged(
        np.array([value for row in rows for value in row], np.uint64),
        np.array([0, *np.cumsum([len(row) for row in rows])], np.int64),
    )


@given(TEXTS | WORDY)
def test_hashed_words_are_the_words_of_the_text_one_number_for_each(texts: list[str]) -> None:
    hashed = hash_words(texts)
    expected = [words(text.casefold()) for text in texts]
    assert hashed.sizes.tolist() == [len(found) for found in expected]
    numbers = dict(zip([word for found in expected for word in found], hashed.values.tolist(), strict=True))
    assert [numbers[word] for found in expected for word in found] == hashed.values.tolist()
    assert len(set(numbers.values())) == len(numbers)


@pytest.mark.parametrize(
    "text", ["Straße STRASSE strasse", "Don’t don't DONT", "我要水 我 要 水", "İ i̇", "a\u200db ab"]
)
def test_spellings_that_words_takes_for_one_have_one_number(text: str) -> None:
    assert len(set(hash_words([text]).values.tolist())) == len(set(words(text.casefold())))


def test_words_do_not_join_across_texts() -> None:
    assert hash_words(["ab", "cd"]).sizes.tolist() == [1, 1]
    assert hash_words(["", "ab", "", ""]).sizes.tolist() == [0, 1, 0, 0]


def test_a_text_longer_than_a_chunk_hashes_like_its_parts() -> None:
    text = "one two three four " * 20_000
    assert set(hash_words([text]).values.tolist()) == set(hash_words(["four three", "two one"]).values.tolist())


def test_hashes_are_the_same_in_another_process_and_in_five_years() -> None:
    program = "from commonhold.curate.dedup.hashing import hash_words; print(*hash_words(['Água fría']).values)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(number) for number in hash_words(["água FRÍA"]).values.tolist()]
    assert ran.stdout.split() == PINNED


@given(TEXTS | WORDY, st.integers(1, 5))
def test_runs_of_words_are_as_many_as_there_are_and_equal_when_the_words_are(texts: list[str], length: int) -> None:
    found = runs(hash_words(texts), length)
    numbers: dict[tuple[str, ...], int] = {}
    for place, text in enumerate(texts):
        said = words(text.casefold())
        starts = range(max(len(said) - length, 0) + 1) if said else range(0)
        expected = [tuple(said[start : start + length]) for start in starts]
        row = found.row(place).tolist()
        assert len(row) == len(expected)
        assert all(numbers.setdefault(run, number) == number for run, number in zip(expected, row, strict=True))
    assert len(set(numbers.values())) == len(numbers)


@given(WORDY)
def test_shingle_sets_have_the_sizes_and_overlaps_of_the_sets_of_words(texts: list[str]) -> None:
    sets, expected = shingle_sets(texts), [shingles(text) for text in texts]
    assert sets.sizes.tolist() == [len(found) for found in expected]
    left, right = (each.ravel() for each in np.indices((len(texts), len(texts))))
    for one, other, jaccard in zip(left, right, overlaps(sets, left, right).tolist(), strict=True):
        union = expected[one] | expected[other]
        assert jaccard == (len(expected[one] & expected[other]) / len(union) if union else 0.0)


def test_overlap_is_worked_out_as_by_hand() -> None:
    # abc bcd cde def; abc bcd cde; bcd cde def: 3 of 4, 3 of 4, and 2 of 4.
    sets = shingle_sets(["a b c d e f", "a b c d e", "b c d e f"])
    assert overlaps(sets, np.array([0, 0, 1]), np.array([1, 2, 2])).tolist() == [0.75, 0.75, 0.5]


def test_equal_sets_have_equal_digests_whatever_the_order_of_the_words() -> None:
    digests = set_digests(shingle_sets(["a b c a b c", "b c a b c", "a b c a b", "", "?"])).tolist()
    # abc bca cab; bca cab abc; abc bca cab: the same three.
    assert digests[0] == digests[1] == digests[2]
    assert digests[3] == digests[4] != digests[0]


def test_rows_are_taken_emptied_and_stacked() -> None:
    rows = ragged([1, 2], [], [3])
    assert [rows.take(np.array([2, 0, 2])).row(place).tolist() for place in range(3)] == [[3], [1, 2], [3]]
    assert rows.only(np.array([False, True, True])).sizes.tolist() == [0, 0, 1]
    assert stacked([rows, rows]).offsets.tolist() == [0, 2, 2, 3, 5, 5, 6]
    assert stacked([]).offsets.tolist() == [0]


def test_signatures_agree_as_often_as_sets_overlap() -> None:
    # 100 shingles each, 60 shared of 140: 0.4286; the mean of 400 x 128 draws is within 0.01 (four standard errors).
    drawn = np.random.default_rng(5).integers(0, 1 << 44, (400, 140), dtype=np.uint64)
    pairs = np.sort(np.stack([drawn[:, :100], drawn[:, 40:]], axis=1))
    signed = signatures(Ragged(pairs.ravel(), np.arange(0, pairs.size + 1, 100)), 128)
    assert abs(float((signed[::2] == signed[1::2]).mean()) - 60 / 140) < 0.01


def test_a_signature_depends_on_the_set_alone() -> None:
    alone = signatures(ragged([5, 9]), 16)
    among = signatures(ragged([1] * 3, [], [5, 9], list(range(40_000)), [5, 9]), 16)
    assert alone[0].tolist() == among[2].tolist() == among[4].tolist()
    assert set(among[1].tolist()) == {EMPTY}
    assert EMPTY not in among[3].tolist()

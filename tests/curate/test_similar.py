from collections.abc import Callable

from commonhold.curate.steps.near_duplicate import near_duplicate
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.record import Record
from commonhold.curate.similarity.groups import similar_prompts
from commonhold.curate.similarity.inverted_index import SimilarTexts
from commonhold.curate.words import shingles, words

Row = Callable[..., Record]


def test_words_are_counted_without_punctuation() -> None:
    assert words("Don’t worry: it's a follow-up, O.K.? – [EMAIL]") == [
        *("Dont", "worry", "its", "a", "follow", "up", "O", "K", "EMAIL"),
    ]


def test_vowel_signs_do_not_cut_words() -> None:
    assert words("नमस्ते दुनिया") == ["नमस्ते", "दुनिया"]


def test_every_letter_is_a_word_where_no_spaces_are_written() -> None:
    assert words("我要水 ok") == ["我", "要", "水", "ok"]


def test_shingles_are_runs_of_three_words() -> None:
    assert shingles("The lamp is OUT.") == {("the", "lamp", "is"), ("lamp", "is", "out")}


def test_a_short_text_is_one_shingle_and_an_empty_one_none() -> None:
    assert shingles("Lamp out") == {("lamp", "out")}
    assert shingles("?!") == frozenset()


def test_overlap_that_reaches_the_threshold_is_a_copy_and_just_below_is_not(row: Row) -> None:
    # 1 2 3 4 5 6 has the shingles 123 234 345 456; 1 2 3 4 5 has 123 234 345: 3 shared of 4 is 0.75.
    records = [row(1, "a b c d e f"), row(2, "a b c d e")]
    assert [record.record_id for record in near_duplicate(0.75)(records).kept] == ["r1"]
    assert [record.record_id for record in near_duplicate(0.76)(records).kept] == ["r1", "r2"]
    assert near_duplicate(0.75)(records).verdicts[0].detail == "prompt overlaps 0.75 with r1"


def test_the_same_message_with_another_reply_is_a_copy(row: Row) -> None:
    records = [row(1, "where is it", "here"), row(2, "Where is it?", "there")]
    assert [record.completion for record in near_duplicate(1.0)(records).kept] == ["here"]


def test_the_same_reply_to_other_messages_is_no_copy(row: Row) -> None:
    records = [row(1, "where is it", "here"), row(2, "where was it", "here")]
    assert len(near_duplicate(0.5)(records).kept) == 2


def test_a_copy_of_a_row_that_was_left_out_is_compared_with_those_that_stay(row: Row) -> None:
    # b is a copy of a (0.75), c of b (0.75) but not of a (2 shared of 4 is 0.5): c stays.
    records = [row(1, "a b c d e f"), row(2, "a b c d e"), row(3, "a b c d")]
    assert [record.record_id for record in near_duplicate(0.75)(records).kept] == ["r1", "r3"]


def test_rows_without_any_word_are_not_copies_of_each_other(row: Row) -> None:
    assert len(near_duplicate(0.5)([row(1, "?"), row(2, "!")]).kept) == 2


def test_groups_join_through_a_middle_one() -> None:
    groups = similar_prompts(["a b c d", "a b c d e f", "x y z", "c d e f"], threshold=0.5)
    assert [groups.find(item) for item in range(4)] == [0, 0, 2, 0]


@given(st.lists(st.frozensets(st.integers(0, 12), max_size=8), max_size=12), st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_the_index_finds_what_comparing_all_pairs_finds(texts: list[frozenset[int]], threshold: float) -> None:
    index = SimilarTexts(texts, threshold)
    for place, text in enumerate(texts):
        expected = [
            earlier
            for earlier in range(place)
            if text & texts[earlier] and len(text & texts[earlier]) / len(text | texts[earlier]) >= threshold
        ]
        assert index.matches(place).places.tolist() == expected
        index.add(place)

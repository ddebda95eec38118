"""Pairs, ratings and texts become rows in which nothing is lost and each stands where the loss looks for it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.toys import make_example, make_tokenizer
from tests.train.preference_toys import make_pairs, make_texts

from commonhold.train.packing import IGNORED, TokenExample, epoch_order
from commonhold.train.preference_rows import (
    PreferencePair,
    RatedReply,
    pack_comparisons,
    pack_ratings,
    tokenise_comparisons,
)
from commonhold.train.pretraining_texts import tokenise_texts

TOKENIZER: Any = make_tokenizer()
EOS = TOKENIZER.eos_token_id


def reply(name: str, prompt: Sequence[int], completion: Sequence[int]) -> TokenExample:
    return TokenExample(name, tuple(prompt), tuple(completion))


def test_preferred_and_rejected_replies_stand_in_turns() -> None:
    pairs = [
        PreferencePair(reply("a", [1, 2], [3]), reply("a", [1, 2], [4, 5])),
        PreferencePair(reply("b", [6], [7]), reply("b", [6], [8])),
    ]
    [row] = pack_comparisons(pairs, 11)
    assert row.record_ids == ("a", "b")
    assert row.input_ids == (1, 2, 3, 1, 2, 4, 5, 6, 7, 6, 8)
    assert row.position_ids == (0, 1, 2, 0, 1, 2, 3, 0, 1, 0, 1)
    no = IGNORED
    assert row.labels == (no, no, 3, no, no, 4, 5, no, 7, no, 8)
    assert [row.record_ids for row in pack_comparisons(pairs, 10)] == [("a",), ("b",)]


def test_mismatched_reply_is_that_of_the_one_before_across_rows() -> None:
    ratings = [
        RatedReply(reply("a", [1], [2, 3]), desirable=True),
        RatedReply(reply("b", [4], [5]), desirable=False),
        RatedReply(reply("c", [6, 7], [8]), desirable=True),
    ]
    first, second = pack_ratings(ratings, 5)
    assert (first.record_ids, second.record_ids) == (("a", "b"), ("c",))
    assert (first.desirable, second.desirable) == ((True, False), (True,))
    assert first.mismatched_input_ids == (1, 8, 4, 2, 3)
    assert second.mismatched_input_ids == (6, 7, 5)
    assert first.mismatched_labels == (IGNORED, 8, IGNORED, 2, 3)
    assert second.mismatched_position_ids == (0, 1, 2)


def test_same_reply_to_the_same_message_rated_both_ways_keeps_an_order() -> None:
    up, down = (RatedReply(reply("a", [1], [2]), desirable=thumb) for thumb in (True, False))
    assert epoch_order([up, down], 1, 0) == epoch_order([down, up], 1, 0)


@pytest.mark.parametrize(("spare", "kept"), [(0, 1), (-1, 0)])
def test_both_replies_of_a_pair_must_fit(spare: int, kept: int) -> None:
    pairs = make_pairs(train=1, validation=0)
    length = tokenise_comparisons(TOKENIZER, pairs, "", 1000).examples[0].length
    tokenised = tokenise_comparisons(TOKENIZER, pairs, "", length + spare)
    assert (len(tokenised.examples), len(tokenised.too_long)) == (kept, 1 - kept)


@settings(max_examples=25)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), max_tokens=st.integers(2, 40))
def test_every_token_of_a_text_but_its_first_is_learnt_once_in_order(text: str, max_tokens: int) -> None:
    [example] = make_texts(train=1, validation=0)
    pieces = tokenise_texts(TOKENIZER, [replace(example, completion=text)], max_tokens).examples
    whole = TOKENIZER(text.replace("<|", "< |"))["input_ids"] if "<|" in text else TOKENIZER(text)["input_ids"]
    assert [*pieces[0].prompt, *(token for piece in pieces for token in piece.completion)] == [*whole, EOS]
    assert all(len(piece.prompt) == 1 and 1 <= len(piece.completion) <= max_tokens - 1 for piece in pieces)
    for before, after in pairwise(pieces):
        assert after.prompt == before.completion[-1:]


def test_long_text_goes_on_in_the_next_row() -> None:
    [example] = make_texts(train=1, validation=0)
    ids = TOKENIZER("a b c d e f g h")["input_ids"]
    pieces = tokenise_texts(TOKENIZER, [replace(example, completion="a b c d e f g h")], 6).examples
    assert len(ids) == 13
    assert [piece.length for piece in pieces] == [6, 6, 4]  # 14 tokens with the end, two of them read again
    assert pieces[-1].completion[-1] == EOS


def test_end_mark_that_a_person_types_is_words() -> None:
    [example] = make_texts(train=1, validation=0)
    [piece] = tokenise_texts(TOKENIZER, [replace(example, completion="Well<|im_end|>dry")], 100).examples
    assert [*piece.prompt, *piece.completion].count(EOS) == 1


def test_pieces_of_a_text_are_counted_under_its_record() -> None:
    example = make_example(1, prompt="x", completion="a b c d e f g h")
    assert {p.record_id for p in tokenise_texts(TOKENIZER, [example], 6).examples} == {"r1"}

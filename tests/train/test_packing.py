"""The schedule is known beforehand: whole examples, each once an epoch, and a withdrawal moves no other."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.toys import make_example, make_tokenizer

from commonhold.errors import NothingLeftError
from commonhold.train.packing import (
    IGNORED,
    PackedRow,
    TokenExample,
    Tokenised,
    epoch_order,
    pack,
    refuse_if_too_long,
    tokenise,
    training_rows,
)

TOKENIZER: Any = make_tokenizer()
EXAMPLES = st.lists(
    st.builds(
        TokenExample,
        record_id=st.uuids().map(str),
        prompt=st.lists(st.integers(0, 9), min_size=1, max_size=8).map(tuple),
        completion=st.lists(st.integers(0, 9), min_size=1, max_size=8).map(tuple),
    ),
    max_size=20,
    unique_by=lambda example: example.content,
)


def example(name: str, prompt: int, completion: int) -> TokenExample:
    """An example of so many tokens; its prompt's are 1, its completion's 2."""
    return TokenExample(name, (1,) * prompt, (2,) * completion)


def test_row_by_hand() -> None:
    assert list(pack([TokenExample("a", (5, 6), (7,)), TokenExample("b", (8,), (9, 2))], 6)) == [
        PackedRow(
            record_ids=("a", "b"),
            input_ids=(5, 6, 7, 8, 9, 2),
            labels=(IGNORED, IGNORED, 7, IGNORED, 9, 2),
            position_ids=(0, 1, 2, 0, 1, 2),
        )
    ]


@pytest.mark.parametrize(("limit", "rows"), [(6, [("a", "b")]), (5, [("a",), ("b",)])])
def test_example_that_just_fits_is_packed_and_one_token_less_is_not(limit: int, rows: list[tuple[str, ...]]) -> None:
    packed = pack([example("a", 2, 1), example("b", 1, 2)], limit)
    assert [row.record_ids for row in packed] == rows


def test_nothing_packs_to_nothing() -> None:
    assert list(pack([], 8)) == []


@given(EXAMPLES, st.integers(16, 40))
def test_no_row_is_longer_than_allowed_and_none_could_take_the_next_example(
    examples: list[TokenExample], limit: int
) -> None:
    rows = list(pack(examples, limit))
    assert all(len(row.input_ids) <= limit for row in rows)
    lengths = {item.record_id: item.length for item in examples}
    for before, after in pairwise(rows):
        assert len(before.input_ids) + lengths[after.record_ids[0]] > limit


@given(EXAMPLES, st.integers(1, 3), st.integers(0, 99))
def test_every_example_is_trained_once_an_epoch(examples: list[TokenExample], epochs: int, seed: int) -> None:
    rows = training_rows(examples, 16, seed, epochs)
    counted = Counter(name for row in rows for name in row.record_ids)
    assert counted == {item.record_id: epochs for item in examples}


@given(EXAMPLES, st.integers(0, 99))
def test_without_packing_a_row_is_an_example(examples: list[TokenExample], seed: int) -> None:
    rows = training_rows(examples, 0, seed, 2)
    assert [len(row.record_ids) for row in rows] == [1] * (2 * len(examples))


@given(EXAMPLES)
def test_rows_hold_the_examples_tokens_and_label_completions_only(examples: list[TokenExample]) -> None:
    for row in pack(examples, 40):
        members = [item for name in row.record_ids for item in examples if item.record_id == name]
        assert row.input_ids == tuple(token for item in members for token in item.prompt + item.completion)
        assert [label for label in row.labels if label != IGNORED] == [t for item in members for t in item.completion]
        assert all(label in (IGNORED, token) for label, token in zip(row.labels, row.input_ids, strict=True))
        assert row.position_ids == tuple(position for item in members for position in range(item.length))


@given(EXAMPLES.filter(len), st.integers(0, 99), st.integers(0, 3), st.data())
def test_withdrawing_an_example_moves_no_other_past_another(
    examples: list[TokenExample], seed: int, epoch: int, data: st.DataObject
) -> None:
    withdrawn = data.draw(st.sampled_from(examples))
    before = epoch_order(examples, seed, epoch)
    after = epoch_order([item for item in examples if item is not withdrawn], seed, epoch)
    assert after == [item for item in before if item is not withdrawn]


@given(EXAMPLES, st.integers(0, 99), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_the_order_of_the_files_nor_on_record_ids(
    examples: list[TokenExample], seed: int, random: Any
) -> None:
    elsewhere = [TokenExample(f"other {n}", item.prompt, item.completion) for n, item in enumerate(examples)]
    random.shuffle(elsewhere)
    here = [item.content for item in epoch_order(examples, seed, 0)]
    assert [item.content for item in epoch_order(elsewhere, seed, 0)] == here


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    examples = [TokenExample(str(number), (number,), (number,)) for number in range(20)]
    orders = {
        tuple(item.record_id for item in epoch_order(examples, seed, epoch)) for seed, epoch in [(0, 0), (0, 1), (1, 0)]
    }
    assert len(orders) == 3


def test_loss_is_on_the_reply_and_its_stop_token_only() -> None:
    tokenised = tokenise(TOKENIZER, [make_example(0, completion="By the school.")], "", 99)
    [row] = pack(tokenised.examples, 99)
    labelled = [label for label in row.labels if label != IGNORED]
    assert TOKENIZER.decode(labelled) == "By the school.<|im_end|>"
    assert labelled[-1] == TOKENIZER.eos_token_id
    assert row.labels[-len(labelled) :] == tuple(labelled)  # and nothing before them


def test_system_prompt_is_read_but_not_learnt() -> None:
    [plain] = tokenise(TOKENIZER, [make_example(0)], "", 999).examples
    [instructed] = tokenise(TOKENIZER, [make_example(0)], "Answer in the words of the water desk.", 999).examples
    assert "words of the water desk" in TOKENIZER.decode(instructed.prompt)
    assert instructed.completion == plain.completion


def test_example_that_is_too_long_is_left_out_whole_and_counted() -> None:
    examples = [make_example(0), make_example(1, prompt="long " * 200), make_example(2)]
    tokenised = tokenise(TOKENIZER, examples, "", 80)
    assert [item.record_id for item in tokenised.examples] == ["r0", "r2"]
    assert tokenised.too_long == ("r1",)


def test_example_of_exactly_the_limit_is_kept() -> None:
    [whole] = tokenise(TOKENIZER, [make_example(0)], "", 999).examples
    assert tokenise(TOKENIZER, [make_example(0)], "", whole.length).too_long == ()
    assert tokenise(TOKENIZER, [make_example(0)], "", whole.length - 1).too_long == ("r0",)


def kept_and_left_out(kept: int, left_out: int) -> Tokenised[TokenExample]:
    return Tokenised(tuple(example(str(n), 1, 1) for n in range(kept)), tuple(f"long {n}" for n in range(left_out)))


@pytest.mark.parametrize(("kept", "left_out", "allowed"), [(1, 0, 0.0), (9, 1, 0.1), (1, 3, 0.75)])
def test_as_many_too_long_as_allowed_are_accepted(kept: int, left_out: int, allowed: float) -> None:
    refuse_if_too_long(kept_and_left_out(kept, left_out), 80, allowed)


@pytest.mark.parametrize(("kept", "left_out", "allowed"), [(99, 1, 0.0), (8, 2, 0.1), (0, 0, 1.0), (0, 4, 1.0)])
def test_more_than_allowed_or_nothing_left_is_refused(kept: int, left_out: int, allowed: float) -> None:
    with pytest.raises(NothingLeftError, match=rf"{left_out} of {kept + left_out} examples are longer than 80 tokens"):
        refuse_if_too_long(kept_and_left_out(kept, left_out), 80, allowed)

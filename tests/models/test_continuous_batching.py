"""Answers of continuous batching are those of plain batches; the way is chosen by the processor."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from commonhold.models.chat_template import conversation
from commonhold.models.continuous_batching import continuous_replies, wants_continuous
from commonhold.models.generation import BatchGenerator
from commonhold.models.greedy_decoding import likeliest_replies

ROWS = [[1, 40, 50, 60, 70], [1, 40, 50, 60, 71, 80, 81], [1, 90], [1, 40, 50, 60, 72, 73]]


@pytest.mark.parametrize(
    ("device", "prompts", "wanted"), [("cuda", 32, True), ("cuda", 31, False), ("cpu", 1000, False)]
)
def test_many_prompts_on_a_graphics_card_are_answered_this_way(device: str, prompts: int, wanted: bool) -> None:
    assert wants_continuous(SimpleNamespace(device=torch.device(device)), prompts) is wanted


def test_replies_are_those_of_batches(tuned: Any) -> None:
    with torch.inference_mode():
        expected = likeliest_replies(tuned, ROWS, 9, [2])
        assert continuous_replies(tuned, ROWS, 9, [2], 2) == expected
        assert tuned.config._attn_implementation == "sdpa"  # later likelihoods need it
        with tuned.disable_adapter():
            base = likeliest_replies(tuned, ROWS, 9, [2])
            assert continuous_replies(tuned, ROWS, 9, [2], 2) == base
    assert base != expected


def test_replies_end_before_the_token_that_ends_them(tuned: Any) -> None:
    with torch.inference_mode():
        long = likeliest_replies(tuned, ROWS, 9, [2])
        stop = long[0][4]
        expected = [row[: row.index(stop)] if stop in row else row for row in long]
        assert continuous_replies(tuned, ROWS, 9, [2, stop], 2) == expected
        assert likeliest_replies(tuned, ROWS, 9, [2, stop]) == expected
    assert len(expected[0]) < 9


def test_nothing_asked_is_nothing_answered(model: Any) -> None:
    assert continuous_replies(model, [], 4, [2], 2) == []


def test_answerer_takes_this_way_where_it_is_wanted(
    model: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [conversation(f"Where is the well? {number}") for number in range(3)]
    plain = BatchGenerator(model, tokenizer, adapter=False).generate(asked, 6)
    monkeypatch.setattr("commonhold.models.generation.wants_continuous", lambda _model, prompts: prompts == 3)
    monkeypatch.setattr("commonhold.models.generation.likeliest_replies", None)
    assert BatchGenerator(model, tokenizer, adapter=False).generate(asked, 6) == plain

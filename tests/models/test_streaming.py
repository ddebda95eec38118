"""An answer in pieces is the same answer, in whole characters, and ends when it should."""

import threading
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.toys import make_tokenizer

from commonhold.models.chat_template import conversation, prompt_ids
from commonhold.models.generation import BatchGenerator
from commonhold.models.streaming import StreamingGenerator, _draw
from commonhold.records.answer import Piece, Sampling
from commonhold.records.chat import Conversation

TOKENIZER = make_tokenizer()
ASKED = conversation("Where is the well?")
GREEDY = Sampling(max_new_tokens=16)
WARM = Sampling(max_new_tokens=24, temperature=1.5, seed=7)


class Parrot(torch.nn.Module):
    """Says the tokens it was given one after the other, whatever it reads."""

    def __init__(self, tokens: list[int]) -> None:
        super().__init__()
        self.device = torch.device("cpu")
        self.generation_config = None
        self._tokens = iter(tokens)

    def forward(self, input_ids: torch.Tensor, **_: Any) -> Any:
        logits = torch.zeros(1, input_ids.shape[1], len(TOKENIZER))
        logits[0, -1, next(self._tokens)] = 9.0
        return type("Out", (), {"logits": logits, "past_key_values": None})()


def said(tokens: list[int], max_new_tokens: int = 99) -> list[Piece]:
    parrot: Any = Parrot(tokens)
    return list(StreamingGenerator(parrot, TOKENIZER).stream(ASKED, Sampling(max_new_tokens), threading.Event()))


def text_of(model: Any, settings: Sampling, asked: Conversation = ASKED) -> str:
    return "".join(
        piece.text for piece in StreamingGenerator(model, TOKENIZER).stream(asked, settings, threading.Event())
    )


@pytest.mark.parametrize("message", ["Where is the well?", "Hi", "¿Hay agua? 水"])
def test_streamed_text_is_the_batch_answerers(model: Any, message: str) -> None:
    whole = BatchGenerator(model, TOKENIZER, adapter=False).generate([conversation(message)], 16)[0]
    assert text_of(model, GREEDY, conversation(message)).strip() == whole
    assert whole


def test_last_piece_says_that_the_limit_was_reached_and_only_the_last(model: Any) -> None:
    pieces = list(StreamingGenerator(model, TOKENIZER).stream(ASKED, GREEDY, threading.Event()))
    assert [piece.finish for piece in pieces] == [None] * 15 + ["length"]
    assert sum(piece.tokens for piece in pieces) == 16


def test_end_of_turn_is_a_stop_and_is_neither_shown_nor_counted() -> None:
    tokens = TOKENIZER("Hi", add_special_tokens=False)["input_ids"]
    pieces = said([*tokens, TOKENIZER.eos_token_id])
    assert pieces[-1] == Piece("", 0, "stop")
    assert "".join(piece.text for piece in pieces) == "Hi"
    assert sum(piece.tokens for piece in pieces) == len(tokens)


def test_end_of_turn_at_once_is_an_empty_answer() -> None:
    assert said([TOKENIZER.eos_token_id]) == [Piece("", 0, "stop")]


@given(st.text(st.sampled_from("añ水🙂\u200d e"), min_size=1, max_size=12))
def test_pieces_are_whole_characters(text: str) -> None:
    pieces = said([*TOKENIZER(text, add_special_tokens=False)["input_ids"], TOKENIZER.eos_token_id])
    assert "".join(piece.text for piece in pieces) == text
    assert all("\ufffd" not in piece.text for piece in pieces)


def test_character_cut_by_the_limit_is_shown_as_incomplete() -> None:
    tokens = TOKENIZER("a水", add_special_tokens=False)["input_ids"]
    assert [piece.text for piece in said(tokens, max_new_tokens=3)] == ["a", "", "\ufffd"]


def test_bytes_that_are_no_character_are_shown_once() -> None:
    lead, letter = TOKENIZER.convert_tokens_to_ids(["æ", "b"])  # byte 0xE6 begins a character that never comes
    pieces = said([lead, letter, letter, TOKENIZER.eos_token_id])
    assert "".join(piece.text for piece in pieces) == "\ufffdbb"


def test_stop_event_ends_the_answer_at_the_next_token(model: Any) -> None:
    stop = threading.Event()
    pieces = []
    for piece in StreamingGenerator(model, TOKENIZER).stream(ASKED, GREEDY, stop):
        pieces.append(piece)
        if len(pieces) == 3:
            stop.set()
    assert len(pieces) == 3
    assert pieces[-1].finish is None


def test_stop_event_set_beforehand_answers_nothing(model: Any) -> None:
    stop = threading.Event()
    stop.set()
    assert list(StreamingGenerator(model, TOKENIZER).stream(ASKED, GREEDY, stop)) == []


def test_tokens_of_a_conversation_are_those_of_its_prompt(model: Any) -> None:
    assert StreamingGenerator(model, TOKENIZER).count_tokens(ASKED) == len(prompt_ids(TOKENIZER, ASKED))


@pytest.mark.parametrize("seed", [7, 0, -1, -(2**63), 2**63 - 1])
def test_same_seed_draws_the_same_answer(model: Any, seed: int) -> None:
    settings = replace(WARM, seed=seed)
    assert text_of(model, settings) == text_of(model, settings)


def test_another_seed_draws_another_answer(model: Any) -> None:
    assert text_of(model, WARM) != text_of(model, replace(WARM, seed=8))


def test_without_a_seed_answers_differ(model: Any) -> None:
    assert len({text_of(model, replace(WARM, seed=None)) for _ in range(3)}) > 1


def test_chance_within_a_nucleus_of_the_likeliest_token_is_no_chance(model: Any) -> None:
    assert text_of(model, replace(WARM, top_p=1e-9)) == text_of(model, replace(WARM, temperature=0.0))


def test_cold_enough_is_greedy(model: Any) -> None:
    assert text_of(model, replace(WARM, temperature=1e-300)) == text_of(model, replace(WARM, temperature=0.0))


def drawn(settings: Sampling, shares: list[float], draws: int = 300) -> set[int]:
    generator = torch.Generator().manual_seed(0)
    logits = torch.tensor(shares).log()
    return {_draw(logits, settings, generator) for _ in range(draws)}


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [(0.3, {2}), (0.499, {2}), (0.501, {2, 0}), (0.749, {2, 0}), (0.751, {2, 0, 1}), (1.0, {2, 0, 1, 3})],
)
def test_nucleus_is_the_fewest_tokens_that_reach_the_share(top_p: float, expected: set[int]) -> None:
    # Likeliest first the shares add up to 0.5, 0.75, 0.95 and 1.
    assert drawn(Sampling(1, temperature=1.0, top_p=top_p), [0.25, 0.2, 0.5, 0.05]) == expected


@pytest.mark.parametrize("temperature", [1e-320, 1e-30, 0.01])
def test_no_temperature_is_too_cold_to_draw(temperature: float) -> None:
    assert drawn(Sampling(1, temperature=temperature), [0.3, 0.4, 0.3]) == {1}


def test_heat_flattens_and_cold_sharpens() -> None:
    assert drawn(Sampling(1, temperature=2.0), [0.9, 0.1]) == {0, 1}  # three to one
    assert drawn(Sampling(1, temperature=0.1), [0.9, 0.1]) == {0}  # nine to the tenth power to one

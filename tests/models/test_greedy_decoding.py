"""Replies made together, with what they share read once and those that ended left out, are those of one by one."""

from typing import Any

import pytest
import torch

from commonhold.models import greedy_decoding as decode
from commonhold.models.greedy_decoding import likeliest_replies

BEGINNING = [1, 40, 50, 60]
ROWS = [[*BEGINNING, *own] for own in ([70], [71, 80, 81], [90, 91, 92, 93, 94], [72, 73], [5], [6, 7])]
NEW = 12


def by_hand(model: Any, row: list[int], stop_ids: list[int], most: int = NEW) -> list[int]:
    """The whole text read anew for every token."""
    made: list[int] = []
    while len(made) < most:
        token = int(model(input_ids=torch.tensor([row + made]), use_cache=False).logits[0, -1].argmax())
        if token in stop_ids:
            break
        made.append(token)
    return made


@pytest.fixture(scope="module")
def stop(model: Any) -> int:
    """A token that ends some replies early, some later and some not."""
    with torch.inference_mode():
        made = [by_hand(model, row, []) for row in ROWS]
    counts = {token: sum(token in row for row in made) for row in made for token in row}
    return min(counts, key=lambda token: (abs(counts[token] - len(ROWS) // 2), token))


def test_replies_are_the_likeliest_tokens_whatever_ends_first(model: Any, stop: int) -> None:
    with torch.inference_mode():
        expected = [by_hand(model, row, [stop]) for row in ROWS]
        assert likeliest_replies(model, ROWS, NEW, [stop]) == expected
    assert len({len(reply) for reply in expected}) > 1


def test_rows_that_share_nothing_are_answered_too(model: Any, stop: int) -> None:
    rows = [row[number:] for number, row in enumerate(ROWS[:3])]
    with torch.inference_mode():
        assert likeliest_replies(model, rows, NEW, [stop]) == [by_hand(model, row, [stop]) for row in rows]


def test_a_model_that_makes_its_own_masks_is_given_none(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.inference_mode():
        expected = likeliest_replies(model, ROWS, NEW, [2])
        monkeypatch.setattr(model.config, "sliding_window", 4096, raising=False)
        assert likeliest_replies(model, ROWS, NEW, [2]) == expected


def test_one_new_token_is_one(model: Any) -> None:
    with torch.inference_mode():
        assert [len(reply) for reply in likeliest_replies(model, ROWS, 1, [])] == [1] * len(ROWS)


def test_rows_that_ended_are_not_read_again(model: Any, stop: int) -> None:
    rows: list[tuple[int, int]] = []
    handle = model.model.register_forward_pre_hook(
        lambda _module, _args, kwargs: rows.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    try:
        with torch.inference_mode():
            replies = likeliest_replies(model, ROWS, NEW, [stop])
    finally:
        handle.remove()
    assert rows[:2] == [(1, 4), (6, 5)]  # what they share, then the longest of what is their own
    # At each later token only those are read that have not ended; of six, every one that ends leaves at once.
    made = [min(len(reply) + 1, NEW) for reply in replies]
    assert [count for count, _ in rows[2:]] == [sum(left > step for left in made) for step in range(1, max(made))]


def test_progress_is_said_until_all_is_done(model: Any) -> None:
    said: list[tuple[int, int]] = []
    with torch.inference_mode():
        likeliest_replies(model, ROWS, 1, [], lambda *done: said.append(done))
    assert said == [(6, 6)]


def test_the_longest_row_of_many_does_not_lengthen_the_others(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.inference_mode():
        expected = likeliest_replies(model, ROWS, NEW, [2])
    monkeypatch.setattr(decode, "READ_TOGETHER", 2)
    read: list[tuple[int, int]] = []
    handle = model.model.register_forward_pre_hook(
        lambda _module, _args, kwargs: read.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    try:
        with torch.inference_mode():
            assert likeliest_replies(model, ROWS, NEW, [2]) == expected
    finally:
        handle.remove()
    assert read[:4] == [(1, 4), (2, 5), (2, 2), (2, 1)]

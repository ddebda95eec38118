"""Questions with their choices laid end to end in one row, so that what they have in common is read once.

A question is a conversation and several ways to continue. Its choices start where the conversation ends, each as if it
stood alone; several questions share a row as if each had one of its own. What all questions start with is read before
the first row and not again (`shared`).
"""

from collections.abc import Sequence
from typing import NamedTuple

Ids = tuple[int, ...]


class ScoredQuestion(NamedTuple):
    """A conversation and the texts that may follow it, as token ids."""

    context: Ids
    choices: tuple[Ids, ...]


class Scored(NamedTuple):
    """One token of a choice, and the position in the row that predicts it."""

    predictor: int
    target: int
    choice: int
    """Number of the choice, counted over all questions of the row."""


class SharedPrefixRow(NamedTuple):
    """Some questions in one row of `tokens`. The last token of a choice predicts nothing and is left out."""

    ids: list[int]
    positions: list[int]
    """Every choice takes up the count where its conversation ends."""
    block: list[int]
    """Conversations and choices by number; tokens of one block see each other."""
    parent: list[int]
    """The block that a token's block continues from; a conversation's is itself."""
    scored: list[Scored]


def lay_out(questions: Sequence[ScoredQuestion], shared: int = 0) -> SharedPrefixRow:
    """Lays questions end to end, without the `shared` first tokens of their conversations.

    Raises:
        ValueError: a conversation has no token of its own, or a choice has none.
    """
    row = SharedPrefixRow([], [], [], [], [])
    blocks = choices = 0
    for question in questions:
        own = question.context[shared:]
        if not own or not question.choices or not all(question.choices):
            raise ValueError("a conversation and each of its choices need at least one token")
        trunk = blocks
        _append(row, own, shared, trunk, trunk)
        last = len(row.ids) - 1
        blocks += 1
        for choice in question.choices:
            start = len(row.ids)
            _append(row, choice[:-1], len(question.context), blocks, trunk)
            predictors = (last, *range(start, start + len(choice) - 1))
            row.scored.extend(
                Scored(predictor, token, choices) for predictor, token in zip(predictors, choice, strict=True)
            )
            blocks += 1
            choices += 1
    return row


def _append(row: SharedPrefixRow, ids: Sequence[int], position: int, block: int, parent: int) -> None:
    row.ids.extend(ids)
    row.positions.extend(range(position, position + len(ids)))
    row.block.extend([block] * len(ids))
    row.parent.extend([parent] * len(ids))


def row_tokens(question: ScoredQuestion, shared: int = 0) -> int:
    """How many tokens a question takes in a row."""
    return len(question.context) - shared + sum(len(choice) - 1 for choice in question.choices)


def shared_beginning(contexts: Sequence[Sequence[int]]) -> int:
    """How many tokens all start with, leaving each at least one of its own; 0 for fewer than two."""
    if len(contexts) < 2:
        return 0
    ordered = sorted(map(tuple, contexts))
    first, last = ordered[0], ordered[-1]  # what the extremes share, all in between share
    same = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return max(0, min(same, min(map(len, contexts)) - 1))


def in_rows(sizes: Sequence[int], budget: int) -> list[list[int]]:
    """Numbers of questions by row, the largest first, each row within the budget; a larger question goes alone."""
    order = sorted(range(len(sizes)), key=lambda number: (-sizes[number], number))
    rows: list[list[int]] = []
    room: list[int] = []
    for number in order:
        for index, left in enumerate(room):
            if sizes[number] <= left:
                rows[index].append(number)
                room[index] -= sizes[number]
                break
        else:
            rows.append([number])
            room.append(budget - sizes[number])
    return rows

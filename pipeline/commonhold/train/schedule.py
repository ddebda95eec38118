"""What is trained on, in which order, known before the first step: examples as tokens, packed into rows.

The order of an epoch is the order of a hash of seed, epoch and the record's tokens, so withdrawing a record moves no
other past another, every workspace trains in the same order, and the whole schedule can be written down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commonhold.errors import NothingLeftError
from commonhold.models.chat import conversation, token_pair
from commonhold.records.example import Example
from commonhold.seeds import order_key

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
"""Label of a position without loss, as torch's cross-entropy has it."""


@dataclass(frozen=True, slots=True)
class TokenExample:
    """One example as token ids; the loss is on the completion only."""

    record_id: str
    prompt: tuple[int, ...]
    completion: tuple[int, ...]

    @property
    def content(self) -> str:
        """What it is ordered by: its tokens, the same in every workspace, unlike the record's id."""
        return f"{self.prompt}{self.completion}"

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True, slots=True)
class PackedRow:
    """Several examples end to end, each with positions of its own; attention does not cross from one to the next."""

    record_ids: tuple[str, ...]
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    position_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tokenised:
    """Examples as tokens, and those that did not fit."""

    examples: tuple[TokenExample, ...]
    too_long: tuple[str, ...]
    """Record ids of examples over the limit: left out whole, never cut in silence."""


def tokenise(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], system_prompt: str, max_tokens: int
) -> Tokenised:
    """Examples as token ids by the base's chat template."""
    kept, too_long = [], []
    for example in examples:
        pair = token_pair(tokenizer, conversation(example.prompt, system_prompt), example.completion)
        tokens = TokenExample(example.record_id, pair.prompt, pair.completion)
        if tokens.length > max_tokens:
            too_long.append(example.record_id)
        else:
            kept.append(tokens)
    return Tokenised(tuple(kept), tuple(too_long))


def refuse_if_too_long(tokenised: Tokenised, max_tokens: int, allowed_share: float) -> None:
    """Stops before training when too much of the data would be left out.

    Raises:
        NothingLeftError: more than the allowed share is too long, or nothing is left.
    """
    total = len(tokenised.examples) + len(tokenised.too_long)
    if not tokenised.examples or len(tokenised.too_long) > allowed_share * total:
        raise NothingLeftError(
            f"train.max_tokens: {len(tokenised.too_long)} of {total} examples are longer than {max_tokens} tokens, "
            f"and train.max_too_long allows {allowed_share:.0%}. Raise train.max_tokens, lower data.max_words, or "
            "allow a larger share"
        )


def epoch_order(examples: Sequence[TokenExample], seed: int, epoch: int) -> list[TokenExample]:
    """The examples of one epoch in their keyed order."""
    return sorted(examples, key=lambda example: order_key(seed, f"epoch {epoch}", example.content))


def pack(examples: Sequence[TokenExample], max_tokens: int) -> Iterator[PackedRow]:
    """Rows of at most `max_tokens`, filled in the order given; a longer example has a row of its own."""
    row: list[TokenExample] = []
    room = max_tokens
    for example in examples:
        if row and example.length > room:
            yield _row(row)
            row, room = [], max_tokens
        row.append(example)
        room -= example.length
    if row:
        yield _row(row)


def training_rows(examples: Sequence[TokenExample], row_tokens: int, seed: int, epochs: int) -> list[PackedRow]:
    """All the rows of all the epochs, in the order in which they are trained; of an example each at 0 row tokens."""
    return [row for epoch in range(epochs) for row in pack(epoch_order(examples, seed, epoch), row_tokens)]


def _row(examples: Sequence[TokenExample]) -> PackedRow:
    return PackedRow(
        record_ids=tuple(example.record_id for example in examples),
        input_ids=tuple(token for example in examples for token in (*example.prompt, *example.completion)),
        labels=tuple(
            label for example in examples for label in (*[IGNORED] * len(example.prompt), *example.completion)
        ),
        position_ids=tuple(position for example in examples for position in range(example.length)),
    )

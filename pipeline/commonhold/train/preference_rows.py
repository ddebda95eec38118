"""Judged replies as rows of tokens: preferred beside rejected ones, and rated ones beside another message's reply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from commonhold.records.example import Example
from commonhold.train.packing import PackedRow, TokenExample, Tokenised, fitting, grouped, row_of, token_example

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """Two replies to one message."""

    preferred: TokenExample
    rejected: TokenExample

    @property
    def content(self) -> str:
        """What it is ordered by: its tokens."""
        return f"{self.preferred.content}{self.rejected.completion}"

    @property
    def length(self) -> int:
        """Tokens of both, the message counted twice."""
        return self.preferred.length + self.rejected.length


@dataclass(frozen=True, slots=True)
class RatedReply:
    """A reply with a thumb up or down."""

    reply: TokenExample
    desirable: bool

    @property
    def content(self) -> str:
        """What it is ordered by: its tokens and the thumb."""
        return f"{self.reply.content}{self.desirable}"

    @property
    def length(self) -> int:
        """Tokens of message and reply."""
        return self.reply.length


@dataclass(frozen=True, slots=True)
class RatedRow(PackedRow):
    """Rated replies end to end, and the same messages, each with the reply to another."""

    desirable: tuple[bool, ...]
    """Of each reply in the row."""
    mismatched_input_ids: tuple[int, ...]
    mismatched_labels: tuple[int, ...]
    mismatched_position_ids: tuple[int, ...]


def tokenise_comparisons(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], system_prompt: str, max_tokens: int
) -> Tokenised[PreferencePair]:
    """Pairs as token ids by the base's chat template; both replies of a pair must fit into one row."""
    pairs = (
        PreferencePair(
            token_example(tokenizer, example, system_prompt, example.completion),
            token_example(tokenizer, example, system_prompt, example.rejected),
        )
        for example in examples
    )
    return fitting(((pair.preferred.record_id, pair) for pair in pairs), max_tokens)


def tokenise_ratings(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], system_prompt: str, max_tokens: int
) -> Tokenised[RatedReply]:
    """Rated replies as token ids by the base's chat template."""
    ratings = (
        RatedReply(token_example(tokenizer, example, system_prompt, example.completion), example.desirable is True)
        for example in examples
    )
    return fitting(((rating.reply.record_id, rating) for rating in ratings), max_tokens)


def pack_comparisons(pairs: Sequence[PreferencePair], max_tokens: int) -> Iterator[PackedRow]:
    """Rows in which preferred and rejected replies alternate."""
    for group in grouped(pairs, max_tokens):
        yield row_of([example for pair in group for example in (pair.preferred, pair.rejected)])


def pack_ratings(ratings: Sequence[RatedReply], max_tokens: int) -> Iterator[RatedRow]:
    """Rows of rated replies; a mismatched reply is that of the one before in the whole order, the first has the last's.

    KTO measures with it how far the model has moved as a whole (Ethayarajh et al. 2024, section 4.1). TRL turns the
    replies round within a batch, which needs two or more in each; here a row may hold a single one.
    """
    replies = [rating.reply for rating in ratings]
    mismatched = (
        TokenExample(reply.record_id, reply.prompt, before.completion)
        for reply, before in zip(replies, [*replies[-1:], *replies[:-1]], strict=True)
    )
    for group in grouped(ratings, max_tokens):
        row = row_of([rating.reply for rating in group])
        other = row_of(list(islice(mismatched, len(group))))
        yield RatedRow(
            record_ids=row.record_ids,
            input_ids=row.input_ids,
            labels=row.labels,
            position_ids=row.position_ids,
            desirable=tuple(rating.desirable for rating in group),
            mismatched_input_ids=other.input_ids,
            mismatched_labels=other.labels,
            mismatched_position_ids=other.position_ids,
        )

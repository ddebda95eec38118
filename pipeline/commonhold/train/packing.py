"""What is trained on, in which order, known before the first step: examples as tokens, packed into rows.

The order of an epoch is the order of a hash of seed, epoch and the record's tokens, so withdrawing a record moves no
other past another, every workspace trains in the same order, and the whole schedule can be written down.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from commonhold.errors import NothingLeftError
from commonhold.models.chat_template import conversation, token_pair
from commonhold.records.example import Example
from commonhold.seeds import order_key

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
"""Label of a position without loss, as torch's cross-entropy has it."""


class Unit(Protocol):
    """What is trained whole: it is in one row."""

    @property
    def content(self) -> str:
        """What it is ordered by."""
        ...

    @property
    def length(self) -> int:
        """Tokens in all."""
        ...


AnyUnit = TypeVar("AnyUnit", bound=Unit)


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
class Tokenised(Generic[AnyUnit]):
    """Examples as tokens, and those that did not fit."""

    examples: tuple[AnyUnit, ...]
    too_long: tuple[str, ...]
    """Record ids of examples over the limit: left out whole, never cut in silence."""


def tokenise(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], system_prompt: str, max_tokens: int
) -> Tokenised[TokenExample]:
    """Examples as token ids by the base's chat template."""
    return fitting(
        ((e.record_id, token_example(tokenizer, e, system_prompt, e.completion)) for e in examples), max_tokens
    )


def token_example(
    tokenizer: "PreTrainedTokenizerBase", example: Example, system_prompt: str, reply: str
) -> TokenExample:
    """The example's message with a reply, as token ids."""
    pair = token_pair(tokenizer, conversation(example.prompt, system_prompt), reply)
    return TokenExample(example.record_id, pair.prompt, pair.completion)


def fitting(units: Iterable[tuple[str, AnyUnit]], max_tokens: int) -> Tokenised[AnyUnit]:
    """Units, given with their record's id, that fit into a row; the others counted."""
    kept, too_long = [], []
    for record_id, unit in units:
        if unit.length > max_tokens:
            too_long.append(record_id)
        else:
            kept.append(unit)
    return Tokenised(tuple(kept), tuple(too_long))


def refuse_if_too_long(tokenised: Tokenised[AnyUnit], max_tokens: int, allowed_share: float) -> None:
    """Stops before training when too much of the data would be left out.

    Raises:
        NothingLeftError: more than the allowed share is too long, or nothing is left.
    """
    total = len(tokenised.examples) + len(tokenised.too_long)
    if not tokenised.examples or len(tokenised.too_long) > allowed_share * total:
        raise NothingLeftError(
            f"train.max_tokens: {len(tokenised.too_long)} of {total} examples are longer than {max_tokens} tokens, "
            f"and train.max_overlong_ratio allows {allowed_share:.0%}. Raise train.max_tokens, lower data.max_words, "
            "or allow a larger share"
        )


def epoch_order(units: Sequence[AnyUnit], seed: int, epoch: int) -> list[AnyUnit]:
    """The units of one epoch in their keyed order."""
    return sorted(units, key=lambda unit: order_key(seed, f"epoch {epoch}", unit.content))


def grouped(units: Sequence[AnyUnit], max_tokens: int) -> Iterator[list[AnyUnit]]:
    """Groups of at most `max_tokens`, filled in the order given; a longer unit is a group of its own."""
    group: list[AnyUnit] = []
    room = max_tokens
    for unit in units:
        if group and unit.length > room:
            yield group
            group, room = [], max_tokens
        group.append(unit)
        room -= unit.length
    if group:
        yield group


def pack(examples: Sequence[TokenExample], max_tokens: int) -> Iterator[PackedRow]:
    """Rows of at most `max_tokens`, filled in the order given; a longer example has a row of its own."""
    return (row_of(group) for group in grouped(examples, max_tokens))


def training_rows(
    units: Sequence[AnyUnit],
    row_tokens: int,
    seed: int,
    epochs: int,
    packing: Callable[[Sequence[Any], int], Iterator[PackedRow]] = pack,
) -> list[PackedRow]:
    """All the rows of all the epochs, in the order in which they are trained; of a unit each at 0 row tokens."""
    return [row for epoch in range(epochs) for row in packing(epoch_order(units, seed, epoch), row_tokens)]


def row_of(examples: Sequence[TokenExample]) -> PackedRow:
    """Examples end to end in one row."""
    return PackedRow(
        record_ids=tuple(dict.fromkeys(example.record_id for example in examples)),
        input_ids=tuple(token for example in examples for token in (*example.prompt, *example.completion)),
        labels=tuple(
            label for example in examples for label in (*[IGNORED] * len(example.prompt), *example.completion)
        ),
        position_ids=tuple(position for example in examples for position in range(example.length)),
    )

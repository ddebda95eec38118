"""Which examples a method learns from, and the rows that they become."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commonhold.errors import NothingLeftError
from commonhold.records.example import Example
from commonhold.records.training_summary import Method
from commonhold.seeds import named_seed
from commonhold.train.packing import PackedRow, Tokenised, pack, refuse_if_too_long, tokenise, training_rows
from commonhold.train.preference_rows import pack_comparisons, pack_ratings, tokenise_comparisons, tokenise_ratings
from commonhold.train.pretraining_texts import tokenise_texts
from commonhold.train.settings import TrainingSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Packing = Callable[[Sequence[Any], int], Iterator[PackedRow]]

_PACKINGS: dict[Method, Packing] = {
    "sft": pack,
    "continued_pretraining": pack,
    "dpo": pack_comparisons,
    "kto": pack_ratings,
}
_NEEDS: dict[Method, str] = {
    "sft": "rows with a message and a reply that was not rated down",
    "continued_pretraining": "rows of plain text; map a column to `text` in the datasheet",
    "dpo": "rows with a second, rejected reply; map a column to `rejected` in the datasheet",
    "kto": "rows with a rating, up or down; map a column to `rating` in the datasheet",
}


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """What is trained and validated on."""

    training: Sequence[PackedRow]
    """Of all the epochs, in order."""
    validation: Sequence[PackedRow]
    """None where no example that the method learns from was held out."""
    examples: int
    """Training examples, or pieces of texts, of one epoch."""
    too_long: int
    unsuited: int
    """Training examples that the method cannot learn from, such as plain text among conversations."""


def make_rows(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], settings: TrainingSettings, seed: int
) -> TrainingRows:
    """The rows of training and validation.

    Raises:
        NothingLeftError: there is nothing that the method learns from, or too many examples are too long.
    """
    by_split = {split: [e for e in examples if e.split == split] for split in ("train", "validation")}
    suited = {split: [e for e in rows if suits(e, settings.method)] for split, rows in by_split.items()}
    _refuse_unsuited(suited["train"], by_split["train"], settings.method)
    training, validation = (tokenised(tokenizer, suited[split], settings) for split in ("train", "validation"))
    refuse_if_too_long(training, settings.max_tokens, settings.max_overlong_ratio)
    packing = _PACKINGS[settings.method]
    order = named_seed(seed, "order")
    return TrainingRows(
        training=training_rows(training.examples, settings.row_tokens, order, settings.epochs, packing),
        validation=list(packing(validation.examples, settings.max_tokens)),
        examples=len(training.examples),
        too_long=len(training.too_long),
        unsuited=len(by_split["train"]) - len(suited["train"]),
    )


def suits(example: Example, method: Method) -> bool:
    """Whether a method can learn from an example; of a pair, `sft` learns the preferred reply."""
    if method == "continued_pretraining":
        return not example.prompt
    if method == "dpo":
        return bool(example.prompt and example.rejected)
    if method == "kto":
        return bool(example.prompt) and example.desirable is not None
    return bool(example.prompt) and example.desirable is not False


def _refuse_unsuited(suited: Sequence[Example], training: Sequence[Example], method: Method) -> None:
    if training and not suited:
        raise NothingLeftError(
            f"train.objective.method: none of the {len(training)} training examples is one that {method} learns from. "
            f"It needs {_NEEDS[method]}, or choose another method"
        )
    if method == "kto" and len({example.desirable for example in suited}) == 1:
        only = "up" if suited[0].desirable else "down"
        raise NothingLeftError(
            f"train.objective.method: all of the {len(suited)} ratings are {only}, and kto learns from the difference. "
            "Add the other kind, or use sft, which learns the replies that were not rated down"
        )


def tokenised(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], settings: TrainingSettings
) -> Tokenised[Any]:
    """Examples of one split as the method wants them, those over `settings.max_tokens` apart."""
    if settings.method == "continued_pretraining":
        return tokenise_texts(tokenizer, examples, settings.max_tokens)
    template = (tokenizer, examples, settings.system_prompt, settings.max_tokens)
    if settings.method == "dpo":
        return tokenise_comparisons(*template)
    return tokenise_ratings(*template) if settings.method == "kto" else tokenise(*template)

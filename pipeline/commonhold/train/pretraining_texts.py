"""Plain texts as tokens, for continued pretraining: every token is learnt, and nothing of a long text is lost."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from commonhold.models.chat_template import harmless
from commonhold.records.example import Example
from commonhold.train.packing import TokenExample, Tokenised

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def tokenise_texts(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], max_tokens: int
) -> Tokenised[TokenExample]:
    """Texts as token ids, ended by the end token; a text longer than `max_tokens` continues in the next piece.

    A piece starts with the token before it, so that every token but a text's first is predicted once.
    """
    pieces = []
    for example in examples:
        pieces += [
            TokenExample(example.record_id, ids[:1], ids[1:])
            for ids in _pieces(_text_ids(tokenizer, example.completion), max_tokens)
        ]
    return Tokenised(tuple(pieces), ())


def _text_ids(tokenizer: "PreTrainedTokenizerBase", text: str) -> tuple[int, ...]:
    """With the beginning that the tokenizer gives a text, if it does, and one end token."""
    ids = tokenizer(harmless(tokenizer, text))["input_ids"]
    return (*ids, tokenizer.eos_token_id) if ids[-1:] != [tokenizer.eos_token_id] else tuple(ids)


def _pieces(ids: tuple[int, ...], max_tokens: int) -> Iterator[tuple[int, ...]]:
    """Stretches of at most `max_tokens`, the last token of each being the first of the next."""
    for start in range(0, max(1, len(ids) - 1), max_tokens - 1):
        yield ids[start : start + max_tokens]

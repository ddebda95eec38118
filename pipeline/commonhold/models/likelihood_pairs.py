"""Plain texts and how they go on, as token ids, cut where the reference harness cuts them.

Follows lm-evaluation-harness 0.4 (`_encode_pair`, `loglikelihood`), so that its figures are met: spaces at the end of
the context belong to what follows; both are encoded together and cut after as many tokens as the context alone has; an
empty context is the token that texts start with (BOS, else EOS). Few-shot examples are part of the context.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from commonhold.models.shared_prefix import Ids, ScoredQuestion

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def pair_ids(tokenizer: "PreTrainedTokenizerBase", context: str, following: str) -> tuple[Ids, Ids]:
    """Token ids of a context and of the text that follows it.

    Raises:
        ValueError: nothing follows.
    """
    if not context:
        return _from_nothing(tokenizer, following)
    bare = context.rstrip()
    if not bare:  # a context of spaces alone has nothing to read either
        return _from_nothing(tokenizer, context + following)
    given = _encoded(tokenizer, bare)
    whole = _encoded(tokenizer, context + following)
    if len(whole) <= len(given):
        raise ValueError(f"{following!r} adds no token to its context")
    return given, whole[len(given) :]


def _from_nothing(tokenizer: "PreTrainedTokenizerBase", text: str) -> tuple[Ids, Ids]:
    ids = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
    if not ids:
        raise ValueError("a text without tokens has no likelihood")
    begin = tokenizer.eos_token_id if tokenizer.bos_token_id is None else tokenizer.bos_token_id
    if ids[0] == begin and len(ids) > 1:
        return ids[:1], ids[1:]
    return (begin,), ids


def _encoded(tokenizer: Any, text: str) -> Ids:
    starts_with_bos = bool(tokenizer.bos_token) and text.startswith(tokenizer.bos_token)
    return tuple(tokenizer.encode(text, **({"add_special_tokens": False} if starts_with_bos else {})))


def text_questions(
    tokenizer: "PreTrainedTokenizerBase", pairs: Iterable[tuple[str, Sequence[str]]], most_tokens: int | None = None
) -> list[ScoredQuestion]:
    """A question for every context with its choices; where choices start from other tokens, a question for each.

    Choices come in order, so that the figures of all questions one after the other are those of all choices.
    `most_tokens` is what the model can read: what is longer loses its beginning.
    """
    questions: list[ScoredQuestion] = []
    for context, choices in pairs:
        groups: list[tuple[Ids, list[Ids]]] = []
        for text in choices:
            given, following = pair_ids(tokenizer, context, text)
            if most_tokens is not None:
                given = given[-max(1, most_tokens + 1 - len(following)) :]
            if groups and groups[-1][0] == given:
                groups[-1][1].append(following)
            else:
                groups.append((given, [following]))
        questions += [ScoredQuestion(given, tuple(texts)) for given, texts in groups]
    return questions

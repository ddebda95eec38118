"""Which questions the tuned model has seen in training, so that their answers show memory rather than skill."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from commonhold.evaluate.matching import fold, words

SHINGLE_WORDS = 3
NEAR = 0.8
SHORT_WORDS = 5
"""Prompts of at most so many words are so short that one more word hides a copy from the Jaccard index."""


def contaminated(prompts: Sequence[str], train_prompts: Iterable[str]) -> frozenset[int]:
    """Positions of the prompts that stand in the training rows, exactly or nearly.

    Nearly: the sets of 3-word shingles have a Jaccard index (Broder 1997) of 0.8 or more, punctuation and case aside;
    or a prompt of three to five words stands whole and in order inside a training prompt. Prompts of one or two words
    must be equal. Paraphrases and translations are not found. `train_prompts` is read once and not kept.
    """
    tokens = [_tokens(prompt) for prompt in prompts]
    shingles = [_shingles(found) for found in tokens]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, parts in enumerate(shingles):
        for part in parts:
            holders[part].append(index)
    hits: set[int] = set()
    for train_prompt in train_prompts:
        train_tokens = _tokens(train_prompt)
        train_shingles = _shingles(train_tokens)
        shared = Counter(index for part in train_shingles for index in holders.get(part, ()))
        for index, count in shared.items():
            near = count >= NEAR * (len(shingles[index]) + len(train_shingles) - count)
            if near or (len(tokens[index]) <= SHORT_WORDS and _inside(tokens[index], train_tokens)):
                hits.add(index)
    return frozenset(hits)


def _tokens(prompt: str) -> list[str]:
    return words(prompt) or [fold(prompt)]


def _shingles(tokens: Sequence[str]) -> frozenset[tuple[str, ...]]:
    starts = range(max(1, len(tokens) - SHINGLE_WORDS + 1))
    return frozenset(tuple(tokens[start : start + SHINGLE_WORDS]) for start in starts)


def _inside(inner: Sequence[str], outer: Sequence[str]) -> bool:
    return any(outer[start : start + len(inner)] == inner for start in range(len(outer) - len(inner) + 1))

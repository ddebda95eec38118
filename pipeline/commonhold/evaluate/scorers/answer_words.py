"""Right as far as the reply has the words of the answer: all of them in order, or as many as it has."""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.matching import UNSPACED, fold
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer, answer_complaints, references

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_LETTER_OR_WORD = re.compile(f"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern}).)+")


@SCORERS.register("normalised/1")
class Normalised(Scorer):
    """The reply is one of the answers, capitals, punctuation and English articles aside."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    follows: ClassVar[str] = "Exact match of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250), for all scripts."

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer, or one of punctuation and articles only."""
        yield from answer_complaints(self, item)

    def expected(self, item: Item) -> str:
        """The answers."""
        return " or ".join(references(item))

    def score(self, item: Item, output: str) -> float:
        """1 when equal to one of the answers."""
        tokens = answer_tokens(output)
        return float(bool(tokens) and any(tokens == answer_tokens(text) for text in references(item)))


@SCORERS.register("token_f1/1")
class TokenF1(Scorer):
    """How many words reply and answer share, of both: 1 when the same words, 0 when none; their order is free."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    graded: ClassVar[bool] = True
    follows: ClassVar[str] = (
        "F1 of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250), the best of several answers; in scripts without "
        "spaces every letter is a word."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer, or one of punctuation and articles only."""
        yield from answer_complaints(self, item)

    def expected(self, item: Item) -> str:
        """The answers."""
        return " or ".join(references(item))

    def score(self, item: Item, output: str) -> float:
        """Harmonic mean of precision and recall over words."""
        tokens = Counter(answer_tokens(output))
        return max(_f1(tokens, Counter(answer_tokens(text))) for text in references(item))


def _f1(reply: Counter[str], reference: Counter[str]) -> float:
    shared = (reply & reference).total()
    return 2 * shared / (reply.total() + reference.total()) if shared else 0.0


def answer_tokens(text: str) -> list[str]:
    """Words as SQuAD counts them: folded, punctuation taken out without a gap, English articles dropped."""
    bare = "".join(letter for letter in fold(text) if unicodedata.category(letter)[0] not in "PS")
    words = _ARTICLE.sub(" ", bare).split()
    return list(itertools.chain.from_iterable(map(_pieces, words)))


def _pieces(word: str) -> list[str]:
    return [word] if word.isascii() else _LETTER_OR_WORD.findall(word)

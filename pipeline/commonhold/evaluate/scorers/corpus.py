"""How close a reply comes to a translation or summary written by people: chrF, BLEU, ROUGE-L."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.matching import UNSPACED, words
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer, answer_complaints, references

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF


class _CorpusPair(Scorer):
    """What scorers of whole texts have in common."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    graded: ClassVar[bool] = True

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer, or one without words."""
        yield from answer_complaints(self, item)

    def expected(self, item: Item) -> str:
        """The answers."""
        return " or ".join(references(item))


@SCORERS.register("chrf/1")
class Chrf(_CorpusPair):
    """How many runs of one to six letters reply and answer share. Good for translations, in all scripts."""

    follows: ClassVar[str] = "chrF2 of sacrebleu (Popović 2015), capitals count; per item, and over all items at once."

    def score(self, item: Item, output: str) -> float:
        """chrF of one reply."""
        return _share(_chrf().sentence_score(output, references(item)).score)

    def corpus_score(self, items: Sequence[Item], outputs: Sequence[str]) -> float:
        """chrF of all the replies as one text."""
        return _share(_chrf().corpus_score(list(outputs), _streams(items)).score)


@SCORERS.register("bleu/1")
class Bleu(_CorpusPair):
    """How many runs of one to four words reply and answer share, shorter replies counting less."""

    follows: ClassVar[str] = (
        "BLEU of sacrebleu (Papineni et al. 2002; Post 2018, arXiv 1804.08771), tokenised as 13a, capitals count; per "
        "item with effective order, and over all items at once, where it belongs."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer, one without words, or one in a script that has no spaces to count words by."""
        if UNSPACED.search(item.answer):
            message = "BLEU counts words, and this script puts no spaces between them"
            yield Complaint("answer", message, "Take scorer: chrf/1 in task.yaml")
        yield from super().complaints(item)

    def score(self, item: Item, output: str) -> float:
        """BLEU of one reply."""
        return _share(_bleu(sentence=True).sentence_score(output, references(item)).score)

    def corpus_score(self, items: Sequence[Item], outputs: Sequence[str]) -> float:
        """BLEU of all the replies."""
        return _share(_bleu(sentence=False).corpus_score(list(outputs), _streams(items)).score)


@SCORERS.register("rouge_l/1")
class RougeL(_CorpusPair):
    """How long a run of words, with gaps, reply and answer share in the same order. For summaries."""

    follows: ClassVar[str] = (
        "ROUGE-L F1 (Lin 2004), without stemming, the best of several answers; in scripts without spaces every letter "
        "is a word."
    )

    def score(self, item: Item, output: str) -> float:
        """Harmonic mean of the shared run's part of the reply and of the answer."""
        reply = words(output)
        return max(_rouge_l(reply, words(text)) for text in references(item))


def _share(percent: float) -> float:
    return min(max(percent / 100, 0.0), 1.0)


@cache
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


@cache
def _bleu(*, sentence: bool) -> "BLEU":
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(effective_order=sentence)


def _streams(items: Sequence[Item]) -> list[Any]:
    """References as sacrebleu wants them: the first of every item, the second of every item, and so on."""
    texts = [references(item) for item in items]
    longest = max(map(len, texts))
    return [[of[index] if index < len(of) else None for of in texts] for index in range(longest)]


def _rouge_l(reply: Sequence[str], reference: Sequence[str]) -> float:
    shared = _longest_common(reply, reference)
    return 2 * shared / (len(reply) + len(reference)) if shared else 0.0


def _longest_common(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest subsequence of both."""
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for column, other in enumerate(right, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == other else max(above, row[column - 1])
            diagonal = above
    return row[-1]

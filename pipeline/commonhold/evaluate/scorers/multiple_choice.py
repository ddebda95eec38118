"""Right when the model finds the right choice the likeliest reply."""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

from commonhold.errors import CommonholdError
from commonhold.evaluate.item import LETTERS, Item, Kind
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer
from commonhold.records.answer import ChoiceScore

CHOICE_COLUMNS = frozenset({"answer", *(f"choice_{letter}" for letter in LETTERS)})


@SCORERS.register("multiple_choice/1")
class MultipleChoice(Scorer):
    """The model finds the right choice the likeliest, for its length in bytes."""

    kind: ClassVar[Kind] = "multiple_choice"
    columns: ClassVar[frozenset[str]] = CHOICE_COLUMNS
    follows: ClassVar[str] = (
        "Log-likelihood per byte (Biderman et al. 2024, arXiv 2405.14782); acc_bytes of lm-evaluation-harness, and its "
        "acc_norm where all letters are ASCII."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """Fewer than two choices, a gap between them, two alike, or an answer that names none."""
        return choice_complaints(item)

    def expected(self, item: Item) -> str:
        """The text of the right choice."""
        return item.choices[LETTERS.index(item.answer)]

    def score(self, item: Item, output: str) -> float:
        """1 when the chosen text is the right one."""
        return float(output == self.expected(item))

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:
        """The likeliest choice."""
        return likeliest(item, scores)

    def right_reply(self, item: Item) -> str:
        """The right choice."""
        return self.expected(item)


@SCORERS.register("multiple_choice_sum/1")
class MultipleChoiceSum(MultipleChoice):
    """The model finds the right choice the likeliest, whatever its length; short choices have it easier."""

    follows: ClassVar[str] = "Sum of the log-likelihoods; acc of lm-evaluation-harness."

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:
        """The choice with the highest sum."""
        _refuse_damaged(item, scores)
        return item.choices[_first_highest([score.log_likelihood for score in scores])]


@SCORERS.register("multiple_choice_letters/1")
class MultipleChoiceLetters(MultipleChoice):
    """The model finds the right choice the likeliest, for its length in letters."""

    follows: ClassVar[str] = "Log-likelihood per character; acc_norm of lm-evaluation-harness."

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:
        """The choice with the highest log-likelihood per letter."""
        _refuse_damaged(item, scores)
        pairs = zip(item.choices, scores, strict=True)
        return item.choices[_first_highest([score.log_likelihood / len(choice) for choice, score in pairs])]


def choice_complaints(item: Item) -> Iterator[Complaint]:
    """Fewer than two choices, a gap between them, two alike, or an answer that names none."""
    filled = item.choices[: item.choices.index("")] if "" in item.choices else item.choices
    if any(item.choices[len(filled) :]):
        column = f"choice_{LETTERS[len(filled)]}"
        yield Complaint(column, "the choice is empty but a later one is not", "Move the later choices up")
    elif len(filled) < 2:
        yield Complaint(f"choice_{LETTERS[len(filled)]}", "at least two choices are needed", "Write another")
    if len(set(filled)) < len(filled):
        twin = next(index for index, choice in enumerate(filled) if choice in filled[:index])
        yield Complaint(f"choice_{LETTERS[twin]}", f"{filled[twin]!r} appears twice", "Change one of the two")
    letters = LETTERS[: len(filled)]
    if item.answer not in tuple(letters):
        message = f"{item.answer!r} is not the letter of a choice" if item.answer else "the answer is empty"
        hint = f"; {item.answer!r} is choice {LETTERS[filled.index(item.answer)]}" if item.answer in filled else ""
        yield Complaint("answer", message, f"Write one of: {', '.join(letters) or 'a, b'}{hint}")


def likeliest(item: Item, scores: Sequence[ChoiceScore]) -> str:
    """The choice with the highest log-likelihood per byte; of equals the first, on both sides alike.

    Raises:
        CommonholdError: a log-likelihood is not a number.
    """
    _refuse_damaged(item, scores)
    return item.choices[_first_highest([score.log_likelihood / score.bytes for score in scores])]


def _first_highest(values: Sequence[float]) -> int:
    return values.index(max(values))


def _refuse_damaged(item: Item, scores: Sequence[ChoiceScore]) -> None:
    if any(math.isnan(score.log_likelihood) for score in scores):
        raise CommonholdError(
            f"item {item.id}: the model's log-likelihood of a choice is not a number; its weights are damaged, "
            "often because training diverged. Train again with a lower train.learning_rate"
        )

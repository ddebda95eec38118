"""Answers and key brought together: who preferred which model on which item, and who called which reply right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from commonhold.evaluate.people.accountability import Labelled
from commonhold.evaluate.people.draw import RIGHT_FROM
from commonhold.evaluate.people.pack import Letter, PackKey, SealedQuestion
from commonhold.evaluate.people.rating import Rating

Choice = Literal["tuned", "base", "both_good", "both_bad", "cannot_judge"]
VALUES: dict[Choice, float] = {"tuned": 1.0, "base": 0.0, "both_good": 0.5, "both_bad": 0.5}
"""What a choice counts for the tuned model; ties are half, and who cannot judge is left out."""


@dataclass(frozen=True, slots=True)
class UnblindedRating:
    """One person's answer with its sides named."""

    rater: str
    sealed: SealedQuestion
    letter: Letter | None
    """The side that was chosen; `None` for ties and for who cannot judge."""
    choice: Choice
    tuned_right: bool | None
    base_right: bool | None
    comment: str

    @property
    def value(self) -> float | None:
        """1 for the tuned model, 0 for the base, a half for a tie."""
        return VALUES.get(self.choice)


def unblind(ratings: Sequence[Rating], key: PackKey) -> tuple[UnblindedRating, ...]:
    """The same answers, in the same order, with the sides named."""
    sealed = {question.id: question for question in key.questions}
    return tuple(_judgement(rating, sealed[rating.question]) for rating in ratings)


def _judgement(rating: Rating, sealed: SealedQuestion) -> UnblindedRating:
    on_a = sealed.tuned == "A"
    letter: Letter | None = None
    choice: Choice
    match rating.verdict:
        case "A" | "B":
            letter = rating.verdict
            choice = "tuned" if letter == sealed.tuned else "base"
        case tie_or_none:
            choice = tie_or_none
    return UnblindedRating(
        rater=rating.rater,
        sealed=sealed,
        letter=letter,
        choice=choice,
        tuned_right=rating.a_right if on_a else rating.b_right,
        base_right=rating.b_right if on_a else rating.a_right,
        comment=rating.comment,
    )


def labelled(judgements: Sequence[UnblindedRating], task: str) -> tuple[Labelled, ...]:
    """Replies that most of those who said so call right or wrong, with what the scorer gave; evenly split ones are
    left out."""
    votes: dict[tuple[str, str], Counter[bool]] = {}
    about: dict[tuple[str, str], tuple[float, str]] = {}
    for each in judgements:
        if each.sealed.task != task:
            continue
        for side, label, score in (
            ("tuned", each.tuned_right, each.sealed.tuned_score),
            ("base", each.base_right, each.sealed.base_score),
        ):
            if label is not None:
                votes.setdefault((each.sealed.item, side), Counter())[label] += 1
                about[each.sealed.item, side] = (score, each.sealed.hangs_with)
    labels = []
    for reply, tally in sorted(votes.items()):
        if tally[True] != tally[False]:
            score, cluster = about[reply]
            labels.append(Labelled(tally[True] > tally[False], score >= RIGHT_FROM, cluster))
    return tuple(labels)

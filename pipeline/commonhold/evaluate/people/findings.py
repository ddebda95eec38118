"""From people's judgements to figures: who is preferred, how sure that is, and what scorers are worth."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from commonhold.evaluate.interval_text import MIN_ITEMS
from commonhold.evaluate.people.accountability import Accountability, Corrected, Share, correct, measure, refusal
from commonhold.evaluate.people.agreement import Alpha, nominal_alpha, ordinal_alpha
from commonhold.evaluate.people.pack import Pack, PackKey, SealedTask
from commonhold.evaluate.people.two_way import TwoWayJudged, mean, two_way_interval
from commonhold.evaluate.people.unblind import UnblindedRating, labelled
from commonhold.evaluate.statistics import mean_interval
from commonhold.records.score import Interval

MIN_RATERS = 3
"""From fewer people nothing is said about people in general."""
ORDER = ("base", "tie", "tuned")


@dataclass(frozen=True, slots=True)
class Preference:
    """How often the tuned model is preferred, on all items or on some."""

    name: str
    """`all`, `language=es`, `group=water`."""
    items: int
    raters: int
    tuned: int
    """Answers for the tuned model; first times and repeats."""
    base: int
    both_good: int
    both_bad: int
    cannot_judge: int
    win_rate: float | None
    """In [0, 1], ties as half; `None` where nobody could judge."""
    interval: Interval

    @property
    def too_few(self) -> bool:
        """Whether it is shown but not judged by."""
        return self.items < MIN_ITEMS or self.raters < MIN_RATERS


@dataclass(frozen=True, slots=True)
class Position:
    """How often the reply on the left, or above, was chosen; half, were position nothing to people."""

    chosen_a: int
    chosen_b: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Consistency:
    """How people answered what they were asked twice, with sides exchanged."""

    same: Share
    """Pairs in which the same model, or the same kind of tie, was chosen."""
    same_letter: int
    """Pairs in which A was chosen twice, or B: the side decided, not the reply."""


@dataclass(frozen=True, slots=True)
class RatingFindings:
    """All that people's answers say."""

    pack: str
    title: str
    questions: int
    raters: int
    answers: int
    overall: Preference
    slices: tuple[Preference, ...]
    position: Position
    consistency: Consistency
    agreement: Alpha
    """On better, worse, both good and both bad."""
    ordered_agreement: Alpha
    """On worse, tie, better."""
    right_agreement: Alpha
    """On whether a reply is right."""
    scorers: tuple[Accountability, ...]


def find(pack: Pack, key: PackKey, judgements: Sequence[UnblindedRating]) -> RatingFindings:
    """Everything, from unblinded answers; the same answers give the same findings."""
    first = [each for each in judgements if not each.sealed.repeats]
    decided = [(each, each.letter) for each in judgements if each.letter]
    sided = [TwoWayJudged(float(letter == "A"), each.rater, each.sealed.hangs_with) for each, letter in decided]
    return RatingFindings(
        pack=pack.id,
        title=pack.title,
        questions=len(pack.questions),
        raters=len({each.rater for each in judgements}),
        answers=len(judgements),
        overall=preference("all", judgements),
        slices=tuple(_slices(judgements)),
        position=Position(
            sum(letter == "A" for _, letter in decided),
            sum(letter == "B" for _, letter in decided),
            two_way_interval(sided),
        ),
        consistency=_consistency(judgements),
        agreement=nominal_alpha(_units(first, lambda each: each.choice)),
        ordered_agreement=ordinal_alpha(_units(first, _ordered), ORDER),
        right_agreement=nominal_alpha(_right_units(first)),
        scorers=tuple(_account(task, judgements) for task in key.tasks) if pack.asks_right else (),
    )


def preference(name: str, judgements: Sequence[UnblindedRating]) -> Preference:
    """The win rate of some answers. What a person answered twice counts once, as the mean, so that sides cancel out."""
    given: dict[tuple[str, str], list[float]] = {}
    hangs: dict[str, str] = {}
    for each in judgements:
        hangs[each.sealed.item] = each.sealed.hangs_with
        if each.value is not None:
            given.setdefault((each.rater, each.sealed.item), []).append(each.value)
    judged = [
        TwoWayJudged(sum(values) / len(values), rater, hangs[item]) for (rater, item), values in sorted(given.items())
    ]
    counts = Counter(each.choice for each in judgements)
    return Preference(
        name=name,
        items=len({item for _, item in given}),
        raters=len({rater for rater, _ in given}),
        tuned=counts["tuned"],
        base=counts["base"],
        both_good=counts["both_good"],
        both_bad=counts["both_bad"],
        cannot_judge=counts["cannot_judge"],
        win_rate=mean(judged) if judged else None,
        interval=two_way_interval(judged),
    )


def _slices(judgements: Sequence[UnblindedRating]) -> Iterator[Preference]:
    kinds: tuple[tuple[str, Callable[[UnblindedRating], str]], ...] = (
        ("task", lambda each: each.sealed.task),
        ("language", lambda each: each.sealed.language),
        ("group", lambda each: each.sealed.group),
    )
    for kind, of in kinds:
        values = sorted({of(each) for each in judgements})
        if len(values) > 1:
            for value in values:
                yield preference(f"{kind}={value or 'not given'}", [each for each in judgements if of(each) == value])


def _consistency(judgements: Sequence[UnblindedRating]) -> Consistency:
    given = {(each.rater, each.sealed.id): each for each in judgements}
    pairs = [
        (given[each.rater, each.sealed.repeats], each)
        for each in judgements
        if each.sealed.repeats and (each.rater, each.sealed.repeats) in given
    ]
    same = [float(one.choice == other.choice) for one, other in pairs]
    interval = mean_interval(same, [one.rater for one, _ in pairs]) if pairs else None
    letters = sum(one.letter is not None and one.letter == other.letter for one, other in pairs)
    return Consistency(Share(round(sum(same)), len(same), interval), letters)


def _ordered(judgement: UnblindedRating) -> str:
    return judgement.choice if judgement.choice in ("tuned", "base") else "tie"


def _units(judgements: Sequence[UnblindedRating], value: Callable[[UnblindedRating], str]) -> list[list[str]]:
    units: dict[str, list[str]] = {}
    for each in judgements:
        if each.value is not None:
            units.setdefault(each.sealed.item, []).append(value(each))
    return list(units.values())


def _right_units(judgements: Sequence[UnblindedRating]) -> list[list[str]]:
    units: dict[tuple[str, str], list[str]] = {}
    for each in judgements:
        for side, right in (("tuned", each.tuned_right), ("base", each.base_right)):
            if right is not None:
                units.setdefault((each.sealed.item, side), []).append(str(right))
    return list(units.values())


def _account(task: SealedTask, judgements: Sequence[UnblindedRating]) -> Accountability:
    sensitivity, specificity = measure(labelled(judgements, task.name))
    reason = refusal(sensitivity, specificity)
    corrected = []
    for side, right in (("base", task.base_right), ("tuned", task.tuned_right)):
        observed = right / task.items
        rate = None if reason else correct(observed, task.clusters, sensitivity, specificity)
        corrected.append(Corrected(side, observed, rate and rate.rate, rate and rate.interval))
    return Accountability(task.name, task.title, task.scorer, sensitivity, specificity, tuple(corrected), reason)

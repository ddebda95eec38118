"""A model on this machine as a judge of replies, which counts only once it agrees with the community's own people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from commonhold.evaluate.answerer import Answerer
from commonhold.evaluate.people.agreement import Alpha, nominal_alpha
from commonhold.evaluate.people.findings import MIN_RATERS
from commonhold.evaluate.people.unblind import UnblindedRating
from commonhold.number_format import count
from commonhold.records.chat import Message

MIN_JUDGED = 50
"""Fewest items that both people and judge have compared."""
MIN_ALPHA = 0.667
"""What the lower end of the agreement's interval must reach: Krippendorff's least for tentative conclusions."""
INSTRUCTION = """\
A person wrote this message:
{prompt}

Reply A:
{first}

Reply B:
{second}

Which reply helps the person better? Answer with one letter, A or B."""

Preferred = Literal["tuned", "base", "tie"]


class JudgedPair(NamedTuple):
    """One message with the replies of both models."""

    item: str
    prompt: str
    base: str
    tuned: str


@dataclass(frozen=True, slots=True)
class LikelihoodJudge:
    """Asks a model which letter it finds likelier, in both orders; no scorer, so that no task and no gate can name it.

    Only a reply that is preferred on either side has won; else the side has decided, which is a tie (after Zheng et al.
    2023, arXiv 2306.05685, section 3.4).
    """

    name: str
    """Of the model, as the report shows it."""
    answerer: Answerer

    def prefer(self, comparisons: Sequence[JudgedPair]) -> list[Preferred]:
        """One verdict a comparison, in order."""
        tuned_first = self._chooses_a([(each.prompt, each.tuned, each.base) for each in comparisons])
        base_first = self._chooses_a([(each.prompt, each.base, each.tuned) for each in comparisons])
        verdicts: dict[tuple[bool, bool], Preferred] = {(True, False): "tuned", (False, True): "base"}
        return [verdicts.get(pair, "tie") for pair in zip(tuned_first, base_first, strict=True)]

    def _chooses_a(self, shown: Sequence[tuple[str, str, str]]) -> list[bool]:
        conversations = [
            (Message("user", INSTRUCTION.format(prompt=prompt, first=first, second=second)),)
            for prompt, first, second in shown
        ]
        letters = self.answerer.choice_log_likelihoods(conversations, [("A", "B")] * len(shown))
        return [a.log_likelihood > b.log_likelihood for a, b in letters]


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a judge counts, and what it said in either case."""

    judge: str
    items: int
    """Compared by judge and people."""
    agreement: Alpha
    win_rate: float | None
    """How often it preferred the tuned model, ties as half."""
    counts: bool
    reason: str
    """Why it does not count; empty when it does."""


def admit(name: str, verdicts: Mapping[str, Preferred], judgements: Sequence[UnblindedRating]) -> Admission:
    """Compares a judge's verdicts, by item, with what most people said of the same items."""
    values: dict[str, list[float]] = {}
    for each in judgements:
        if each.value is not None:
            values.setdefault(each.sealed.item, []).append(each.value)
    shared = sorted(values.keys() & verdicts.keys())
    agreement = nominal_alpha([(_majority(values[item]), verdicts[item]) for item in shared])
    share = {"tuned": 1.0, "base": 0.0, "tie": 0.5}
    rate = sum(share[verdicts[item]] for item in shared) / len(shared) if shared else None
    raters = len({each.rater for each in judgements})
    reason = _reason(len(shared), raters, agreement)
    return Admission(name, len(shared), agreement, rate, not reason, reason)


def _majority(values: Sequence[float]) -> Preferred:
    mean = sum(values) / len(values)
    return "tie" if mean == 0.5 else "tuned" if mean > 0.5 else "base"


def _reason(items: int, raters: int, agreement: Alpha) -> str:
    if raters < MIN_RATERS:
        return f"only {count(raters, 'person', 'people')} answered, and {MIN_RATERS} are needed to hold it against"
    if items < MIN_JUDGED:
        return f"it was held against people on only {count(items, 'item')}, and {MIN_JUDGED} are needed"
    if agreement.value is None or agreement.interval is None:
        return "people and judge gave too few different answers to measure how far they agree"
    if agreement.interval.low < MIN_ALPHA:
        return (
            f"it agrees too little with people: Krippendorff's alpha is {agreement.value:.2f} and may be as low as "
            f"{agreement.interval.low:.2f}, where at least {MIN_ALPHA} is needed"
        )
    return ""

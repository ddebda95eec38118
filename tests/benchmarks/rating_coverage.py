"""How often the interval of a win rate holds the truth: simulated answers of people who differ to items that differ.

    python -m tests.benchmarks.rating_coverage --draws 300

Every answer is what a person feels: the lead of the tuned model, plus the person's taste, the item's merit and chance.
Above 0.4 it is for the tuned model, below −0.4 for the base, between them a tie; a fifth of the answers is missing.
Beside our interval stands what an ordinary Wilson interval over the answers would have held.
"""

import argparse
import itertools
import math
import random
from dataclasses import dataclass
from statistics import NormalDist

from commonhold.evaluate.people.two_way import TwoWayJudged, mean, two_way_interval
from commonhold.evaluate.statistics import wilson_interval

PEOPLE, ITEMS = (3, 5, 10), (20, 40)
SPREADS = ((0.0, 0.0), (0.4, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Standard deviations of tastes and of merits; chance has 1."""
LEADS = (0.0, 1.2, 2.0)
TIE = 0.4


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    people: int
    items: int
    spread: tuple[float, float]
    truth: float
    held: float
    naive_held: float
    width: float


def answers(
    draw: random.Random, people: int, items: int, spread: tuple[float, float], lead: float
) -> list[TwoWayJudged]:
    """What so many people say of so many items."""
    tastes = [draw.gauss(0, spread[0]) for _ in range(people)]
    merits = [draw.gauss(0, spread[1]) for _ in range(items)]
    judged = []
    for rater, taste in enumerate(tastes):
        for item, merit in enumerate(merits):
            if draw.random() < 0.8:
                felt = lead + taste + merit + draw.gauss(0, 1)
                judged.append(TwoWayJudged(1.0 if felt > TIE else 0.0 if felt < -TIE else 0.5, str(rater), str(item)))
    return judged


def true_share(spread: tuple[float, float], lead: float) -> float:
    """The win rate over all people and items, ties as half."""
    felt = NormalDist(lead, math.sqrt(1 + spread[0] ** 2 + spread[1] ** 2))
    return (1 - felt.cdf(TIE) + 1 - felt.cdf(-TIE)) / 2


def case(people: int, items: int, spread: tuple[float, float], lead: float, draws: int) -> Case:
    """So many simulated packs of one kind."""
    draw, truth = random.Random(f"{people}/{items}/{spread}/{lead}"), true_share(spread, lead)
    held = naive = 0
    width = 0.0
    for _ in range(draws):
        judged = answers(draw, people, items, spread, lead)
        low, high = two_way_interval(judged)
        held += low <= truth <= high
        width += high - low
        plain = wilson_interval(mean(judged) * len(judged), len(judged))
        naive += plain.low <= truth <= plain.high
    return Case(people, items, spread, truth, held / draws, naive / draws, width / draws)


def main() -> None:
    """Prints the table, worst first in each number of people."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=300)
    draws = parser.parse_args().draws
    kinds = itertools.product(PEOPLE, ITEMS, SPREADS, LEADS)
    cases = [case(*kind, draws) for kind in kinds]
    print("people  cases  worst  mean  width  plain Wilson: worst  mean")
    for people in PEOPLE:
        own = [each for each in cases if each.people == people]
        held, naive = [each.held for each in own], [each.naive_held for each in own]
        print(
            f"{people:>6}  {len(own):>5}  {min(held):.3f}  {sum(held) / len(own):.3f}  "
            f"{sum(each.width for each in own) / len(own):.2f}  {min(naive):.3f}  {sum(naive) / len(own):.3f}"
        )


if __name__ == "__main__":
    main()

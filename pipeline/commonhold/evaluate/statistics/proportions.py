"""Intervals for shares of right answers, alone and in pairs, and the bound on failures that were not seen."""

import math
from functools import lru_cache

from commonhold.records.score import Interval
from commonhold.wilson import Z, wilson_interval

ONE_SIDED = 0.05
"""How often a bound on failures may be wrong."""
POISSON_LOW = (0.0, 0.051293, 0.355361, 0.817691)
"""The mean at which 0, 1, 2 or 3 and more would be seen one time in twenty."""


def score_interval(successes: float, trials: float, z: float = Z) -> Interval:
    """Wilson's interval, corrected near 0 and 1 as Brown, Cai & DasGupta 2001 (Statistical Science 16:101) advise.

    With one or two successes (three from ten trials on; they say above fifty) Wilson's lower end is too high: at a true
    rate of 5 % it holds the truth in 91 % of draws of ten. There the lower end is that of a Poisson mean; the same
    with failures and the upper end. Fractions of a success are between their neighbours.
    """
    low, high = wilson_interval(successes, trials, z)
    return Interval(min(low, _rare(successes, trials)), max(high, 1.0 - _rare(trials - successes, trials)))


def _rare(seen: float, trials: float) -> float:
    if seen > (2 if trials < 10 else 3):
        return 1.0
    whole = int(seen)
    upper = POISSON_LOW[min(whole + 1, len(POISSON_LOW) - 1)]
    return (POISSON_LOW[whole] + (seen - whole) * (upper - POISSON_LOW[whole])) / trials


def newcombe_interval(both: float, base_only: float, tuned_only: float, neither: float, z: float = Z) -> Interval:
    """Confidence interval of tuned − base for right/wrong answers of two models to the same items, in [−1, 1].

    Method 10 of Newcombe 1998 (Statistics in Medicine 17:2635): the Wilson intervals of the two proportions, squared
    and added with the correlation phi, which is corrected for continuity when positive.

    Raises:
        ValueError: a count is negative, or all are zero.
    """
    items = both + base_only + tuned_only + neither
    if min(both, base_only, tuned_only, neither) < 0:
        raise ValueError("counts are not negative")
    base, tuned = min(both + base_only, items), min(both + tuned_only, items)
    base_low, base_high = wilson_interval(base, items, z)
    tuned_low, tuned_high = wilson_interval(tuned, items, z)
    phi = _phi(both * neither - base_only * tuned_only, items, base * (items - base) * tuned * (items - tuned))
    difference = (tuned_only - base_only) / items
    below = _square_and_add(tuned / items - tuned_low, base_high - base / items, phi)
    above = _square_and_add(tuned_high - tuned / items, base / items - base_low, phi)
    return Interval(max(-1.0, difference - below), min(1.0, difference + above))


def _phi(cross: float, items: float, margins: float) -> float:
    if margins == 0:
        return 0.0
    corrected = max(cross - items / 2, 0.0) if cross > 0 else cross
    return corrected / math.sqrt(margins)


def _square_and_add(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def failure_bounds(failures: int, items: int) -> Interval:
    """Two one-sided 95 % bounds of the rate at which something fails, each exact (Clopper & Pearson 1934).

    Without a failure the upper one is 1 − 0.05^(1/items), which the rule of three (3 / items) rounds: 59 clean items
    show a rate below 5 %, 58 do not.

    Raises:
        ValueError: `items` is not positive, or `failures` is outside 0..items.
    """
    if items <= 0 or not 0 <= failures <= items:
        raise ValueError(f"{failures} failures of {items} items are no proportion")
    return Interval(1 - _highest(items - failures, items) if failures else 0.0, _highest(failures, items))


@lru_cache(maxsize=4096)
def _highest(seen: int, items: int) -> float:
    """The rate at which so few or fewer would be seen one time in twenty."""
    if seen == items:
        return 1.0
    if seen == 0:
        return 1.0 - math.exp(math.log(ONE_SIDED) / items)
    low, high = seen / items, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(seen, items, middle) > ONE_SIDED else (low, middle)
    return high


def _at_most(seen: int, items: int, rate: float) -> float:
    """P(X ≤ seen) of a binomial; in logarithms, since the terms of many items underflow."""
    log_rate, log_rest = math.log(rate), math.log1p(-rate) if rate < 1 else -math.inf
    terms = (
        math.lgamma(items + 1) - math.lgamma(k + 1) - math.lgamma(items - k + 1) + k * log_rate + (items - k) * log_rest
        for k in range(seen + 1)
    )
    return math.fsum(map(math.exp, terms))

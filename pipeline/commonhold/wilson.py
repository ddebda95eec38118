"""The confidence interval of a share: how much of it may be chance."""

import math
from statistics import NormalDist

from commonhold.records.score import Interval

Z = NormalDist().inv_cdf(0.975)


def wilson_interval(successes: float, trials: float, z: float = Z) -> Interval:
    """Confidence interval of a proportion, in [0, 1]; 95 % at the default `z`.

    The Wilson score interval (Wilson 1927, JASA 22:209) stays inside [0, 1] and is honest at twenty items, where
    mean ± z·stderr is not. Both counts may be fractions: a sum of graded scores, an effective number of items.

    Raises:
        ValueError: `trials` is not positive, or `successes` is outside 0..trials.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials are no proportion")
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # At the ends the exact bound is the share itself; the formula misses it by a rounding error.
    return Interval(min(max(0.0, (centre - spread) / scale), share), max(min(1.0, (centre + spread) / scale), share))

"""How sure one may be: intervals, tests and power that stay honest at the twenty items a local group can write.

All intervals are 95 %, all scores in [0, 1]. Callers want `mean_interval` and `difference_interval`, which choose by
one rule (`intervals.py`). How often they hold the truth is simulated in `tests/benchmarks/interval_coverage.py`.
"""

from commonhold.evaluate.statistics.clusters import cluster_t_interval, t_quantile
from commonhold.evaluate.statistics.intervals import difference_interval, effective_n_of_difference, mean_interval
from commonhold.evaluate.statistics.power import detectable_difference, items_for_difference
from commonhold.evaluate.statistics.proportions import (
    failure_bounds,
    newcombe_interval,
    score_interval,
)
from commonhold.evaluate.statistics.significance import holm, mcnemar_p, paired_p, sign_flip_p
from commonhold.wilson import Z, wilson_interval

__all__ = [
    "Z",
    "cluster_t_interval",
    "detectable_difference",
    "difference_interval",
    "effective_n_of_difference",
    "failure_bounds",
    "holm",
    "items_for_difference",
    "mcnemar_p",
    "mean_interval",
    "newcombe_interval",
    "paired_p",
    "score_interval",
    "sign_flip_p",
    "t_quantile",
    "wilson_interval",
]

"""How often the intervals hold the truth, in simulated evaluations; the whole grid is in the benchmark."""

import numpy as np
import pytest
from tests.benchmarks.interval_coverage import CLUSTERS, SIZES, WANTED, cases, graded, right_wrong, spreads

from commonhold.evaluate.statistics.clusters import spread_of

DRAWS = 1500
NOISE = 0.02
"""Three standard errors of a share of 0.93 in so many draws."""


@pytest.mark.slow
def test_every_interval_holds_the_truth_as_often_as_it_says() -> None:
    found = list(cases(DRAWS, seed=7))
    assert len(found) == 4 * len(SIZES) + 3 * len(SIZES) + 4 * len(CLUSTERS) * 4
    held = {f"{each.kind}, {each.size}": min(each.held, each.mean_held) for each in found}
    assert {name: share for name, share in held.items() if share < WANTED - NOISE} == {}
    # The grid is one in which it matters: a paired t over the items is far too sure in a third of the cases.
    assert sum(each.naive_held < 0.85 for each in found) > len(found) / 3


@pytest.mark.parametrize("partly", [False, True])
def test_the_simulation_sums_up_as_the_evaluation_does(partly: bool) -> None:
    rng, sizes = np.random.default_rng(1), np.array([2, 8, 1, 5, 5])
    drawn = graded(rng, 20, sizes, 0.5, 0.4) if partly else right_wrong(rng, 20, sizes, (0.5, 0.6, 0.5), 0.4)
    gains = drawn.tuned - drawn.base
    for row, spread in zip(gains, spreads(gains, drawn.labels, np.zeros(20)), strict=True):
        expected = spread_of(list(map(float, row)), list(map(int, drawn.labels)), [1.0] * 21)
        for name in ("mean", "clusters", "kish", "largest", "independent", "clustered", "guarded", "degrees", "moved"):
            assert getattr(spread, name) == pytest.approx(getattr(expected, name)), name
        assert spread.alone is expected.alone is False


def test_the_draws_have_the_truth_that_is_claimed() -> None:
    rng, sizes = np.random.default_rng(2), np.full(50, 5)
    for drawn in (right_wrong(rng, 2000, sizes, (0.5, 0.6, 0.5), 0.5), graded(rng, 2000, sizes, 0.5, 0.5)):
        assert float((drawn.tuned - drawn.base).mean()) == pytest.approx(drawn.difference, abs=0.005)
        assert float(drawn.tuned.mean()) == pytest.approx(drawn.mean, abs=0.005)

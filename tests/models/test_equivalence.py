"""How near two models are, by figures worked out by hand, and where the line is drawn."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from commonhold.errors import GateError
from commonhold.models.chat import TokenPair
from commonhold.models.equivalence import MIN_TOP1_8_BITS, Likeness, Reference, require_equal

HELD = Likeness(0.01, 0.95, 100, 10, 0.9)
"""Just as near as it has to be."""


class Says:
    """A model that finds the same likely whatever it reads: a row of probabilities for each position."""

    device = torch.device("cpu")

    def __init__(self, *rows: list[float]) -> None:
        self._logits = torch.tensor([rows]).log()

    def __call__(self, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(logits=self._logits)


def test_comparison_by_hand() -> None:
    # (0.5, 0.5) against (0.25, 0.75): 0.5 ln 2 + 0.5 ln (2/3) = 0.143841; the second position is the same.
    like = Reference(Says([0.5, 0.5], [0.9, 0.1]), [TokenPair((1,), (1,))]).compare(Says([0.25, 0.75], [0.9, 0.1]))
    assert like == Likeness(pytest.approx(0.143841 / 2, abs=1e-5), 0.5, 2, 0, 1.0)  # type: ignore[arg-type]


def test_reply_that_the_tuned_model_would_end_is_watched() -> None:
    before = Says([0.2, 0.8], [0.3, 0.7], [0.5, 0.5])
    probe = TokenPair((0,), (0, 1))  # position 1 foretells the last token, 1
    kept = Reference(before, [probe]).compare(Says([0.2, 0.8], [0.4, 0.6], [0.5, 0.5]))
    lost = Reference(before, [probe]).compare(Says([0.2, 0.8], [0.6, 0.4], [0.5, 0.5]))
    assert (kept.stops, kept.stops_kept) == (1, 1.0)
    assert (lost.stops, lost.stops_kept) == (1, 0.0)


def test_reply_that_the_tuned_model_would_go_on_with_tells_nothing_about_stopping() -> None:
    before = Says([0.2, 0.8], [0.7, 0.3], [0.5, 0.5])
    assert Reference(before, [TokenPair((0,), (0, 1))]).compare(before).stops == 0


def test_as_near_as_asked_for_is_near_enough() -> None:
    require_equal(HELD, "the file", "Leave it out")


@pytest.mark.parametrize("changed", [{"kl": 0.0101}, {"top1": 0.949}, {"stops_kept": 0.89}, {"kl": float("nan")}])
def test_a_little_further_away_is_refused_with_figures_and_remedy(changed: dict[str, Any]) -> None:
    with pytest.raises(GateError, match=r"the file differs .* 10 replies .* Leave it out, and report this"):
        require_equal(replace(HELD, **changed), "the file", "Leave it out")


def test_eight_bits_may_turn_more_ties_over() -> None:
    require_equal(replace(HELD, top1=0.9), "the file", "Leave it out", MIN_TOP1_8_BITS)
    with pytest.raises(GateError):
        require_equal(replace(HELD, top1=0.899), "the file", "Leave it out", MIN_TOP1_8_BITS)

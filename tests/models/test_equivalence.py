"""How near two models are in their replies, by figures worked out by hand."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from commonhold.models.chat_template import TokenPair
from commonhold.models.equivalence import KEPT, Likeness, Reference, ReplyLikeness, likeness_of


class Says:
    """A model that finds the same likely whatever it reads: a row of probabilities for each position."""

    device, dtype = torch.device("cpu"), torch.float32
    base_model_prefix = "body"

    def __init__(self, *rows: list[float]) -> None:
        self.config = SimpleNamespace()
        self._logits = torch.tensor([rows]).log()

    def body(self, input_ids: torch.Tensor, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(last_hidden_state=self._logits[:, : input_ids.shape[1]])

    def get_output_embeddings(self) -> Any:
        return lambda hidden: hidden


def test_comparison_by_hand() -> None:
    # (0.5, 0.5) against (0.25, 0.75): 0.5 ln 2 + 0.5 ln (2/3) = 0.143841; the second place is the same.
    probe = TokenPair((1,), (1, 1))
    (like,) = Reference(Says([0.5, 0.5], [0.9, 0.1]), [probe]).compare(Says([0.25, 0.75], [0.9, 0.1]))
    assert like.kl == pytest.approx(0.143841 / 2, abs=1e-5)
    assert (like.same, like.tokens) == (1, 2)


def test_what_stands_before_a_reply_does_not_count() -> None:
    # Three tokens of prompt: only the last two places foretell the reply.
    probe = TokenPair((1, 1, 1), (1, 1))
    before = Says([0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.8, 0.2])
    (like,) = Reference(before, [probe]).compare(Says([0.1, 0.9], [0.1, 0.9], [0.9, 0.1], [0.8, 0.2]))
    assert like == ReplyLikeness(pytest.approx(0.0, abs=1e-7), 2, 2, False, False)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kept", "after"), [(True, [0.4, 0.6]), (False, [0.6, 0.4])])
def test_reply_that_the_tuned_model_would_end_is_watched(kept: bool, after: list[float]) -> None:
    probe = TokenPair((0,), (0, 1))  # the place before the last token foretells it
    (like,) = Reference(Says([0.2, 0.8], [0.3, 0.7]), [probe]).compare(Says([0.2, 0.8], after))
    assert (like.ends, like.end_kept) == (True, kept)


def test_reply_that_the_tuned_model_would_go_on_with_tells_nothing_about_ending() -> None:
    before = Says([0.2, 0.8], [0.7, 0.3])
    replies = Reference(before, [TokenPair((0,), (0, 1))]).compare(before)
    assert [reply.ends for reply in replies] == [False]
    assert likeness_of(replies).stops_kept == 1.0


def test_rare_tokens_count_together() -> None:
    # Half of the probability lies beyond the kept tokens, spread evenly; the other model halves it there.
    words = KEPT + 100
    before = torch.full((words,), 0.5 / 100)
    before[:KEPT] = 0.5 / KEPT
    after = before.clone()
    after[KEPT:] *= 0.5
    after[:KEPT] *= (1 - float(after[KEPT:].sum())) / float(after[:KEPT].sum())
    kept = before.topk(KEPT).indices
    rest, other_rest = float(1 - before[kept].sum()), float(1 - after[kept].sum())
    wanted = float((before[kept] * (before[kept] / after[kept]).log()).sum()) + rest * float(
        torch.tensor(rest / other_rest).log()
    )
    (like,) = Reference(Says(before.tolist()), [TokenPair((0,), (0,))]).compare(Says(after.tolist()))
    assert like.kl == pytest.approx(wanted, rel=1e-3)


def test_all_replies_are_summed_up() -> None:
    replies = [ReplyLikeness(0.1, 3, 4, True, True), ReplyLikeness(0.3, 6, 6, True, False)]
    assert likeness_of(replies) == Likeness(pytest.approx(0.2), 0.9, 10, 2, 0.5)  # type: ignore[arg-type]

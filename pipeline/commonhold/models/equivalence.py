"""How near a file of weights is to the tuned model where it matters: in replies, and in where they end.

What comes before a reply no model ever writes, so nothing is compared there. Whether the file is surely worse than
what was evaluated is judged in `evaluate/noninferiority.py`; whether it was written wrongly, in `layer_check.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commonhold.models.chat_template import TokenPair
from commonhold.models.likelihood import head_logits, hidden_states

if TYPE_CHECKING:
    import torch

KEPT = 256
"""Likeliest tokens that are kept of a position; the rest of the vocabulary counts as one more token."""


@dataclass(frozen=True, slots=True)
class ReplyLikeness:
    """How near a model is to another one over one reply."""

    kl: float
    """Mean Kullback-Leibler divergence a token, in nats."""
    same: int
    """Tokens of the reply at which both find the same one likeliest, the one that ends it among them."""
    tokens: int
    ends: bool
    """Whether the first model would end the reply where it ends."""
    end_kept: bool
    """Whether the other one ends it there."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a model is to another one over all the replies."""

    kl: float
    """Mean Kullback-Leibler divergence a token, in nats; the mean of the replies' means."""
    top1: float
    """Share of the replies' tokens at which both find the same one likeliest."""
    positions: int
    """Tokens of all the replies."""
    stops: int
    """Replies that the first model would end where they end."""
    stops_kept: float
    """Share of them that the other one ends there, too; 1 where there is none."""


def likeness_of(replies: Sequence[ReplyLikeness]) -> Likeness:
    """Sums up replies, of which there is at least one."""
    positions, stops = sum(reply.tokens for reply in replies), sum(reply.ends for reply in replies)
    kept = sum(reply.ends and reply.end_kept for reply in replies)
    return Likeness(
        kl=sum(reply.kl for reply in replies) / len(replies),
        top1=sum(reply.same for reply in replies) / positions,
        positions=positions,
        stops=stops,
        stops_kept=kept / stops if stops else 1.0,
    )


class Reference:
    """What the tuned model finds likely at every position of some replies, to compare other models with."""

    def __init__(self, model: Any, probes: Sequence[TokenPair]) -> None:
        """Asks the model once; `probes` are replies with what comes before them, none of them learnt from."""
        self._probes = probes
        self._likeliest = [_kept(reply_log_probabilities(model, probe)) for probe in probes]

    def compare(self, model: Any) -> list[ReplyLikeness]:
        """How near a model is, reply by reply."""
        return [
            _likeness(probe, likeliest, reply_log_probabilities(model, probe))
            for probe, likeliest in zip(self._probes, self._likeliest, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _LikeliestTokens:
    """The likeliest tokens at each position of a reply, `(tokens, kept)`, the likeliest first."""

    ids: "torch.Tensor"
    log_probabilities: "torch.Tensor"


def reply_log_probabilities(model: Any, probe: TokenPair) -> "torch.Tensor":
    """Logarithms of what is likely at each position of the reply, `(tokens, vocabulary)`, on the CPU."""
    import torch

    ids = [*probe.prompt, *probe.completion]
    with torch.inference_mode():
        # Nothing follows the last token; the one before each token predicts it.
        hidden = hidden_states(model, input_ids=torch.tensor([ids[:-1]], device=model.device))[0]
        return torch.log_softmax(head_logits(model, hidden[-len(probe.completion) :]), dim=-1).cpu()


def _kept(log_probabilities: "torch.Tensor") -> _LikeliestTokens:
    best = log_probabilities.topk(min(KEPT, log_probabilities.shape[-1]), dim=-1)
    return _LikeliestTokens(best.indices, best.values)


def _likeness(probe: TokenPair, likeliest: _LikeliestTokens, other: "torch.Tensor") -> ReplyLikeness:
    before, after = likeliest.log_probabilities, other.gather(-1, likeliest.ids)
    # Of the tokens that are not kept, together; that never makes a divergence larger (data processing inequality).
    rest, other_rest = (1 - part.exp().sum(-1).clamp(max=1 - 1e-7) for part in (before, after))
    kl = (before.exp() * (before - after)).sum(-1) + rest * (rest.log() - other_rest.log())
    same = likeliest.ids[:, 0] == other.argmax(-1)
    end = probe.completion[-1]
    return ReplyLikeness(
        kl=float(kl.mean()),
        same=int(same.sum()),
        tokens=len(probe.completion),
        ends=int(likeliest.ids[-1, 0]) == end,
        end_kept=int(other[-1].argmax()) == end,
    )

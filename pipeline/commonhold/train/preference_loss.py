"""What is learnt from judged replies: the losses of DPO and KTO, from log-probabilities of whole replies.

The same numbers as TRL's trainers (1.16), on packed rows. Why not those trainers: docs/decisions/0010.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
from torch.nn.functional import cross_entropy, logsigmoid

from commonhold.models.likelihood import hidden_states
from commonhold.train.packing import IGNORED


class ReplyGains(NamedTuple):
    """What a batch came to, a number for each pair or rated reply."""

    losses: torch.Tensor
    margins: torch.Tensor
    """By how much the implied reward is on the right side, in nats times beta; above 0 is right."""


@dataclass(frozen=True, slots=True)
class PreferenceLoss:
    """The loss of one method over batches of packed rows."""

    method: Literal["dpo", "kto"]
    beta: float
    up_weight: float = 1.0
    """Of KTO, as `balanced_weights` gives it."""
    down_weight: float = 1.0

    def items(self, labels: torch.Tensor) -> torch.Tensor:
        """How many pairs, or rated replies, are in rows of labels `(rows, tokens)`."""
        replies = ((labels[:, 1:] != IGNORED) & (labels[:, :-1] == IGNORED)).sum()
        return replies // 2 if self.method == "dpo" else replies

    def judge(
        self, model: Any, plain: Any, batch: dict[str, Any], gather: Callable[[torch.Tensor], torch.Tensor]
    ) -> ReplyGains:
        """Losses of a batch; `plain` is the model outside any wrapper, `gather` collects a number of all processes."""
        with as_base(plain):
            reference = reply_log_probabilities(plain, batch)
            if self.method == "kto":
                base_elsewhere = reply_log_probabilities(plain, batch, "mismatched_")
        if self.method == "dpo":
            return dpo(reply_log_probabilities(model, batch), reference, self.beta)
        with undisturbed(plain):
            elsewhere = reply_log_probabilities(plain, batch, "mismatched_")
        moved = drift(gather((elsewhere - base_elsewhere).mean()))
        weights = torch.where(batch["desirable"], self.up_weight, self.down_weight)
        policy = reply_log_probabilities(model, batch)
        return kto(policy - reference, batch["desirable"], moved, self.beta, weights)


def dpo(policy: torch.Tensor, reference: torch.Tensor, beta: float) -> ReplyGains:
    """Direct preference optimisation (Rafailov et al. 2023, equation 7).

    Log-probabilities `(2 × pairs,)` of preferred and rejected replies in turns.
    """
    preferred, rejected = (policy - reference).view(-1, 2).unbind(1)
    margins = beta * (preferred - rejected)
    return ReplyGains(-logsigmoid(margins), margins.detach())


def kto(
    gained: torch.Tensor, desirable: torch.Tensor, moved: torch.Tensor, beta: float, weights: torch.Tensor
) -> ReplyGains:
    """Kahneman-Tversky optimisation (Ethayarajh et al. 2024, equation 8).

    `gained` is how much likelier each reply has become, in nats; `moved` how much replies to other messages have: what
    a reply gains counts only beyond that.
    """
    sign = torch.where(desirable, 1.0, -1.0)
    losses = weights * (1 - torch.sigmoid(beta * sign * (gained - moved)))
    return ReplyGains(losses, (beta * sign * (gained - moved)).detach())


def drift(gained_elsewhere: torch.Tensor) -> torch.Tensor:
    """How much replies to other messages have gained in all processes, in nats; never below 0, as no divergence is."""
    return gained_elsewhere.mean().clamp(min=0)


def balanced_weights(desirable: Sequence[bool]) -> tuple[float, float]:
    """Weights of thumbs up and down, the rarer kind raised until both weigh the same in all.

    The KTO paper advises a ratio of their weights in all of 1 to 4/3 (section 4.2); TRL only warns.
    """
    ups = sum(desirable)
    downs = len(desirable) - ups
    return max(1.0, downs / max(ups, 1)), max(1.0, ups / max(downs, 1))


def reply_log_probabilities(model: Any, batch: dict[str, Any], prefix: str = "") -> torch.Tensor:
    """Log-probability in nats of each reply of packed rows, summed over its tokens, in the rows' order.

    The output head sees only the positions that predict a label.
    """
    ids, positions, labels = (batch[f"{prefix}{name}"] for name in ("input_ids", "position_ids", "labels"))
    hidden = hidden_states(model, input_ids=ids, position_ids=positions)[:, :-1]
    labelled = labels[:, 1:] != IGNORED
    logits = model.get_output_embeddings()(hidden[labelled]).float()
    of_tokens = -cross_entropy(logits, labels[:, 1:][labelled], reduction="none")
    sequence = (positions == 0).flatten().cumsum(0).view_as(positions)[:, 1:][labelled]
    replies, reply_of = sequence.unique_consecutive(return_inverse=True)
    return torch.zeros(len(replies), device=of_tokens.device).index_add(0, reply_of, of_tokens)


@contextlib.contextmanager
def undisturbed(model: Any) -> Iterator[None]:
    """The model without dropout, noise or gradients for a while."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)


@contextlib.contextmanager
def as_base(model: Any) -> Iterator[None]:
    """The model as it was before training: its adapter off."""
    with undisturbed(model), model.disable_adapter():
        yield

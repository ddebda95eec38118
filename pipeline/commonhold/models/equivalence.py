"""Whether a file of weights is still the model that was trained: what it finds likely, and where it stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commonhold.errors import GateError
from commonhold.models.chat import TokenPair

if TYPE_CHECKING:
    import torch

MAX_KL = 0.01
"""A merge into other weights than those trained on measured 0.07; bf16 rounding alone, 0.0001; Q8_0, 0.001."""
MIN_TOP1 = 0.95
"""Coarser, because a few near-ties turn over with rounding: one in fifty positions of five short texts did."""
MIN_TOP1_8_BITS = 0.9
"""In 8 bits more near-ties turn over: 36 in a thousand positions of questions to an untrained model of 135 million."""
MIN_STOPS_KEPT = 0.9
"""A model that does not stop goes on with the other side of the conversation."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a model is to another one."""

    kl: float
    """Mean Kullback-Leibler divergence a token, in nats, over the probe texts."""
    top1: float
    """Share of positions at which both find the same token likeliest."""
    positions: int
    stops: int
    """Probe replies that the first model would end where they end."""
    stops_kept: float
    """Share of them that the other one ends there, too; 1 where there is none."""


class Reference:
    """What the tuned model finds likely at every place of the probe texts, to set other models against."""

    def __init__(self, model: Any, probes: Sequence[TokenPair]) -> None:
        """Asks the model once; `probes` are exchanges it has not learnt from, such as the validation examples."""
        self._probes = probes
        self._rows = [log_probabilities(model, probe) for probe in probes]

    def compare(self, model: Any) -> Likeness:
        """How near a model is; one probe after the other, so that only one more is in memory."""
        kl, same, positions, stops, kept = 0.0, 0, 0, 0, 0
        for probe, before in zip(self._probes, self._rows, strict=True):
            after = log_probabilities(model, probe)
            kl += float((before.exp() * (before - after)).sum())
            agreed = before.argmax(-1) == after.argmax(-1)
            same += int(agreed.sum())
            positions += len(before)
            # The position before the last token foretells it.
            if len(before) > 1 and int(before[-2].argmax()) == probe.completion[-1]:
                stops += 1
                kept += int(agreed[-2])
        return Likeness(kl / positions, same / positions, positions, stops, kept / stops if stops else 1.0)


def log_probabilities(model: Any, probe: TokenPair) -> "torch.Tensor":
    """Logarithms of what is likely after each token, `(tokens, vocabulary)`, on the CPU."""
    import torch

    ids = [*probe.prompt, *probe.completion]
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids], device=model.device), use_cache=False).logits[0]
        return torch.log_softmax(logits.float(), dim=-1).cpu()


def require_equal(like: Likeness, what: str, remedy: str, min_top1: float = MIN_TOP1) -> None:
    """Refuses a file that is another model.

    Raises:
        GateError: with the figures; nothing should be published.
    """
    if not (like.kl <= MAX_KL and like.top1 >= min_top1 and like.stops_kept >= MIN_STOPS_KEPT):  # NaN is no answer
        raise GateError(
            f"publish: {what} differs from the tuned one (KL {like.kl:.4f} nats a token, at most {MAX_KL} "
            f"allowed; same likeliest token at {like.top1:.1%}, at least {min_top1:.0%} wanted; "
            f"ends {like.stops_kept:.0%} of {like.stops} replies where the tuned one does, at least "
            f"{MIN_STOPS_KEPT:.0%} wanted). {remedy}, and report this"
        )

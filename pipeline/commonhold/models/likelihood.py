"""How likely a model finds each of several replies: the conversation is read once, all the choices beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class PackedChoices(NamedTuple):
    """A conversation and its choices laid end to end, `tokens` in all."""

    ids: list[int]
    positions: list[int]
    """Every choice takes up the count where the conversation ends."""
    owner: list[int]
    """0 for the conversation, 1, 2, … for the choices."""
    predictor: list[int]
    """For each choice token, the index of the token that predicts it."""


def pack_choices(context: Sequence[int], choices: Sequence[Sequence[int]]) -> PackedChoices:
    """Lays a conversation and its choices end to end.

    Raises:
        ValueError: the conversation or a choice has no tokens.
    """
    if not context or not all(choices):
        raise ValueError("a conversation and each of its choices need at least one token")
    packed = PackedChoices(list(context), list(range(len(context))), [0] * len(context), [])
    for number, choice in enumerate(choices, start=1):
        start = len(packed.ids)
        packed.predictor.extend([len(context) - 1, *range(start, start + len(choice) - 1)])
        packed.ids.extend(choice)
        packed.positions.extend(range(len(context), len(context) + len(choice)))
        packed.owner.extend([number] * len(choice))
    return packed


def choice_scores(model: "PreTrainedModel", context: Sequence[int], choices: Sequence[Sequence[int]]) -> list[float]:
    """Log-likelihood in nats of each choice after the conversation, summed over its tokens.

    Each choice sees the conversation and itself, as if it stood alone; equal to separate passes within 3e-5 in fp32.
    Models with sliding-window attention build their masks themselves, so they get a pass for each choice.
    """
    if getattr(model.config, "sliding_window", None):
        return [_scores(model, pack_choices(context, [choice]))[0] for choice in choices]
    return _scores(model, pack_choices(context, choices))


def _scores(model: Any, packed: PackedChoices) -> list[float]:
    import torch

    device = model.device
    hidden = hidden_states(
        model,
        input_ids=torch.tensor([packed.ids], device=device),
        position_ids=torch.tensor([packed.positions], device=device),
        attention_mask=_mask(packed, model.dtype, device),
    )[0]
    targets = torch.tensor(packed.ids[packed.owner.count(0) :], device=device)
    logits = model.get_output_embeddings()(hidden[packed.predictor]).float()
    chosen = -torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    owners = torch.tensor(packed.owner[packed.owner.count(0) :], device=device) - 1
    sums = torch.zeros(int(owners.max()) + 1, device=device).index_add_(0, owners, chosen)
    return [float(value) for value in sums]


def hidden_states(model: Any, **inputs: Any) -> "torch.Tensor":
    """The last hidden states `(batch, tokens, width)`, without the output head; through an adapter if there is one."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    body = getattr(inner, inner.base_model_prefix)
    states: torch.Tensor = body(**inputs, use_cache=False).last_hidden_state
    return states


def _mask(packed: PackedChoices, dtype: "torch.dtype", device: "torch.device") -> "torch.Tensor":
    import torch

    owner = torch.tensor(packed.owner, device=device)
    visible = (owner[:, None] == owner[None, :]) | (owner[None, :] == 0)
    causal = torch.ones(len(owner), len(owner), dtype=torch.bool, device=device).tril()
    mask = torch.zeros(len(owner), len(owner), dtype=dtype, device=device)
    return mask.masked_fill(~(visible & causal), torch.finfo(dtype).min)[None, None]

"""How likely a model finds each of several ways to go on: what they have in common is read once.

What is guaranteed: in fp32 a log-likelihood is that of a separate pass within 1e-3 (measured: 6e-5 on choices, 1.2e-4
on whole texts), whatever else is asked beside it. Nothing but rounding passes from one question to another, since no
token sees one of another question. Two choices whose figures are closer than that may change places when the company
changes.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from commonhold.models.batches import batches_by_length
from commonhold.models.shared_prefix import (
    ScoredQuestion,
    SharedPrefixRow,
    in_rows,
    lay_out,
    row_tokens,
    shared_beginning,
)

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

ROW_TOKENS = {"cpu": 384, "cuda": 4096}
"""Tokens of a row: enough to keep the processor busy; attention grows with the square."""
WORTH_SHARING = 4
"""Tokens at the beginning that are worth a pass of their own."""
TILE_ROWS = 16
"""Of AMX: a product of bf16 matrices takes as long for fewer."""


def log_likelihoods(
    model: "PreTrainedModel", questions: Sequence[ScoredQuestion], say: Callable[[int, int], None] | None = None
) -> list[list[float]]:
    """For every question the log-likelihood in nats of each choice, summed over its tokens.

    Models that make their attention masks themselves (sliding windows, attention kernels that take no mask) get a row
    of its own for every choice.

    Raises:
        ValueError: a conversation or a choice has no tokens.
    """
    tell = say or (lambda _done, _total: None)
    if takes_masks(model):
        return _packed(model, questions, tell)
    return _flat(model, questions, tell)


def takes_masks(model: Any) -> bool:
    """Whether the model attends by the mask it is given, on all its layers."""
    config = model.config
    return not getattr(config, "sliding_window", None) and config._attn_implementation in ("sdpa", "eager")


def _packed(model: Any, questions: Sequence[ScoredQuestion], say: Callable[[int, int], None]) -> list[list[float]]:
    shared = shared_beginning([question.context for question in questions])
    shared = shared if shared >= WORTH_SHARING else 0
    cache = read_beginning(model, questions[0].context[:shared]) if shared else None
    sizes = [row_tokens(question, shared) for question in questions]
    scores: list[list[float]] = [[] for _ in questions]
    done = 0
    for numbers in in_rows(sizes, ROW_TOKENS.get(model.device.type, ROW_TOKENS["cpu"])):
        values = iter(_row_scores(model, lay_out([questions[n] for n in numbers], shared), shared, cache))
        for number in numbers:
            scores[number] = [next(values) for _ in questions[number].choices]
        done += len(numbers)
        say(done, len(questions))
    return scores


def read_beginning(model: Any, ids: Sequence[int]) -> Any:
    """Keys and values of a text that many go on from."""
    import torch
    from transformers import DynamicCache

    cache = DynamicCache()
    hidden_states(model, cache, input_ids=torch.tensor([list(ids)], device=model.device))
    return cache


def _row_scores(model: Any, row: SharedPrefixRow, shared: int, cache: Any) -> list[float]:
    import torch

    device = model.device
    hidden = hidden_states(
        model,
        cache,
        input_ids=torch.tensor([row.ids], device=device),
        position_ids=torch.tensor([row.positions], device=device),
        attention_mask=_mask(row, shared, model.dtype, device),
    )[0]
    if cache is not None:
        cache.crop(-len(row.ids))
    return _sums(model, hidden, row.scored)


def _sums(model: Any, hidden: "torch.Tensor", scored: Sequence[tuple[int, int, int]]) -> list[float]:
    """Log-likelihoods by choice, from hidden states `(tokens, width)`; the head sees each position once."""
    import torch

    device = hidden.device
    predictors, targets, choices = (torch.tensor(column, device=device) for column in zip(*scored, strict=True))
    positions, which = torch.unique(predictors, return_inverse=True)
    # As the reference harness does it: over 49,152 words torch's fp32 log_softmax is too high by 2e-5 a token, and
    # logits − logsumexp, which is not, would differ from published figures by 1e-3 on a long choice.
    chosen = head_logits(model, hidden[positions]).log_softmax(-1)[which, targets]
    sums = torch.zeros(int(choices.max()) + 1, device=device, dtype=chosen.dtype).index_add_(0, choices, chosen)
    return [float(value) for value in sums]


def _flat(model: Any, questions: Sequence[ScoredQuestion], say: Callable[[int, int], None]) -> list[list[float]]:
    """A padded row for every choice."""
    import torch

    pairs = [
        (number, question.context, choice) for number, question in enumerate(questions) for choice in question.choices
    ]
    lay_out(questions)  # refuses what is empty
    values = [0.0] * len(pairs)
    done = 0
    for batch in batches_by_length([len(context) + len(choice) for _, context, choice in pairs], 0):
        rows = [[*pairs[index][1], *pairs[index][2][:-1]] for index in batch]
        longest = max(map(len, rows))
        hidden = hidden_states(
            model,
            input_ids=torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=model.device),
            attention_mask=torch.tensor(
                [[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=model.device
            ),
        ).flatten(0, 1)
        scored = [
            (line * longest + len(pairs[index][1]) - 1 + offset, token, line)
            for line, index in enumerate(batch)
            for offset, token in enumerate(pairs[index][2])
        ]
        for index, value in zip(batch, _sums(model, hidden, scored), strict=True):
            values[index] = value
        done += len(batch)
        say(done * len(questions) // len(pairs), len(questions))
    flat_values = iter(values)
    return [[next(flat_values) for _ in question.choices] for question in questions]


def hidden_states(model: Any, cache: Any = None, **inputs: Any) -> "torch.Tensor":
    """The last hidden states `(batch, tokens, width)`, without the output head; through an adapter if there is one.

    In bf16 on a CPU rows that no mask is given for are filled up to whole tiles, behind the last token, where none sees
    the filling. For every other length oneDNN would keep kernels of its own: 6 MB each, 0.4 GB after the shipped
    recipe's 63 lengths.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    body = getattr(inner, inner.base_model_prefix)
    tokens = inputs["input_ids"].shape[1]
    if cache is None and "attention_mask" not in inputs and needs_whole_tiles(inner):
        inputs = in_whole_tiles(**inputs)
    states: torch.Tensor = body(**inputs, past_key_values=cache, use_cache=cache is not None).last_hidden_state
    return states[:, :tokens]


def needs_whole_tiles(model: Any) -> bool:
    """Whether a model computes in bf16 on a CPU."""
    import torch

    return bool(model.device.type == "cpu" and model.dtype == torch.bfloat16)


def in_whole_tiles(input_ids: "torch.Tensor", position_ids: "torch.Tensor | None" = None) -> dict[str, "torch.Tensor"]:
    """Ids and positions `(batch, tokens)`, filled behind with more of the last, as a row's last example going on."""
    import torch

    missing = -input_ids.shape[1] % TILE_ROWS
    more = torch.arange(1, missing + 1, device=input_ids.device).expand(len(input_ids), -1)
    filled = {"input_ids": torch.cat([input_ids, input_ids[:, -1:].expand(-1, missing)], 1)}
    if position_ids is not None:
        filled["position_ids"] = torch.cat([position_ids, position_ids[:, -1:] + more], 1)
    return filled


def head_logits(model: Any, hidden: "torch.Tensor") -> "torch.Tensor":
    """Scores of every word of the vocabulary in fp32, `(…, vocabulary)`, as the model's own last step makes them."""
    logits = model.get_output_embeddings()(hidden).float()
    if scale := getattr(model.config, "logits_scaling", None):
        logits = logits / scale
    if scale := getattr(model.config, "logit_scale", None):
        logits = logits * scale
    if cap := getattr(model.config, "final_logit_softcapping", None):
        logits = (logits / cap).tanh() * cap
    result: torch.Tensor = logits
    return result


def _mask(row: SharedPrefixRow, shared: int, dtype: "torch.dtype", device: "torch.device") -> "torch.Tensor":
    """`(1, 1, tokens, shared + tokens)`: 0 where a token sees another, the lowest number where it does not."""
    import torch

    block, parent = torch.tensor(row.block, device=device), torch.tensor(row.parent, device=device)
    size = len(row.block)
    visible = (block[:, None] == block[None, :]) | (parent[:, None] == block[None, :])
    visible &= torch.ones(size, size, dtype=torch.bool, device=device).tril()
    mask = torch.zeros(size, shared + size, dtype=dtype, device=device)
    mask[:, shared:].masked_fill_(~visible, torch.finfo(dtype).min)
    return mask[None, None]

"""The likeliest token again and again, for many conversations at once.

What all conversations begin with is read once. Replies that have ended leave the batch, so that the last slow one does
not keep the others' rows at work. What is guaranteed: each reply is the one of a batch of its own, unless two tokens
are so nearly as likely (1e-4 in fp32) that rounding decides.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from commonhold.models.batches import batches_by_length
from commonhold.models.likelihood import WORTH_SHARING, head_logits, hidden_states, read_beginning, takes_masks
from commonhold.models.question_rows import shared_beginning
from commonhold.models.roomy_cache import RoomyCache

if TYPE_CHECKING:
    import torch

LEAVE_TOGETHER = 8
"""Rows leave a batch by an eighth of it at a time: taking them out copies what stays."""


def likeliest_replies(
    model: Any,
    rows: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop_ids: Collection[int],
    say: Callable[[int, int], None] | None = None,
) -> list[list[int]]:
    """New tokens for every row of token ids, without the one that ended them; at most `max_new_tokens` each."""
    tell = say or (lambda _done, _total: None)
    shared = shared_beginning(rows) if takes_masks(model) else 0
    shared = shared if shared >= WORTH_SHARING else 0
    beginning = read_beginning(model, rows[0][:shared]) if shared else None
    replies: list[list[int]] = [[] for _ in rows]
    done = 0
    for batch in batches_by_length([len(row) for row in rows], max_new_tokens):
        own = [list(rows[number][shared:]) for number in batch]
        for number, reply in zip(batch, _Batch(model, own, beginning, max_new_tokens).run(stop_ids), strict=True):
            replies[number] = reply
        done += len(batch)
        tell(done, len(rows))
    return replies


class _Batch:
    """Some conversations on their way; `lines` says which of them each row of the tensors is."""

    def __init__(self, model: Any, rows: Sequence[list[int]], beginning: Any, max_new_tokens: int) -> None:
        import torch

        self.model = model
        self.max_new_tokens = max_new_tokens
        self.made: list[list[int]] = [[] for _ in rows]
        self.lines = list(range(len(rows)))
        device, longest = model.device, max(map(len, rows))
        shared = beginning.get_seq_length() if beginning is not None else 0
        gaps = [longest - len(row) for row in rows]
        # Padding stands between what is shared and what is a row's own, where nothing looks at it.
        self.ids = torch.tensor([[0] * gap + row for gap, row in zip(gaps, rows, strict=True)], device=device)
        own = torch.tensor([[0] * gap + [1] * len(row) for gap, row in zip(gaps, rows, strict=True)], device=device)
        self.mask = torch.cat([torch.ones(len(rows), shared, dtype=own.dtype, device=device), own], dim=1)
        self.cache = RoomyCache(beginning, len(rows), shared + longest + max_new_tokens)

    def run(self, stop_ids: Collection[int]) -> list[list[int]]:
        """The replies, in the order of the rows."""
        import torch

        ids = self.ids
        positions = (self.mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        ended = torch.zeros(len(self.lines), dtype=torch.bool)
        while True:
            tokens = self._next(ids, positions)
            for row, token in enumerate(tokens.tolist()):
                if not ended[row]:
                    if token in stop_ids:
                        ended[row] = True
                    else:
                        line = self.made[self.lines[row]]
                        line.append(token)
                        ended[row] = len(line) == self.max_new_tokens
            if ended.all():
                return self.made
            ids, positions = tokens[:, None], positions[:, -1:] + 1
            if int(ended.sum()) * LEAVE_TOGETHER >= len(ended):
                keep = (~ended).nonzero()[:, 0]
                ids, positions = ids[keep.to(ids.device)], positions[keep.to(ids.device)]
                self._leave_out_others(keep)
                ended = ended[keep]
            self.mask = torch.cat([self.mask, self.mask.new_ones(len(self.mask), 1)], dim=1)

    def _next(self, ids: "torch.Tensor", positions: "torch.Tensor") -> "torch.Tensor":
        hidden = hidden_states(self.model, self.cache, input_ids=ids, position_ids=positions, attention_mask=self.mask)
        tokens: torch.Tensor = head_logits(self.model, hidden[:, -1]).argmax(-1)
        return tokens

    def _leave_out_others(self, keep: "torch.Tensor") -> None:
        self.lines = [self.lines[row] for row in keep.tolist()]
        there = keep.to(self.mask.device)
        self.mask = self.mask[there]
        self.cache.batch_select_indices(there)

"""The likeliest token again and again, for many conversations at once.

What all conversations start with is read once. Replies that have ended leave the batch, so that the last slow one does
not keep the others' rows at work. What is guaranteed: each reply is the one of a batch of its own, unless two tokens
are so nearly as likely (1e-4 in fp32) that rounding decides.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from commonhold.models.batches import batches_by_length
from commonhold.models.likelihood import WORTH_SHARING, head_logits, hidden_states, read_beginning, takes_masks
from commonhold.models.preallocated_cache import PreallocatedCache
from commonhold.models.shared_prefix import shared_beginning

if TYPE_CHECKING:
    import torch

READ_TOGETHER = 16
"""Rows whose beginnings are read together: of similar length, so that little is read for nothing."""
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
        self.shared = beginning.get_seq_length() if beginning is not None else 0
        self.beginning = beginning
        gaps = [max(map(len, rows)) - len(row) for row in rows]
        # Padding is between what is shared and what is a row's own, where nothing looks at it.
        ids = [[0] * gap + row for gap, row in zip(gaps, rows, strict=True)]
        own = [[1] * self.shared + [0] * gap + [1] * len(row) for gap, row in zip(gaps, rows, strict=True)]
        self.ids = torch.tensor(ids, device=model.device)
        self.mask = torch.tensor(own, device=model.device)
        self.cache = PreallocatedCache(None, len(rows), self.mask.shape[1] + max_new_tokens)

    def run(self, stop_ids: Collection[int]) -> list[list[int]]:
        """The replies, in the order of the rows."""
        import torch

        positions = self.mask.sum(1, keepdim=True) - 1
        ended = torch.zeros(len(self.lines), dtype=torch.bool)
        hidden = self._read()
        while True:
            tokens = head_logits(self.model, hidden).argmax(-1)
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
            tokens, positions = tokens[:, None], positions + 1
            if int(ended.sum()) * LEAVE_TOGETHER >= len(ended):
                keep = (~ended).nonzero()[:, 0]
                there = keep.to(tokens.device)
                tokens, positions = tokens[there], positions[there]
                self._leave_out_others(keep)
                ended = ended[keep]
            self.mask = torch.cat([self.mask, self.mask.new_ones(len(self.mask), 1)], dim=1)
            hidden = hidden_states(
                self.model, self.cache, input_ids=tokens, position_ids=positions, attention_mask=self.mask
            )[:, -1]

    def _read(self) -> "torch.Tensor":
        """Reads the rows; gives the last hidden state of each, `(rows, width)`."""
        import torch

        ends, parts = [], []
        for first in range(0, len(self.ids), READ_TOGETHER):
            rows = slice(first, first + READ_TOGETHER)
            own = int(self.mask[rows, self.shared :].sum(1).max())
            mask = torch.cat([self.mask[rows, : self.shared], self.mask[rows, self.mask.shape[1] - own :]], dim=1)
            positions = (mask.cumsum(1) - 1).clamp(min=0)[:, self.shared :]
            ids = self.ids[rows, self.ids.shape[1] - own :]
            part = PreallocatedCache(self.beginning, len(ids), mask.shape[1])
            hidden = hidden_states(self.model, part, input_ids=ids, position_ids=positions, attention_mask=mask)
            ends.append(hidden[:, -1])
            parts.append(part)
        self.cache.take_up(parts, self.shared)
        return torch.cat(ends)

    def _leave_out_others(self, keep: "torch.Tensor") -> None:
        self.lines = [self.lines[row] for row in keep.tolist()]
        there = keep.to(self.mask.device)
        self.mask = self.mask[there]
        self.cache.batch_select_indices(there)

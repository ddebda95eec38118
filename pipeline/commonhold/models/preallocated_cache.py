"""Keys and values of a batch in memory that is taken once, instead of copied at every token."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import Cache
from transformers.cache_utils import DynamicLayer


class PreallocatedLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values `(batch, heads, tokens, width)`, with room for more tokens behind them."""

    def __init__(self, most_tokens: int) -> None:
        super().__init__()
        self.most_tokens = most_tokens
        self.held: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Puts new tokens behind the others; gives all of them."""
        before = self.get_seq_length()
        after = before + key_states.shape[-2]
        if self.held is None:
            self.lazy_initialization(key_states, value_states)
            shape = (*key_states.shape[:-2], self.most_tokens)
            self.held = (
                key_states.new_empty(*shape, key_states.shape[-1]),
                value_states.new_empty(*shape, value_states.shape[-1]),
            )
        keys, values = self.held
        keys[:, :, before:after], values[:, :, before:after] = key_states, value_states
        self.keys, self.values = keys[:, :, :after], values[:, :, :after]
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keeps some rows of the batch."""
        if self.held is not None:
            tokens = self.get_seq_length()
            keys, values = self.held
            self.held = keys[indices], values[indices]
            self.keys, self.values = self.held[0][:, :, :tokens], self.held[1][:, :, :tokens]


class PreallocatedCache(Cache):  # type: ignore[misc]
    """The cache of a batch whose longest row is known; every row starts with what `beginning` has read, if given."""

    def __init__(self, beginning: Any, rows: int, most_tokens: int) -> None:
        count = len(beginning.layers) if beginning is not None else 0
        layers = [PreallocatedLayer(most_tokens) for _ in range(count)]
        if beginning is not None:
            for layer, read in zip(layers, beginning.layers, strict=True):
                layer.update(read.keys.expand(rows, -1, -1, -1), read.values.expand(rows, -1, -1, -1))
        if layers:
            super().__init__(layers=layers)
        else:
            super().__init__(layer_class_to_replicate=lambda *_: PreallocatedLayer(most_tokens))

    def take_up(self, parts: Sequence[Cache], shared: int) -> None:
        """Lets an empty cache start with what parts of its rows have read, filled up to the longest of them.

        The filling, zeros, is behind the `shared` tokens that every row starts with.
        """
        longest = max(part.get_seq_length() for part in parts)
        for number, layers in enumerate(zip(*(part.layers for part in parts), strict=True)):
            keys = torch.cat([_filled(layer.keys, shared, longest) for layer in layers])
            values = torch.cat([_filled(layer.values, shared, longest) for layer in layers])
            self.update(keys, values, number)


def _filled(states: torch.Tensor, shared: int, tokens: int) -> torch.Tensor:
    """Keys or values `(batch, heads, tokens, width)` of so many tokens."""
    gap = states.new_zeros(*states.shape[:2], tokens - states.shape[2], states.shape[3])
    return torch.cat([states[:, :, :shared], gap, states[:, :, shared:]], dim=2)

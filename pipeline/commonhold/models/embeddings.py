"""Texts as vectors: what a base model makes of each, averaged over its tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from commonhold.models.batches import batches_by_length
from commonhold.models.chat_template import harmless
from commonhold.models.device import DeviceProfile, take_threads
from commonhold.models.likelihood import hidden_states

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MOST_TOKENS = 256


class TextVectors:
    """The mean of the last hidden states of a text's first 256 tokens; the same text always has the same vector."""

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", device: DeviceProfile) -> None:
        """`device` is what the model was loaded for."""
        self._model = model
        self._tokenizer = tokenizer
        self._device = device

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, `(texts, width)`; zeros for a text without tokens."""
        import torch

        take_threads(self._device)
        ids = [self._ids(text) for text in texts]
        vectors = np.zeros((len(texts), int(self._model.config.hidden_size)), np.float32)
        some = [number for number, row in enumerate(ids) if row]
        with torch.inference_mode():
            for batch in batches_by_length([len(ids[number]) for number in some], 0):
                numbers = [some[index] for index in batch]
                vectors[numbers] = self._means([ids[number] for number in numbers])
        return vectors

    def _ids(self, text: str) -> list[int]:
        plain = harmless(self._tokenizer, text)
        ids: list[int] = self._tokenizer(plain, add_special_tokens=False)["input_ids"][:MOST_TOKENS]
        return ids

    def _means(self, rows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        import torch

        longest = max(map(len, rows))
        device = self._model.device
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=device)
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
        states = hidden_states(self._model, input_ids=ids, attention_mask=mask).float()
        sums = (states * mask[..., None]).sum(dim=1)
        means: NDArray[np.float32] = (sums / mask.sum(dim=1, keepdim=True)).cpu().numpy()
        return means

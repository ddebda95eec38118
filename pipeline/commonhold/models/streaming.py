"""A loaded model that answers one conversation piece by piece, for the server."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from commonhold.models.chat_template import prompt_ids
from commonhold.models.generation import stop_tokens
from commonhold.records.answer import Piece, Sampling
from commonhold.records.chat import Conversation

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

REPLACEMENT = "\ufffd"


class StreamingGenerator:
    """One model, one answer at a time; the caller sees to it that calls do not overlap."""

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> None:
        self._model: Any = model
        self._tokenizer = tokenizer

    def count_tokens(self, conversation: Conversation, /) -> int:
        """Tokens that the model reads before it answers, the chat template's included."""
        return len(prompt_ids(self._tokenizer, conversation))

    def stream(self, conversation: Conversation, settings: Sampling, stop: threading.Event, /) -> Iterator[Piece]:
        """The answer in pieces, the last one with `finish`; ends at the next token once `stop` is set."""
        import torch

        ids = torch.tensor([prompt_ids(self._tokenizer, conversation)], device=self._model.device)
        stop_ids = stop_tokens(self._model, self._tokenizer)
        generator = _generator(settings, ids.device)
        made: list[int] = []
        shown = ""
        cache = None
        while not stop.is_set():
            with torch.inference_mode():
                out = self._model(input_ids=ids, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            token = _draw(out.logits[0, -1].float(), settings, generator)
            if token in stop_ids:
                text = self._tokenizer.decode(made, skip_special_tokens=True)
                yield Piece(text[len(shown) :], 0, "stop")
                return
            made.append(token)
            full = len(made) == settings.max_new_tokens
            text = self._tokenizer.decode(made, skip_special_tokens=True)
            whole = text if full else text.rstrip(REPLACEMENT)
            yield Piece(whole[len(shown) :], 1, "length" if full else None)
            if full:
                return
            shown = max(shown, whole, key=len)
            ids = torch.tensor([[token]], device=ids.device)


def _generator(settings: Sampling, device: "torch.device") -> "torch.Generator":
    import torch

    generator = torch.Generator(device=device)
    if settings.seed is None:
        generator.seed()
    else:
        generator.manual_seed(settings.seed)
    return generator


def _draw(logits: "torch.Tensor", settings: Sampling, generator: "torch.Generator") -> int:
    """One token id: the likeliest at temperature 0, else from the nucleus (Holtzman et al. 2020, ICLR)."""
    import torch

    if settings.temperature == 0:
        return int(logits.argmax())
    # In double precision and below zero, so that no temperature however small makes infinity or NaN.
    probabilities = torch.softmax((logits.double() - logits.max()) / settings.temperature, dim=-1)
    ordered, ids = probabilities.sort(descending=True)
    before = ordered.cumsum(0) - ordered
    ordered[before >= settings.top_p] = 0
    return int(ids[torch.multinomial(ordered, 1, generator=generator)])

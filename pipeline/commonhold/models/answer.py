"""A loaded model that answers many conversations at once, with its adapter on or off."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from commonhold.models.chat import harmless, prompt_ids
from commonhold.models.device import settle_threads
from commonhold.models.likelihood import choice_scores
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BATCH_TOKENS = 12_288
"""Tokens of a batch, answers included: about 0.6 GB of keys and values for the smallest model in fp32."""


class BatchAnswerer:
    """Greedy answers and likelihoods; the same conversations always get the same ones.

    `adapter` False answers with the base model alone, from the same loaded weights.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        *,
        adapter: bool,
        say: Callable[[int, int], None] | None = None,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._adapter = adapter
        self._say = say or (lambda _done, _total: None)

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        """One reply a conversation, in order, chosen greedily."""
        ids = [prompt_ids(self._tokenizer, conversation) for conversation in conversations]
        replies = [""] * len(ids)
        done = 0
        with self._weights():
            for batch in batches_by_length([len(row) for row in ids], max_new_tokens):
                for index, reply in zip(batch, self._reply([ids[i] for i in batch], max_new_tokens), strict=True):
                    replies[index] = reply
                done += len(batch)
                self._say(done, len(ids))
        return replies

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """For every conversation, how likely each of its choices is as the reply, in order."""
        scores = []
        with self._weights():
            for conversation, texts in zip(conversations, choices, strict=True):
                ids = prompt_ids(self._tokenizer, conversation)
                options = [self._choice_ids(text) for text in texts]
                likelihoods = choice_scores(self._model, ids, options)
                scores.append(
                    [
                        ChoiceScore(likelihood, len(option), len(text.encode()))
                        for likelihood, option, text in zip(likelihoods, options, texts, strict=True)
                    ]
                )
                self._say(len(scores), len(conversations))
        return scores

    def _choice_ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(harmless(self._tokenizer, text), add_special_tokens=False)["input_ids"]
        return ids

    @contextlib.contextmanager
    def _weights(self) -> Iterator[None]:
        import torch

        if self._model.device.type == "cpu":
            settle_threads()
        off = getattr(self._model, "disable_adapter", None)
        with torch.inference_mode():
            if self._adapter or off is None:
                yield
            else:
                with off():
                    yield

    def _reply(self, rows: Sequence[Sequence[int]], max_new_tokens: int) -> list[str]:
        import torch

        longest = max(map(len, rows))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[pad] * (longest - len(row)) + list(row) for row in rows], device=self._model.device)
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=self._model.device)
        made = self._model.generate(
            input_ids=ids, attention_mask=mask, generation_config=_greedy(self._model, self._tokenizer, max_new_tokens)
        )
        texts: list[str] = self._tokenizer.batch_decode(made[:, longest:], skip_special_tokens=True)
        return [text.strip() for text in texts]


def stop_tokens(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """Ids that end a reply: the one that training teaches, and those that the base model came with."""
    own = getattr(model.generation_config, "eos_token_id", None)
    return sorted({tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])} - {None})


def _greedy(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", max_new_tokens: int) -> Any:
    from transformers import GenerationConfig

    return GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        eos_token_id=stop_tokens(model, tokenizer),
        pad_token_id=tokenizer.pad_token_id,
    )


def batches_by_length(lengths: Sequence[int], max_new_tokens: int, budget: int = BATCH_TOKENS) -> list[list[int]]:
    """Indices in batches of similar length, longest first, so that a batch with its answers stays in the budget."""
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    batches: list[list[int]] = []
    room = 0
    for index in order:
        if room <= 0 or not batches:
            batches.append([])
            room = max(1, budget // (lengths[index] + max_new_tokens))
        batches[-1].append(index)
        room -= 1
    return batches

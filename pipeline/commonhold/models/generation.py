"""A loaded model that answers many conversations at once, with its adapter on or off."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from commonhold.models.chat_template import beginning_ids, harmless, prompt_ids
from commonhold.models.continuous_batching import continuous_replies, wants_continuous
from commonhold.models.device import DeviceProfile, take_threads
from commonhold.models.greedy_decoding import likeliest_replies
from commonhold.models.likelihood import log_likelihoods
from commonhold.models.likelihood_pairs import text_questions
from commonhold.models.shared_prefix import Ids, ScoredQuestion
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class BatchGenerator:
    """Greedy answers and likelihoods; the same conversations always get the same ones.

    What is beside a conversation changes its answer by no more than rounding, see `likelihood` and `decode`.
    `adapter` False answers with the base model alone, from the same loaded weights. `device` is what the model was
    loaded for: its number of threads is taken before each call; without it, torch's stays as it is.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        *,
        adapter: bool,
        device: DeviceProfile | None = None,
        say: Callable[[int, int], None] | None = None,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._adapter = adapter
        self._device = device
        self._say = say or (lambda _done, _total: None)

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        """One reply a conversation, in order, chosen greedily."""
        return self._replies(
            [prompt_ids(self._tokenizer, conversation) for conversation in conversations], max_new_tokens
        )

    def go_on(self, beginnings: Sequence[Conversation | str], max_new_tokens: int) -> list[str]:
        """What follows each beginning, chosen greedily: of a conversation, whose last message breaks off; of a text."""
        return self._replies([beginning_ids(self._tokenizer, each) for each in beginnings], max_new_tokens)

    def _replies(self, ids: Sequence[Sequence[int]], max_new_tokens: int) -> list[str]:
        stop = stop_tokens(self._model, self._tokenizer)
        with self._weights():
            if wants_continuous(self._model, len(ids)):
                made = continuous_replies(self._model, ids, max_new_tokens, stop, self._tokenizer.pad_token_id)
                self._say(len(ids), len(ids))
            else:
                made = likeliest_replies(self._model, ids, max_new_tokens, stop, self._say)
        return [str(self._tokenizer.decode(tokens, skip_special_tokens=True)).strip() for tokens in made]

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """For every conversation, how likely each of its choices is as the reply, in order."""
        questions = [
            ScoredQuestion(tuple(prompt_ids(self._tokenizer, conversation)), tuple(map(self._choice_ids, texts)))
            for conversation, texts in zip(conversations, choices, strict=True)
        ]
        return self._scores(questions, choices)

    def text_log_likelihoods(
        self, contexts: Sequence[str], following: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """For every plain text, empty ones too, how likely each of several texts is to follow it; without a template.

        Cut into tokens as the reference harness does (`text_pairs`).
        """
        most = getattr(self._model.config, "max_position_embeddings", None)
        questions = text_questions(self._tokenizer, zip(contexts, following, strict=True), most)
        return self._scores(questions, following)

    def _scores(self, questions: Sequence[ScoredQuestion], texts: Sequence[Sequence[str]]) -> list[list[ChoiceScore]]:
        with self._weights():
            likelihoods = log_likelihoods(self._model, questions, self._say)
        flat = iter(
            (likelihood, len(ids))
            for row, question in zip(likelihoods, questions, strict=True)
            for likelihood, ids in zip(row, question.choices, strict=True)
        )
        return [[ChoiceScore(*next(flat), len(text.encode())) for text in row] for row in texts]

    def _choice_ids(self, text: str) -> Ids:
        return tuple(self._tokenizer(harmless(self._tokenizer, text), add_special_tokens=False)["input_ids"])

    @contextlib.contextmanager
    def _weights(self) -> Iterator[None]:
        import torch

        if self._device is not None:
            take_threads(self._device)
        off = getattr(self._model, "disable_adapter", None)
        with torch.inference_mode():
            if self._adapter or off is None:
                yield
            else:
                with off():
                    yield


def stop_tokens(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """Ids that end a reply: the one that training teaches, and those that the base model came with."""
    own = getattr(model.generation_config, "eos_token_id", None)
    return sorted({tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])} - {None})

"""The recipe's base model as the one that rephrases messages."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from commonhold.records.chat import Conversation
from commonhold.stages.device import curating_device
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.curate.rephrasing.rephrase import Rephraser


def open_rephraser(context: Context) -> "Rephraser":
    """The base without an adapter; its weights are loaded at the first message."""
    from commonhold.curate.rephrasing.rephrase import Rephraser

    base, quantisation = context.base(), context.recipe.base.quantisation
    precision = context.recipe.base.precision

    @cache
    def answer() -> Callable[[Sequence[Conversation], int], list[str]]:
        from commonhold.models.generation import BatchGenerator
        from commonhold.models.load import load_model, load_tokenizer, unpacked_if_room

        device = curating_device(context)
        model = unpacked_if_room(load_model(base.path, quantisation, device), device)
        return BatchGenerator(model, load_tokenizer(base.path), adapter=False, device=device).generate

    def reply(conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        context.say(f"rephrasing {len(conversations)} messages")
        return answer()(conversations, max_new_tokens)

    return Rephraser(f"{base.id}, {base.revision}, {quantisation}, {precision} numbers, weights {base.digest}", reply)

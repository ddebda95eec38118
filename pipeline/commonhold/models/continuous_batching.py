"""The likeliest token again and again on a graphics card, where a reply that ends makes room for the next at once.

Continuous batching (Yu et al. 2022, Orca, OSDI) as transformers has it. What it may take of the memory is said here;
left alone it would take nearly all of it.
"""

from collections.abc import Collection, Sequence
from typing import Any

FROM_PROMPTS = 32
"""Fewer are answered in one batch just as fast."""
PAGE_TOKENS = 256
CACHE_TOKENS = 32_768
"""Most tokens that are kept at once: 4 GB for a model of 7 billion parameters."""
PASS_TOKENS = 4096
"""Most tokens that go through the model at once."""


def wants_continuous(model: Any, prompts: int) -> bool:
    """Whether so many prompts are answered faster this way here."""
    return model.device.type == "cuda" and prompts >= FROM_PROMPTS


def continuous_replies(
    model: Any, rows: Sequence[Sequence[int]], max_new_tokens: int, stop_ids: Collection[int], pad_id: int
) -> list[list[int]]:
    """New tokens for every row of token ids, without the one that ended them; at most `max_new_tokens` each.

    The same as in batches, unless two tokens are so nearly as likely that rounding decides.
    """
    import torch
    from transformers import ContinuousBatchingConfig, GenerationConfig

    if not rows:
        return []
    settings = GenerationConfig(
        max_new_tokens=max_new_tokens, do_sample=False, eos_token_id=sorted(stop_ids), pad_token_id=pad_id
    )
    pages = [-(-(len(row) + max_new_tokens) // PAGE_TOKENS) for row in rows]
    blocks = max(*pages, min(sum(pages), CACHE_TOKENS // PAGE_TOKENS)) + 1
    # It works in a thread of its own, which may not write into tensors of inference mode.
    with torch.inference_mode(False), torch.no_grad():
        outputs = model.generate_batch(
            [list(row) for row in rows],
            generation_config=settings,
            continuous_batching_config=ContinuousBatchingConfig(
                num_blocks=blocks, page_size=PAGE_TOKENS, max_batch_tokens=PASS_TOKENS
            ),
            progress_bar=False,
        )
    made = [list(outputs[f"req_{number}"].generated_tokens) for number in range(len(rows))]
    return [_until_stop(tokens, stop_ids) for tokens in made]


def _until_stop(tokens: Sequence[int], stop_ids: Collection[int]) -> list[int]:
    end = next((index for index, token in enumerate(tokens) if token in stop_ids), len(tokens))
    return list(tokens[:end])

"""Which texts go through a model together: of similar length, and no more than fit."""

from collections.abc import Sequence

BATCH_TOKENS = 12_288
"""Tokens of a batch, answers included: about 0.6 GB of keys and values for the smallest model in fp32."""


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

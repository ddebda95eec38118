"""How much of what goes through the model is filling that nothing is learnt from."""

from collections.abc import Sequence

from commonhold.train.packing import PackedRow


def padding_share(lengths: Sequence[int], batch_size: int) -> float:
    """Share of filling among the positions, in [0, 1), when rows of these lengths are batched in order.

    Every row of a batch is filled up to the batch's longest.
    """
    batches = [lengths[first : first + batch_size] for first in range(0, len(lengths), batch_size)]
    positions = sum(len(batch) * max(batch) for batch in batches)
    return (positions - sum(lengths)) / positions if positions else 0.0


def example_lengths(rows: Sequence[PackedRow]) -> list[int]:
    """Tokens of each example in packed rows, in order; an example starts where its positions start again."""
    lengths: list[int] = []
    for row in rows:
        starts = [index for index, position in enumerate(row.position_ids) if position == 0]
        ends = [*starts[1:], len(row.position_ids)]
        lengths += [end - start for start, end in zip(starts, ends, strict=True)]
    return lengths

"""Some of a community's rows, taken evenly from all of them, to look at before or beside a curation."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from commonhold.curate.engine.shards import Shard, read_rows_at, rows_of
from commonhold.curate.rows.record import Record

SAMPLE_ROWS = 1000
"""At least, where there are as many: a few hundredths of a second; a value that one row in a hundred has is in 10."""
T = TypeVar("T")


def evenly(items: Iterable[T], least: int = SAMPLE_ROWS) -> list[T]:
    """All items, or every second, fourth, eighth and so on of them: `least` to twice as many."""
    kept: list[T] = []
    step = 1
    for number, item in enumerate(items):
        if number % step == 0:
            kept.append(item)
        if len(kept) >= 2 * least:
            kept, step = kept[::2], 2 * step
    return kept


def sample_of_shards(shards: Sequence[Shard]) -> list[Record]:
    """Records at evenly taken places of all shards, the same ones however many rows a shard has."""
    places = evenly((shard, place) for shard in shards for place in range(rows_of(shard.path)))
    wanted: dict[Path, list[int]] = {}
    for shard, place in places:
        if place not in shard.left_out:
            wanted.setdefault(shard.path, []).append(place)
    return [record for path, rows in wanted.items() for record in read_rows_at(path, rows)]

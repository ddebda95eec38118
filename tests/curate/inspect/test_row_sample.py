"""A sample that is taken evenly, whole where there are few rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commonhold.curate.engine.shards import Shard, write_shard
from commonhold.curate.inspect.row_sample import evenly, sample_of_shards
from commonhold.curate.rows.record import Record


@pytest.mark.parametrize(
    ("number", "kept"),
    [(0, []), (1, [0]), (3, [0, 1, 2]), (4, [0, 2]), (6, [0, 2, 4]), (7, [0, 4]), (12, [0, 4, 8]), (13, [0, 8])],
)
def test_every_second_fourth_or_eighth_is_kept_of_many(number: int, kept: list[int]) -> None:
    assert evenly(range(number), least=2) == kept


def test_shards_of_any_size_give_the_same_rows(row: Callable[..., Record], tmp_path: Path) -> None:
    records = [row(number) for number in range(10)]

    def sampled(name: str, size: int) -> list[int]:
        shards = []
        for first in range(0, len(records), size):
            path = tmp_path / f"{name}{first}.parquet"
            write_shard(path, records[first : first + size])
            shards.append(Shard(path, frozenset({0}) if first == 0 else frozenset()))
        return [record.row for record in sample_of_shards(shards)]

    assert sampled("a", 10) == sampled("b", 3) == sampled("c", 1) == list(range(1, 10))

"""What the steps decided about the records of a shard, on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from commonhold.records.example import Action


class Judged(NamedTuple):
    """One decision, before the record's name is put to it."""

    place: int
    """Of the record in its shard."""
    step: str
    action: Action
    reason: str
    detail: str
    before: str
    """Keyed digests of what the record says."""
    after: str


def write_judged(path: Path, judged: Sequence[Judged]) -> None:
    """Decisions as one Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"place": pa.int32()}
    columns = [
        pa.array([one[index] for one in judged], types.get(name, pa.string()))
        for index, name in enumerate(Judged._fields)
    ]
    pq.write_table(pa.Table.from_arrays(columns, names=Judged._fields), path, compression="zstd")


def read_judged(path: Path) -> list[Judged]:
    """What `write_judged` wrote, in order."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return [Judged(*row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]

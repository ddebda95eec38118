"""What the steps decided about the records of a shard, on disk."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.rows.record import Record
from commonhold.keyed_ids import keyed_digest, keyed_id
from commonhold.records.example import Action


class DecisionRow(NamedTuple):
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


def write_decision_rows(path: Path, rows: Sequence[DecisionRow]) -> None:
    """Decisions as one Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"place": pa.int32()}
    columns = [
        pa.array([row[index] for row in rows], types.get(name, pa.string()))
        for index, name in enumerate(DecisionRow._fields)
    ]
    pq.write_table(pa.Table.from_arrays(columns, names=DecisionRow._fields), path, compression="zstd")


def read_decision_rows(path: Path) -> list[DecisionRow]:
    """What `write_decision_rows` wrote, in order."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return [DecisionRow(*row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


def content_digest(key: bytes, record: Record) -> str:
    """A keyed digest of what a record says."""
    return keyed_id(key, "content", *record.content_parts)


def digest_of_texts(key: bytes, texts: Iterable[bytes]) -> str:
    """The same of what a record says when each of its texts is JSON already."""
    return keyed_digest(key, b'["content",%b]' % b",".join(texts))

"""Records in Parquet files of a fixed number of rows, and parts of work that are done once."""

import gc
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.rows.record import Record, columns_of, record_of
from commonhold.files import commit_folder, read_json, write_json

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Shard:
    """Records of one file, in their order."""

    path: Path
    left_out: frozenset[int] = frozenset()
    """Positions of records that count elsewhere."""
    names: Path | None = None
    """Folder with the ids of records whose id another record would have too; absent where all have their own."""


SHARD_ROWS = 10_000
"""Records in a shard: about 15 MB of text, and work of a few seconds."""
PART_ROWS = 2000
"""Records that are read or written in one go."""
DONE = "done.json"
NAMES = "names.npz"
FEW_COLLECTIONS = (100_000, 50, 100)
"""New objects before a collection, and collections of each age before one of the next."""
COMPRESSION = "none"
"""Of shards, which are read soon and deleted: 1.5 kB a record instead of 0.6 under zstd, for a fifth of its time."""
ALIKE = ["file", "language", "source", "document", "date", "licence", "refusal", "refusal_detail", "purposes"]
"""Columns with few different values."""
T = TypeVar("T")


def in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one shorter."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def once(folder: Path, make: Callable[[Path], Mapping[str, Any]]) -> dict[str, Any]:
    """What `make` gave when it filled `folder`; it is not called again once it has.

    A crash leaves the whole folder or none, so that work which is run again continues where it stopped.
    """
    if not (folder / DONE).is_file():
        temporary = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        with few_collections():
            done = make(temporary)
        write_json(temporary / DONE, dict(done))
        commit_folder(temporary, folder)
    result: dict[str, Any] = read_json(folder / DONE)
    return result


@contextmanager
def few_collections() -> Iterator[None]:
    """Python looks for garbage in rings a hundred times less often.

    A shard's records are many tuples that stay and hold texts only: looking through them again and again took a tenth
    of the time and found nothing.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*FEW_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def record_schema() -> "pa.Schema":
    """The columns of a shard: the fields of a record."""
    import pyarrow as pa

    types = {"row": pa.int64()}
    return pa.schema([(name, types.get(name, pa.string())) for name in Record._fields])


def write_shard(path: Path, records: Iterable[Record]) -> None:
    """Records to a Parquet file, in order, so many at a time that memory holds few of them twice."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = record_schema()
    with pq.ParquetWriter(
        path, schema, compression=COMPRESSION, use_dictionary=ALIKE, write_statistics=False
    ) as writer:
        for part in in_parts(records, PART_ROWS):
            values = columns_of(part)
            columns = [pa.array(values[field.name], field.type) for field in schema]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def read_column(path: Path, name: str, positions: NDArray[np.int64] | None = None) -> list[Any]:
    """One column of a shard, in order; at some positions alone when they are given."""
    import pyarrow.parquet as pq

    column = pq.read_table(path, columns=[name], use_threads=False, memory_map=True).column(0)
    values: list[Any] = (column if positions is None else column.take(positions)).to_pylist()
    return values


def read_shard(path: Path, without: Collection[str] = ()) -> list[Record]:
    """The records of a shard, in order; fields that nobody needs, all of them texts, can be left empty."""
    import pyarrow.parquet as pq

    names = Record._fields
    names_read = [name for name in names if name not in without]
    with pq.ParquetFile(path, memory_map=True) as stored:
        table = stored.read(columns=names_read, use_threads=False)
    columns = (repeat("", len(table)) if name in without else table[name].to_pylist() for name in names)
    return [*map(record_of, zip(*columns, strict=True))]


def rows_of(path: Path) -> int:
    """How many records a shard has."""
    import pyarrow.parquet as pq

    rows: int = pq.read_metadata(path).num_rows
    return rows


def read_rows_at(path: Path, positions: Sequence[int]) -> list[Record]:
    """The records at these positions of a shard, in this order."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, use_threads=False, memory_map=True).take(positions)
    return [*map(record_of, zip(*(column.to_pylist() for column in table.columns), strict=True))]


def write_names(folder: Path, names: Mapping[int, str]) -> None:
    """Ids by the positions of their records."""
    np.savez(folder / NAMES, places=np.array([*names], np.int64), ids=np.array([*names.values()], "S32"))


def read_kept(shard: Shard, without: Collection[str] = ()) -> list[Record]:
    """The records of a shard that count, by their own ids."""
    records = read_shard(shard.path, without)
    if shard.names is not None and "record_id" not in without:
        with np.load(shard.names / NAMES) as names:
            for place, record_id in zip(names["places"].tolist(), names["ids"].tolist(), strict=True):
                records[place] = records[place]._replace(record_id=record_id.decode())
    return (
        [record for position, record in enumerate(records) if position not in shard.left_out]
        if shard.left_out
        else records
    )

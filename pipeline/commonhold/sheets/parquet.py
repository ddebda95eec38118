"""Rows of a Parquet file, batch by batch."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from commonhold.sheets.cell_text import text_of
from commonhold.sheets.columns import aliases
from commonhold.sheets.limits import MAX_COLUMNS, MAX_ROWS
from commonhold.sheets.row import Names, Raw
from commonhold.sheets.source import Source, refused

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH_ROWS = 1024


def parquet_rows(source: Source, requested: Sequence[Names] = ()) -> Iterator[Raw]:
    """The header, then every row with its number from 1; streams.

    Columns of lists, structures or bytes are left out, unless a requested column is one.

    Raises:
        FormError: it is no Parquet file, is damaged, or a requested column holds no plain values.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path, buffer_size=1 << 20) as file:
            names = _plain_columns(source, file, requested)
            yield Raw(0, names)
            number = 0
            for batch in file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
                columns = [batch.column(name).to_pylist() for name in names]
                for values in zip(*columns, strict=True):
                    number += 1
                    yield Raw(number, [text_of(value) for value in values])
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = "it needs too much memory" if isinstance(error, MemoryError) else "it is damaged, or breaks off"
        message = f"not readable as Parquet: {reason}"
        raise refused(source, message, "Write it again, or save the rows as CSV") from error


def _plain_columns(source: Source, file: "pq.ParquetFile", requested: Sequence[Names]) -> list[str]:
    schema = file.schema_arrow
    if file.metadata.num_rows > MAX_ROWS or len(schema) > MAX_COLUMNS:
        message = f"{file.metadata.num_rows:,} rows and {len(schema):,} columns"
        raise refused(source, message, f"Split it; {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns are read")
    names = list(schema.names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        message = f"columns without a name of their own: {', '.join(twice) or 'an empty one'}"
        raise refused(source, message, "Rename them")
    plain = [field.name for field in schema if not _composite(field.type)]
    used = {name for group in requested for name in group}
    used |= {source.column for alias in aliases(requested, names) for source in alias.sources}
    for name in names:
        if name not in plain and name in used:
            message = f"column {name!r} holds lists or structures, not text"
            raise refused(source, message, "Write the text into a column of its own")
    if not plain:
        raise refused(source, "no column holds text or numbers", "Write the texts into columns of their own")
    return plain


def _composite(kind: "pa.DataType") -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _composite(kind.value_type)
    tests = (types.is_nested, types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_duration)
    return any(test(kind) for test in tests)

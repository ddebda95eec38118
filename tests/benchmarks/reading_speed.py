"""Rows a second and memory of the readers, on rows of 1.4 kB made for the purpose.

python tests/benchmarks/reading_speed.py --rows 100000
"""

import argparse
import csv
import json
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile

BATCH = 10_000


def texts(number: int) -> tuple[str, str, str]:
    """A row of about 1.4 kB."""
    return (
        f"question {number}, " + "where is the well " * 20,
        f"answer {number}\n" + "it is by the old school " * 42,
        "Ana",
    )


def write(folder: Path, rows: int) -> dict[str, Path]:
    """The same rows in every kind; a tenth of them in the spreadsheet."""
    paths = {suffix: folder / f"rows{suffix}" for suffix in (".csv", ".jsonl", ".parquet", ".xlsx")}
    with paths[".csv"].open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("q", "a", "who"), *map(texts, range(rows))])
    with paths[".jsonl"].open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(dict(zip("qaw", texts(n), strict=True))) + "\n" for n in range(rows))
    schema = pa.schema([(name, pa.string()) for name in "qaw"])
    with pq.ParquetWriter(paths[".parquet"], schema) as writer:
        for start in range(0, rows, BATCH):
            columns = zip(*map(texts, range(start, min(start + BATCH, rows))), strict=True)
            writer.write_table(pa.table([pa.array(column) for column in columns], schema=schema))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [("q", "a", "who"), *map(texts, range(rows // 10))]:
        sheet.append(row)
    book.save(paths[".xlsx"])
    return paths


def main() -> None:
    """Prints a line for each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as writer:  # its memory is not the readers'
            paths = writer.submit(write, Path(name), rows).result()
        for suffix, path in paths.items():
            begun = time.process_time()
            number = sum(1 for _ in open_rows(path.parent, DataFile(path=path.name), (("q",), ("a",))).rows)
            seconds = time.process_time() - begun
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            megabytes = path.stat().st_size >> 20
            speed = f"{number / seconds:,.0f} rows/s"
            print(f"{suffix}: {number:,} rows ({megabytes} MB), {speed}, peak memory so far {peak} MB")


if __name__ == "__main__":
    main()

"""A private copy is read like the file itself, whatever it is called, and nobody sees its path."""

import random
from pathlib import Path

import pytest
from tests.sheets.made import read
from tests.sheets.mutate import mutated, seeds

from commonhold.errors import FormError, MissingInputError
from commonhold.sheets.open_rows import open_rows
from commonhold.sheets.row import BadRow, Row
from commonhold.sheets.source import Source, SourceFolder

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ".xls", ".ods", ".docx", ".html", ".pdf")


def copied(folder: Path, data: bytes, suffix: str) -> Source:
    """A copy without any ending."""
    (folder / "copy").write_bytes(data)
    return Source(folder / "copy", f"ours/rows{suffix}", f"a{suffix}")


def rows_of(source: Source) -> list[Row | BadRow]:
    return list(open_rows(source).rows)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_copy_has_the_rows_of_the_file(tmp_path: Path, suffix: str) -> None:
    data = seeds(tmp_path)[suffix]
    (tmp_path / f"a{suffix}").write_bytes(data)
    good, bad = read(tmp_path / f"a{suffix}")
    rows = rows_of(copied(tmp_path, data, suffix))
    assert [row for row in rows if isinstance(row, Row)] == good
    assert [row for row in rows if isinstance(row, BadRow)] == bad
    assert all(row.origin.file == f"a{suffix}" for row in rows)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_wrong_with_a_copy_is_told_of_the_file(tmp_path: Path, suffix: str) -> None:
    files, draw = seeds(tmp_path), random.Random(suffix)
    damaged = [files[suffix][: len(files[suffix]) // 2], b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 200]
    told: list[str] = []
    named: list[str] = []
    for data in (*damaged, *(mutated(files[suffix], draw, files) for _ in range(8))):
        try:
            told += [row.problem for row in rows_of(copied(tmp_path, data, suffix)) if isinstance(row, BadRow)]
        except FormError as error:
            told += map(str, error.problems)
            named += [problem.file for problem in error.problems]
    assert set(named) <= {f"ours/rows{suffix}"}
    assert told
    assert not any(str(tmp_path) in text for text in told)


def test_a_missing_copy_is_called_by_the_files_name(tmp_path: Path) -> None:
    source = SourceFolder(tmp_path, Path("ours")).source("rows.csv")
    with pytest.raises(MissingInputError, match=r"^ours/rows\.csv: there is no such file"):
        open_rows(source)

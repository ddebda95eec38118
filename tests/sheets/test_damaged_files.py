"""Whatever the bytes, a file is read or refused with an error for people; `benchmarks/fuzz_readers.py` tries longer."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sheets.made import read
from tests.sheets.mutate import mutated, seeds

from commonhold.errors import FormError
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, read_table

ISOLATED = (".xls", ".ods", ".docx", ".html", ".pdf")
HERE = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx")


def outcome(path: Path, data: bytes) -> str:
    """Reads a file to its end; an error that is not for people comes through."""
    path.write_bytes(data)
    try:
        rows, bad = read(path, ("q",))
    except FormError as error:
        unhelpful = [problem for problem in error.problems if not (problem.message and problem.remedy)]
        return f"unhelpful: {unhelpful}" if unhelpful else "refused"
    for row in rows:
        assert all(isinstance(cell, str) and cell.encode() is not None for cell in row.cells.values())
    for each in bad:
        assert each.problem
        assert each.remedy
        assert each.identity.encode() is not None
    return "read"


def test_every_kind_of_file_is_tried(tmp_path: Path) -> None:
    files = seeds(tmp_path)
    assert sorted(files) == sorted((*ISOLATED, *HERE))
    assert {suffix for suffix, data in files.items() if outcome(tmp_path / f"a{suffix}", data) == "read"} == set(files)


@pytest.mark.parametrize("suffix", HERE[:5])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, suffix: str, data: bytes) -> None:
    assert outcome(tmp_path / f"a{suffix}", data) in ("read", "refused")


@pytest.mark.parametrize(("suffix", "times"), [*((suffix, 50) for suffix in HERE), *((name, 5) for name in ISOLATED)])
def test_damaged_files_are_read_or_refused(tmp_path: Path, suffix: str, times: int) -> None:
    files = seeds(tmp_path)
    draw = random.Random(suffix)
    for _ in range(times):
        assert outcome(tmp_path / f"a{suffix}", mutated(files[suffix], draw, files)) in ("read", "refused")


WHOLE = Expected(lambda name: name in ("q", "message", "reply"), frozenset({"q"}), leave_out_ragged=True)


@pytest.mark.parametrize("suffix", HERE)
def test_damaged_tables_give_rows_or_problems(tmp_path: Path, suffix: str) -> None:
    files = seeds(tmp_path)
    draw = random.Random(suffix)
    path = tmp_path / f"a{suffix}"
    for _ in range(60):
        path.write_bytes(mutated(files[suffix], draw, files))
        table = read_table(Source.at(path), replace(WHOLE, strict=draw.random() < 0.3))
        assert all(problem.message and problem.file == str(path) for problem in table.problems)
        assert table.problems or table.columns

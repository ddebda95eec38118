import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sheets.made import cells, opened, read

from commonhold.errors import FormError


def write(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=2)
    return path


def test_values_become_the_text_a_person_would_type(tmp_path: Path) -> None:
    day = dt.datetime(2026, 3, 14, 9, 30)  # noqa: DTZ001
    columns = {"q": ["hi", None, "yo"], "n": [1, 2, None], "f": [0.1 + 0.2, 5.0, None], "b": [True, False, None]}
    path = write(tmp_path / "rows.parquet", {**columns, "d": [day, day, None]})
    assert cells(path, ("q",)) == [
        {"q": "hi", "n": "1", "f": "0.3", "b": "true", "d": "2026-03-14T09:30:00"},
        {"q": "", "n": "2", "f": "5", "b": "false", "d": "2026-03-14T09:30:00"},
        {"q": "yo", "n": "", "f": "", "b": "", "d": ""},
    ]


def test_rows_are_numbered_from_one(tmp_path: Path) -> None:
    assert [row.number for row in read(write(tmp_path / "rows.parquet", {"q": list("abc")}))[0]] == [1, 2, 3]


def test_columns_of_lists_are_left_out_unless_they_are_wanted(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", {"q": ["hi"], "tags": [["x"]], "raw": [b"\xff"]})
    assert opened(path, "q").columns == ("q",)
    with pytest.raises(FormError, match=r"column 'tags' holds lists or structures, not text"):
        opened(path, "tags")


def test_a_text_past_the_limit_costs_one_row(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", {"q": ["x" * (1 << 20), "x" * ((1 << 20) + 1), "y"]})
    rows, bad = read(path)
    assert [row.number for row in rows] == [1, 3]
    assert bad[0].problem == "a cell of more than 1,048,576 characters"


def test_dictionary_columns_are_read_as_their_words(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", {"q": pa.array(["a", "b", "a"]).dictionary_encode()})
    assert [row["q"] for row in cells(path)] == ["a", "b", "a"]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1", b"q,a\n1,2\n"])
def test_what_is_no_parquet_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "rows.parquet").write_bytes(data)
    with pytest.raises(FormError, match="not readable as Parquet"):
        opened(tmp_path / "rows.parquet")

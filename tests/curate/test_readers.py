import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonhold.curate.datasheet import DataFile
from commonhold.curate.readers import read_objects, read_table
from commonhold.errors import FormError, MissingInputError


def test_a_tab_separates_the_cells_of_a_tsv_file(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text("a\tb\n1,5\t2\n")
    assert dict(read_table(tmp_path, DataFile(path="rows.tsv")).rows[0].cells) == {"a": "1,5", "b": "2"}


def test_encoding_and_delimiter_are_those_of_the_datasheet(tmp_path: Path) -> None:
    (tmp_path / "rows.CSV").write_bytes("a;b\nseñor;sí\n".encode("cp1252"))
    table = read_table(tmp_path, DataFile(path="rows.CSV", encoding="windows-1252", delimiter=";"))
    assert dict(table.rows[0].cells) == {"a": "señor", "b": "sí"}


def test_objects_become_rows_with_numbers_as_written_and_null_as_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1.50, "b": true}\r\n\n{"b": null, "c": "x\\ny"}\n')
    table = read_objects(path)
    assert table.columns == ("a", "b", "c")
    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (1, {"a": "1.50", "b": "true", "c": ""}),
        (3, {"a": "", "b": "", "c": "x\ny"}),
    ]


def test_a_line_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": "x\u2028y"}\n', encoding="utf-8")
    assert read_objects(path).rows[0].cells["a"] == "x\u2028y"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": [1]}', "the value of 'a' is a list or an object"),
        ('{"a": {"b": 1}}', "the value of 'a' is a list or an object"),
        ("[1, 2]", "not an object"),
        ("3", "not an object"),
        ('{"a": 1', "not readable as JSON at character 8"),
        ('{"a": "\\ud83d"}', "half of a character"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_lines_that_are_no_flat_objects_are_refused_by_row(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"a": "fine"}}\n{line}\n')
    with pytest.raises(FormError) as caught:
        read_objects(path)
    (problem,) = caught.value.problems
    assert problem.line == 2
    assert told in problem.message


def test_all_wrong_lines_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('x\n{"a": 1}\ny\n')
    with pytest.raises(FormError) as caught:
        read_objects(path)
    assert [problem.line for problem in caught.value.problems] == [1, 3]


def test_an_empty_file_of_objects_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("\n")
    with pytest.raises(FormError, match="the file is empty"):
        read_objects(tmp_path / "rows.jsonl")


def test_a_missing_file_of_objects_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"rows\.jsonl"):
        read_objects(tmp_path / "rows.jsonl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])), min_size=1
    )
)
def test_any_text_survives_the_way_through_json(tmp_path: Path, cells: dict[str, str]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(cells) + "\n", encoding="utf-8")
    assert dict(read_objects(path).rows[0].cells) == cells


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "rows.csv").write_bytes(data)
    (tmp_path / "rows.jsonl").write_bytes(data)
    for name in ("rows.csv", "rows.jsonl"):
        with contextlib.suppress(FormError):
            assert read_table(tmp_path, DataFile(path=name)).columns

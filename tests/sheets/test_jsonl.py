import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sheets.made import cells, opened, read

from commonhold.errors import FormError, MissingInputError

WORD = st.text(st.characters(exclude_categories=["Cs"]))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_objects_become_rows_with_numbers_as_written_and_null_as_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", '{"a": 1.50, "b": true}\r\n\n{"b": null, "c": "x\\ny"}\n')
    assert opened(path).columns == ("a", "b", "c")
    assert [(row.number, row.cells) for row in read(path)[0]] == [
        (1, {"a": "1.50", "b": "true"}),
        (3, {"b": "", "c": "x\ny"}),
    ]


def test_a_line_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    assert cells(write(tmp_path / "rows.jsonl", '{"a": "x\u2028y"}\n')) == [{"a": "x\u2028y"}]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' appears twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": [1]}', "the value of 'a' is a list or an object"),
        ('{"a": {"b": 1}}', "the value of 'a' is a list or an object"),
        ("[1, 2]", "not an object"),
        ("3", "not an object"),
        ('{"a": 1', "not readable as JSON at character 8"),
        ('{"a": "\\ud83d"}', "half of a character"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": "' + "x" * ((1 << 20) + 1) + '"}', "a text of more than 1,048,576 characters"),
    ],
)
def test_a_line_that_is_no_flat_object_is_a_bad_row_and_its_neighbours_are_read(
    tmp_path: Path, line: str, told: str
) -> None:
    rows, bad = read(write(tmp_path / "rows.jsonl", f'{{"a": "fine"}}\n{line}\n{{"a": "too"}}\n'))
    assert [row.cells["a"] for row in rows] == ["fine", "too"]
    assert [row.number for row in bad] == [2]
    assert told in bad[0].problem


def test_lists_are_left_out_unless_they_are_wanted(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", '{"q": "hi", "_geolocation": [1, 2], "g/a": {"x": 1}}\n')
    assert cells(path, ("q",)) == [{"q": "hi"}]
    assert read(path, ("q",), ("a",))[1][0].problem.startswith("the value of 'g/a' is a list")


def test_a_wanted_key_counts_as_a_column_however_late_it_comes(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", '{"q": "x"}\n' * 2000 + '{"q": "x", "group/late": "y"}\n')
    assert opened(path, "q", "late").columns == ("q", "group/late")
    assert cells(path, ("q",), ("late",))[-1]["late"] == "y"


def test_an_empty_file_of_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="the file is empty"):
        opened(write(tmp_path / "rows.jsonl", "\n"))


def test_a_missing_file_of_objects_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"rows\.jsonl"):
        opened(tmp_path / "rows.jsonl")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(WORD.filter(lambda key: key != "commonhold row"), WORD, min_size=1))
def test_any_text_survives_the_way_through_json(tmp_path: Path, row: dict[str, str]) -> None:
    assert cells(write(tmp_path / "rows.jsonl", json.dumps(row) + "\n")) == [row]

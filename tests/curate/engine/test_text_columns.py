"""The texts of many records in one list, and back."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.engine.text_columns import FIELDS, TextColumn
from commonhold.curate.rows.record import Record

TEXT = st.sampled_from(["", "a", "b"])


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=5))
def test_every_text_that_is_not_empty_stands_in_the_column_once(rows: list[tuple[str, str, str]]) -> None:
    records = [Record("id", one, two, "rows.csv", 2, rejected=three) for one, two, three in rows]
    column = TextColumn.of(records)
    expected = [
        (text, place, name) for place, row in enumerate(rows) for name, text in zip(FIELDS, row, strict=True) if text
    ]
    assert list(zip(*column, strict=True)) == expected


def test_what_was_found_is_told_record_by_record(row: Callable[..., Record]) -> None:
    column = TextColumn.of([row(1, "one", "two"), row(2, "three", "four"), row(3, "five", "six")])
    assert list(column.by_record({5: "f", 0: "a", 1: "b"})) == [
        (0, {"prompt": "a", "completion": "b"}),
        (2, {"completion": "f"}),
    ]


def test_nothing_found_tells_of_no_record(row: Callable[..., Record]) -> None:
    assert list(TextColumn.of([row(1, "one", "two")]).by_record({})) == []

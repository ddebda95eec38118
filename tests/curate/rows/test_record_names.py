"""A row keeps its id when lines, files and encodings around it change, and no two records have the same one."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sheets.made import book

from commonhold.curate.engine.executor import Inline, Processes
from commonhold.curate.engine.shards import read_kept
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.rows.record_names import can_be_shown, names_a_row

DATASHEET = """\
datasheet: 1
title: Toy desk
description: Messages to a desk that does not exist.
licence: CC0-1.0
contact: desk@toy.example
withdrawal: Write to the contact with the row's number.
collected: {from: 2026-01-01, to: 2026-02-01, method: A form.}
languages: [en]
region: US
files: FILES
columns: {id: No, prompt: Message, completion: Reply, contributor: Who}
consent: {basis: Asked at the desk., all_rows: true}
"""


class Line(NamedTuple):
    No: str
    Message: str
    Reply: str
    Who: str


WORDS = st.sampled_from(["where is it", "Où est-il ?", "¿dónde?\nallí", "say “yes”, or no", "…and"])
LINES = st.builds(Line, st.sampled_from(["", "", "1", "2", "3"]), WORDS, WORDS, st.sampled_from(["", "Ana", "Zoë"]))
TABLES = st.lists(LINES, min_size=2, max_size=8)
Written = tuple[str, bytes]
"""A file's name and bytes."""


def as_csv(lines: Iterable[Line], name: str = "rows.csv", encoding: str = "utf-8", end: str = "\n") -> Written:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([Line._fields, *([cell.replace("\n", end) for cell in line] for line in lines)])
    return name, text.getvalue().encode(encoding)


def as_jsonl(lines: Iterable[Line]) -> Written:
    return "rows.jsonl", "".join(json.dumps(line._asdict()) + "\n" for line in lines).encode()


def as_book(lines: Iterable[Line]) -> Written:
    with TemporaryDirectory() as folder:
        book(Path(folder) / "rows.xlsx", {"Rows": [list(Line._fields), *map(list, lines)]})
        return "rows.xlsx", (Path(folder) / "rows.xlsx").read_bytes()


def records(*files: Written, shard_rows: int = 20_000, datasheet: str = DATASHEET, processes: int = 0) -> list[Record]:
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        listed = ", ".join(f"{{path: {name}}}" for name, _ in files)
        (data / "datasheet.yaml").write_text(datasheet.replace("FILES", f"[{listed}]"), encoding="utf-8")
        for name, content in files:
            (data / name).write_bytes(content)
        community = read_community(data)
        maker = RecordMaker(community.form, b"key", date(2026, 6, 1), piece_words=3)
        executor = Processes(processes) if processes else Inline()
        shards = read_all(community, maker, executor, Path(folder) / "work", shard_rows).shards
        return [record for shard in shards for record in read_kept(shard)]


def named(*files: Written, shard_rows: int = 20_000) -> dict[Line, set[str]]:
    """The ids of the rows of each giver and text; more than one for equal rows."""
    found: dict[Line, set[str]] = {}
    every = records(*files, shard_rows=shard_rows)
    for record in every:
        prompt, completion = (text.replace("\r\n", "\n") for text in (record.prompt, record.completion))
        entry = record.entry if names_a_row(record.entry) else ""
        found.setdefault(Line(entry, prompt, completion, record.contributor), set()).add(record.record_id)
    assert len({record.record_id for record in every}) == len(every)
    return found


def changed(before: dict[Line, set[str]], after: dict[Line, set[str]]) -> int:
    """How many rows have not the ids they had, and more, or fewer of them."""
    either = before.keys() | after.keys()
    pairs = [(before.get(line, set()), after.get(line, set())) for line in either]
    assert all(one <= other or other <= one for one, other in pairs)
    return sum(one != other for one, other in pairs)


def entries(lines: Sequence[Line], prefix: str = "RB-") -> list[Line]:
    return [line._replace(No=f"{prefix}{number}") for number, line in enumerate(lines)]


@settings(max_examples=25)
@given(TABLES, st.booleans(), st.data())
def test_deleting_or_inserting_a_line_renames_no_other_row(
    lines: list[Line], numbered: bool, data: st.DataObject
) -> None:
    lines = entries(lines) if numbered else lines
    at = data.draw(st.integers(0, len(lines) - 1))
    assert changed(named(as_csv(lines)), named(as_csv([*lines[:at], *lines[at + 1 :]]))) == 1


@settings(max_examples=25)
@given(TABLES, st.booleans(), st.randoms(use_true_random=False), st.sampled_from([1, 2, 20_000]))
def test_lines_in_another_order_keep_their_ids(lines: list[Line], numbered: bool, random: object, size: int) -> None:
    lines = entries(lines) if numbered else lines
    moved = lines[:]
    random.shuffle(moved)  # type: ignore[attr-defined]
    assert named(as_csv(moved), shard_rows=size) == named(as_csv(lines))


@pytest.mark.parametrize(
    "write",
    [
        lambda lines: as_csv(lines, encoding="utf-8-sig"),
        lambda lines: as_csv(lines, encoding="utf-16"),
        lambda lines: as_csv(lines, encoding="cp1252"),
        lambda lines: as_csv(lines, end="\r\n"),
        lambda lines: as_csv(lines, "the same under another name.csv"),
        as_jsonl,
        as_book,
    ],
    ids=["mark", "utf-16", "cp1252", "line ends", "name", "jsonl", "xlsx"],
)
@pytest.mark.parametrize("numbered", [True, False])
def test_the_same_table_in_another_file_keeps_its_ids(write: Callable[[list[Line]], Written], numbered: bool) -> None:
    lines = [
        Line("1", "Où est-il ?", "à côté de l’école – là-bas", "Zoë"),
        Line("2", "where is it", "here\nand there", "Ana"),
        Line("3", "where is it", "here\nand there", "Ana"),
        Line("", "where is it", "here\nand there", "Bo"),
    ]
    lines = entries(lines) if numbered else lines
    assert named(write(lines)) == named(as_csv(lines))


@settings(max_examples=25)
@given(TABLES, st.booleans(), st.data())
def test_rows_that_are_split_over_two_files_keep_their_ids(
    lines: list[Line], numbered: bool, data: st.DataObject
) -> None:
    lines = entries(lines) if numbered else lines
    at = data.draw(st.integers(1, len(lines) - 1))
    assert named(as_csv(lines[:at], "b.csv"), as_csv(lines[at:], "a.csv")) == named(as_csv(lines))


@settings(max_examples=25)
@given(st.lists(LINES | st.builds(Line, st.sampled_from(["RB-1", "RB-2"]), WORDS, WORDS, st.just("Ana")), min_size=1))
def test_no_two_records_share_an_id_whatever_their_entries(lines: list[Line]) -> None:
    ids = [record.record_id for record in records(as_csv(lines), as_csv(lines[:2], "more.csv"), shard_rows=2)]
    assert len(set(ids)) == len(ids)


def test_ids_are_the_same_in_several_processes() -> None:
    lines = [Line("", "where is it", f"reply {number % 3}", "Ana") for number in range(12)]
    here, there = (records(as_csv(lines), shard_rows=2, processes=processes) for processes in (0, 2))
    assert [record.record_id for record in here] == [record.record_id for record in there]


def test_an_entry_keeps_its_id_when_its_text_is_corrected() -> None:
    one, other = (records(as_csv([Line("RB-0042", said, "at the mill", "Ana")]))[0] for said in ("Wher?", "Where?"))
    assert one.record_id == other.record_id
    assert one.entry == "RB-0042"


def test_a_mere_count_is_no_name_for_it_shifts_with_the_lines() -> None:
    one, other = (records(as_csv([Line(number, "where", "here", "Ana")]))[0] for number in ("7", "8"))
    assert one.record_id == other.record_id
    assert (one.entry, other.entry) == ("7", "8")


def test_two_sheets_that_count_alike_leave_each_others_ids_alone() -> None:
    first = [Line(str(number), f"where {number}", "here", "Ana") for number in range(1, 5)]
    second = [line._replace(Message=f"when {line.No}") for line in first]
    ids = {r.prompt: r.record_id for r in records(as_csv(first), as_csv(second, "more.csv"))}
    assert {
        r.prompt: r.record_id for r in records(as_csv(first), as_csv(second[:1], "more.csv"))
    }.items() <= ids.items()


def test_of_an_entry_that_two_different_rows_bear_neither_takes_the_others_id() -> None:
    one, other = Line("RB-1", "where", "here", "Ana"), Line("RB-1", "when", "at nine", "Bo")
    both = {r.prompt: r.record_id for r in records(as_csv([one, other]))}
    (alone,) = records(as_csv([one]))
    assert alone.record_id not in both.values()


def test_one_persons_copy_is_not_anothers() -> None:
    lines = [Line("", "where", "here", who) for who in ("Ana", "Bo")]
    both = records(as_csv(lines))
    (left,) = records(as_csv(lines[1:]))
    assert left.record_id == both[1].record_id != both[0].record_id


def test_a_row_added_below_an_equal_one_comes_last() -> None:
    lines = [Line(str(number), "where", "here", "Ana") for number in (9, 10, 11)]
    every = {r.entry: r.record_id for r in records(as_csv(lines))}
    assert {r.entry: r.record_id for r in records(as_csv(lines[:2]))}.items() <= every.items()


@pytest.mark.parametrize("entry", ["RB-0042", "12a", "1234567", "0.12", "No. 7", "W1", "1-2"])
def test_an_entry_number_is_a_name(entry: str) -> None:
    assert names_a_row(entry)


@pytest.mark.parametrize("entry", ["", "7", "123456", "12.0", "007"])
def test_a_count_is_no_name(entry: str) -> None:
    assert not names_a_row(entry)


@pytest.mark.parametrize("entry", ["ana@toy.example", "Ana Odell", "x" * 65])
def test_what_looks_like_a_person_or_a_sentence_is_not_carried_as_an_entry(entry: str) -> None:
    assert not can_be_shown(entry)
    (record,) = records(as_csv([Line(entry, "where", "here", "Bo")]))
    assert record.entry == ""


@pytest.mark.parametrize("entry", ["RB-0042", "Slip 12", "x" * 64, ""])
def test_what_looks_like_a_number_is_carried(entry: str) -> None:
    assert can_be_shown(entry)


@pytest.mark.parametrize("column", ["Who", "Message"])
def test_a_column_of_people_or_texts_names_no_row_and_is_not_carried(column: str) -> None:
    (record,) = records(
        as_csv([Line("1", "where", "here", "Ana")]), datasheet=DATASHEET.replace("id: No", f"id: {column}")
    )
    assert record.entry == ""


def test_numbers_that_stand_for_people_are_not_carried() -> None:
    told = f"{DATASHEET}personal: {{id: No}}\n"
    (record,) = records(as_csv([Line("M-12", "where", "here", "Ana")]), datasheet=told)
    assert record.entry == ""


def test_a_text_that_says_something_twice_has_an_id_for_each_piece() -> None:
    plain = DATASHEET.replace("prompt: Message, completion: Reply", "text: Message")
    said = "one two three\n\n" * 3
    lines = [Line("", said, "", "Ana"), Line("RB-1", said, "", "Ana")]
    found = records(as_csv(lines), datasheet=plain)
    assert len({record.record_id for record in found}) == len(found) == 6
    moved = records(as_csv(lines[::-1]), datasheet=plain)
    assert {record.record_id for record in moved} == {record.record_id for record in found}

"""The same cells as rows of records and as items of a task, however a table was saved, and the same words for it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.sheets.variants import ENGLISH, RAGGED, VARIANTS, Table, delimited

from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile
from commonhold.errors import FormError
from commonhold.evaluate.tasks import ReadTask, load_tasks, read_task
from commonhold.sheets.guesses import ReadingGuess
from commonhold.sheets.row import BadRow, Row
from commonhold.sheets.source import SourceFolder

TASK = (
    "task: 1\nname: desk\ntitle: T\ndescription: D\nkind: generate\nscorer: exact/1\nsystem_prompt: recipe\n"
    "licence: CC0-1.0\n"
)
THE_THIRTEEN = list(VARIANTS)[:13]


def rows_of(file: Path) -> tuple[list[list[str]], list[BadRow], Sequence[ReadingGuess]]:
    """As curation reads them."""
    wanted = (("id",), ("prompt",), ("answer",))
    opened = open_rows(file.parent, DataFile(path=file.name), wanted)
    rows = list(opened.rows)
    cells = [[row.cells[name].strip() for name in ENGLISH[0]] for row in rows if isinstance(row, Row)]
    return cells, [row for row in rows if isinstance(row, BadRow)], opened.guesses


def task_of(folder: Path, ending: str, data: bytes) -> ReadTask:
    """A task whose table has these bytes."""
    (folder / "desk").mkdir()
    (folder / "desk" / "task.yaml").write_text(TASK)
    (folder / "desk" / f"items.{ending}").write_bytes(data)
    return read_task(folder / "desk")


def items_of(read: ReadTask) -> list[list[str]]:
    assert read.problems == ()
    assert read.task is not None
    return [[item.id, item.prompt, item.answer, item.group] for item in read.task.items]


def plain(table: Table) -> list[list[str]]:
    return [[cell.replace("\r", "\n") for cell in row] for row in table]


@pytest.mark.parametrize("name", VARIANTS)
def test_rows_and_items_have_the_same_cells(tmp_path: Path, name: str) -> None:
    ending, table, make = VARIANTS[name]
    read = task_of(tmp_path, ending, make(tmp_path))
    rows, _, _ = rows_of(tmp_path / "desk" / f"items.{ending}")
    assert plain(rows) == plain(table[1:])
    assert plain(items_of(read)) == plain(table[1:])


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "spaces before quotes"])
def test_what_was_guessed_is_told_in_the_same_words(tmp_path: Path, name: str) -> None:
    ending, _, make = VARIANTS[name]
    read = task_of(tmp_path, ending, make(tmp_path))
    _, bad, guesses = rows_of(tmp_path / "desk" / f"items.{ending}")
    told = [note.message.partition("; look whether")[0] for note in (*read.read.notes, *read.read.left_out)]
    assert told == [*(guess.message for guess in guesses), *(f"{row.problem}; the row is left out" for row in bad)]


def test_the_thirteen_are_those_of_the_figure() -> None:
    assert THE_THIRTEEN[-1] == "one ragged row"


def test_a_ragged_row_is_told_with_its_place_and_is_no_item(tmp_path: Path) -> None:
    read = task_of(tmp_path, "csv", RAGGED)
    (left_out,) = read.read.left_out
    assert (
        str(left_out)
        .partition("items.csv")[2]
        .startswith(
            ":6 row 5: 5 cells where the header has 4; the row is left out. Quote cells that hold the delimiter"
        )
    )
    assert load_tasks([tmp_path / "desk"])[0].left_out == (left_out,)


def test_a_table_of_ragged_rows_alone_is_refused(tmp_path: Path) -> None:
    task_of(tmp_path, "csv", b"id,prompt,answer\n1,a,b,c\n2,a\n")
    with pytest.raises(FormError, match=r"items\.csv:2 row 2: 4 cells.*\n.*items\.csv:3 row 3: 2 cells"):
        load_tasks([tmp_path / "desk"])


@pytest.mark.parametrize(("row", "told"), [(b'5,"x,y,z\n', "never closed"), (b'5,"x"y,z,w\n', "there is text between")])
def test_a_row_that_cannot_be_read_is_a_mistake_of_the_task(tmp_path: Path, row: bytes, told: str) -> None:
    read = task_of(tmp_path, "csv", delimited(ENGLISH).encode() + row)
    (problem,) = read.problems
    assert (problem.line, problem.place) == (7, "row 6")
    assert told in problem.message


def test_one_wrong_byte_changes_no_other_letter(tmp_path: Path) -> None:
    data = "id,prompt,answer\n1,Café?,sí\n2,abXc,no\n".encode().replace(b"X", b"\xe9")
    read = task_of(tmp_path, "csv", data)
    assert [(problem.line, problem.message) for problem in read.problems] == [
        (3, "letters that are not readable as utf-8")
    ]
    assert read.read.items[0].prompt == "Café?"


def test_messages_name_the_shown_file_and_never_the_copy(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "task.yaml").write_text(TASK)
    (tmp_path / "copy" / "items.csv").write_text("id,prompt,answer\n1,a,\n2,b,c,d\n")
    read = read_task(SourceFolder(tmp_path / "copy", Path("eval/desk")))
    told = [str(each) for each in (*read.problems, *read.read.left_out)]
    assert len(told) == 2
    assert all(each.startswith("eval/desk/items.csv:") for each in told)

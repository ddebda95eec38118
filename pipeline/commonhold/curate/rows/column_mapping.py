"""Which columns a datasheet asks for, and what to say where a file has them not."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile, Datasheet, DatasheetFile
from commonhold.errors import FormError, Problem
from commonhold.number_format import listed
from commonhold.sheets.columns import alike
from commonhold.sheets.json_paths import Conversation, leaves
from commonhold.sheets.open_rows import missing_columns
from commonhold.sheets.row import Check, Names
from commonhold.sheets.source import SourceFolder
from commonhold.sheets.table import Opened

Key = tuple[str, ...]
Place = tuple[str | int, ...]
"""Keys and places in lists that lead to a value of the datasheet."""
MOST_NAMED = 30
OF_TURNS = (
    *("conversation", "conversation_id", "dialogue", "dialog_id", "thread", "thread_id", "session", "session_id"),
    *("chat_id", "turn", "turn_id", "role", "speaker", "sender"),
)
"""Columns of transcripts."""


def asked_columns(form: Datasheet) -> dict[Key, Names]:
    """Every key of the datasheet that names a column, with the names that the column goes by."""
    asked: dict[Key, Names] = {("columns", field): names for field, names in form.columns.named().items()}
    asked.update({("consent", *key): (column,) for key, column in form.consent.mapped()})
    asked.update({("personal", kind, column): (column,) for kind, column in form.personal.columns()})
    return asked


def missing_file(datasheet: DatasheetFile, key: Place, name: str) -> Problem:
    """There is no such file; `key` names it in the datasheet."""
    message = f"there is no file {name!r} in {datasheet.path.parent}"
    line = datasheet.lines.get(key, 0)
    return Problem(str(datasheet.path), line, ".".join(map(str, key)), message, "Correct the name")


def listed_twice(datasheet: DatasheetFile, index: int, file: DataFile, first: int) -> Problem:
    """A file that an entry names, by a pattern perhaps, and that the entry `first` named before."""
    line = datasheet.lines.get(("files", index, "path"), 0)
    message = f"{file.name!r} is listed already (files.{first})"
    return Problem(
        str(datasheet.path), line, f"files.{index}.path", message, "Keep one of the two, or narrow the pattern"
    )


def no_sheet(datasheet: DatasheetFile, index: int, message: str) -> Problem:
    """No sheet of the workbook that an entry names has the columns."""
    line = datasheet.lines.get(("files", index, "path"), 0)
    remedy = "Correct the names under columns, or name the sheet (sheet: NAME)"
    return Problem(str(datasheet.path), line, f"files.{index}.path", message, remedy)


def open_mapped(folder: SourceFolder, datasheet: DatasheetFile, file: DataFile, check: Check | None) -> Opened:
    """A file's rows by the columns that the datasheet names.

    Raises:
        MissingInputError: there is no such file.
        FormError: what is wrong with the file as a whole, or with the columns that are looked for in it.
    """
    form = datasheet.form
    opened = open_rows(folder, file, tuple(asked_columns(form).values()), check, form.languages)
    if problems := list(mapping_problems(datasheet, file, opened)):
        raise FormError(problems)
    return opened


def mapping_problems(datasheet: DatasheetFile, file: DataFile, opened: Opened) -> Iterator[Problem]:
    """What is wrong with the columns that the datasheet names, as far as one opened file shows it.

    A file has no such column, a column holds whole conversations, or one column is both message and reply.
    """
    asked = asked_columns(datasheet.form)
    missing = missing_columns(opened, tuple(asked.values()))
    if (
        file.delimiter
        and len(opened.columns) == 1
        and missing
        and all(names[0] in opened.columns[0] for names in missing)
    ):
        yield _wrong_delimiter(datasheet, file, opened.columns[0])
        return
    talks = {talk.path: talk for talk in opened.conversations}
    echoed = False
    for key, names in asked.items():
        place = Problem(str(datasheet.path), _line(datasheet.lines, key), ".".join(key[:2]), "")
        if names in missing and len(either := alike(names[0], opened.columns)) > 1:
            message = f"{file.name} has the columns {listed([*map(repr, either)])}; each may be {names[0]!r}"
            yield replace(place, message=message, remedy=f"Write the one that is meant, such as {either[0]!r}")
        elif names in missing:
            yield replace(place, message=f"{file.name} has no column {names[0]!r}; {_hint(key, names[0], opened)}")
        elif key[0] == "columns" and (talk := talks.get(names[0])):
            if not echoed:
                yield replace(place, message=_whole_conversations(file, talk), remedy=_by_sides(talk))
            echoed = True
    for reply in ("completion", "rejected"):
        shared = [name for name in asked.get(("columns", "prompt"), ()) if name in asked.get(("columns", reply), ())]
        if shared and not echoed:
            line = _line(datasheet.lines, ("columns", reply))
            yield Problem(str(datasheet.path), line, "columns", *_echo(file, shared[0], opened.columns))
            echoed = True


def _wrong_delimiter(datasheet: DatasheetFile, file: DataFile, row: str) -> Problem:
    """The delimiter that a person named leaves all column names in one cell."""
    line = datasheet.lines.get(("files",), 0)
    message = f"{file.name} has no {file.delimiter!r} between its columns: {row!r}"
    return Problem(str(datasheet.path), line, "files", message, "Correct delimiter, or leave it out: it is found then")


def _hint(key: Key, column: str, opened: Opened) -> str:
    columns = opened.columns
    twice = [each for each in columns if each.startswith(f"{column} (")]
    ends = [each for each in columns if each.rpartition(".")[2].casefold() == column.casefold()]
    talk = next(iter(opened.conversations), None)
    side = {"prompt": talk.asks, "completion": talk.replies}.get(key[-1]) if talk else None
    near = twice or ends or ([side] if side else []) or difflib.get_close_matches(column, columns, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"it has {', '.join(map(repr, leaves(columns)[:MOST_NAMED]))}"


def _whole_conversations(file: DataFile, talk: Conversation) -> str:
    form = "ShareGPT's" if "human" in talk.sides else "OpenAI's"
    what = f"{talk.path!r} of {file.name} holds whole conversations (in {form} form)"
    return f"{what}; a row is one message and one reply, and training on every turn is not possible yet"


def _by_sides(talk: Conversation) -> str:
    return (
        f"To learn from the first message of each and the reply to it, write prompt: {talk.asks} and "
        f"completion: {talk.replies}; to learn from all, make a row of every message and its reply"
    )


def _echo(file: DataFile, column: str, columns: Sequence[str]) -> tuple[str, str]:
    """Message and remedy for a column that is named as message and as reply."""
    message = f"{column!r} is named as message and as reply, so every row would be learnt as its own echo"
    turns = [each for each in columns if each.strip().casefold() in OF_TURNS]
    if turns:
        message += f"; {file.name} looks like a transcript, a row for each turn (columns {', '.join(turns)})"
        return message, "Put each message and the reply to it into one row, in two columns, and name these"
    return message, "Name the column with the replies as completion, or, for texts to read, only text"


def _line(lines: Mapping[tuple[str | int, ...], int], key: Key) -> int:
    return next((lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in lines), 0)

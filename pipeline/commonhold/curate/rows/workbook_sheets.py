"""Which sheets of a workbook have the rows, where the datasheet names none."""

from collections.abc import Sequence
from typing import NamedTuple

from commonhold.curate.rows.column_mapping import asked_columns
from commonhold.curate.rows.data_files import source_of
from commonhold.curate.rows.datasheet import DataFile, Datasheet
from commonhold.errors import FormError, MissingInputError
from commonhold.number_format import count
from commonhold.sheets.book_sheets import SheetGlance, glance
from commonhold.sheets.file_kinds import WORKBOOKS
from commonhold.sheets.guesses import ReadingGuess, hidden_sheets, one_of_sheets, several_sheets
from commonhold.sheets.source import SourceFolder

MOST_COLUMNS = 8
"""Named of a sheet in a message."""


class SheetsRead(NamedTuple):
    """What is read of a workbook."""

    files: tuple[DataFile, ...]
    """One for each sheet; the entry itself where it is clear which sheet that means."""
    guesses: tuple[ReadingGuess, ...] = ()
    problem: str = ""
    """Why no sheet can be read."""


def sheets_with_rows(folder: SourceFolder, form: Datasheet, file: DataFile) -> SheetsRead:
    """Every sheet that people see and that has the columns which the datasheet asks for.

    What is wrong with the workbook as a whole is left for its reader.
    """
    if file.suffix not in WORKBOOKS or file.sheet is not None or file.parent is not None:
        return SheetsRead((file,))
    requested = tuple(asked_columns(form).values())
    source = source_of(folder, file)
    try:
        found = glance(source, requested)
    except (FormError, MissingInputError):
        return SheetsRead((file,))
    listed = {each.sheet for each in form.files if each.path == file.path}
    glances = [each for each in found if each.name not in listed]
    seen = [each for each in glances if not each.is_hidden]
    fitting = [each for each in seen if not each.missing]
    read = [each for each in fitting if each.rows] or fitting[:1]
    hidden = [each.unread(requested) for each in glances if each.is_hidden and not each.missing and each.rows]
    if not read:
        return _without(file, seen, [each.name for each in hidden], len(requested))
    others = [each.unread(requested) for each in seen if each not in read and each.rows]
    guesses: list[ReadingGuess] = []
    if len(read) > 1:
        guesses.append(several_sheets(source, [each.unread(requested) for each in read], others))
    elif others:
        guesses.append(one_of_sheets(source, read[0].name, others))
    if hidden:
        guesses.append(hidden_sheets(source, hidden))
    if len(read) == 1 and read[0] is next((each for each in found if not each.is_hidden), None):
        return SheetsRead((file,), tuple(guesses))
    return SheetsRead(tuple(file.model_copy(update={"sheet": each.name}) for each in read), tuple(guesses))


def _without(file: DataFile, seen: Sequence[SheetGlance], hidden: Sequence[str], asked: int) -> SheetsRead:
    """No sheet has all the columns: the one that has some is read, for its reader says what it lacks."""
    some = [each for each in seen if len(each.missing) < asked]
    if len(some) == 1 and not hidden:
        return SheetsRead((file.model_copy(update={"sheet": some[0].name}),))
    if len(seen) < 2 and not hidden:
        return SheetsRead((file,))
    lacking = ", ".join(dict.fromkeys(repr(names[0]) for each in seen for names in each.missing))
    named = "; ".join(_named(each) for each in seen)
    also = f". The hidden sheet {hidden[0]!r} has them" if hidden else ""
    return SheetsRead((), (), f"no sheet of {file.path} has all the columns ({lacking}): {named}{also}")


def _named(sheet: SheetGlance) -> str:
    columns = ", ".join(map(repr, sheet.columns[:MOST_COLUMNS]))
    more = f" and {len(sheet.columns) - MOST_COLUMNS} more" if len(sheet.columns) > MOST_COLUMNS else ""
    return f"{sheet.name!r} ({count(sheet.rows, 'row')}) has {columns}{more}"

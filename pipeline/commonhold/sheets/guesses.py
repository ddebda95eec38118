"""What had to be guessed about a file, in the words that its reader, its report and its check all use."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from commonhold.errors import Problem
from commonhold.number_format import count, listed
from commonhold.sheets.source import Source

SPOKEN = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
SAVE_AS = "In Excel: Save As, CSV UTF-8. In LibreOffice and Google Sheets UTF-8 is the default"


class ReadingGuess(NamedTuple):
    """Something that was found out about a file and may be wrong."""

    message: str
    remedy: str = ""
    line: int = 0
    """On which it shows; 0 when it belongs to no line."""
    words: tuple[str, ...] = ()
    """From the file, by which a person sees whether it is right; never written to a report."""

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message

    def note(self, source: Source) -> Problem:
        """For the person at the screen, with words of the file."""
        shown = f"; look whether these are right: {', '.join(self.words)}" if self.words else ""
        return Problem(source.name, self.line, "", f"{self.message}{shown}", self.remedy)


def other_encoding(source: Source, encoding: str, line: int, words: Sequence[str]) -> ReadingGuess:
    """The file is in none of the encodings that can be told for sure."""
    remedy = f"If they are wrong: {SAVE_AS}"
    if source.settings:
        remedy = f"If letters look wrong, name the right encoding in {source.settings} (encoding: windows-1252)"
    return ReadingGuess(f"the file is not UTF-8; it was read as {encoding}, the best guess", remedy, line, tuple(words))


def without_mark(encoding: str) -> ReadingGuess:
    """UTF-16 that does not say so."""
    return ReadingGuess(f"read as {encoding} without a byte-order mark")


def damaged_bytes(number: int) -> ReadingGuess:
    """UTF-8 with a few bytes that are none."""
    return ReadingGuess(f"{number} bytes are not readable as UTF-8; the rows with them are left out")


def other_delimiter(source: Source, delimiter: str, usual: str) -> ReadingGuess:
    """The cells are separated by something else than the file's ending says."""
    written = "'\\t'" if delimiter == "\t" else f"'{delimiter}'"
    remedy = f"To settle it, write in {source.settings}: delimiter: {written}" if source.settings else ""
    return ReadingGuess(f"the cells are separated by {SPOKEN[delimiter]}, not {SPOKEN[usual]}", remedy)


def rows_above(number: int, header: int) -> ReadingGuess:
    """Lines above the column names were left out."""
    rows = "1 row" if number == 1 else f"{number} rows"
    return ReadingGuess(f"{rows} above the column names in row {header} left out")


class OtherSheet(NamedTuple):
    """A sheet that was not read."""

    name: str
    rows: int = 0
    """With text, without the one that names the columns."""
    note: str = ""
    """Why not."""

    def __str__(self) -> str:
        return f"{self.name!r} ({count(self.rows, 'row')}{f', {self.note}' if self.note else ''})"


def one_of_sheets(source: Source, read: str, others: Sequence[OtherSheet]) -> ReadingGuess:
    """A workbook has several sheets that people see, and one of them was read."""
    named = ", ".join(map(str, others))
    remedy = f"To read another, write in {source.settings}: sheet: {others[0].name!r}" if source.settings else ""
    return ReadingGuess(f"only the sheet {read!r} was read, not {named}", remedy)


def several_sheets(source: Source, read: Sequence[str], others: Sequence[OtherSheet]) -> ReadingGuess:
    """A workbook has several sheets with the columns that are asked for, and all of these were read."""
    both = "both" if len(read) == 2 else "all"
    left = f", but not {', '.join(map(str, others))}" if others else ""
    message = f"the sheets {listed(read)} have the same columns, and {both} were read{left}"
    return ReadingGuess(message, f"To read one alone, write in {source.settings}: sheet: NAME")


def hidden_sheets(source: Source, sheets: Sequence[OtherSheet]) -> ReadingGuess:
    """Sheets that nobody sees have the columns that are asked for."""
    message = f"not read, since it is hidden: {', '.join(map(str, sheets))}"
    remedy = f"If it should count, list it in {source.settings} as one more file, with sheet: {sheets[0].name!r}"
    return ReadingGuess(message, remedy)


def alike_columns(columns: Mapping[str, str]) -> ReadingGuess:
    """Columns, by the name that was asked for, that are called nearly so."""
    named = ", ".join(f"{column!r} as {name!r}" for name, column in columns.items())
    return ReadingGuess(f"read by a name that is written otherwise: {named}")


_TOTALS = (
    "total, totals, sum, subtotal, grand total, gesamt, summe, somme, totale, totaal, suma, soma, razem, "
    "celkem, összesen, toplam, jumlah, tổng, tổng cộng, итого, всего, разом, σύνολο, סך הכל, المجموع, "
    "الإجمالي, مجموع, कुल, योग, মোট, รวม, 合計, 合计, 总计, 總計, 합계"
)
TOTALS = frozenset(_TOTALS.split(", "))
"""First cells of rows that sum up those above them."""


def totals_row(number: int, first_cell: str) -> ReadingGuess | None:
    """The last row of a table was read as the others, and sums these up; none when it does not look so."""
    if first_cell.strip(" :").casefold() not in TOTALS:
        return None
    return ReadingGuess(f"row {number}, the last one, begins with {first_cell.strip()!r} and was read", "Delete sums")


def hidden_rows(number: int) -> ReadingGuess:
    """Rows that a filter or a person hid were read as the others."""
    were = "was" if number == 1 else "were"
    return ReadingGuess(f"{count(number, 'hidden row')} {were} read", "Delete those that should not count")


def hidden_columns(names: Sequence[str]) -> ReadingGuess:
    """Columns that are asked for are hidden in the sheet."""
    return ReadingGuess(f"read from a hidden column: {', '.join(map(repr, names))}")


def long_numbers(number: int, first: str) -> ReadingGuess:
    """Numbers that are longer than what spreadsheet programs keep of one."""
    have = "has" if number == 1 else "have"
    return ReadingGuess(
        f"{count(number, 'whole number')} {have} more than 15 digits (first in cell {first}), and spreadsheet "
        "programs keep 15, so the last ones may be 0 in place of what was typed",
        "If they are: format the column as text, and type them again",
    )

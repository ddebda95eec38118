"""What had to be guessed about a file, in the words that its reader, its report and its check all use."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from commonhold.errors import Problem
from commonhold.number_format import count, listed
from commonhold.sheets.encoding_guess import Guess
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

    letters: tuple[str, ...] = ()
    """From the file, few enough to stand in a report."""

    def __str__(self) -> str:
        message = f"{self.message}, with letters such as {' '.join(self.letters)}" if self.letters else self.message
        return f"{message}. {self.remedy}" if self.remedy else message

    def note(self, source: Source) -> Problem:
        """For the person at the screen, with words of the file."""
        shown = f"; look whether these are right: {', '.join(self.words)}" if self.words else ""
        return Problem(source.name, self.line, "", f"{self.message}{shown}", self.remedy)


def other_encoding(source: Source, guess: Guess, line: int) -> ReadingGuess:
    """The file is in none of the encodings that can be told for sure."""
    remedy = f"If they are wrong: {SAVE_AS}"
    if source.settings:
        another = spoken(guess.other or "cp1252")
        remedy = f"If these letters are wrong, name its encoding in {source.settings} (encoding: {another})"
    message = f"the file is not UTF-8; it was read as {guess.name}, the best guess"
    return ReadingGuess(message, remedy, line, guess.words, guess.letters)


def in_yaml(text: str) -> str:
    """A text as it is written in a form: what YAML reads of it is the text again."""
    plain = text.isprintable() and not set(text) & set("'\\")
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)


def spoken(encoding: str) -> str:
    """An encoding by the name that sheet programs show."""
    return encoding.replace("cp125", "windows-125") if encoding.startswith("cp125") else encoding


def without_mark(encoding: str) -> ReadingGuess:
    """UTF-16 that does not say so."""
    return ReadingGuess(f"read as {encoding} without a byte-order mark")


def damaged_bytes(encoding: str, number: int, line: int) -> ReadingGuess:
    """An encoding with a few bytes that are no letters in it."""
    spoken = "1 byte is" if number == 1 else f"{number:,} bytes are"
    return ReadingGuess(f"{spoken} not readable as {encoding}; the rows with them are left out", "", line)


def other_delimiter(source: Source, delimiter: str, usual: str) -> ReadingGuess:
    """The cells are separated by something else than the file's ending says."""
    remedy = f"To settle it, write in {source.settings}: delimiter: {in_yaml(delimiter)}" if source.settings else ""
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
    remedy = f"To read another, write in {source.settings}: sheet: {in_yaml(others[0].name)}" if source.settings else ""
    return ReadingGuess(f"only the sheet {read!r} was read, not {named}", remedy)


def list_inside(key: str) -> ReadingGuess:
    """A JSON file is an object, and the list inside it was read."""
    return ReadingGuess(f"the rows were taken from the list under {key!r}")


def first_exchange(path: str) -> ReadingGuess:
    """Of a conversation one message and one reply are read."""
    return ReadingGuess(f"of each conversation in {path!r} only the first message and the reply to it are read")


def several_sheets(source: Source, read: Sequence[OtherSheet], others: Sequence[OtherSheet]) -> ReadingGuess:
    """A workbook has several sheets with the columns that are asked for, and all of these were read."""
    both = "both" if len(read) == 2 else "all"
    left = f", but not {', '.join(map(str, others))}" if others else ""
    message = f"the sheets {listed([*map(str, read)])} have the same columns, and {both} were read{left}"
    return ReadingGuess(message, f"To read one alone, write in {source.settings}: sheet: {in_yaml(read[-1].name)}")


def hidden_sheets(source: Source, sheets: Sequence[OtherSheet]) -> ReadingGuess:
    """Sheets that nobody sees have the columns that are asked for."""
    message = f"not read, since it is hidden: {', '.join(map(str, sheets))}"
    remedy = f"If it should count, list it in {source.settings} as one more file, with sheet: {in_yaml(sheets[0].name)}"
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

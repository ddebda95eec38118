"""What had to be guessed about a file, in the words that its reader, its report and its check all use."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from commonhold.errors import Problem
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


def list_inside(key: str) -> ReadingGuess:
    """A JSON file is an object, and the list inside it was read."""
    return ReadingGuess(f"the rows were taken from the list under {key!r}")


def first_exchange(path: str) -> ReadingGuess:
    """Of a conversation one message and one reply are read."""
    return ReadingGuess(f"of each conversation in {path!r} only the first message and the reply to it are read")


def one_of_sheets(source: Source, read: str, others: Sequence[str]) -> ReadingGuess:
    """A workbook has several sheets that people see, and one of them was read."""
    named = ", ".join(map(repr, others))
    remedy = f"To read another, write in {source.settings}: sheet: {in_yaml(others[0])}" if source.settings else ""
    return ReadingGuess(f"only the sheet {read!r} was read, not {named}", remedy)

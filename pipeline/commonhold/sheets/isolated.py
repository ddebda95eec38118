"""Foreign parsers in a process of their own: what crashes, hangs or swallows memory there ends there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import commonhold
from commonhold.errors import FormError, Problem
from commonhold.sheets.guesses import ReadingGuess
from commonhold.sheets.limits import MAX_BOOK_BYTES, check_file
from commonhold.sheets.row import Raw
from commonhold.sheets.source import Source, refused
from commonhold.sheets.xlsx import SheetNames, Typed

DocumentKind = Literal["docx", "html", "pdf"]

MAX_MEMORY_BYTES = 2 << 30
LEAST_SECONDS = 20
SECONDS_PER_MIB = 2
"""Of computing, for one file: the least that any may take, and more for each mebibyte."""
SMALLER = "Save it again, or split it into smaller files"


def isolated_sheet(source: Source, sheet: str | None, typed: Typed) -> Iterator[SheetNames | Raw]:
    """What `sheet_rows` gives.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read, or reading it takes too much computing, or 2 GiB of memory.
    """
    return _isolated(source, "sheet", sheet or "", typed)


def isolated_sections(source: Source, kind: DocumentKind) -> Iterator[Raw]:
    """A document's sections as `number, [heading, text, page]`.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read, or reading it takes too much computing, or 2 GiB of memory.
    """
    return (row for row in _isolated(source, kind) if isinstance(row, Raw))


def _isolated(source: Source, kind: str, *arguments: str) -> Iterator[SheetNames | Raw]:
    check_file(source, MAX_BOOK_BYTES)
    seconds = LEAST_SECONDS + SECONDS_PER_MIB * (source.path.stat().st_size >> 20)
    command = [sys.executable, "-m", "commonhold.sheets.isolated_child", str(seconds), kind]
    child = subprocess.Popen(  # noqa: S603 - our own module, and a path that is no option
        [*command, str(source.path.resolve()), source.name, source.settings, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(commonhold.__file__).parents[1]), "PYTHONHASHSEED": "0"},
        text=True,
        encoding="utf-8",
    )
    whole = False
    try:
        assert child.stdout is not None
        for line in child.stdout:
            message = json.loads(line)
            if not isinstance(message, dict):
                number, cells, problem, remedy, faulty = message
                yield Raw(number, cells, problem, remedy, {int(column): (*why,) for column, why in faulty.items()})
            elif "sheets" in message:
                read, names, hidden, guesses, columns = message["sheets"]
                told = tuple(ReadingGuess(*guess) for guess in guesses)
                yield SheetNames(read, tuple(names), tuple(hidden), told, tuple(columns))
            else:
                problems = [Problem(source.name, *problem) for problem in message["problems"]]
                if problems:
                    raise FormError(problems)
                whole = True
        child.wait()
        if not whole:
            raise refused(source, "reading it takes too long or too much memory, or it is damaged", SMALLER)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()

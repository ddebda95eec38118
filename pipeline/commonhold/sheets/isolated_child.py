"""The other end of `isolated`: reads one file within limits, and writes its rows as JSON lines."""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from commonhold.errors import FormError
from commonhold.sheets.isolated import MAX_MEMORY_BYTES
from commonhold.sheets.row import Raw
from commonhold.sheets.source import Source
from commonhold.sheets.xlsx import SheetNames


def main(seconds: int, kind: str, source: Source, arguments: Sequence[str]) -> None:
    """Writes the rows of one file, and last an object with the problems; nothing last when the process is ended."""
    for what, most in ((resource.RLIMIT_AS, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(what, (most, most))
    problems: list[tuple[int, str, str, str]] = []
    try:
        for row in _rows(kind, source, arguments):
            _say({"sheets": row} if isinstance(row, SheetNames) else row)
    except FormError as error:
        problems = [(each.line, each.place, each.message, each.remedy) for each in error.problems]
    except MemoryError:
        return
    except Exception as error:  # whatever a foreign parser raises on a damaged file; by its name, for it may be us
        message = f"not readable, it seems to be damaged (told by the name {type(error).__name__})"
        problems = [(0, "", message, "Open it and save it again")]
    _say({"problems": problems})


def _rows(kind: str, source: Source, arguments: Sequence[str]) -> Iterator[SheetNames | Raw]:
    if kind == "sheet":
        from commonhold.sheets.xlsx import sheet_rows

        sheet, typed = arguments
        yield from sheet_rows(source, sheet or None, "text" if typed == "text" else "data")
        return
    if kind == "docx":
        from commonhold.sheets.docx import docx_sections as sections
    elif kind == "html":
        from commonhold.sheets.html import html_sections as sections
    else:
        from commonhold.sheets.pdf import pdf_sections as sections
    for number, section in enumerate(sections(source), start=1):
        yield Raw(number, section)


def _say(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    path, name, settings = sys.argv[3:6]
    main(int(sys.argv[1]), sys.argv[2], Source(Path(path), name, settings=settings), sys.argv[6:])

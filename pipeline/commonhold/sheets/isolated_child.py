"""The other end of `isolated`: reads one file within limits, and writes its rows as JSON lines."""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commonhold.errors import FormError
from commonhold.sheets.isolated import MAX_MEMORY_BYTES
from commonhold.sheets.row import Raw


def main(kind: str, path: Path, argument: str, seconds: int) -> None:
    """Writes the rows of one file, and last an object with the problems; nothing last when the process is ended."""
    for what, most in ((resource.RLIMIT_AS, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(what, (most, most))
    problems: list[tuple[int, str, str, str]] = []
    try:
        for row in _rows(kind, path, argument):
            _say(row)
    except FormError as error:
        problems = [(each.line, each.place, each.message, each.remedy) for each in error.problems]
    except MemoryError:
        return
    except Exception as error:  # whatever a foreign parser raises on a damaged file; told by its name, for it may be us
        told = f"not readable, it seems to be damaged ({type(error).__name__}: {error})"
        problems = [(0, "", told, "Open it and save it again")]
    _say({"problems": problems})


def _rows(kind: str, path: Path, argument: str) -> Iterator[Raw]:
    if kind == "sheet":
        from commonhold.sheets.xlsx import sheet_rows

        yield from sheet_rows(path, argument or None)
        return
    if kind == "docx":
        from commonhold.sheets.docx import word_sections as sections
    elif kind == "html":
        from commonhold.sheets.html import web_sections as sections
    else:
        from commonhold.sheets.pdf import pdf_sections as sections
    for number, section in enumerate(sections(path), start=1):
        yield Raw(number, section)


def _say(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))

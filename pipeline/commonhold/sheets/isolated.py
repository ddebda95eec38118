"""Foreign parsers in a process of their own: what crashes, hangs or swallows memory there ends there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import commonhold
from commonhold.errors import FormError, Problem
from commonhold.sheets.limits import MAX_BOOK_BYTES, check_file, refused
from commonhold.sheets.row import Raw

Kind = Literal["sheet", "docx", "html", "pdf"]

MAX_MEMORY_BYTES = 2 << 30
LEAST_SECONDS = 20
SECONDS_PER_MIB = 2
"""Of computing, for one file: the least that any may take, and more for each mebibyte."""
SMALLER = "Save it again, or split it into smaller files"


def isolated_rows(kind: Kind, path: Path, argument: str = "") -> Iterator[Raw]:
    """Rows of a spreadsheet, or a document's sections as `number, [heading, text, page]`.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read, or reading it takes too much computing, or 2 GiB of memory.
    """
    check_file(path, MAX_BOOK_BYTES)
    seconds = LEAST_SECONDS + SECONDS_PER_MIB * (path.stat().st_size >> 20)
    command = [
        sys.executable,
        "-m",
        "commonhold.sheets.isolated_child",
        kind,
        str(path.resolve()),
        argument,
        str(seconds),
    ]
    child = subprocess.Popen(  # noqa: S603 - our own module, and a path that is no option
        command,
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
            said = json.loads(line)
            if isinstance(said, dict):
                told = [Problem(str(path), *problem) for problem in said["problems"]]
                if told:
                    raise FormError(told)
                whole = True
            else:
                yield Raw(*said)
        child.wait()
        if not whole:
            raise refused(path, "reading it takes too long or too much memory, or it is damaged", SMALLER)
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()

"""The text of a file that a spreadsheet program saved, whatever it thought an encoding was."""

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import FormError, MissingInputError, Problem

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAVE_AS = "In Excel: Save As, CSV UTF-8. In LibreOffice and Google Sheets UTF-8 is the default"
_FOREIGN = re.compile("[\u00c0-\u00ff]{4}")
"""No word of western Europe has four letters in a row with marks; other alphabets read as Windows-1252 have nothing
else."""
_TELLING = re.compile("[A-Za-z]*[^\x00-\x7f]+[A-Za-z]*")


class Decoded(NamedTuple):
    """A file's text, and what was guessed."""

    text: str
    notes: tuple[Problem, ...] = ()


def decoded(path: Path, max_bytes: int) -> Decoded:
    """Text in UTF-8 or UTF-16, or in Windows-1252, which is a guess and said to be one.

    Raises:
        MissingInputError: there is no such file, or it may not be read.
        FormError: it is too large, or in another encoding; the message names the likeliest.
    """
    data = file_bytes(path, max_bytes)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data, encoding, path))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if b"\0" in data or not text or _FOREIGN.search(text):
        message = f"the letters are not saved as UTF-8{_likeliest(data)}"
        raise FormError([Problem(str(path), line, "", message, _SAVE_AS)])
    shown = ", ".join(dict.fromkeys(_TELLING.findall(text)[:5]))
    message = f"the file is not UTF-8 and was read as Windows-1252; look whether these are right: {shown}"
    return Decoded(text, (Problem(str(path), line, "", message, f"If they are not: {_SAVE_AS}"),))


def file_bytes(path: Path, max_bytes: int) -> bytes:
    """A whole file of at most so many bytes.

    Raises:
        MissingInputError: there is no such file, or it may not be read.
        FormError: it is too large.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file. Check the name, relative to where you call from")
    if (size := path.stat().st_size) > max_bytes:
        raise FormError([Problem(str(path), 0, "", f"{size:,} bytes, more than {max_bytes:,}", "Split the task")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingInputError(f"{path}: cannot be read ({error.strerror}). Check who may read the file") from error


def _strictly(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"the file says that it is {encoding.removesuffix('-sig')}, but has bytes that are not"
        raise FormError([Problem(str(path), line, "", message, _SAVE_AS)]) from error


def _likeliest(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    return f"; they look like {best.encoding}" if best and b"\0" not in data else ""

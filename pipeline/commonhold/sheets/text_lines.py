"""The lines of a text file in any encoding, none of them without end."""

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from commonhold.sheets.encodings import Encoding, find_encoding
from commonhold.sheets.guesses import ReadingGuess
from commonhold.sheets.limits import MAX_LINE_CHARACTERS, check_file
from commonhold.sheets.source import Source, refused

BLOCK_CHARACTERS = 1 << 17
"""Or bytes, that are looked at in one go."""


def text_chunks(source: Source, encoding: Encoding, newline: str) -> Iterator[str]:
    """The text, some at a time; `newline` is that of `open`."""
    with source.path.open("rb") as stream:
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:  # whatever encoding a person names
            stream.seek(0)
        with io.TextIOWrapper(stream, encoding.name, encoding.errors, newline) as text:
            while chunk := text.read(BLOCK_CHARACTERS):
                yield chunk


def line_blocks(source: Source, chunks: Iterable[str], newline: str = "", number: int = 0) -> Iterator[list[str]]:
    """Lines, ends kept, some thousand at a time, none longer than 16 Mi characters; `number` lines stand before.

    Raises:
        FormError: a line is longer.
    """
    rest = ""
    for chunk in chunks:
        lines = io.StringIO(rest + chunk, newline).readlines()
        rest = lines.pop() if lines else ""  # the next chunk may go on with it, or with the second half of its end
        if len(rest) >= MAX_LINE_CHARACTERS:
            message = f"a line of more than {MAX_LINE_CHARACTERS:,} characters"
            remedy = "Check that the file is a table with one row a line"
            raise refused(source, message, remedy, number + len(lines) + 1)
        number += len(lines)
        yield lines
    yield io.StringIO(rest, newline).readlines()


def text_lines(source: Source, encoding: Encoding, newline: str = "") -> Iterator[str]:
    """Lines of a text file, ends kept, none longer than 16 Mi characters.

    Raises:
        FormError: a line is longer.
    """
    return chain.from_iterable(line_blocks(source, text_chunks(source, encoding, newline), newline))


def whole_text(source: Source, most_bytes: int) -> tuple[str, ReadingGuess | None]:
    """A whole text file, line ends as they are, and what was guessed of its encoding.

    Raises:
        MissingInputError: there is no such file, or it may not be read.
        FormError: it is too large, or no text, or has bytes that are no letters.
    """
    check_file(source, most_bytes)
    encoding = find_encoding(source)
    if encoding.errors != "strict":
        encoding = find_encoding(source, encoding.name)
    return "".join(text_chunks(source, encoding, "")), encoding.guess

"""Sections of a text file (`.txt`, `.md`): in Markdown a heading and the text below it, else the whole text."""

import re
from collections.abc import Iterator

from commonhold.sheets.encodings import Encoding
from commonhold.sheets.limits import MAX_CELL_CHARACTERS
from commonhold.sheets.row import Raw
from commonhold.sheets.source import Source
from commonhold.sheets.text_lines import text_lines

HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
"""After CommonMark 0.31, ATX headings; headings that are underlined stay text."""
FENCE = re.compile(r" {0,3}(?:```|~~~)")
MOST_CHARACTERS = MAX_CELL_CHARACTERS // 4
"""Of a section, which ends with the paragraph that reaches it: a text without headings may be a book."""


def plain_sections(source: Source, encoding: Encoding) -> Iterator[Raw]:
    """Sections as `number, [heading, text, page]`; the number is the line on which a section starts.

    Paragraphs stay apart. Lines between fences are no headings.
    """
    markdown = source.suffix == ".md"
    heading, lines, start, size, fenced = "", list[str](), 1, 0, False
    for number, line in enumerate(text_lines(source, encoding), start=1):
        fenced ^= markdown and bool(FENCE.match(line))
        match = HEADING.fullmatch(line.rstrip("\r\n")) if markdown and not fenced else None
        if match or (size >= MOST_CHARACTERS and not line.strip()):
            yield from _section(start, heading, lines)
            heading, lines, start, size = match[1] if match else heading, [], number, 0
        else:
            lines.append(line)
            size += len(line)
    yield from _section(start, heading, lines)


def _section(number: int, heading: str, lines: list[str]) -> Iterator[Raw]:
    text = "".join(lines).strip()
    if heading or text:
        yield Raw(number, (heading, text, ""))

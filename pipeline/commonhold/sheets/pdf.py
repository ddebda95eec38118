"""Sections of a PDF file by the size and weight of its letters; the text that is in it, no character recognition."""

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from commonhold.sheets.sections import Block, Section, sections
from commonhold.sheets.source import Source, refused

MAX_PAGES = 5_000
MAX_CHARACTERS = 5_000_000
"""Of one page; the rest of it is not read."""
LARGER = 1.15
"""Size of a heading's letters over that of the text, from which it is one."""
BOLD = 600
"""Weight of a font, 400 being regular, from which it is bold."""
BOLD_NAMES = (b"bold", b"black", b"heavy")
MAX_FONT_NAME = 128
FULL = 0.75
"""Length of a line over the page's longest, under which it ends a paragraph."""
MAX_HEADING = 300
SENTENCE_ENDS = frozenset(".?!:\u061f\u3002\uff1f\u0964")
HYPHENS = (0x2, 0xFFFE)
"""What pdfium gives for a hyphen that only the end of the line put there."""


class PdfLine(NamedTuple):
    """A line of letters, as they are set."""

    text: str
    size: float
    bold: bool
    page: int
    hyphen: bool = False


def pdf_sections(source: Source) -> Iterator[Section]:
    """Headings (larger letters than most, or bold where most are not) and the text below them, with their page.

    Raises:
        FormError: it is no PDF, has a password, is too long, or has no text (a scan).
    """
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        document = pdfium.PdfDocument(str(source.path))
    except pdfium.PdfiumError as error:
        if "password" in str(error).casefold():
            raise refused(source, "it is protected by a password", "Save it without a password") from error
        raise refused(source, "not readable as PDF: it is damaged", "Open it and save it as PDF again") from error
    if len(document) > MAX_PAGES:
        raise refused(source, f"{len(document):,} pages, more than {MAX_PAGES:,}", "Split it into several files")
    lines: list[PdfLine] = []
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pdfium.PdfiumError as error:
            raise refused(source, f"page {number + 1} cannot be read", "Open it and save it as PDF again") from error
        lines += _lines(text, number + 1)
        text.close()
        page.close()
    if not any(line.text.strip() for line in lines):
        raise refused(source, "no text is in it, only pictures", "Have its text recognised (OCR), or type it")
    yield from sections(_blocks(lines))


def _lines(text: Any, page: int) -> Iterator[PdfLine]:
    from pypdfium2 import raw

    line: list[tuple[int, int]] = []  # each letter's index and code point
    for index in range(min(text.count_chars(), MAX_CHARACTERS)):
        letter = raw.FPDFText_GetUnicode(text, index)
        if letter not in (0x0A, 0x0D):
            line.append((index, letter))
        elif line:
            yield _line(text, line, page)
            line = []
    if line:
        yield _line(text, line, page)


def _line(text: Any, letters: Sequence[tuple[int, int]], page: int) -> PdfLine:
    from pypdfium2 import raw

    shown = [index for index, letter in letters if letter != 0x20]
    sizes = Counter(round(raw.FPDFText_GetFontSize(text, index), 1) for index in shown)
    size = max(sizes, key=lambda each: (sizes[each], each)) if sizes else 0.0
    bold = bool(shown) and _is_bold(text, shown[0]) and _is_bold(text, shown[-1])
    words = "".join(chr(letter) for _, letter in letters if 0 < letter < 0x110000 and letter not in HYPHENS)
    return PdfLine(words, size, bold, page, letters[-1][1] in HYPHENS)


def _is_bold(text: Any, index: int) -> bool:
    """By the font's weight, or its name: the fonts that every reader brings along tell no weight."""
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(MAX_FONT_NAME)
    raw.FPDFText_GetFontInfo(text, index, name, MAX_FONT_NAME, ctypes.byref(ctypes.c_int()))
    return raw.FPDFText_GetFontWeight(text, index) >= BOLD or any(word in name.value.lower() for word in BOLD_NAMES)


def _blocks(lines: Sequence[PdfLine]) -> Iterator[Block]:
    weights: Counter[tuple[float, bool]] = Counter()
    longest: Counter[int] = Counter()
    for line in lines:
        weights[(line.size, line.bold)] += len(line.text)
        longest[line.page] = max(longest[line.page], len(line.text))
    usual_size, usual_bold = weights.most_common(1)[0][0]

    def is_heading(line: PdfLine) -> bool:
        larger = line.size >= LARGER * usual_size > 0
        return len(line.text) <= MAX_HEADING and (larger or (line.bold and not usual_bold))

    part: list[PdfLine] = []
    for line in lines:
        if not line.text.strip() or line.text.strip() == str(line.page):  # the page's number
            continue
        if part and _ends(part[-1], line, longest, is_heading(part[-1]), is_heading(line)):
            yield _block(part, is_heading(part[0]))
            part = []
        part.append(line)
    if part:
        yield _block(part, is_heading(part[0]))


def _ends(last: PdfLine, line: PdfLine, longest: Counter[int], was_heading: bool, heading: bool) -> bool:
    if was_heading or heading:  # a heading may run over two lines of one size
        alike = (last.size, last.bold, last.page) == (line.size, line.bold, line.page)
        return not (was_heading and heading and alike and last.text.rstrip()[-1:] not in SENTENCE_ENDS)
    return not last.hyphen and len(last.text) < FULL * longest[last.page]


def _block(part: Sequence[PdfLine], heading: bool) -> Block:
    text = "".join(line.text.strip() + ("" if line.hyphen else " ") for line in part)
    return Block(text, heading, str(part[0].page))

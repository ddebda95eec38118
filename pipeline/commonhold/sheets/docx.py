"""Sections of a Word document (`.docx`), without what its reader does not see."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from commonhold.sheets.limits import BROKEN_ZIP, check_archive
from commonhold.sheets.sections import Block, Section, sections
from commonhold.sheets.source import Source, refused

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING_STYLE = re.compile(r"(?:heading [1-9]|title|subtitle)", re.IGNORECASE)
UNSEEN = frozenset({f"{W}del", f"{W}moveFrom", f"{W}txbxContent"})
MAX_BOLD_HEADING = 300
"""Characters of a bold paragraph that may still be a heading."""
MAX_STYLES_ABOVE = 20
OFF = frozenset({"0", "false", "off", "none"})


def docx_sections(source: Source) -> Iterator[Section]:
    """Headings and the text below them; a table's row is a line with tabs between its cells.

    Headings are paragraphs with a heading style or an outline level; where a document has none, short paragraphs all
    in bold. Deleted text (tracked changes), hidden text, text boxes, notes, headers and footers are not read.

    Raises:
        FormError: it is no Word document, or damaged.
    """
    import docx

    if not zipfile.is_zipfile(source.path):
        raise refused(
            source, "not a Word document of the kind .docx", "Open it and save it as .docx, without a password"
        )
    try:
        check_archive(source)
        document = docx.Document(str(source.path))
        body: Any = document.element.body
        styles: Any = document.styles.element
    except (*BROKEN_ZIP, KeyError, AttributeError, TypeError, SyntaxError) as error:
        # python-docx has one error of its own and lets those of lxml (a SyntaxError) and of zipfile through.
        message = "not readable as a Word document: it is damaged"
        raise refused(source, message, "Open it and save it as .docx again") from error
    if body is None:
        raise refused(source, "the document has no body", "Open it and save it as .docx again")
    headings = _heading_styles(styles)
    paragraphs = list(_blocks(body, headings, bold=False))
    if not any(block.heading for block in paragraphs):
        paragraphs = list(_blocks(body, headings, bold=True))
    yield from sections(paragraphs)


def _heading_styles(styles: Any) -> frozenset[str]:
    """Ids of paragraph styles that are headings by name or outline level, their own or of the style they build on."""
    by_id: dict[str, Mapping[str, str]] = {}
    for style in styles.iter(f"{W}style"):
        by_id[style.get(f"{W}styleId", "")] = {
            "name": _value(style.find(f"{W}name")),
            "level": _value(style.find(f"{W}pPr/{W}outlineLvl")),
            "above": _value(style.find(f"{W}basedOn")),
        }

    def is_heading(name: str) -> bool:
        for _ in range(MAX_STYLES_ABOVE):
            style = by_id.get(name)
            if style is None:
                return False
            if HEADING_STYLE.fullmatch(style["name"]) or _is_level(style["level"]):
                return True
            name = style["above"]
        return False

    return frozenset(name for name in by_id if is_heading(name))


def _blocks(parent: Any, headings: frozenset[str], bold: bool) -> Iterator[Block]:
    for element in parent:
        if element.tag == f"{W}p":
            text = _text(element)
            yield Block(text, _is_bold(element, text) if bold else _is_heading(element, headings))
        elif element.tag == f"{W}tbl":
            for row in element.iter(f"{W}tr"):
                cells = (" ".join(_text(each) for each in cell.iter(f"{W}p")) for cell in row.findall(f"{W}tc"))
                yield Block("\t".join(cells))
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _blocks(element, headings, bold)


def _is_heading(paragraph: Any, headings: frozenset[str]) -> bool:
    style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
    return style in headings or _is_level(_value(paragraph.find(f"{W}pPr/{W}outlineLvl")))


def _is_bold(paragraph: Any, text: str) -> bool:
    if not 0 < len(text.strip()) <= MAX_BOLD_HEADING:
        return False
    runs = [run for run in _runs(paragraph) if _run_text(run).strip()]
    return bool(runs) and all(_is_on(run.find(f"{W}rPr/{W}b")) for run in runs)


def _runs(paragraph: Any) -> Iterator[Any]:
    for run in paragraph.iter(f"{W}r"):
        above = run.getparent()
        while above is not None and above is not paragraph and above.tag not in UNSEEN:
            above = above.getparent()
        if above is paragraph and not _is_on(run.find(f"{W}rPr/{W}vanish")):
            yield run


def _text(paragraph: Any) -> str:
    return "".join(_run_text(run) for run in _runs(paragraph))


def _run_text(run: Any) -> str:
    parts = []
    for child in run:
        if child.tag == f"{W}t":
            parts.append(child.text or "")
        elif child.tag in (f"{W}br", f"{W}cr"):
            parts.append("\n")
        elif child.tag == f"{W}tab":
            parts.append("\t")
        elif child.tag == f"{W}noBreakHyphen":
            parts.append("-")
    return "".join(parts)


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))


def _is_on(element: Any) -> bool:
    return element is not None and _value(element).casefold() not in OFF


def _is_level(value: str) -> bool:
    return value.isdecimal() and int(value) < 9  # 9 is body text

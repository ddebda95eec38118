"""Sections of a web page, without scripts and without what its reader does not see."""

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from commonhold.sheets.encodings import MARKS, find_encoding
from commonhold.sheets.sections import Block, Section, sections
from commonhold.sheets.source import Source, refused

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_BYTES = 32 << 20
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "legend"})
"""`dt` and `summary` hold the questions of lists of questions and answers."""
UNSEEN = frozenset(
    re.findall(
        r"\w+",
        "audio base canvas datalist embed head iframe link map math meta noframes noscript object param rp script "
        "select style svg template textarea title track video",
    )
)
INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q rt ruby s samp "
        "small span strike strong sub sup time tt u var wbr",
    )
)
HIDING = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9]))", re.I
)
CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.I)
SPACES = re.compile(r"[ \t\r\n\f]+")


def html_sections(source: Source) -> Iterator[Section]:
    """Headings (`h1` to `h6`, `dt`, `summary`) and the text below them; a table's row is a line with tabs.

    Elements with `hidden`, `aria-hidden="true"` or a style of their own that hides them are left out; what only a
    style sheet or a script hides is not known.

    Raises:
        FormError: it is too large, or in no encoding that can be read.
    """
    from selectolax.lexbor import LexborHTMLParser

    if source.path.stat().st_size > MAX_BYTES:
        raise refused(source, f"more than {MAX_BYTES >> 20} MB", "Split it into several pages")
    body = LexborHTMLParser(_decoded(source)).body
    if body is not None:
        yield from sections(_blocks(body))


def _decoded(source: Source) -> str:
    """The text, by byte-order mark, `<meta charset>` or as any text file (WHATWG: unreadable bytes are replaced)."""
    data = source.path.read_bytes()
    if not any(data.startswith(mark) for mark, _ in MARKS) and (declared := CHARSET.search(data, 0, 4096)):
        name = declared[1].decode("ascii")
        try:
            name = codecs.lookup(name).name
            return data.decode("cp1252" if name == "iso8859-1" else name, "replace")
        except (LookupError, ValueError):
            pass  # no encoding of text, or none that Python knows
    encoding = find_encoding(source)
    return data.decode(encoding.name, "replace")


def _blocks(body: "LexborNode") -> Iterator[Block]:
    """Walks the tree without recursion: pages may be nested as deep as their makers liked."""
    line: list[str] = []
    headings = 0
    node: LexborNode | None = body
    while node is not None:
        inside = _opens(node)
        if node.is_text_node:
            line.append(SPACES.sub(" ", node.text_content or ""))
        elif inside and node.tag not in INLINE:
            yield from _flush(line, headings > 0, node.tag in ("td", "th"))
            headings += node.tag in HEADINGS
        if node.tag == "br":
            line.append("\n")
        if inside and node.first_child is not None:
            node = node.first_child
            continue
        while node is not None:
            if _opens(node) and node.tag not in INLINE:
                yield from _flush(line, headings > 0, node.tag in ("td", "th"))
                headings -= node.tag in HEADINGS
            if node.mem_id == body.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent


def _flush(line: list[str], heading: bool, in_row: bool) -> Iterator[Block]:
    if in_row and not heading:
        line.append("\t")  # the row ends the line, not the cell
        return
    text = "".join(line)
    line.clear()
    if text.strip():
        yield Block(text, heading)


def _opens(node: "LexborNode") -> bool:
    """Whether an element is seen, and what is in it."""
    if not node.is_element_node or node.tag in UNSEEN:
        return False
    attributes = node.attributes
    if "hidden" in attributes or (attributes.get("aria-hidden") or "").strip().casefold() == "true":
        return False
    return not HIDING.search(attributes.get("style") or "")

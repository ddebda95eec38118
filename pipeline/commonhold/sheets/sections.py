"""A document as sections: a heading and the text below it."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

BLANKS = re.compile(r"[ \r\f\v\u00a0]+")
TABS = re.compile(r" ?(?:\t ?)+")


class Section(NamedTuple):
    """What is between one heading and the next."""

    heading: str
    """Empty for the text before the first heading."""
    text: str
    page: str = ""
    """On which the heading is, 1-based; empty where a format has no pages."""


class Block(NamedTuple):
    """A paragraph, a row of a table or a line, in the order of reading."""

    text: str
    heading: bool = False
    page: str = ""


def sections(blocks: Iterable[Block]) -> Iterator[Section]:
    """Blocks gathered under their headings; headings that follow each other have sections without text."""
    heading, page, texts = "", "", list[str]()
    started = False
    for block in blocks:
        text = tidy(block.text)
        if not text:
            continue
        if block.heading:
            if started:
                yield Section(heading, tidy("\n".join(texts)), page)
            heading, page, texts = text.replace("\n", " "), block.page, []
        else:
            page = block.page if not started else page
            texts.append(text)
        started = True
    if started:
        yield Section(heading, tidy("\n".join(texts)), page)


def tidy(text: str) -> str:
    """Text with single spaces and tabs, without blank lines; surrogates that no text may hold are replaced."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = (line.strip() for line in TABS.sub("\t", BLANKS.sub(" ", whole)).split("\n"))
    return "\n".join(line for line in lines if line)

import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.curate.reporting.told import texts

from commonhold.curate.reporting.markdown import plain
from commonhold.curate.reporting.parts import Curve
from commonhold.curate.reporting.report import html_report, markdown_report
from commonhold.curate.reporting.sections import sections
from commonhold.records.curation_summary import CurationSummary

VOID = {"meta", "br", "rect", "path", "line", "polyline"}


class Page(HTMLParser):
    """Collects the tags, attributes and text of a page, and notes what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.by_tag: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.by_tag.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.by_tag if name == tag]


def test_the_page_needs_nothing_from_outside_and_runs_nothing(eventful: CurationSummary) -> None:
    found = html_report(eventful)
    page = Page(found)
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"} & set(page.tags)
    assert not {"src", "href", "style", "srcset", "xlink:href"} & {name for name, _ in page.attributes}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|@font-face|https?:", found)
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert policy in page.having("meta")


def test_the_page_fits_a_phone_the_dark_and_paper(summary: CurationSummary) -> None:
    page = html_report(summary)
    assert '<meta name="viewport" content="width=device-width' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_what_is_drawn_is_told_in_words_too(eventful: CurationSummary) -> None:
    page = Page(html_report(eventful))
    drawn = page.having("svg")
    assert len(drawn) > 20
    assert all(one.get("aria-hidden") == "true" or one.get("aria-label") for one in drawn)
    tables = page.having("table")
    assert len(page.having("caption")) == len(tables) == 5  # to mend, reasons, files, steps, curve
    assert all(one.get("scope") in ("row", "col") for one in page.having("th"))


def hostile(value: Any, attack: str) -> Any:
    """The same with every text replaced, keys of counts included, but for days and names of splits and purposes."""
    if isinstance(value, str):
        return value if re.fullmatch(r"\d{4}-\d\d-\d\d|drop|", value) else attack
    if isinstance(value, dict):
        keep = value.keys() <= {"train", "test", "validation", "evaluate"} or not all(isinstance(k, str) for k in value)
        return value if keep else {f"{attack}{n}": hostile(inner, attack) for n, inner in enumerate(value.values())}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: hostile(getattr(value, f.name), attack) for f in fields(value)})
    if isinstance(value, tuple | list):
        return tuple(hostile(inner, attack) for inner in value)
    return value


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>\"'&", "</style></title><img src=x onerror=y>", "{{ 7 }}"]
)
def test_whatever_people_wrote_is_escaped(eventful: CurationSummary, attack: str) -> None:
    own = replace(eventful.asked, own_kinds=())
    told = replace(hostile(eventful, attack), asked=own, as_of="2026-06-01")
    page = Page(html_report(told))
    assert page.tags.count("script") == page.tags.count("img") == 0
    assert (page.tags.count("title"), page.tags.count("style")) == (2, 1)  # the page's title and the curve's
    assert page.text.count(attack) >= 25
    assert not re.search(r"(?<!\\)<(script|img|/style)", re.sub(r"(`+).*?\1", "", markdown_report(told)))


def test_commands_in_markdown_stand_between_backticks(summary: CurationSummary) -> None:
    file = replace(summary.files[0], file="a`b.csv")
    assert "``commonhold curate show 'a`b.csv:2'``" in markdown_report(replace(summary, files=(file,)))


def test_a_table_cell_in_markdown_cannot_break_the_table(summary: CurationSummary) -> None:
    page = markdown_report(replace(summary, sources={"a|b\nc": 9}))
    assert "| a\\|b c | 9 | " in page


def test_markdown_tells_all_that_the_page_tells(eventful: CurationSummary) -> None:
    page, text = Page(html_report(eventful)).text, markdown_report(eventful)
    for one in texts([block for part in sections(eventful) for block in part.blocks if not isinstance(block, Curve)]):
        if one in ("Reasons, rows and what helps", "Rows by file"):  # said by the headings
            continue
        assert " ".join(one.split()) in " ".join(page.split())
        assert plain(one) in text or one in text


def test_a_stream_that_loses_nothing_says_so(summary: CurationSummary) -> None:
    whole = html_report(replace(summary, records_in=9, dropped_by_reason={}, steps=()))
    assert "No row is left out." in whole
    assert "The stream narrows" not in whole
    assert "No row is left out." not in html_report(summary)


def test_the_stream_tells_how_many_leave_it_and_go_on(summary: CurationSummary) -> None:
    text = " ".join(Page(html_report(summary)).text.split())
    assert "10 sent Is there consent? −1 No consent 9 go on 9 used" in text

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from commonhold.curate.report import bars, html_report, lead, markdown_report
from commonhold.curate.settings import Settings
from commonhold.curate.summary import Summary
from commonhold.figures import count, listed

ROWS = "Message,Reply,Who,Language,OK?\n" + "".join(
    f"alpha{n} beta{n} gamma{n} 555-01{n:02},reply,p{n},en,{'yes' if n else 'no'}\n" for n in range(10)
)


@pytest.fixture
def summary(
    community: Callable[..., Path], curated: Callable[..., tuple[Summary, Path]], settings: Settings
) -> Summary:
    return curated(community(ROWS), replace(settings, test_share=0.2))[0]


class Page(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_first_paragraph_says_it_all(summary: Summary) -> None:
    assert lead(summary) == (
        "Of 10 rows you sent, 9 are used: 7 to learn from and 2 to test it. "
        "1 is not used: 1 because there is no consent. "
        "In 9 rows, personal data was masked: 9 phone numbers."
    )


def test_nothing_is_said_of_what_did_not_happen(summary: Summary) -> None:
    quiet = replace(summary, records_in=9, dropped_by_reason={}, redactions={}, redacted_records=0)
    assert lead(quiet) == "Of 9 rows you sent, 9 are used: 7 to learn from and 2 to test it."


def test_the_page_needs_nothing_from_outside_and_runs_nothing(summary: Summary) -> None:
    page = Page(html_report(summary))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onclick", "onload", "style"} & {name for name, _ in page.attributes}
    assert "rect" in page.tags
    assert "url(" not in html_report(summary)


def test_the_page_fits_a_phone_and_the_dark(summary: Summary) -> None:
    page = html_report(summary)
    assert '<meta name="viewport" content="width=device-width' in page
    assert "prefers-color-scheme: dark" in page


def test_whatever_people_wrote_is_escaped(summary: Summary) -> None:
    attack = "<script>alert(1)</script>\"'&"
    hostile = replace(
        summary,
        title=attack,
        description=attack,
        licence=attack,
        contact=attack,
        notes=attack,
        warnings=(attack,),
        languages={attack: 1},
        sources={attack: 1},
        files=(replace(summary.files[0], file=attack),),
    )
    page = Page(html_report(hostile))
    assert "script" not in page.tags
    assert page.text.count(attack) >= 9
    assert "<script" not in markdown_report(hostile).replace("\\<", "")


def test_a_table_cell_in_markdown_cannot_break_the_table(summary: Summary) -> None:
    page = markdown_report(replace(summary, sources={"a|b\nc": 9}))
    assert "| a\\|b c | 9 |" in page


def test_many_bars_are_cut_and_the_rest_counted_together() -> None:
    drawn = bars({f"p{n}": 20 - n for n in range(14)})
    assert len(drawn) == 13
    assert (drawn[-1].label, drawn[-1].number) == ("2 others together", 8 + 7)
    assert (drawn[0].width, drawn[10].width) == (100.0, 50.0)


def test_counts_and_lists_read_as_sentences() -> None:
    assert [count(1, "row", "rows"), count(2345, "row", "rows")] == ["1 row", "2,345 rows"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]

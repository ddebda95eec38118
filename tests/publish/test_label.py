"""The label answers seven questions on one page, and shows whatever people wrote as text."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from commonhold.digests import sha256_bytes
from commonhold.publish.record import record_bytes
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.views.label import energy, label_page

MakeRecord = Callable[..., ModelRecord]
SLICE = {"items": 20, "base": 0.5, "tuned": 0.5, "difference": 0.0, "wins": 0, "losses": 0}
ROW: dict[str, Any] = {"task": "t", "title": "T", "scorer": "exact/1", "contaminated": 0, "slices": []}


class Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's form
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data if self.tags[-1:] != ["style"] else ""


def shown(record: ModelRecord) -> str:
    return " ".join(Page(label_page(record)).text.split())


def results(low: float, high: float) -> dict[str, Any]:
    """One task whose difference has this interval."""
    intervals = {"base_interval": [0.4, 0.6], "tuned_interval": [0.4, 0.6], "difference_interval": [low, high]}
    return {"results": [{**ROW, "overall": {**SLICE, **intervals, "name": "all"}}]}


@pytest.mark.parametrize(
    "text",
    [
        "What it is for Volunteers read every reply before it goes out.",
        "What it must not be used for Emergencies Legal advice",
        "What it was made of Base model Toy Base, licence MIT",
        "80 messages by 2 people: Water desk messages, CC-BY-4.0",
        "10 of 100 rows, 7 without agreement",
        "People in the language es: 50 % right of 20 questions in “Desk”, against 75 % for everybody.",
        "Decided on by desk volunteers and residents' council. Contact: desk@water.example",
        "12.3 Wh for training (estimated from cpu time)",
        "To take them back: Write to us with the number of the entry.",
        "commonhold verify .",
    ],
)
def test_label_answers(text: str, record_of: MakeRecord) -> None:
    assert text in shown(record_of())


def test_label_names_the_record_it_is_made_of(record_of: MakeRecord) -> None:
    record = record_of()
    assert sha256_bytes(record_bytes(record)) in shown(record)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, 0.2, "surely better"),
        (0.0, 0.2, "too few questions to be sure"),
        (-0.2, 0.0, "too few questions to be sure"),
        (-0.2, -0.01, "surely worse"),
    ],
)
def test_a_change_is_called_real_only_where_its_interval_is_on_one_side(
    low: float, high: float, words: str, record_of: MakeRecord
) -> None:
    assert words in shown(record_of(results=results(low, high)))


@pytest.mark.parametrize(
    ("kwh", "text"), [(0.00015, "0.15 Wh"), (0.0123, "12.3 Wh"), (0.0999, "99.9 Wh"), (1.5, "1.5 kWh")]
)
def test_energy_is_told_in_small_numbers(kwh: float, text: str) -> None:
    assert energy(kwh) == text


@pytest.mark.parametrize(("verdict", "warned"), [("pass", False), ("inconclusive", True)])
def test_condition_that_is_not_met_is_told_at_the_top(verdict: str, warned: bool, record_of: MakeRecord) -> None:
    record = record_of(results={"gates": [{"name": "g", "verdict": verdict, "reason": "So."}]})
    assert ("1 of 1 conditions for publication failed or could not be decided." in shown(record)) is warned


def test_page_loads_nothing_and_runs_nothing(record_of: MakeRecord) -> None:
    page = label_page(record_of())
    assert not {"script", "link", "img", "iframe", "form", "a"} & set(Page(page).tags)
    assert not re.search(r"https?:|url\(", page)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</main><img src=x>", "&lt;b&gt;", '" onload="x'])
def test_what_people_wrote_cannot_change_the_page(text: str, record_of: MakeRecord, inputs: Any) -> None:
    honest = Page(label_page(record_of())).tags
    more = {"out_of_scope": (text, text), "stewards": (text,)}
    governance = inputs.governance.model_copy(
        update={**dict.fromkeys(("purpose", "intended_use", "contact"), text), **more}
    )
    written = dict.fromkeys(("title", "licence", "contact", "withdrawal", "consent_basis"), text)
    record = record_of(curation=written, governance=governance)
    assert Page(label_page(record)).tags == honest
    assert shown(record).count(" ".join(text.split())) >= 8

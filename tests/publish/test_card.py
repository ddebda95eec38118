"""The model card says what the record says, in valid YAML and Markdown, whatever people wrote into it."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from commonhold.forms import parse_yaml
from commonhold.number_format import percent, points
from commonhold.publish.card import model_card
from commonhold.publish.front_matter import front_matter, quoted
from commonhold.publish.inputs import BaseOrigin, BundleInputs, LeftOut
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.wording import plain
from commonhold.records.resolved_recipe import ResolvedRecipe

MakeRecord = Callable[..., ModelRecord]
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    "![](http://evil.example/track.png)",
    "# A heading\n\n---\nlicense: mit\n---\n",
    '"\nlicense: mit\ntags: ["trusted"]\n---\n',
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```\n```python\nimport os\n```",
    "`code` **bold** _it_ ~~gone~~",
    "- item\n- item",
    "1. item",
    "2) item",
    "+ item",
    "===",
    "> quote",
    "    indented",
    "&lt;b&gt; &amp; &#60;",
    "[ref]: http://evil.example",
    "<!-- swallow everything",
    "\\<b\\>",
    "\u202egnp.exe",
    "a\x00b\x1b[31m",
    "line\u2028separator\u0085next",
    "$$\\href{javascript:alert(1)}{x}$$",
]


class Tags(HTMLParser):
    """Tags and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag if not attrs else f"{tag} {sorted(dict(attrs))}")

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> Tags:
    """Markdown as a page that lets HTML through, as the worst reader would."""
    page = Tags()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))
    page.close()
    return page


def halves(card: str) -> tuple[Any, str]:
    """The card's head as data, and its body."""
    _, head, body = re.split(r"^---\n", card, maxsplit=2, flags=re.MULTILINE)
    return parse_yaml(head, "README.md").data, body


def test_head_is_what_the_hub_asks_for(record_of: MakeRecord) -> None:
    head, _ = halves(model_card(record_of()))
    results = head.pop("model-index")
    assert head == {
        "license": "apache-2.0",
        "base_model": "toys/base",
        "base_model_relation": "adapter",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "language": ["en", "es"],
        "tags": ["commonhold", "lora", "community-data"],
    }
    assert [entry["name"] for entry in results] == ["water-desk"]
    result = results[0]["results"][0]
    assert result["dataset"] == {"type": "desk", "name": "Desk"}
    tuned = {"items": 60, "ci95_low": 0.625, "ci95_high": 0.875}
    assert result["metrics"][0]["value"] == 0.75
    assert result["metrics"][0]["args"] == tuned


def test_licence_that_the_hub_does_not_know_keeps_its_name(record_of: MakeRecord) -> None:
    head, _ = halves(model_card(record_of(licence="LicenseRef-Water-1")))
    assert (head["license"], head["license_name"]) == ("other", "LicenseRef-Water-1")


def test_small_figures_stay_numbers_for_old_readers_of_yaml(record_of: MakeRecord) -> None:
    part = {"name": "all", "items": 9, "base": 1e-5, "tuned": 1e-5, "difference": 0.0, "wins": 0, "losses": 0}
    intervals = {f"{name}_interval": [0.0, 1e-5] for name in ("base", "tuned", "difference")}
    row = {
        "task": "t",
        "title": "T",
        "scorer": "e/1",
        "contaminated": 0,
        "overall": {**part, **intervals},
        "slices": [],
    }
    assert "value: 0.000010" in front_matter(record_of(results={"results": [row]}))


def test_figures_are_told_with_their_intervals(record_of: MakeRecord) -> None:
    row = "| Desk | 60 | 25 % (12.5 % to 37.5 %) | 75 % (62.5 % to 87.5 %) | +50 points (+37.5 to +62.5) |"
    assert row in model_card(record_of()).splitlines()


def test_the_served_files_score_stands_beside_the_evaluated_one(record_of: MakeRecord) -> None:
    card = model_card(record_of())
    row = "| Desk | 20 | 75 % (50 % to 90 %) | 75 % (50 % to 90 %) | 0 points (−10 to +10) | 19 |"
    assert row in card.splitlines()
    assert "left out where it is surely worse by more than\n5 points." in card
    assert "The file that is served" not in model_card(record_of(merged=None))


def test_forms_that_were_left_out_are_told_with_the_reason(record_of: MakeRecord) -> None:
    left_out = [LeftOut("q8_0", "It is surely worse at desk.", False), LeftOut("f16", "Making it failed.", True)]
    card = model_card(record_of(gguf=None, left_out=left_out))
    assert "- **Left out:** the GGUF in 8 bits. It is surely worse at desk.\n" in card
    assert "the GGUF in 16 bits. Making it failed. This is a fault of the program, and none of the model" in card


def test_worst_served_group_is_told(record_of: MakeRecord) -> None:
    assert "Served worst: language es in “Desk”, where the tuned model scores 50 %" in model_card(record_of())


def test_bar_in_a_title_moves_no_figure_to_another_column(record_of: MakeRecord) -> None:
    part = {"name": "all", "items": 9, "base": 0.0, "tuned": 1.0, "difference": 1.0, "wins": 9, "losses": 0}
    intervals = {f"{name}_interval": [0.0, 1.0] for name in ("base", "tuned", "difference")}
    row = {"task": "t", "title": "in | out", "scorer": "e/1", "contaminated": 0, "slices": []}
    card = model_card(record_of(results={"results": [{**row, "overall": {**part, **intervals}}]}))
    cells = "in | out\n9\n0 % (0 % to 100 %)\n100 % (0 % to 100 %)\n+100 points (0 to +100)\n"
    assert cells in rendered(halves(card)[1]).text


def test_nobody_is_called_worst_served_without_groups(record_of: MakeRecord) -> None:
    card = model_card(record_of(results={"results": []}))
    assert "Nobody can say who is served worst" in card


@pytest.mark.parametrize(("verdict", "warned"), [("pass", False), ("fail", True), ("inconclusive", True)])
def test_gate_that_does_not_hold_is_told_at_the_top(verdict: str, warned: bool, record_of: MakeRecord) -> None:
    gate = {"name": "g", "verdict": verdict, "reason": "So."}
    card = model_card(record_of(results={"gates": [gate]}))
    assert ("Not every condition for publication holds" in card.split("## Who it is for")[0]) is warned


@pytest.mark.parametrize(
    "text",
    [
        "desk volunteers and residents' council",
        "desk@water.example",
        "data@water.example",
        "Write to us with the number of the entry.",
        "Everyone was asked.",
        "- Emergencies",
        "no consent 7, exact duplicate 3",
        "10 minutes on CPU, 0.0123 kWh (estimated from cpu time)",
        'base = AutoModelForCausalLM.from_pretrained("toys/base", revision="rev1")',
        '{"role": "system", "content": "You are the water desk."}',
        "commonhold serve",
        "**GGUF:** holds every layer of base and adapter up to rounding; writes the same next token as they do at 99 %",
        "**Chat template:** that of the base, ",
        "**Openness:** class III of the Model Openness Framework (not more open: Evaluation data: ",
        "`ollama create water-desk -f Modelfile`.",
        "- signature (not applicable): ",
    ],
)
def test_card_answers(text: str, record_of: MakeRecord) -> None:
    assert text in model_card(record_of())


def test_base_that_is_in_no_repository_is_a_folder_to_fill_in(record_of: MakeRecord) -> None:
    card = model_card(record_of(base_origin=BaseOrigin("Toy", "In a package.")))
    assert 'from_pretrained("FOLDER_OF_toy-base")' in card
    assert halves(card)[0]["base_model"] == "toy-base"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_cannot_change_the_card(text: str, record_of: MakeRecord, inputs: BundleInputs) -> None:
    honest = rendered(halves(model_card(record_of()))[1])
    governance = dict.fromkeys(("purpose", "intended_use", "contact"), text)
    written = ("title", "description", "licence", "contact", "withdrawal", "consent_basis", "collected_by")
    row = {"task": text, "title": text, "scorer": text, "contaminated": 0, "slices": []}
    part = {"name": "all", "items": 9, "base": 0.0, "tuned": 1.0, "difference": 1.0, "wins": 9, "losses": 0}
    intervals = {f"{name}_interval": [0.0, 1.0] for name in ("base", "tuned", "difference")}
    record = record_of(
        curation={**dict.fromkeys(written, text), "warnings": [text], "dropped_by_reason": {text: 1, "b": 2}},
        results={
            "results": [{**row, "overall": {**part, **intervals}}],
            "gates": [{"name": text, "verdict": "pass", "reason": text}],
        },
        governance={**governance, "out_of_scope": [text, text], "stewards": [text, text]},
        base_origin=BaseOrigin(text, text, "toys/base", "A"),
        licence=text,
    )
    head, body = halves(model_card(record))
    assert head["license"] == "other"
    assert head["license_name"] == text
    assert head["model-index"][0]["results"][0]["dataset"]["name"] == text
    # One more gap: the toy task of this test has no groups.
    assert sorted(rendered(body).tags) == sorted([*honest.tags, "li"])


@pytest.mark.parametrize("text", ["```\n# Out", '"}]\n```\n<script>', "</code></pre><script>"])
def test_system_prompt_cannot_leave_its_code_block(text: str, record_of: MakeRecord, inputs: BundleInputs) -> None:
    resolved = ResolvedRecipe({**inputs.recipe.resolved.sections, "data": {"system_prompt": text}})
    recipe = replace(inputs.recipe, resolved=resolved)
    honest = rendered(halves(model_card(record_of()))[1])
    assert rendered(halves(model_card(record_of(recipe=recipe)))[1]).tags == honest.tags


@given(text=st.text())
@pytest.mark.parametrize("frame", ["{}", "- {}", "- **Name:** {}", "> {}"])
def test_plain_text_is_shown_as_it_is_written(frame: str, text: str) -> None:
    page = rendered(frame.format(plain(text)))
    assert set(page.tags) <= {"p", "ul", "li", "strong", "blockquote"}
    shown = " ".join(page.text.removeprefix("\n").split())
    assert shown.replace("Name:", "", 1).replace("\ufffd", "").strip() == expected(text)


def expected(text: str) -> str:
    """The text on one line, without the characters that cannot be seen."""
    one_line = " ".join(text.split())
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\ufffe\uffff]", "", one_line
    ).strip()


@given(text=st.text())
@example(text="a \u2028 b")
@example(text="a \x85 b")
def test_any_text_survives_the_head(text: str) -> None:
    assert parse_yaml(f"key: {quoted(text)}\nother: 1\n", "x").data == {"key": text, "other": 1}


@pytest.mark.parametrize(
    ("difference", "text"),
    [(0.125, "+12.5 points"), (-0.03, "−3 points"), (-0.0001, "−under 0.1 points"), (0.0, "0 points")],
)
def test_differences_have_their_sign(difference: float, text: str) -> None:
    assert points(difference) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100 %"), (0.9999, "over 99.9 %"), (0.997, "99.7 %"), (0.0, "0 %")])
def test_only_a_whole_share_is_called_whole(share: float, text: str) -> None:
    assert percent(share) == text

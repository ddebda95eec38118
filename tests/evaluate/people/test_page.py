"""The rating page: whole, offline, and safe from the texts that it shows."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluate.people.makers import draw, make_scores

from commonhold.evaluate.people.pack import VERDICTS, Pack
from commonhold.evaluate.people.page import page_words, render_page

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> & &amp; \u2028\u2029 \x07",
    "لا يوجد ماء \u202e abc",
    "👩‍👩‍👧 " + "Donau" * 400,
    '"; alert(1); "',
    "{{ 7 * 7 }}{% include 'x' %}",
]
PACK = draw(make_scores(3), asks_right=True).pack


class Page(HTMLParser):
    """Elements with their attributes, and what stands inside style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in ("script", "style") and data.strip():
            self.inside.append((*self.elements[-1], data))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def data(self) -> Any:
        (text,) = (text for tag, attributes, text in self.inside if attributes.get("id") == "data")
        return json.loads(text)


def pack_with(text: str) -> Pack:
    questions = tuple(replace(question, prompt=text, a=text, b=text, language=text) for question in PACK.questions)
    return replace(PACK, title=text, questions=questions)


def test_the_same_pack_gives_the_same_bytes() -> None:
    assert render_page(PACK) == render_page(PACK)


def test_nothing_comes_from_elsewhere() -> None:
    page = Page(render_page(PACK))
    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
        assert not {"src", "href", "action", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]


def test_the_policy_allows_this_script_and_this_style_alone() -> None:
    page = Page(render_page(PACK))
    (policy,) = (meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    digests = {
        (tag, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
        for tag, attributes, text in page.inside
        if attributes.get("id") != "data"
    }
    assert {tag for tag, _ in digests} == {"script", "style"}
    allowed = " ".join(f"{tag}-src 'sha256-{digest}';" for tag, digest in sorted(digests, reverse=True))
    assert policy == f"default-src 'none'; {allowed} base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_through_as_data_and_nothing_else(text: str) -> None:
    plain, page = Page(render_page(PACK)), Page(render_page(pack_with(text)))
    assert page.data()["pack"]["questions"][0]["a"] == text
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]


@given(st.text())
def test_any_text_comes_through(text: str) -> None:
    page = Page(render_page(pack_with(text)))
    assert page.data()["pack"]["questions"][2]["prompt"] == text


def test_every_field_has_a_label() -> None:
    page = Page(render_page(PACK))
    labelled = {label["for"] for label in page.named("label") if "for" in label}
    for tag in ("input", "select", "textarea"):
        for field in page.named(tag):
            inside_a_label = field.get("type") == "radio"
            assert inside_a_label or field["id"] in labelled or "aria-labelledby" in field, field


def test_texts_take_their_own_direction() -> None:
    page = Page(render_page(PACK))
    shown = {attributes["id"]: attributes for _, attributes in page.elements if "id" in attributes}
    assert [shown[name].get("dir") for name in ("prompt", "reply-a", "reply-b", "comment")] == ["auto"] * 4


def test_the_style_respects_people_who_want_less_motion_and_the_dark() -> None:
    (style,) = (text for tag, _, text in Page(render_page(PACK)).inside if tag == "style")
    assert "prefers-reduced-motion" in style
    assert "prefers-color-scheme: dark" in style


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`, after WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_at_least_that_of_wcag_aa() -> None:
    (style,) = (text for tag, _, text in Page(render_page(PACK)).inside if tag == "style")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    for scheme in (light, dark):
        colour = dict(re.findall(r"--([\w-]+): (#\w+)", scheme))
        assert {"ink", "paper", "soft", "main", "on-main"} <= set(colour)
        grounds = ("paper", "card", "chosen")
        pairs = [(text, ground) for text in ("ink", "soft") for ground in grounds]
        for text, ground in (*pairs, ("bad", "paper"), ("on-main", "main")):
            high, low = sorted((luminance(colour[text]), luminance(colour[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


def test_all_languages_say_the_same_things() -> None:
    words = page_words()
    assert {"en", "es"} <= set(words)
    for tag, said in words.items():
        assert set(said) == set(words["en"]), tag
        assert all(said.values())
        for name, text in said.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", words["en"][name])), (tag, name)


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    text = render_page(PACK)
    used = {*re.findall(r'data-word="(\w+)"', text), *re.findall(r'say\("(\w+)"', text)}
    known = set(page_words()["en"]) - {"name", "unscripted"}
    assert known == used
    assert set(VERDICTS) <= used


def test_the_script_writes_text_only_and_calls_nobody() -> None:
    (script,) = (text for tag, attributes, text in Page(render_page(PACK)).inside if tag == "script" and not attributes)
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval",
        "Function(",
        "fetch",
        "XMLHttp",
        "WebSocket",
        "import",
    ):
        assert word not in script
    for name in re.findall(r'byId\("([\w-]+)"\)', script):
        assert f'id="{name}"' in render_page(PACK), name


def test_the_page_says_so_where_scripts_do_not_run() -> None:
    for words in page_words().values():
        assert words["unscripted"] in render_page(PACK)

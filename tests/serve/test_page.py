import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel

OpenClient = Callable[[Engine, ServedModel, Limits], TestClient]


def test_the_page_says_what_answers_and_whom_to_tell(client: TestClient) -> None:
    page = client.get("/").text
    for text in ("river-desk", "version 3", "Sorts questions about water.", "water@example.org", "may be wrong"):
        assert text in page


def test_what_a_recipe_says_is_text_on_the_page_and_not_html(
    open_client: OpenClient, echo: Engine, model: ServedModel, limits: Limits
) -> None:
    strange = replace(model, purpose='<img src=x onerror="alert(1)"> & $name', contact='"><script>')
    page = open_client(echo, strange, limits).get("/").text
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; $name" in page
    assert "<img" not in page
    assert page.count("<script") == 1  # our own


@pytest.mark.parametrize("path", ["/", "/page/chat.css", "/page/chat.js", "/page/icon.svg"])
def test_nothing_comes_from_elsewhere(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", response.text)
    assert [address for address in addresses if address != "http://www.w3.org/2000/svg"] == []
    assert not re.search(r"<[^>]+\s(style|on\w+)=", response.text)  # the policy would block it


def test_every_file_that_the_page_names_is_served(client: TestClient) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', client.get("/").text)
    assert sorted(named) == ["/page/chat.css", "/page/chat.js", "/page/icon.svg"]
    assert [client.get(path).headers["content-type"].split(";")[0] for path in sorted(named)] == [
        "text/css",
        "text/javascript",
        "image/svg+xml",
    ]


def test_the_script_finds_every_element_that_it_asks_for(client: TestClient) -> None:
    ids = set(re.findall(r'\bid="([\w-]+)"', client.get("/").text))
    asked = set(re.findall(r'find\("([\w-]+)"\)', client.get("/page/chat.js").text))
    assert len(asked) >= 8
    assert asked <= ids


def test_every_form_field_has_a_label(client: TestClient) -> None:
    page = client.get("/").text
    fields = re.findall(r"<(?:input|textarea|select)\b[^>]*\bid=\"([\w-]+)\"", page)
    assert fields == re.findall(r'<label for="([\w-]+)"', page) == ["message"]


def test_a_model_without_a_card_has_no_link_to_one(client: TestClient) -> None:
    assert "/card" not in client.get("/").text
    assert client.get("/card").status_code == 404


def test_the_card_is_plain_text(open_client: OpenClient, echo: Engine, model: ServedModel, limits: Limits) -> None:
    client = open_client(echo, replace(model, card_markdown="# River desk\n<b>x</b>"), limits)
    assert 'href="/card"' in client.get("/").text
    card = client.get("/card")
    assert (card.text, card.headers["content-type"]) == ("# River desk\n<b>x</b>", "text/plain; charset=utf-8")

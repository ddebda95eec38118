"""The rating page: one HTML file that works from a phone's storage without a network, and sends nothing."""

import base64
import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from commonhold.evaluate.people.pack import VERDICTS, Pack
from commonhold.page_templates import page_templates

Words = dict[str, dict[str, str]]
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@cache
def page_words() -> Words:
    """Everything the page says, by language tag; another language is another entry of templates/words.json."""
    words: Words = json.loads(_template("words.json"))
    return words


def render_page(pack: Pack) -> str:
    """The whole page; the same pack gives the same bytes.

    Messages and replies are data in a block that no browser runs, and get into the page as text. The page's policy
    allows this one script and this one style by their digests, and nothing from anywhere else.
    """
    environment = page_templates("commonhold.evaluate.people")
    style, script = _template("rate.css"), _template("rate.js")
    return environment.get_template("rate.html.jinja").render(
        pack=pack,
        words=page_words(),
        verdicts=VERDICTS,
        style=style,
        style_digest=_digest(style),
        script=script,
        script_digest=_digest(script),
        data=_inert({"pack": {**asdict(pack), "id": pack.id}, "words": page_words()}),
    )


def _template(name: str) -> str:
    return (files("commonhold.evaluate.people") / "templates" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a Content-Security-Policy names what it allows (CSP Level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _inert(value: object) -> str:
    """JSON that cannot end its script element, whatever texts are in it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "".join(_UNSAFE.get(letter, letter) for letter in text)

"""The words of the field, a sentence each, and where the code has them: for readers of reports, messages and code."""

import html
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import Field, RootModel

from commonhold.forms import Form, parse_yaml, validate

FILE = "glossary.yaml"


class Term(Form):
    """One word."""

    word: str
    meaning: str = Field(alias="is")
    """One sentence, for a reader from outside the field."""
    code: str
    """Where the code has it, below `pipeline/commonhold`."""
    also: tuple[str, ...] = ()
    """Other words by which people look for it."""


class _Glossary(RootModel[dict[str, tuple[Term, ...]]]):
    """Terms, by the part of the way that they belong to."""


@cache
def read_glossary() -> Mapping[str, tuple[Term, ...]]:
    """All terms, by the part of the way that they belong to."""
    text = resources.files("commonhold").joinpath(FILE).read_text(encoding="utf-8")
    return validate(_Glossary, parse_yaml(text, FILE), FILE).root


@cache
def _by_word() -> Mapping[str, Term]:
    terms = [term for part in read_glossary().values() for term in part]
    others = {_plain(word): term for term in terms for word in term.also}
    return others | {_plain(term.word): term for term in terms}


def find_term(word: str) -> Term | None:
    """The term that goes by a word, capitals, hyphens and blanks aside; none where there is none."""
    return _by_word().get(_plain(word))


def known_words() -> list[str]:
    """Every word that `find_term` knows."""
    return sorted({word for term in _by_word().values() for word in (term.word, *term.also)}, key=str.casefold)


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.strip().casefold())


def with_glossary(page: str) -> str:
    """An HTML page with the words that it uses explained at its end; a page that uses none stays as it is."""
    text = html.unescape(re.sub(r"<(style|script|svg|title)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))
    terms = [term for part in read_glossary().values() for term in part]
    used = [term for term in terms if re.search(rf"(?<!\w){re.escape(term.word)}s?(?!\w)", text, re.IGNORECASE)]
    end = "</main>" if "</main>" in page else "</body>"
    before, separator, after = page.rpartition(end)
    if not used or not separator:
        return page
    rows = "".join(f"<dt>{html.escape(term.word)}</dt>\n<dd>{html.escape(term.meaning)}</dd>\n" for term in used)
    more = "<p>More words: <code>commonhold glossary WORD</code>, or docs/glossary.md in the project.</p>"
    block = f"<summary>Words used on this page</summary>\n<dl>\n{rows}</dl>\n{more}"
    return f'{before}<details class="glossary">\n{block}\n</details>\n{end}{after}'


def glossary_page() -> str:
    """`docs/glossary.md`."""
    lines = [
        "# Glossary",
        "",
        "One sentence a word, the other words that people look for, and where the code has it. At the command line:",
        "`commonhold glossary quorum`. This page is made from `pipeline/commonhold/glossary.yaml`.",
    ]
    for title, terms in read_glossary().items():
        lines += ["", f"## {title}", "", "| word | what it is | also | code |", "|---|---|---|---|"]
        for term in sorted(terms, key=lambda each: each.word.casefold()):
            link = f"[{term.code}](../pipeline/commonhold/{term.code})"
            lines.append(f"| **{term.word}** | {term.meaning} | {', '.join(term.also)} | {link} |")
    return "\n".join(lines) + "\n"

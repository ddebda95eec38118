"""The command glossary."""

import difflib

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option


@command("glossary")
@click.argument("word", default="", help="such as quorum (default: all words)")
@json_option
def glossary(word: str, answer: CommandAnswer) -> int:
    """Explain a word of the field, and where the code has it.

    It is found by other names too: dedup, OOM, SBOM, revoke.
    """
    from commonhold.errors import RequestError
    from commonhold.glossary import find_term, known_words, read_glossary

    terms = [term for part in read_glossary().values() for term in part]
    if word:
        entry = find_term(word)
        if entry is None:
            near = difflib.get_close_matches(word, known_words(), n=3, cutoff=0.6)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "All words: commonhold glossary"
            raise RequestError(f"no word of the glossary: {word!r}; {hint}")
        terms = [entry]
    lines = []
    for term in terms:
        also = f" Also: {', '.join(term.also)}." if term.also else ""
        lines += [f"{term.word}: {term.meaning}{also}", f"  pipeline/commonhold/{term.code}"]
    answer([term.model_dump(mode="json", by_alias=True) for term in terms], lines)
    return 0

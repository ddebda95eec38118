"""Words that a community wants to hear of, or does not want to train on: its own list, as data."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints

from commonhold.curate.rows.form_fields import LanguageTag, Text
from commonhold.curate.text.finding import Finding
from commonhold.curate.text.tags import mismatch
from commonhold.curate.text.words import SCRIPTS_WITHOUT_SPACES
from commonhold.errors import FormError, Problem
from commonhold.forms import Document, Form, read_yaml, validate

MAX_ENTRIES = 20_000
MAX_MEMORY_BYTES = 256 << 20
"""For RE2's automaton; it is built as texts need it and thrown away when it is full."""
_EDGE = r"[^\pL\pM\pN_]"
_MARKS = re.compile("(?<=[A-Za-z\u00c0-\u02af\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f]+")


def _entry(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("this has no letter or digit")
    if "*" in text.removesuffix("*"):
        raise ValueError("a * may be at the end only")
    return text


Entry = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_entry)]


class FlaggedWords(Form):
    """The file that a community writes: whole words and phrases, `*` at the end for any ending."""

    flagged_words: Literal[1]
    """Version of this form."""
    title: Text
    source: Text
    """Who chose the words, and how."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)]
    """Rows declared in other languages are not searched."""
    action: Literal["flag", "drop"]
    """flag: a person looks at the row; drop: it is left out."""
    fold_case: bool = True
    """Capitals do not matter."""
    fold_accents: bool = True
    """Accents on Latin and Greek letters do not matter."""
    words: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=MAX_ENTRIES)]
    exceptions: Annotated[tuple[Entry, ...], Field(max_length=MAX_ENTRIES)] = ()
    """Words and phrases inside which a word of the list is meant otherwise."""


class Match(NamedTuple):
    """An entry of the list that is in a text."""

    entry: str
    times: int


class WordList:
    """A list made ready to search texts, in time linear in the text however many words it has (RE2)."""

    def __init__(self, form: FlaggedWords) -> None:
        self.form = form
        self._entries = _by_folded(form.words, form)
        self._pattern = _alternation(self._entries)
        self._exceptions = _alternation(_by_folded(form.exceptions, form)) if form.exceptions else None

    def covers(self, language: str) -> bool:
        """Whether texts declared in a language are to be searched; those that declare none are."""
        return any(not mismatch(language, tag) for tag in self.form.languages)

    def matches(self, text: str) -> tuple[Match, ...]:
        """The entries that are in a text, in the order in which they first appear."""
        folded = _folded(text, self.form)
        pattern = _compiled(self._pattern)
        if pattern.search(folded) is None:
            return ()
        spared = list(_spans(_compiled(self._exceptions), folded)) if self._exceptions else []
        times: dict[str, int] = {}
        for start, end in _spans(pattern, folded):
            if not any(first <= start and end <= last for first, last in spared):
                entry = self._entry_of(folded[start:end])
                times[entry] = times.get(entry, 0) + 1
        return tuple(Match(entry, count) for entry, count in times.items())

    def judge(self, text: str, language: str = "") -> Finding | None:
        """`flagged_words` or `dropped_words`, as the list's action says, with the entries that were found."""
        if not self.covers(language) or not (matches := self.matches(text)):
            return None
        named = ", ".join(f"{match.entry} {match.times}" for match in matches[:5])
        reason = "flagged_words" if self.form.action == "flag" else "dropped_words"
        return Finding(reason, f"{self.form.title}: {named}" + (" and others" if len(matches) > 5 else ""))

    def _entry_of(self, match: str) -> str:
        match = " ".join(match.split())
        if match in self._entries:
            return self._entries[match]
        starts = (match[:length] + "*" for length in range(len(match), 0, -1))
        return next(self._entries[start] for start in starts if start in self._entries)


def read_flagged_words(path: Path, shown: Path | None = None) -> WordList:
    """The list in a YAML file.

    Raises:
        MissingInputError: there is no such file.
        FormError: keys or words are wrong, or an entry appears twice; every problem with its line.
    """
    named = str(shown or path)
    document = read_yaml(path, named)
    form = validate(FlaggedWords, document, named)
    if problems := _twice(form, document, named):
        raise FormError(problems)
    return WordList(form)


def _twice(form: FlaggedWords, document: Document, file: str) -> list[Problem]:
    problems = []
    for key, entries in (("words", form.words), ("exceptions", form.exceptions)):
        first: dict[str, int] = {}
        for index, entry in enumerate(entries):
            other = first.setdefault(_folded(entry, form), index)
            if other != index:
                line = document.lines.get((key, index), 0)
                message = f"{entry!r} is the same as {entries[other]!r} above"
                problems.append(Problem(file, line, f"{key}.{index}", message, "Remove one of the two"))
    return problems


def _folded(text: str, form: FlaggedWords) -> str:
    if form.fold_case:
        text = text.casefold()
    if text.isascii():
        return text
    if form.fold_accents:
        text = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text)


def _by_folded(entries: Iterable[str], form: FlaggedWords) -> dict[str, str]:
    return {" ".join(_folded(entry, form).split()): entry for entry in entries}


def _alternation(folded: Iterable[str]) -> str:
    """One pattern for all entries, whose group 1 is the entry without what is around it."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for entry in sorted(folded, key=lambda entry: (-len(entry), entry)):
        stem = r"\s+".join(map(re.escape, entry.removesuffix("*").split()))
        ending = r"[\pL\pM\pN_]*" if entry.endswith("*") else ""
        (unspaced if _without_spaces(entry) else spaced).append(stem + ending)
    parts = [f"(?:^|{_EDGE})({'|'.join(spaced)})(?:$|{_EDGE})"] if spaced else []
    return "|".join([*parts, *([f"({'|'.join(unspaced)})"] if unspaced else [])])


def _without_spaces(entry: str) -> bool:
    # In such scripts no sign ends a word, so that the entry is found inside longer words too.
    return any(first <= ord(character) <= last for character in entry for first, last in SCRIPTS_WITHOUT_SPACES)


def _spans(pattern: Any, text: str) -> Sequence[tuple[int, int]]:
    spans = []
    position = 0
    while (match := pattern.search(text, position)) is not None:
        group = match.lastindex
        spans.append(match.span(group))
        # The character after a word may be the one before the next.
        position = match.end(group)
    return spans


@functools.lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.max_mem = MAX_MEMORY_BYTES
    options.log_errors = False
    return re2.compile(pattern, options)

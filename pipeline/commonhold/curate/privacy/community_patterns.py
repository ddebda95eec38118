"""What a community looks for besides: its own patterns, as a file that needs no programmer.

Patterns are in RE2's syntax (github.com/google/re2/wiki/Syntax): the time they take grows with the text and nothing
else, so that no pattern can halt curation. Look-around and back-references are what RE2 leaves out for it.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import re2
from pydantic import Field

from commonhold.curate.privacy.checks import CHECKS
from commonhold.curate.privacy.find import Detector, Span, Tier
from commonhold.errors import FormError, Problem
from commonhold.forms import Document, Form, parse_yaml, read_text, validate, written_as

MAX_PATTERN_BYTES = 8 << 20
"""Memory of one compiled pattern; a counted repetition of a thousand letters of any script takes more."""
NO_LOOK_AROUND = "RE2 has no look-around (?=, (?!, (?<= and no back-reference: put what to mask into (?P<value>…)"
VALUE = "value"
"""Name of the group that is masked, where a pattern has one: what is around it must be there and stays."""


class PatternForm(Form):
    """One kind of personal data."""

    name: Annotated[
        str, written_as(r"[a-z][a-z0-9_]{1,30}", "2 to 31 small letters, digits and underscores, such as member_number")
    ]
    """What reports call it: small letters, digits and underscores."""
    placeholder: Annotated[
        str, written_as(r"[A-Z][A-Z0-9_]{1,30}", "2 to 31 capitals, digits and underscores, such as MEMBER")
    ]
    """What replaces it, without the brackets; capitals, digits and underscores."""
    tier: Literal["certain", "likely"]
    """`certain` when nothing else has this form; what is `likely` is masked and listed for a person to look through."""
    regex: str = Field(min_length=1, max_length=2000)
    """In RE2's syntax. With a group `(?P<value>…)` only that is masked. For digits and letters of any script write
    `\\pN` and `\\pL`: `\\d` and `\\w` are those of English."""
    checksum: str = ""
    """Check that the letters and digits of a match must pass, such as `luhn`; empty for none."""
    matches: tuple[str, ...] = Field(min_length=1)
    """Texts in which it must find something: made up, never real data."""
    near_misses: tuple[str, ...] = Field(min_length=1)
    """Texts that resemble one and in which it must find nothing."""


class PatternFile(Form):
    """Kinds of personal data that a community adds."""

    patterns: Literal[1]
    """Version of this form."""
    kinds: tuple[PatternForm, ...] = Field(min_length=1, max_length=100)


class CommunityPattern(NamedTuple):
    """A pattern that was read and tried."""

    name: str
    placeholder: str
    tier: Tier
    regex: str
    checksum: str = ""


def read_patterns(
    path: Path, taken: frozenset[str] = frozenset(), shown: Path | None = None
) -> tuple[CommunityPattern, ...]:
    """The patterns of a file; `taken` are names that mean something else already.

    Raises:
        MissingInputError: there is no such file.
        FormError: the file has problems; all of them at once.
    """
    return parse_patterns(read_text(path, shown=str(shown or path)), str(shown or path), taken)


def parse_patterns(text: str, file: str, taken: frozenset[str] = frozenset()) -> tuple[CommunityPattern, ...]:
    """The patterns of a file's text, each tried on its examples.

    Raises:
        FormError: RE2 refuses a pattern, it matches the empty text, an example fails, or the form has problems.
    """
    document = parse_yaml(text, file)
    form = validate(PatternFile, document, file)
    names = set(taken)
    problems: list[Problem] = []
    for index, kind in enumerate(form.kinds):
        for key, message, remedy in _mistakes(kind, names):
            path = ("kinds", index, *key)
            problems.append(Problem(file, _line(document, path), ".".join(map(str, path)), message, remedy))
        names.add(kind.name)
    if problems:
        raise FormError(problems)
    return tuple(
        CommunityPattern(each.name, each.placeholder, each.tier, each.regex, each.checksum) for each in form.kinds
    )


Mistake = tuple[tuple[str | int, ...], str, str]


def _mistakes(form: PatternForm, taken: set[str]) -> Iterator[Mistake]:
    if form.name in taken:
        yield ("name",), f"the name {form.name!r} is taken", "Choose another"
    if form.checksum and form.checksum not in CHECKS:
        yield ("checksum",), f"unknown check {form.checksum!r}; known: {', '.join(CHECKS)}", "Use one of these, or none"
        return
    pattern = CommunityPattern(form.name, form.placeholder, form.tier, form.regex, form.checksum)
    if refusal := refusal_of(form.regex):
        yield ("regex",), *refusal
        return
    for key, examples, expected in (("matches", form.matches, True), ("near_misses", form.near_misses, False)):
        for index, example in enumerate(examples):
            matches = any(find_pattern(example, pattern, compiled(form.regex)))
            if matches is not expected:
                message = f"the pattern finds {'something' if matches else 'nothing'} in this example"
                checked = f", or the check {form.checksum!r}" if form.checksum and expected else ""
                yield (key, index), message, f"Correct the example or the pattern{checked}"


def refusal_of(regex: str) -> tuple[str, str] | None:
    """Why a pattern cannot be used, and what to do about it."""
    try:
        pattern = compiled(regex)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        return f"RE2 cannot read this pattern: {reason}", NO_LOOK_AROUND
    if any(match.start() == match.end() for text in ("", "a", "0 a") for match in pattern.finditer(text)):
        return (
            "this pattern matches where there is nothing",
            "Ask for one character at least: + instead of *, no | at the ends",
        )
    return None


def compiled(regex: str) -> re2._Regexp:
    """A pattern that says nothing on stderr.

    Raises:
        re2.error: it is no pattern, or too large.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_PATTERN_BYTES
    return re2.compile(regex, options)


def detector_of(pattern: CommunityPattern) -> Detector:
    """A community's pattern among the others; the pattern is its own gate."""
    find = partial(find_pattern, pattern=pattern, regex=compiled(pattern.regex))
    return Detector(pattern.name, pattern.placeholder, pattern.regex, find)


def find_pattern(text: str, pattern: CommunityPattern, regex: re2._Regexp) -> Iterator[Span]:
    """Every match that passes the pattern's check."""
    group = regex.groupindex.get(VALUE, 0)
    whole = text.encode("utf-8", "replace").decode()  # half characters, which RE2 does not take, become one `?` each
    for match in regex.finditer(whole):
        start, end = match.span(group)
        if start < end and (not pattern.checksum or CHECKS[pattern.checksum](text[start:end])):
            yield Span(start, end, pattern.tier)


def _line(document: Document, path: tuple[str | int, ...]) -> int:
    lines: Mapping[tuple[str | int, ...], int] = document.lines
    return next(lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines)

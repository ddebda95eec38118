"""What was found in a text, and how finds that overlap become one."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

Tier = Literal["certain", "likely"]
"""`certain`: a checksum, a numbering plan or a form that nothing else has. `likely`: masked too, to be reviewed."""

PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*(?:-\d{1,9})?\]")
"""What stands for any masked piece: `[PHONE]`, `[PHONE-3]`, a community's own."""
DIGITS = re.compile(r"\d+")
MAX_WORD = 64
"""Characters by which a stretch of text is widened so as not to cut a word."""


class Span(NamedTuple):
    """A stretch of text, in characters, and how sure its finder is of it."""

    start: int
    end: int
    tier: Tier = "certain"


class Find(NamedTuple):
    """One piece of personal data in the text as it came; never its value."""

    kind: str
    tier: Tier
    start: int
    end: int
    placeholder: str
    """As it is in the masked text, brackets included: `[PHONE]`, `[PHONE-3]`."""


class Detector(NamedTuple):
    """Finds one kind of personal data, in a text as `boundaries.plain` writes it."""

    kind: str
    label: str
    """The placeholder's word: `PHONE`."""
    gate: str
    """RE2 pattern that matches wherever `find` finds something; most texts match none and are not looked at twice."""
    find: Callable[[str], Iterable[Span]]


class Candidate(NamedTuple):
    """A span with its kind, before overlaps are settled; sorts by where it starts, then by who has precedence."""

    start: int
    end: int
    doubt: int
    """0 for certain, 1 for likely."""
    rank: int
    """Place of its detector in the list: what looks most like something else comes first."""
    kind: str
    label: str


def around_digits(text: str, reach: int) -> Iterator[tuple[int, int]]:
    """Stretches of a text that hold everything within `reach` characters of a digit, with whole words at their ends.

    A long text with a number in one corner is not combed from end to end for what needs a number.
    """
    start = end = -1
    for match in DIGITS.finditer(text):
        if start >= 0 and match.start() - reach > end:
            yield start, _word_end(text, end)
            start = -1
        if start < 0:
            start = _word_start(text, max(match.start() - reach, 0))
        end = min(match.end() + reach, len(text))
    if start >= 0:
        yield start, _word_end(text, end)


def _word_start(text: str, position: int) -> int:
    lowest = max(position - MAX_WORD, 0)
    while position > lowest and not text[position - 1].isspace():
        position -= 1
    return position


def _word_end(text: str, position: int) -> int:
    highest = min(position + MAX_WORD, len(text))
    while position < highest and not text[position].isspace():
        position += 1
    return position


def settle(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Finds without overlaps, from left to right; every character that any candidate covers stays covered.

    Candidates that overlap become one, which covers them all and is called after the strongest: certain before likely,
    then by the rank of the detector, then the longer, then the one further left.
    """
    group: list[Candidate] = []
    end = 0
    for candidate in sorted(candidates):
        if group and candidate.start >= end:
            yield _merged(group)
            group = []
        group.append(candidate)
        end = max(end, candidate.end)
    if group:
        yield _merged(group)


def _merged(group: Sequence[Candidate]) -> Candidate:
    strongest = min(group, key=lambda each: (each.doubt, each.rank, each.start - each.end, each.start))
    return strongest._replace(start=group[0].start, end=max(each.end for each in group))

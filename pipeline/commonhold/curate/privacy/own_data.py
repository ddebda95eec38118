"""What a contributor wrote about themselves in the form, found again in what they wrote freely.

The name, phone, village and e-mail cells of a submission are the list of what is masked in its texts: names in any
language are found without a model that knows names.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from commonhold.curate.privacy.boundaries import is_whole_number, is_whole_word, plain
from commonhold.curate.privacy.find import Span
from commonhold.curate.privacy.folding import Folded, fold, fold_with_origins, has_case, has_no_spaces
from commonhold.curate.privacy.name_words import NAMES_THAT_ARE_WORDS, is_written_as_a_name
from commonhold.curate.privacy.phone import RUN
from commonhold.curate.rows.form_fields import OwnKind

OWN_LABELS: dict[OwnKind, str] = {"name": "NAME", "phone": "PHONE", "email": "EMAIL", "place": "PLACE", "id": "ID"}
MIN_LETTERS = 3
"""Of a name's part in scripts with capitals; `Li` and `Bo` are found as part of the whole name only."""
MIN_SIGNS = 2
"""Of a name's part in scripts without capitals, where one sign may be a syllable."""
PHONE_DIGITS = 9
"""Last digits by which a phone number is told, country code and leading zero aside (ITU-T E.164 national numbers)."""
MIN_PHONE_DIGITS = 6
PARTICLES = frozenset({
    "abu", "al", "and", "ap", "ben", "bin", "bint", "bte", "da", "dal", "das", "de", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "dr", "el", "ibn", "la", "las", "le", "los", "mac", "mr", "mrs", "ms", "miss",
    "ould", "san", "santa", "sir", "saint", "st", "sheikh", "the", "van", "ter", "und", "una", "uno", "veuve",
    "von", "wa", "y", "zu", "zum", "zur",
})  # fmt: skip
"""Small words and titles inside names, which are everywhere else too."""
NOT_JOINTS = frozenset({"and", "und", "y", "the"})
"""Particles that stand between two people as well."""
JOINTS = re.compile(r"[ \t\u00a0'’-]{1,3}")


class OwnValue(NamedTuple):
    """One cell of a submission that says who its contributor is."""

    kind: OwnKind
    value: str


class OwnTerm(NamedTuple):
    """A word, or words in a row, to look for; folded."""

    kind: OwnKind
    text: str
    """Digits for a phone number."""
    capital: bool
    """A common word as well: counts only where it is written as a name."""


def own_terms(values: Iterable[OwnValue], common: frozenset[str] = frozenset()) -> tuple[OwnTerm, ...]:
    """What to look for in a contributor's texts: every value as a whole, and the parts of names.

    The stop rule: a part of a name is left out when it is a particle or title (`de`, `bin`), or shorter than three
    letters (two signs in scripts without capitals). When it, or a value that is a single word, is among
    `NAMES_THAT_ARE_WORDS` or `common`, the folded words that many contributors use (see `WordUsers`), it counts only
    where it is written as a name: `Will` but not `will`, nor `Will you`. In scripts without capitals such a word is
    left out.
    """
    terms: dict[OwnTerm, None] = {}
    for kind, value in values:
        for text in _terms_of(kind, " ".join(fold(value).split())):
            if kind in ("name", "place") and (text in common or text in NAMES_THAT_ARE_WORDS):
                if has_case(text):
                    terms[OwnTerm(kind, text, True)] = None
            else:
                terms[OwnTerm(kind, text, False)] = None
    return tuple(terms)


def _terms_of(kind: OwnKind, value: str) -> Iterator[str]:
    if kind == "phone":
        digits = _national(plain(value).text)
        if len(digits) >= MIN_PHONE_DIGITS:
            yield digits[-PHONE_DIGITS:]
        return
    if _is_long_enough(value):
        yield value
    if kind == "name":
        parts = re.split(r"[\s,.;/()\"-]+", value)
        yield from (part for part in parts if _is_long_enough(part) and part not in PARTICLES)
    if kind == "email":
        local = value.partition("@")[0]
        if len(local) > MIN_LETTERS and re.search(r"[\d._-]", local):
            yield local


def _national(number: str) -> str:
    """Digits without what is left out when calling from the same country, or from another: country code, zeros."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    digits = re.sub(r"[^0-9]", "", number)
    if re.match(r"\s*(?:\+|\(\+|00)", number):
        digits = digits.lstrip("0")
        sizes = [size for size in (1, 2, 3) if int(digits[:size] or 0) in COUNTRY_CODE_TO_REGION_CODE]
        digits = digits[sizes[0] :] if sizes else digits
    return short if len(short := digits.lstrip("0")) >= MIN_PHONE_DIGITS else digits


def _is_long_enough(part: str) -> bool:
    letters = sum(character.isalnum() for character in part)
    return letters >= (MIN_LETTERS if has_case(part) else MIN_SIGNS)


class WordUsers:
    """Which contributors write a word, in small letters where the script has them: the first pass over the texts.

    Counts of parts can be merged, in any order. Scripts without spaces are cut into single signs, which are no words,
    and give nothing.
    """

    def __init__(self, contributors: int = 5) -> None:
        """`contributors`: how many different ones make a word common."""
        self._enough = contributors
        self._users: dict[str, set[str]] = defaultdict(set)

    def add(self, contributor: str, text: str) -> None:
        """Counts the words of one more text."""
        for word in {match.group() for match in re.finditer(r"[^\W\d_]{3,}", text)}:
            if word == word.lower() and not has_no_spaces(word[0]):
                self._add(fold(word), (contributor,))

    def merge(self, other: "WordUsers") -> None:
        """Adds the counts of another part."""
        for word, users in other._users.items():
            self._add(word, users)

    def common(self) -> frozenset[str]:
        """Folded words that enough different contributors write."""
        return frozenset(word for word, who in self._users.items() if len(who) >= self._enough)

    def _add(self, word: str, users: Iterable[str]) -> None:
        if len(self._users[word]) < self._enough:
            self._users[word].update(users)


def find_own(text: str, terms: Sequence[OwnTerm]) -> Iterator[tuple[OwnKind, Span]]:
    """Whole words that are among the terms; those of one name that are side by side are one find."""
    if not terms:
        return
    quick = fold(text)
    hits = [term for term in terms if term.kind != "phone" and term.text in quick]
    if hits:
        folded = fold_with_origins(text)
        for kind in dict.fromkeys(term.kind for term in hits):
            spans = [span for term in hits if term.kind == kind for span in _spans(text, folded, term)]
            yield from ((kind, Span(*span)) for span in _joined(text, spans, kind == "name"))
    numbers = [term.text for term in terms if term.kind == "phone"]
    if numbers:
        seen = plain(text)
        for match in RUN.finditer(seen.text):
            digits = "".join(filter(str.isdecimal, match.group()))
            if any(number in digits for number in numbers):
                yield "phone", Span(*seen.span(*match.span()))


def _spans(text: str, folded: Folded, term: OwnTerm) -> Iterator[tuple[int, int]]:
    start = folded.text.find(term.text)
    while start >= 0:
        end = start + len(term.text)
        first, last = folded.span(start, end)
        whole = is_whole_number if term.kind == "id" and len(term.text) >= MIN_PHONE_DIGITS else is_whole_word
        if whole(text, first, last) and (not term.capital or is_written_as_a_name(text, first, last)):
            yield first, last
        start = folded.text.find(term.text, start + 1)


def _joined(text: str, spans: Sequence[tuple[int, int]], over_particles: bool) -> list[tuple[int, int]]:
    """Spans in order; `María` and `López` in `María de la López` become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and (start < joined[-1][1] or _is_joint(text[joined[-1][1] : start], over_particles)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _is_joint(between: str, over_particles: bool) -> bool:
    if JOINTS.fullmatch(between):
        return True
    words = fold(between).split()
    small = 0 < len(words) <= 3 and (PARTICLES - NOT_JOINTS).issuperset(words)
    return over_particles and small and between[:1] == " " == between[-1:]

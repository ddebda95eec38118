"""Right when the reply gives exactly the phone, extension or number that is asked for, and no other."""

import re
import unicodedata
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer, references

PHONE_DIGITS = 7
"""From so many digits on a number is a phone number, in which punctuation and spaces mean nothing."""
_GROUP = re.compile(r"\d+")
_WITHIN_PHONE = re.compile(r"[ \t()./\-‐‑‒–—\u00a0\u202f]{1,3}")
_THOUSANDS = re.compile(r"[,.'’\u00a0\u202f]")
_DECIMAL = re.compile(r"[.,:]")
_LIST_MARK = re.compile(r"(?m)^[ \t]*\d{1,2}[.)](?=[ \t])")


class CitationGroup(NamedTuple):
    """Digits in a row, and what stands between them and those before."""

    digits: str
    gap: str


@SCORERS.register("cites/1")
class Cites(Scorer):
    """Every number of the answer stands in the reply, however it is punctuated, and no number that is made up.

    Numbers of the prompt may be repeated, and lines may be numbered.
    """

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    follows: ClassVar[str] = (
        f"From {PHONE_DIGITS} digits on, spaces, hyphens, points and brackets mean nothing; below, 20.5 is not 205 and "
        "1,200 is 1200. A country code is part of the number: write both ways, separated by `|`."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No answer, or one without a number."""
        if not item.answer:
            yield Complaint("answer", "the answer is empty", "Write the number, such as ext. 204 or 555-0142")
        elif not all(numbers(text) for text in references(item)):
            remedy = "Write the number in digits, or take scorer: include/1"
            yield Complaint("answer", f"there is no number in {item.answer!r}", remedy)

    def expected(self, item: Item) -> str:
        """The answer."""
        return " or ".join(references(item))

    def score(self, item: Item, output: str) -> float:
        """1 when all the numbers of an answer are there and no others."""
        return float(any(_gives(output, text, item.prompt) for text in references(item)))


def _gives(reply: str, answer: str, prompt: str) -> bool:
    wanted, allowed = numbers(answer), numbers(prompt)
    groups = _groups(_LIST_MARK.sub("", reply))
    free, phones = _without_phones(groups, [number for number in wanted | allowed if _is_phone(number)])
    said = _read(free) | phones
    return wanted <= said <= wanted | allowed


def numbers(text: str) -> set[str]:
    """The numbers in a text: phone numbers as bare digits, others with a point before decimals."""
    return _read(_groups(text))


def _is_phone(number: str) -> bool:
    return number.isdigit() and len(number) >= PHONE_DIGITS


def _groups(text: str) -> list[CitationGroup]:
    """Digits of all scripts as ASCII, with what stands between."""
    plain = "".join(str(unicodedata.decimal(letter, "")) or letter for letter in unicodedata.normalize("NFC", text))
    found, end = [], 0
    for match in _GROUP.finditer(plain):
        found.append(CitationGroup(match[0], plain[end : match.start()]))
        end = match.end()
    return found


def _without_phones(groups: list[CitationGroup], phones: list[str]) -> tuple[list[CitationGroup], set[str]]:
    """The groups that belong to none of some phone numbers, and which of these were there."""
    left: list[CitationGroup] = []
    seen: set[str] = set()
    place = 0
    while place < len(groups):
        end, phone = next(((end, phone) for phone in phones if (end := _spells(groups, place, phone))), (0, ""))
        if end:
            seen.add(phone)
            left.append(CitationGroup("", "¦"))  # so that what stands around a phone number is not read together
            place = end
        else:
            left.append(groups[place])
            place += 1
    return left, seen


def _spells(groups: list[CitationGroup], start: int, phone: str) -> int:
    """Where a phone number ends that begins at a group; 0 when it does not."""
    spelt = ""
    for place in range(start, len(groups)):
        if place > start and not _WITHIN_PHONE.fullmatch(groups[place].gap):
            return 0
        spelt += groups[place].digits
        if spelt == phone:
            return place + 1
        if not phone.startswith(spelt):
            return 0
    return 0


def _read(groups: list[CitationGroup]) -> set[str]:
    """The numbers that groups of digits make together."""
    found: set[str] = set()
    chain: list[CitationGroup] = []
    for group in [*groups, CitationGroup("", "¦")]:
        joined = _WITHIN_PHONE.fullmatch(group.gap) or _THOUSANDS.fullmatch(group.gap) or group.gap == ":"
        if chain and not (joined and group.digits):
            found |= _chain(chain)
            chain = []
        if group.digits:
            chain.append(group)
    return found


def _chain(chain: list[CitationGroup]) -> set[str]:
    """A phone number, or numbers of which each has its thousands and decimals."""
    whole = "".join(group.digits for group in chain)
    if len(whole) >= PHONE_DIGITS and all(_WITHIN_PHONE.fullmatch(group.gap) for group in chain[1:]):
        return {whole}
    found: list[str] = []
    while chain:
        number, chain = chain[0].digits, chain[1:]
        if len(number) <= 3 and number[0] != "0":
            while chain and len(chain[0].digits) == 3 and _THOUSANDS.fullmatch(chain[0].gap):
                number, chain = number + chain[0].digits, chain[1:]
        if chain and _DECIMAL.fullmatch(chain[0].gap):
            mark = ":" if chain[0].gap == ":" else "."
            number, chain = f"{number}{mark}{chain[0].digits}", chain[1:]
        found.append(number)
    return set(found)

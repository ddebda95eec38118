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
    """Digits in a row, and what is between them and those before."""

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
    expected, allowed = numbers(answer), numbers(prompt)
    groups = _groups(_LIST_MARK.sub("", reply))
    free, phones = _without_phones(groups, [number for number in expected | allowed if _is_phone(number)])
    in_reply = _read(free) | phones
    return expected <= in_reply <= expected | allowed


def numbers(text: str) -> set[str]:
    """The numbers in a text: phone numbers as bare digits, others with a point before decimals."""
    return _read(_groups(text))


def _is_phone(number: str) -> bool:
    return number.isdigit() and len(number) >= PHONE_DIGITS


def _groups(text: str) -> list[CitationGroup]:
    """Digits of all scripts as ASCII, with what is between."""
    plain = "".join(str(unicodedata.decimal(letter, "")) or letter for letter in unicodedata.normalize("NFC", text))
    groups, end = [], 0
    for match in _GROUP.finditer(plain):
        groups.append(CitationGroup(match[0], plain[end : match.start()]))
        end = match.end()
    return groups


def _without_phones(groups: list[CitationGroup], phones: list[str]) -> tuple[list[CitationGroup], set[str]]:
    """The groups that belong to none of some phone numbers, and which of these were there."""
    left: list[CitationGroup] = []
    seen: set[str] = set()
    index = 0
    while index < len(groups):
        end, phone = next(((end, phone) for phone in phones if (end := _spells(groups, index, phone))), (0, ""))
        if end:
            seen.add(phone)
            left.append(CitationGroup("", "¦"))  # so that what is around a phone number is not read together
            index = end
        else:
            left.append(groups[index])
            index += 1
    return left, seen


def _spells(groups: list[CitationGroup], start: int, phone: str) -> int:
    """Where a phone number that starts at a group ends; 0 when it does not."""
    spelt = ""
    for index in range(start, len(groups)):
        if index > start and not _WITHIN_PHONE.fullmatch(groups[index].gap):
            return 0
        spelt += groups[index].digits
        if spelt == phone:
            return index + 1
        if not phone.startswith(spelt):
            return 0
    return 0


def _read(groups: list[CitationGroup]) -> set[str]:
    """The numbers that groups of digits make together."""
    values: set[str] = set()
    chain: list[CitationGroup] = []
    for group in [*groups, CitationGroup("", "¦")]:
        joined = _WITHIN_PHONE.fullmatch(group.gap) or _THOUSANDS.fullmatch(group.gap) or group.gap == ":"
        if chain and not (joined and group.digits):
            values |= _chain(chain)
            chain = []
        if group.digits:
            chain.append(group)
    return values


def _chain(chain: list[CitationGroup]) -> set[str]:
    """A phone number, or numbers of which each has its thousands and decimals."""
    whole = "".join(group.digits for group in chain)
    if len(whole) >= PHONE_DIGITS and all(_WITHIN_PHONE.fullmatch(group.gap) for group in chain[1:]):
        return {whole}
    values: list[str] = []
    while chain:
        number, chain = chain[0].digits, chain[1:]
        if len(number) <= 3 and number[0] != "0":
            while chain and len(chain[0].digits) == 3 and _THOUSANDS.fullmatch(chain[0].gap):
                number, chain = number + chain[0].digits, chain[1:]
        if chain and _DECIMAL.fullmatch(chain[0].gap):
            mark = ":" if chain[0].gap == ":" else "."
            number, chain = f"{number}{mark}{chain[0].digits}", chain[1:]
        values.append(number)
    return set(values)

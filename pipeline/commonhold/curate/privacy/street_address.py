"""Where somebody lives, as an address is written in several conventions."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import re2

from commonhold.curate.privacy import address_words as words
from commonhold.curate.privacy.find import Detector, Span, around_digits


def _any(alternatives: Sequence[str]) -> str:
    return "|".join(re.escape(each) for each in dict.fromkeys(alternatives))


def _capitals(alternatives: Sequence[str]) -> list[str]:
    return [*alternatives, *(each.upper() for each in alternatives)]


JOINED_ENDS, JOINED_ENDS_IN_CAPITALS = (*words.STREET_ENDS, "str"), words.STREET_ENDS_IN_CAPITALS
_START, _LINE = r"(?:^|[^\pL])", r"[^\n!?;]*"
GATE = "(?i)" + "|".join(
    (
        rf"[0-9]{_LINE}[^\pL](?:{_any(words.STREETS)}|(?-i:{_any(_capitals(words.STREETS_IN_CAPITALS))}))(?:[^\pL]|$)",
        rf"{_START}(?:{_any(words.STREETS_BEFORE)})(?:\.\s*|\s+|/\s*)[^\n!?;0-9]*[0-9]",
        rf"[0-9],?\s(?:{_any(words.STREETS_BEFORE + words.STREETS_BEFORE_IN_CAPITALS)})[\s.]",
        rf"{_START}(?:{_any(words.STREETS_BEFORE_IN_CAPITALS)})\s\p{{Lu}}[^\n!?;0-9]*[0-9]",
        rf"(?:{_any(JOINED_ENDS + JOINED_ENDS_IN_CAPITALS)}|{_START}(?:{_any(words.STREETS_BEHIND)}))\.?,?\s+[0-9]",
        rf"{_START}(?:{_any(words.UNITS)})[ .:#º°n]{{1,5}}[0-9]",
        rf"(?:{'|'.join(words.POST_BOXES)})[\s:#noº.]{{0,5}}[0-9]",
        rf"{_START}(?:{'|'.join(words.POSTCODES)})\s{{0,3}}(?:is|es|é|est|ist)?[\s:=#]{{1,4}}\w{{0,3}}[0-9]",
        rf"{_START}(?:{'|'.join(words.LABELS)})[^\pL0-9]*[^\n!?;0-9]*[0-9]",
        rf"[,\n] ?(?:{words.STATES}) [0-9]{{5}}",
        r"[AFD]PO,?\s(?:AA|AE|AP)\s[0-9]{5}",
    )
)
TOKEN = re.compile(r"\d[\w/-]*|[^\W_][\w'’-]*(?:\.(?=\s?[\d\w,]))?/?|\n|[^\w\s]")
NUMBER = re.compile(r"\d{1,5}(?:[-/]\d{1,4})?[A-Za-z]?")
ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)", re.IGNORECASE)
POSTCODE = re.compile(
    rf"(?:(?:{words.STATES})\s\d{{5}}(?:-\d{{4}})?|\d{{4,6}}(?:-\d{{3,4}})?|\d{{3}}\s\d\d|"
    r"[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2})(?![\w-])"
)
LABELLED_POSTCODE = re.compile(
    rf"(?<!\w)(?:{'|'.join(words.POSTCODES)})(?:\s(?:is|es|é|est|ist))?[\s:=#]{{1,4}}"
    r"(?P<value>[\w-]{3,10}(?:\s\w{3}\b)?)",
    re.IGNORECASE,
)
POST_BOX = re.compile(rf"(?<!\w)(?:{'|'.join(words.POST_BOXES)})[\s:#nº.]{{0,5}}\d{{1,7}}(?!\w)", re.IGNORECASE)
STATE_ZIP = re.compile(rf"(?:(?<=[,\n])|(?<=[,\n] ))(?:{words.STATES})\s\d{{5}}(?:-\d{{4}})?(?![\w-])")
MILITARY = re.compile(
    r"(?<!\w)(?:(?:PSC|CMR|unit)\s\d{1,5},?\s(?:box\s\d{1,5},?\s)?|US[NS][SV]\s\w{1,30},?\s)?"
    r"(?:APO|FPO|DPO),?\s(?:AA|AE|AP)\s\d{5}(?:-\d{4})?(?![\w-])",
    re.IGNORECASE,
)
"""US forces and embassies abroad (USPS Publication 28, section 238)."""
LABEL = re.compile(
    rf"(?<![\w@.-])(?<!mail )(?<!ip )(?<!web )(?<!mac )(?<!site )(?:{'|'.join(words.LABELS)})(?!\w)[\s:=,.-]{{0,16}}",
    re.IGNORECASE,
)
MARKS = frozenset(",\n>|")
"""What may be between the lines of an address; `>` before lines that were quoted."""
UNIT_SIGNS = frozenset("#.:º°")
MAX_NAME, MAX_TAIL = 5, 12
REACH = 120
"""Characters between a number and the words that make it a part of an address."""
MIN_JOINED = 6
"""Letters of the shortest street in one word."""
STREETS, STREETS_IN_CAPITALS, STREETS_BEFORE, STREETS_BEFORE_IN_CAPITALS, STREETS_BEHIND, UNITS, NOT_STREETS = (
    frozenset(each.lower() for each in group)
    for group in (
        words.STREETS, words.STREETS_IN_CAPITALS, words.STREETS_BEFORE, words.STREETS_BEFORE_IN_CAPITALS,
        words.STREETS_BEHIND, words.UNITS, words.NOT_STREETS,
    )
)  # fmt: skip


class Token(NamedTuple):
    """A word, a number, a mark or a line's end."""

    text: str
    start: int
    end: int
    key: str
    """In small letters, without the stop of a short form."""

    @property
    def is_number(self) -> bool:
        return NUMBER.fullmatch(self.text) is not None

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_capital(self) -> bool:
        """Begins with a capital, or is of a script that has none; ordinals count."""
        return (self.is_word and not self.text[0].islower()) or ORDINAL.fullmatch(self.text) is not None

    @property
    def may_name(self) -> bool:
        return self.is_capital or self.key in words.SMALL or self.text[:2].lower() in ("d'", "l'", "d’", "l’")


def find_addresses(text: str) -> Iterator[Span]:
    """Streets with house numbers, parts of houses, post boxes, and postcodes that are called so.

    Certain with a postcode or a part of the house behind the street, otherwise likely. Names of places and streets
    alone stay: many people live there.
    """
    for start, end in around_digits(text, REACH):
        stretch = text[start:end]
        if _gate().search(stretch.encode("utf-8", "surrogatepass")):
            for span in _in_stretch(stretch):
                yield Span(start + span.start, start + span.end, span.tier)


@cache
def _gate() -> re2._Regexp:
    return re2.compile(GATE)


def _in_stretch(text: str) -> Iterator[Span]:
    tokens = [Token(match.group(), *match.span(), match.group().rstrip(".").lower()) for match in TOKEN.finditer(text)]
    for index in _near_numbers(tokens):
        for find in (_english, _type_first, _type_behind):
            if (bounds := find(tokens, index)) is not None:
                yield _with_tail(text, tokens, *bounds)
        if (bounds := _unit(tokens, index)) is not None:
            yield _with_tail(text, tokens, *bounds)._replace(tier="likely")
    starts = [token.start for token in tokens]
    for match in LABEL.finditer(text):
        first = bisect_left(starts, match.end())
        if (bounds := _introduced(tokens, first)) is not None:
            yield _with_tail(text, tokens, *bounds)
    for match in LABELLED_POSTCODE.finditer(text):
        if any(character.isdigit() for character in match["value"]):
            yield Span(*match.span("value"), "likely")
    for pattern in (POST_BOX, STATE_ZIP, MILITARY):
        for match in pattern.finditer(text):
            yield Span(*match.span(), "likely")


def _near_numbers(tokens: Sequence[Token]) -> list[int]:
    """Places of the words that have a number within reach of a name on either side."""
    near: set[int] = set()
    for index, token in enumerate(tokens):
        if token.text[0].isdigit():
            near.update(range(max(index - MAX_NAME - 4, 0), min(index + MAX_NAME + 2, len(tokens))))
    return [index for index in sorted(near) if tokens[index].is_word or tokens[index].text == "#"]


Bounds = tuple[int, int]
"""First and last token."""


def _english(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Number, name, type: `1315 Oak Street`, `12 N. 184th St.`; in small letters one or two words of a name."""
    kind = tokens[index]
    if not (kind.key in STREETS or (kind.key in STREETS_IN_CAPITALS and kind.is_capital)):
        return None
    first = index - 1
    while first >= 0 and index - first <= MAX_NAME and tokens[first].may_name:
        first -= 1
    if first < 0 or first == index - 1 or not tokens[first].is_number:
        first = index - 1
        while first >= 0 and index - first <= 2 and tokens[first].is_word and tokens[first].key not in words.NOT_NAMES:
            first -= 1
        if kind.key not in STREETS or first < 0 or first == index - 1 or not tokens[first].is_number:
            return None
    if all(token.key in words.SMALL for token in tokens[first + 1 : index]):
        return None  # 66 and highway
    return _leading_number(tokens, first), index


def _type_first(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Type, name, number (`Calle de la Paz, 25`) or number, type, name (`87 Rue Joseph Vernet`)."""
    kind = tokens[index]
    strong = kind.key in STREETS_BEFORE
    if not strong and kind.key not in STREETS_BEFORE_IN_CAPITALS:
        return None
    led = index > 0 and tokens[index - 1].is_number
    last = index
    while last + 1 < len(tokens) and last - index < MAX_NAME and tokens[last + 1].may_name:
        last += 1
    if strong and all(token.key in words.SMALL for token in tokens[index + 1 : last + 1]):
        last = _small_letters(tokens, last)
    while last > index and tokens[last].key in words.SMALL:
        last -= 1
    if last == index:
        return _numbered_street(tokens, index) if strong else None
    if (number := _number_after(tokens, last)) is not None:
        return (_leading_number(tokens, index - 1) if led else index), number
    return (_leading_number(tokens, index - 1), last) if led else None


def _small_letters(tokens: Sequence[Token], last: int) -> int:
    """One or two words of a name that nobody wrote with a capital: `rue de la paix 12`."""
    for ahead in (last + 1, last + 2):
        if ahead >= len(tokens) or not tokens[ahead].is_word or tokens[ahead].key in words.NOT_NAMES:
            break
        last = ahead
    return last


def _numbered_street(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Streets that are counted, as in Colombia: `Calle 45 # 12-34`, `Carrera 7 No. 12-30`."""
    if index + 2 < len(tokens) and tokens[index + 1].is_number and not tokens[index + 2].is_number:
        number = _number_after(tokens, index + 1)
        if number is not None and tokens[index + 2].text != ",":
            return index, number
    return None


def _type_behind(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Name with its type, then the number: `Blæsenborgvej 5`, `Freistädter Strasse 61`, `Bem rakpart 79`."""
    kind = tokens[index]
    if not kind.is_word or kind.key in NOT_STREETS:
        return None
    alone = kind.key in STREETS_BEHIND
    joined = len(kind.key) > MIN_JOINED and (
        kind.key.endswith(JOINED_ENDS) or (kind.is_capital and kind.key.endswith(JOINED_ENDS_IN_CAPITALS))
    )
    if not (alone or joined) or (number := _number_after(tokens, index)) is None:
        return None
    first = index
    while first > 0 and index - first < 3 and tokens[first - 1].is_capital and tokens[first - 1].is_word:
        first -= 1
    if alone and first == index:
        if index == 0 or not tokens[index - 1].is_word:
            return None
        first = index - 1
    if first > 0 and tokens[first - 1].is_number:
        first = _leading_number(tokens, first - 1)
    return first, number


def _number_after(tokens: Sequence[Token], index: int) -> int | None:
    """The house number behind a street: `25`, `, 25`, `n° 25`, `no. 25`."""
    for ahead in range(index + 1, min(index + 4, len(tokens))):
        token = tokens[ahead]
        if token.is_number:
            return ahead
        if token.text not in ",#º°." and token.key not in ("n", "no", "nr", "nº", "n°", "núm", "num", "número"):
            return None
    return None


def _leading_number(tokens: Sequence[Token], index: int) -> int:
    """The first of two numbers that lead an address, as in `77 3658 Sunburst Drive`."""
    return index - 1 if index > 0 and tokens[index - 1].is_number else index


def _unit(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Part of a house, with the line before it when that starts or ends with a number: `52 Stubben 149, Suite 284`."""
    last = _unit_end(tokens, index)
    if last is None:
        return None
    line_end = index - 1
    while line_end >= 0 and tokens[line_end].text in MARKS:
        line_end -= 1
    numbers = [
        position
        for position in range(line_end, max(line_end - MAX_NAME - 2, -1), -1)
        if tokens[position].is_number and _is_one_line(tokens, position, line_end)
    ]
    return (min(numbers, default=index), last) if numbers else (index, last)


def _is_one_line(tokens: Sequence[Token], first: int, last: int) -> bool:
    return all(token.is_word or token.is_number or token.text == "." for token in tokens[first : last + 1])


def _unit_end(tokens: Sequence[Token], index: int) -> int | None:
    if index < 0 or index >= len(tokens) or tokens[index].key not in UNITS:
        return None
    ahead = index + 1
    while (
        ahead < len(tokens)
        and ahead - index < 3
        and (tokens[ahead].text in UNIT_SIGNS or tokens[ahead].key in ("n", "no"))
    ):
        ahead += 1
    return ahead if ahead < len(tokens) and tokens[ahead].is_number else None


def _introduced(tokens: Sequence[Token], first: int) -> Bounds | None:
    """What follows `address:` or `lives at`: number and name, or name and number, or number, name and number."""
    line: list[Token] = []
    for token in tokens[first : first + MAX_NAME + 3]:
        if not (token.is_word or token.is_number or (token.text == "." and line)):
            break
        line.append(token)
    numbers = [position for position, token in enumerate(line) if token.is_number]
    if not numbers:
        return None
    if numbers[-1] >= 1 and (numbers[0] == 0 or all(token.may_name for token in line[: numbers[0]] if token.is_word)):
        middle = [token for token in line[: numbers[-1]] if token.is_word]
        if middle and not any(token.key in words.NOT_NAMES - words.SMALL for token in middle):
            return first, first + numbers[-1]
    if numbers[0] == 0:
        last = numbers[1] if numbers[1:2] == [1] else 0
        while last + 1 < len(line) and line[last + 1].may_name and line[last + 1].is_word:
            last += 1
        while last > 0 and line[last].key in words.SMALL:
            last -= 1
        return (first, first + last) if line[last].is_word else None
    return None


def _with_tail(text: str, tokens: Sequence[Token], first: int, last: int) -> Span:
    """The street with what belongs to it: a part of the house, then place and postcode, when they follow."""
    end, tier = last, "likely"
    ahead = end + 1
    while ahead < len(tokens) and tokens[ahead].text in MARKS:
        ahead += 1
    if (unit := _unit_end(tokens, ahead)) is not None:
        end, tier = unit, "certain"
    stop = tokens[end].end
    for ahead in range(end + 1, min(end + MAX_TAIL, len(tokens))):
        token = tokens[ahead]
        if ahead > end + 1 and (code := POSTCODE.match(text, token.start)) is not None:
            return Span(tokens[first].start, code.end(), "certain")
        if not (token.is_word or token.text in MARKS):
            break
    return Span(tokens[first].start, stop, "certain" if tier == "certain" else "likely")


STREET_ADDRESS = Detector("street_address", "ADDRESS", GATE, find_addresses)

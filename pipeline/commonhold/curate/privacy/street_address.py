"""Where somebody lives, as an address is written in several conventions."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cache

import re2

from commonhold.curate.privacy import address_east_asia as east_asia
from commonhold.curate.privacy import address_words as words
from commonhold.curate.privacy.address_forms import BEFORE_STREET, FORMS, FORMS_GATE
from commonhold.curate.privacy.address_streets import (
    JOINED_ENDS,
    JOINED_ENDS_IN_CAPITALS,
    MAX_NAME,
    english,
    nameless,
    type_behind,
    type_first,
)
from commonhold.curate.privacy.address_tail import MARKS, with_tail
from commonhold.curate.privacy.address_tokens import Bounds, Token, any_of, tokens_of
from commonhold.curate.privacy.find import Detector, Span, around_digits


def _capitals(alternatives: Sequence[str]) -> list[str]:
    return [*alternatives, *(each.upper() for each in alternatives)]


_START, _END = r"(?:^|[^\pL])", r"(?:[^\pL]|$)"
_TO_NUMBER = r"[^!?;0-9]*[0-9]"
_BEHIND_NUMBER = any_of((*words.STREETS, *words.STREETS_ALONE))
GATE = "(?i)" + "|".join(
    (
        rf"[0-9][^\n!?;]*[^\pL](?:{_BEHIND_NUMBER}|(?-i:{any_of(_capitals(words.STREETS_IN_CAPITALS))})){_END}",
        rf"{_START}(?:(?:{any_of(words.STREETS_BEFORE)})[.\s/]|c/|(?:{'|'.join(words.LABELS)})[^\pL0-9]"
        rf"|(?:{any_of(words.STREETS_BEFORE_IN_CAPITALS)})[\s.]\s?(?:\pL{{1,4}}\s|[dl]['’])*(?-i:\p{{Lu}})){_TO_NUMBER}",
        rf"[0-9](?:\s(?:bis|ter|quater))?,?\s"
        rf"(?:{any_of(words.STREETS_BEFORE + words.STREETS_BEFORE_IN_CAPITALS)})[\s.]",
        rf"(?:{any_of(JOINED_ENDS + JOINED_ENDS_IN_CAPITALS)}|{_START}(?:{any_of(words.STREETS_BEHIND)}))"
        r"[.,:#º°no\s]+[0-9]",
        rf"{_START}(?:{any_of(words.UNITS)}|{'|'.join(words.POST_BOXES)})[\s.:#º°no-]*[0-9]",
        rf"{_START}(?:{'|'.join(words.POSTCODES)})\s*(?:is|es|é|est|ist)?[\s:=#]+[A-Za-z]*[0-9]",
        rf"{_START}(?:{any_of(words.COUNTED_ROADS)})\s[0-9]",
        rf"[,\n] ?(?:{words.STATES}) [0-9]{{5}}",
        r"[AFD]PO,?\s(?:AA|AE|AP)\s[0-9]{5}",
        FORMS_GATE,
        east_asia.GATE,
    )
)
GATE_BYTES = 32 << 20
"""Memory for the automaton of the gate."""
LABELLED_POSTCODE = re.compile(
    rf"(?<!\w)(?:{'|'.join(words.POSTCODES)})(?:\s(?:is|es|é|est|ist))?[\s:=#]{{1,4}}"
    r"(?P<value>[\w-]{3,10}(?:\s\d\w\w\b)?)",
    re.IGNORECASE,
)
POST_BOX = re.compile(rf"(?<!\w)(?:{'|'.join(words.POST_BOXES)})[\s:#nº.]{{0,5}}\d{{1,7}}(?!\w)", re.IGNORECASE)
STATE_ZIP = re.compile(rf"(?:(?<=[,\n])|(?<=[,\n] ))(?:{words.STATES})\s\d{{5}}(?:-\d{{4}})?(?![\w-])")
MILITARY = re.compile(
    r"(?<!\w)(?:(?:PSC|CMR|unit)\s\d{1,5},?\s(?:box\s\d{1,5},?\s)?|US(?:[NS][SV]|CGC)\s\w{1,30},?\s)?"
    r"(?:APO|FPO|DPO),?\s(?:AA|AE|AP)\s\d{5}(?:-\d{4})?(?![\w-])",
    re.IGNORECASE,
)
"""US forces and embassies abroad (USPS Publication 28, section 238)."""
LABEL = re.compile(
    rf"(?<![\w@.-])(?<!mail )(?<!ip )(?<!web )(?<!mac )(?<!site )(?:{'|'.join(words.LABELS)})(?!\w)[\s:=,.-]{{0,16}}",
    re.IGNORECASE,
)
UNIT_SIGNS = frozenset("#.:º°")
UNITS = frozenset(each.lower() for each in words.UNITS)
MAX_LINE = 5
"""Words of a line before a part of a house, or behind a label."""
REACH = 120
"""Characters between a number and the words that make it a part of an address."""
BETWEEN = re.compile(r"[ \t]*(?:[,|>(-]|\n)?[ \t>|?]*")
"""What may be between two parts of one address that were found one by one."""


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
    options = re2.Options()
    options.max_mem = GATE_BYTES
    return re2.compile(GATE, options)


def _joined(text: str, streets: Collection[Span], parts: Collection[Span]) -> Iterator[Span]:
    """Spans that overlap as one; also a flat or a postcode that only a mark parts from a street."""
    last: Span | None = None
    has_street = False
    for span in sorted({*streets, *parts}):
        is_street = span in streets
        if last is not None and (
            span.start <= last.end or (not (has_street and is_street) and BETWEEN.fullmatch(text, last.end, span.start))
        ):
            # In the order of the alphabet, certain is before likely.
            last = Span(last.start, max(last.end, span.end), min(last.tier, span.tier))
            has_street = has_street or is_street
            continue
        if last is not None:
            yield last
        last, has_street = span, is_street
    if last is not None:
        yield last


def _in_stretch(text: str) -> Iterator[Span]:
    tokens = tokens_of(text)
    parts = {*_parts(text, tokens)}
    streets = {*_streets(text, tokens), *_by_form(text, tokens)} - parts
    parts |= {*_before(text, streets)}
    return _joined(text, streets, parts)


def _streets(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Streets by what they are called, and what follows `address:`."""
    for index in _near_numbers(tokens):
        for find in (english, nameless, type_first, type_behind):
            if (bounds := find(tokens, index)) is not None:
                yield _with_tail(text, tokens, bounds)
    starts = [token.start for token in tokens]
    for match in LABEL.finditer(text):
        first = bisect_left(starts, match.end())
        if (bounds := _introduced(tokens, first)) is not None:
            yield _with_tail(text, tokens, bounds)


def _parts(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Parts of houses, post boxes, and postcodes that are called so."""
    for index in _near_numbers(tokens):
        if (bounds := _unit(tokens, index)) is not None:
            yield _with_tail(text, tokens, bounds, has="unit")._replace(tier="likely")
    for match in LABELLED_POSTCODE.finditer(text):
        if any(character.isdigit() for character in match["value"]):
            yield Span(*match.span("value"), "likely")
    for match in POST_BOX.finditer(text):
        yield with_tail(text, tokens, *match.span(), has="unit")
    for pattern in (STATE_ZIP, MILITARY):
        for match in pattern.finditer(text):
            yield Span(*match.span(), "likely")


def _with_tail(text: str, tokens: Sequence[Token], bounds: Bounds, *, has: str = "") -> Span:
    return with_tail(text, tokens, tokens[bounds[0]].start, tokens[bounds[1]].end_without_stop, has=has)


def _by_form(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Addresses whose form as a whole is like nothing else's."""
    if east_asia.LETTER.search(text):
        for bounds in east_asia.find_east_asian(text):
            yield with_tail(text, tokens, *bounds)._replace(tier="certain")
    for form in FORMS:
        for match in form.pattern.finditer(text):
            span = with_tail(text, tokens, *match.span(), has=form.has)
            if (form.needs == "tail" and span.end == match.end()) or (
                form.needs == "certain" and span.tier == "likely"
            ):
                continue
            yield span._replace(tier="certain") if form.is_certain else span


def _before(text: str, streets: Collection[Span]) -> Iterator[Span]:
    """Town, district or part of the house that is before a street that was found."""
    starts = {span.start for span in streets}
    for match in BEFORE_STREET.finditer(text) if starts else ():
        if match.end() in starts:
            yield Span(*match.span(), "likely")


def _near_numbers(tokens: Sequence[Token]) -> list[int]:
    """Places of the words that have a number within reach of a name on either side."""
    near: set[int] = set()
    for index, token in enumerate(tokens):
        if token.text[0].isdigit() or token.is_signed_number:
            near.update(range(max(index - MAX_NAME - 4, 0), min(index + MAX_NAME + 2, len(tokens))))
    return [index for index in sorted(near) if tokens[index].is_word or tokens[index].text == "#"]


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
        for position in range(line_end, max(line_end - MAX_LINE - 2, -1), -1)
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
    for token in tokens[first : first + MAX_LINE + 3]:
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


STREET_ADDRESS = Detector("street_address", "ADDRESS", GATE, find_addresses)

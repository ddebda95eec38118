"""What belongs to an address behind its street: parts of the house, district, postcode, town and country."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple

from commonhold.curate.privacy import address_words as words
from commonhold.curate.privacy.address_tokens import Token, any_of
from commonhold.curate.privacy.find import Span

MAX_PARTS, MAX_PLACES, MAX_PLACE_WORDS, MAX_SHOUTED_WORDS, MAX_TAIL = 12, 4, 5, 4, 12
MARKS = frozenset(",\n>|?")
"""What may be between the lines of an address; `>` and `?` before lines that were quoted or copied."""
_MARK = r"[,،、|>()·•–—-]|\n|/(?=[^\W\d_])"
SEPARATOR = re.compile(rf"[ \t]*\.?[ \t]*(?:(?:{_MARK})[\s,|>?(–—-]*)?")
_END = r"(?=\s*(?:[,.;:)(|\n–—-]|$))"
_SIDE = r"(?:izq(?:uierda|da)?|izda|dcha|dch|derecha|der|drcha|ctro|centro|ext|int)(?!\w)\.?"
_VALUE = (
    r"(?:\d{1,5}(?:\.\d{1,2}|\s?\.?[ºª°])?(?-i:[A-Z]{1,2}|[a-z])?(?:[-/]\w{1,4})?"
    r"|(?-i:[A-Z])\d{0,4}(?:-\d{1,3}){0,2})(?!\w)"
)
UNIT = re.compile(
    rf"(?:(?:{any_of(words.PARTS)})(?:[.:]\s?|\s|(?=\d))(?:(?:n[oº°]?\.?|nr\.?|#|:|º)\s?)*{_VALUE}(?:\s{_SIDE})?(?:\s[A-K]{_END})?"
    rf"|#\s?\d{{1,5}}[A-Z]?(?!\w)|of\s\d{{2,4}}{_END}|(?-i:BSMT|FRNT|PH)(?!\w)"
    r"|(?:floor|piso|planta|level)\s(?:ground|one|two|three|baja|primer[oa]?|segund[oa]|tercer[oa]?))",
    re.IGNORECASE,
)
FLOOR = re.compile(
    rf"(?:\d{{1,2}}\s?\.?\s?[ºª°](?:[\s,./-]{{0,3}}(?:\d{{1,2}}\s?\.?[ºª°]|puerta\s\w{{1,2}}|(?-i:[A-K])(?!\w)|{_SIDE}|(?:planta|piso|nivel)(?!\w)))?\.?"
    rf"|\d{{1,2}}\s?[a-k]{_END}|\d{{1,2}}[rntè](?!\w)(?:\s\d{{1,2}}[ªa])?{_END}"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|ground|top)\s(?:fl|flr|floor)(?!\w)"
    r"|\d{1,2}\s?(?:[ªao]|er|do|ro|to)?\.?\s(?:planta|piso|andar|subsuelo|entrepiso|nivel)(?!\w)|\d{1,2}(?:er|e|ème|eme)\sétage(?!\w)"
    r"|\d{1,2}\.?\s?(?:stock|og|etage|obergeschoss|emelet)(?!\w)|\d{1,2}\.\s?(?:tv|th|mf)(?!\w)"
    r"|\d{1,2}(?:st|nd|rd|th)\s(?:cross|main|block|phase|stage)(?!\w)"
    rf"|(?:bajos?|ático|atico|entresuelo|entlo|sótano|planta\sbaja|pb|rdc|rez-de-chaussée|s/n)(?:\.?\s(?:{_SIDE}|(?-i:[A-D])(?!\w)))?{_END}"
    rf"|{_SIDE}{_END})",
    re.IGNORECASE,
)
DOOR = re.compile(
    rf"(?:\d{{1,3}}[A-Z]{{0,2}}(?:-\d{{1,3}}[A-Z]?)?|[A-K])(?:{_END}|(?=\s{{1,2}}(?:\d{{4,6}}|\d{{1,2}}[ºª])))"
)
SECOND_NUMBER = re.compile(
    r"\s?[–—-]\s?\d{1,4}[A-Za-z]?(?:(?!\w)(?=\s*(?:[,;:)(\n]|\.(?!\s?[ºª])|$))|(?=,?\s\d{5}))"
    rf"|\s\d{{1,3}}{_END}|\s[A-H]\s?\d{{1,3}}(?!\w)"
    r"|\s(?:N(?:or)?te|Sur|Este|Oeste|Oriente|Poniente|Ote|Pte|NORTE|SUR|ORIENTE|PONIENTE|OTE|PTE)(?!\w)\.?"
)
"""Directly behind a house number: the second of two, a staircase with a flat, the side of a town."""
DISTRICT = re.compile(
    rf"(?:{any_of(words.NAMED_PARTS)})(?!\w)\.?\s{{1,2}}(?:de\s(?:la\s|los\s)?|del\s)?", re.IGNORECASE
)
_CODE_LABEL = r"(?:c\.?\s?p\.?|c[oó]d(?:igo|\.)\spostal|cep|cap|zip(?:\scode)?|plz|pin(?:\scode)?|postcode)"
CODE = re.compile(
    rf"(?:{_CODE_LABEL}\s?[:.#-]?\s?(?:n[oº]\.?\s)?[A-Z]?\d[\d.-]{{2,8}}\d[A-Z]{{0,3}}"
    rf"|(?:{words.STATES})\.?,?\s\d{{5}}(?:-\d{{4}})?"
    r"|[A-Z]\d{4}[A-Z]{3}|(?:[A-Z]{1,2}-)?\d{5}(?:-\d{3,4})?|\d{6}|\d{3}\s\d{2}(?=\s[A-ZÀ-Ž])|\d{3}\s\d{3}(?!\s?-?\d)|\d{2}-\d{3}"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}"
    r"|(?:[A-Z]{1,2}-)?\d{4}(?=\s[A-ZÀ-ÖØ-Þ]))(?![\w-])",
)
LABELLED_CODE = re.compile(rf"{_CODE_LABEL}\s?[:.#-]?\s?[A-Z]?\d[\d.-]{{2,8}}\d[A-Z]{{0,3}}(?!\w)", re.IGNORECASE)
POSTCODE = re.compile(
    rf"(?:(?:{words.STATES})\s\d{{5}}(?:-\d{{4}})?|\d{{4,6}}(?:-\d{{3,4}})?|\d{{3}}\s\d\d|"
    r"[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2})(?![\w-])"
)
WORD = re.compile(
    r"(?:St|Ste|Sta|Sto|Gral|Dr|Pto|Nte|Fco|[A-Z])\.(?=\s?\w)(?:\s?[A-Z]\.)*|[^\W\d_]+(?:['’-][^\W\d_]+)*(?!\w)"
)
"""A word of the name of a place."""
PLACE_LEAD = re.compile(r"(?:de|en|in)\s(?:la\sciudad\sde\s)?(?=[^\W\d_a-zß-öø-ÿ])")
"""Words that join a town to an address: `12, bajos, de Barcelona`."""
LAST_CODE = re.compile(rf"(?!19|20)\d{{4}}(?:{_END}|(?=\s[a-z]))")
"""A postcode behind its town."""
SMALL_TOWN = re.compile(rf"[^\W\d_A-Z]{{3,}}{_END}")
"""A town that nobody wrote with a capital, behind its postcode."""
BLANK, BROKEN_LINE = re.compile(r"[ \t]"), re.compile(r"\s[ \t]*")
OVER = re.compile(_END)
LINE_OVER = re.compile(r"[ \t]*(?:\n|,|$)")


class AddressPart(NamedTuple):
    """Where a part of an address ends, and what it is."""

    end: int
    kind: Literal["unit", "code", "district", "door", "place"]


class AddressGap(NamedTuple):
    """What is between two parts of an address."""

    text: str
    end: int
    is_line: bool
    """On another line; allowed for a place only where the address has lines of its own."""

    @property
    def is_marked(self) -> bool:
        """A comma, a dash or another mark, and not a blank alone."""
        return self.text.strip(" \t.") != ""


ORDER: tuple[tuple[re.Pattern[str], Literal["unit", "code"]], ...] = (
    (LABELLED_CODE, "code"),
    (UNIT, "unit"),
    (FLOOR, "unit"),
    (CODE, "code"),
)


def with_tail(text: str, tokens: Sequence[Token], start: int, end: int, *, has: str = "") -> Span:
    """The street with what belongs to it; certain with a part of the house or a postcode.

    `has` is the kind of part that the stretch ends with already: `code` or `unit`.
    """
    has_lines = not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t>|?")
    seen = [has] if has else []
    if text[end - 1].isdigit() and (number := SECOND_NUMBER.match(text, end)):
        end = number.end()
    for _ in range(MAX_PARTS):
        part = _next_part(text, end, seen, has_lines)
        if part is None and "code" not in seen:
            part = _code_ahead(text, tokens, end)
        if part is None:
            break
        has_lines = has_lines or "\n" in text[end : part.end]
        end = part.end
        seen.append(part.kind)
    if text[start:end].count("(") > text[start:end].count(")") and text[end : end + 1] == ")":
        end += 1
    return Span(start, end, "certain" if {"unit", "code"} & set(seen[bool(has) :]) else "likely")


def _next_part(text: str, end: int, seen: Sequence[str], has_lines: bool) -> AddressPart | None:
    found = SEPARATOR.match(text, end)
    gap = (
        AddressGap(found.group(), found.end(), "\n" in found.group() and "," not in found.group())
        if found
        else AddressGap("", end, is_line=False)
    )
    if not gap.text:
        unit = UNIT.match(text, end) if text[end : end + 1] == "#" else None
        return AddressPart(unit.end(), "unit") if unit else None
    part = _numbered_part(text, gap.end, seen)
    if part is not None or "." in gap.text:
        return part
    if gap.is_marked and not gap.is_line and "(" not in gap.text and (door := DOOR.match(text, gap.end)):
        return AddressPart(door.end(), "door")
    return _place(text, gap, seen, has_lines)


def _numbered_part(text: str, start: int, seen: Sequence[str]) -> AddressPart | None:
    """What is certain by its form, whatever mark is before it: a floor, a flat, a postcode, a district that says so."""
    for pattern, kind in ORDER:
        if not (kind == "code" and "code" in seen) and (found := pattern.match(text, start)):
            return AddressPart(found.end(), kind)
    if (district := DISTRICT.match(text, start)) and (end := _place_end(text, district.end())) is not None:
        return AddressPart(end, "district")
    return None


def _place(text: str, gap: AddressGap, seen: Sequence[str], has_lines: bool) -> AddressPart | None:
    """A town, a county or a country: behind a mark, a postcode or a flat; up to three of them."""
    last, places = seen[-1] if seen else "", seen.count("place")
    if gap.is_line and not (last == "code" or (has_lines and places < MAX_PLACES - 1)):
        return None
    if last == "place" and (code := LAST_CODE.match(text, gap.end)):
        return AddressPart(code.end(), "code")
    if places == MAX_PLACES or "|" in gap.text:
        return None
    lead = PLACE_LEAD.match(text, gap.end)
    end = _place_end(text, lead.end() if lead else gap.end)
    if end is None and last == "code" and (town := SMALL_TOWN.match(text, gap.end)):
        end = None if town.group() in words.STOPS else town.end()
    if end is None or (gap.is_line and last != "code" and not LINE_OVER.match(text, end)):
        return None
    has_case = text[gap.end].lower() != text[gap.end].upper()
    if (gap.is_marked or lead or last in ("code", "unit")) and (has_case or OVER.match(text, end)):
        return AddressPart(end, "place")
    # Calle Mayor 12 Madrid, and not: Calle Mayor 12 Hay ruido
    ends_in_number = has_case and not seen and text[gap.end - len(gap.text) - 1].isdigit()
    return AddressPart(end, "place") if ends_in_number and OVER.match(text, end) else None


def _place_end(text: str, start: int) -> int | None:
    """Where the name of a place ends: one to five words with capitals, and nothing with a capital behind them."""
    position = end = start
    count = 0
    while (word := WORD.match(text, position)) is not None:
        value, key = word.group(), word.group().rstrip(".").lower()
        if key in words.STREET_WORDS:
            return None  # another street
        small = (count > 0 and (key in words.SMALL or key in words.SMALL_IN_PLACES)) or key in words.ARTICLES
        if not small and (value[0].islower() or (key in words.STOPS and not _is_province(text, start, word))):
            break
        if not small:
            count += 1
            end = word.end()
        position = word.end()
        blank = BROKEN_LINE.match(text, position) if small else BLANK.match(text, position)
        if blank is None:
            break
        position = blank.end()
    shouted = count >= MAX_SHOUTED_WORDS and text[start:end].isupper()
    return end if 0 < count <= MAX_PLACE_WORDS and not shouted else None


def _is_province(text: str, start: int, word: re.Match[str]) -> bool:
    """Whether two capitals that may be a word are a province: `Milano (MI)`, `Hamilton ON`."""
    name = text[start : word.start()]
    return len(word.group()) == 2 and word.group().isupper() and (text[word.end() :][:1] == ")" or name[1:].islower())


def _code_ahead(text: str, tokens: Sequence[Token], end: int) -> AddressPart | None:
    """A postcode within a few words, with all that is before it: `Oak Street Riverbend OR 97201`."""
    first = bisect_left(tokens, end, key=lambda token: token.start)
    for ahead in range(first, min(first + MAX_TAIL - 1, len(tokens))):
        token = tokens[ahead]
        if ahead > first and (code := POSTCODE.match(text, token.start)) is not None and not _is_year(tokens, ahead):
            return AddressPart(code.end(), "code")
        if not (token.is_word or token.text in MARKS):
            break
    return None


def _is_year(tokens: Sequence[Token], index: int) -> bool:
    """Whether a number of four digits is a year: `Oak Street in 2020`."""
    return tokens[index].text[:2] in ("19", "20") and tokens[index - 1].key in words.BEFORE_YEARS

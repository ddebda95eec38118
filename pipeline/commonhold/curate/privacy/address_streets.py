"""Streets with their house numbers, by where the number is and what a street is called."""

import re
from collections.abc import Sequence

from commonhold.curate.privacy import address_words as words
from commonhold.curate.privacy.address_tokens import ORDINAL, Bounds, Token

MAX_NAME = 7
"""Words of a street's name; of an English one, two less."""
POSTCODE_DIGITS = 5
MIN_JOINED = 6
"""Letters of the shortest street in one word."""
JOINED_ENDS, JOINED_ENDS_IN_CAPITALS = (*words.STREET_ENDS, "str"), words.STREET_ENDS_IN_CAPITALS
STREETS, STREETS_IN_CAPITALS, STREETS_BEFORE, STREETS_BEFORE_IN_CAPITALS, STREETS_BEHIND, NOT_STREETS = (
    frozenset(each.lower() for each in group)
    for group in (
        words.STREETS, words.STREETS_IN_CAPITALS, words.STREETS_BEFORE, words.STREETS_BEFORE_IN_CAPITALS,
        words.STREETS_BEHIND, words.NOT_STREETS,
    )
)  # fmt: skip
STREET_NUMBER = re.compile(r"\d{1,3}")
ROAD_NUMBER = re.compile(r"\d{1,4}[A-D]?")
NUMBER_SIGNS = frozenset(",#º°.:")


def english(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Number, name, type: `1315 Oak Street`, `637 EAST 138 STREET`; in small letters one or two words of a name."""
    kind = tokens[index]
    if not (kind.key in STREETS or (kind.key in STREETS_IN_CAPITALS and kind.is_capital)):
        return None
    first = _counted(tokens, index)
    if first is None:
        first = _before_capitals(tokens, index)
    if first is None and kind.key in STREETS:
        first = _before_small_letters(tokens, index)
    if first is None:
        return None
    first = _leading_number(tokens, first)
    return first - (first > 0 and tokens[first - 1].key == "no"), _with_direction(tokens, index)


def _counted(tokens: Sequence[Token], index: int) -> int | None:
    """The house number before a street that is a number: `637 EAST 138 STREET`, `79-25 150 STREET`, `12 3rd ave`."""
    name = index - 1
    if name > 0 and tokens[name].key in ("st", "nd", "rd", "th"):
        name -= 1  # WEST 104 TH STREET
    if name < 1 or not (STREET_NUMBER.fullmatch(tokens[name].text) or ORDINAL.fullmatch(tokens[name].text)):
        return None
    first = name - 1
    while first > 0 and name - first <= 2 and tokens[first].key in words.BEFORE_COUNTED:
        first -= 1
    ahead = tokens[index + 1].key if index + 1 < len(tokens) else ""
    if tokens[first].text == "," and tokens[first - 1].text[:2] not in ("19", "20") and len(tokens[first - 1].text) > 2:
        first -= 1  # 5816, 4th Avenue
    if not tokens[first].is_number or ahead in words.STREET_THINGS or _is_date(tokens, first):
        return None
    return first


def _is_date(tokens: Sequence[Token], index: int) -> bool:
    """Whether a month or a word such as `between` is before a number."""
    return index > 0 and (tokens[index - 1].key in words.MONTHS or tokens[index - 1].key in ("between", "and", "&"))


def _before_capitals(tokens: Sequence[Token], index: int) -> int | None:
    first = index - 1
    plain = tokens[index].key not in STREETS and tokens[index].text.isupper()  # GREEN, RUN: words, in capitals
    while first >= 0 and index - first <= (3 if plain else MAX_NAME - 2) and tokens[first].may_name:
        first -= 1
    if first < 0 or first == index - 1:
        return None
    if tokens[first].text == "," and _begins_line(tokens, first - 1):
        first -= 1
    if not tokens[first].is_number or _is_fraction(tokens, first):
        return None
    name = [token.key for token in tokens[first + 1 : index]]
    letter = tokens[index - 1].text in ("E", "I", "Y") or (
        tokens[index - 1].text == "The" and index + 1 < len(tokens) and tokens[index + 1].text == ","
    )
    if any(key in words.NEVER_NAMES for key in name) or (all(key in words.SMALL for key in name) and not letter):
        return None  # 66 and highway; 3 DAYS ON THE HILL
    if "and" in name and (tokens[first + 1].key == "and" or any(key in STREETS for key in name)):
        return None  # 3 AVENUE and WILLIS AVENUE
    return first


def _is_fraction(tokens: Sequence[Token], index: int) -> bool:
    """Whether a number is the end of `4.8`."""
    return index > 1 and tokens[index - 1].text == "." and tokens[index - 2].end + 1 == tokens[index].start


def _begins_line(tokens: Sequence[Token], index: int) -> bool:
    """Whether a number is the first thing that is said of a place: `12, High Street`, `at 12/A, MG Road`."""
    return index == 0 or (
        index > 0 and (tokens[index - 1].text in "\n:,(\"'“”«»" or tokens[index - 1].key in ("at", "no", "address"))
    )


def _before_small_letters(tokens: Sequence[Token], index: int) -> int | None:
    first = index - 1
    while first >= 0 and index - first <= 2 and tokens[first].is_word and tokens[first].key not in words.NOT_NAMES:
        first -= 1
    if first < 0 or first == index - 1 or not tokens[first].is_number:
        return None
    return None if all(token.key in words.SMALL for token in tokens[first + 1 : index]) else first


def _with_direction(tokens: Sequence[Token], index: int) -> int:
    """The type with a direction behind it: `Park Avenue South`, `K Street NW`, `K Street, NW`."""
    ahead = index + 1
    if ahead + 1 < len(tokens) and tokens[ahead].text == "," and tokens[ahead + 1].text in ("NW", "NE", "SW", "SE"):
        return ahead + 1
    if ahead < len(tokens) and tokens[ahead].key in words.DIRECTIONS and tokens[ahead].is_capital:
        return ahead
    return index


def nameless(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Streets without a type, or counted behind it: `2565 BROADWAY`, `200 N AVENUE 60`, `12345 State Route 9`."""
    kind = tokens[index]
    if kind.key in words.STREETS_ALONE and kind.is_capital:
        first, last = index - 1, _with_direction(tokens, index)
    elif kind.key in words.COUNTED_ROADS and kind.is_capital and index + 1 < len(tokens):
        first, last = index - 1, index + 1
        if not ROAD_NUMBER.fullmatch(tokens[last].text):
            return None
    else:
        return None
    while first > 0 and index - first <= 3 and tokens[first].key in (*words.BEFORE_COUNTED, "state", "county", "us"):
        first -= 1
    if first < 0 or not tokens[first].is_number or len(tokens[first].text) < 2 or _is_date(tokens, first):
        return None
    if first > 0 and tokens[first - 1].key in ("in", "since", "until", "by"):
        return None  # in 2019 Highway 6
    ahead = tokens[last + 1] if last + 1 < len(tokens) else None
    return None if ahead is not None and ahead.key in words.STREET_THINGS else (first, last)


def type_first(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Type, name, number (`Calle de la Paz, 25`) or number, type, name (`87 Rue Joseph Vernet`)."""
    kind = tokens[index]
    strong = kind.key in STREETS_BEFORE
    if not strong and (kind.key not in STREETS_BEFORE_IN_CAPITALS or kind.text[4:].endswith(".")):
        return None
    lead = _lead(tokens, index)
    last = _name_end(tokens, index)
    if strong and all(token.key in words.SMALL or token.text == "\n" for token in tokens[index + 1 : last + 1]):
        last = _small_letters(tokens, last)
    while last > index and (tokens[last].key in words.SMALL or tokens[last].text == "\n") and tokens[last].text != "I":
        last -= 1
    if last == index:
        return _numbered_street(tokens, index) if strong else None
    prose = (token for token in tokens[index + 1 : last + 1] if not (strong and token.text[1:].islower()))
    if any(token.key in words.NEVER_NAMES for token in prose):
        return None
    number = None if tokens[last].text[5:].endswith(".") else number_after(tokens, last)
    if number is not None and (lead is None or len(tokens[number].text) < POSTCODE_DIGITS):
        return (index if lead is None else lead), number
    if lead is None or (tokens[index + 1].key in ("and", "y", "e", "i") and kind.key in STREETS):
        return None
    return lead, last


def _lead(tokens: Sequence[Token], index: int) -> int | None:
    """The number before a type: `12 rue`, `12, rue`, `12 bis rue`."""
    first = index - 1
    if first > 0 and tokens[first].text == ",":
        first -= 1
    if first > 0 and tokens[first].key in ("bis", "ter", "quater"):
        first -= 1
    return _leading_number(tokens, first) if first >= 0 and tokens[first].is_number else None


def _name_end(tokens: Sequence[Token], index: int) -> int:
    """The last word of a name that is written with capitals; a date may be in it: `Avenida 25 de Mayo`."""
    last = index
    while last + 1 < len(tokens) and last - index < MAX_NAME:
        small = tokens[last].key in words.SMALL or (last + 2 < len(tokens) and tokens[last + 2].key in words.SMALL)
        is_break = tokens[last + 1].text == "\n" and (last == index or small)
        if is_break or (last == index and tokens[last + 1].text == "." and tokens[index].text.endswith("/")):
            last += 1  # a line that was broken, or C/.
            continue
        token = tokens[last + 1]
        ahead = (tokens[last + 2].key or tokens[last + 2].text) if last + 2 < len(tokens) else ""
        behind = tokens[last + 3].key if ahead == "." and last + 3 < len(tokens) else ahead
        is_day = token.is_number and (ahead == "de" or behind in words.MONTHS)
        is_stop = token.text == "." and tokens[last].is_number and ahead in words.MONTHS
        if not (token.may_name or is_day or is_stop or (token.key in words.MONTHS and last > index)):
            break
        if token.key in words.NUMBER_WORDS and (ahead[:1].isdigit() or ahead in NUMBER_SIGNS):
            break
        last += 1
    return last


def _small_letters(tokens: Sequence[Token], last: int) -> int:
    """One or two words of a name that nobody wrote with a capital: `rue de la paix 12`; more before a comma."""
    start = last
    for ahead in range(last + 1, min(last + 5, len(tokens))):
        token = tokens[ahead]
        if not token.is_word or token.is_signed_number or token.key in words.NOT_NAMES - words.SMALL:
            break
        last = ahead
    if last - start <= 2:
        return last
    number = number_after(tokens, last)
    ends = number is not None and (number + 1 == len(tokens) or tokens[number + 1].text in (*",.\n;)", "de", "en", "y"))
    return last if ends else start + 2


def _numbered_street(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Streets that are counted, as in Colombia: `Calle 45 # 12-34`, `Carrera 7 No. 12-30`."""
    if index + 2 < len(tokens) and tokens[index + 1].is_number and not tokens[index + 2].is_number:
        number = number_after(tokens, index + 1)
        if number is not None and tokens[index + 2].text != ",":
            return index, number
    return None


def type_behind(tokens: Sequence[Token], index: int) -> Bounds | None:
    """Name with its type, then the number: `Blæsenborgvej 5`, `Freistädter Strasse 61`, `Bem rakpart 79`."""
    kind = tokens[index]
    if not kind.is_word or kind.key in NOT_STREETS:
        return None
    alone = kind.key in STREETS_BEHIND
    joined = len(kind.key) > MIN_JOINED and (
        kind.key.endswith(JOINED_ENDS) or (kind.is_capital and kind.key.endswith(JOINED_ENDS_IN_CAPITALS))
    )
    if kind.key == "gate" and not (index > 0 and tokens[index - 1].is_capital and tokens[index - 1].key.endswith("s")):
        return None  # Karl Johans gate 5, and not: boarding at gate 5
    if not (alone or joined) or (number := number_after(tokens, index)) is None:
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


def number_after(tokens: Sequence[Token], index: int) -> int | None:
    """The house number behind a street: `25`, `, 25`, `n° 25`, `nº2`, `s/n`, `km 23`."""
    signed = False
    for ahead in range(index + 1, min(index + 6, len(tokens))):
        token = tokens[ahead]
        if token.is_number or token.is_signed_number or (signed and token.text[0].isdigit() and len(token.text) < 8):
            counts = ahead + 1 < len(tokens) and tokens[ahead + 1].text.lower() in words.COUNTED_THINGS
            return None if counts and not signed else ahead
        if token.text == "\n" and (signed or tokens[ahead - 1].text == ","):
            continue
        if token.key == "s/" and ahead + 1 < len(tokens) and tokens[ahead + 1].key == "n":
            return ahead + 1
        if token.text not in NUMBER_SIGNS and token.key not in words.NUMBER_WORDS:
            return None
        signed = signed or token.text in "#º°" or token.key in words.NUMBER_WORDS
    return None


def _leading_number(tokens: Sequence[Token], index: int) -> int:
    """The first of two numbers that lead an address, as in `77 3658 Sunburst Drive`."""
    return index - 1 if index > 0 and tokens[index - 1].is_number else index

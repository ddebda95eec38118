"""Phone numbers: those that a declared country's numbering plan has, and digits grouped as people write numbers."""

import functools
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from commonhold.curate.privacy.boundaries import CODE, LATIN, Touching, touching_before, touching_behind
from commonhold.curate.privacy.find import Detector, Span, around_digits
from commonhold.curate.privacy.phone_words import LABELLED, NOT_A_PHONE, NUMBER_OF_A_THING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

MIN_DIGITS, MAX_DIGITS = 7, 15
"""Fewer digits are postcodes and house numbers; E.164 allows no more than 15."""
REACH = 30
"""Characters before a number in which a word such as `phone` counts."""
MAX_NATIONAL_DIGITS = 11
"""Of a number without a country code, its leading zero or one included."""
MAX_ADDRESS = 200
UNGROUPED = range(9, 14)
"""Digits in a row that are taken for a phone number with nothing else to say so."""

# Spaces (no-break ones too), dots, hyphens of every width, brackets and slashes.
SEPARATORS = " .()/\u00a0\u202f\u2010-\u2013-"
GATE = r"[0-9](?:[ .()/\x{00a0}\x{202f}\x{2010}-\x{2013}-]{0,3}[0-9]){6}"
RUN = re.compile(
    rf"(?<!\d)(?:(?<!\d[.,:])|(?<=\.\.))\+?\(?\d(?:[{SEPARATORS}]{{0,3}}\d)*"
    r"(?:\s?(?:x|#|ext\.?:?|extension|anexo|int\.|poste|ramal)\s?\d{1,6}(?!\d))?(?!\d|-(?-i:[A-Z]{4})\b)",
    re.IGNORECASE | re.ASCII,
)
IN_ADDRESS = re.compile(r"(?:://|\bwww\.)\S*$", re.IGNORECASE)
"""Before the rest of a web address."""
CODED = re.compile(rf"(?:[{LATIN}][0-9]|[0-9][{LATIN}])[{CODE}]*-$")
"""A part of a code that goes on behind its hyphen: `550e8400-`."""
NEXT_LABEL = re.compile(r"(?:tel|fax|mob|cel|phone|hp|wa)[a-z]{0,5}[\s.:]{0,3}\+?\(?[0-9]", re.IGNORECASE)
NUMBER_BEFORE = re.compile(r"(?:[0-9][ ()-]{0,2}){7}$")
"""Of two numbers side by side: `TEL03-1234-5678FAX03-1234-5679`."""
DRUG_CODES = ([4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2])
"""Digits of a National Drug Code (21 CFR 207.33): labeller, product, package."""
AREA = re.compile(r"\(?\d{1,3}\)? ?\S*\d{2}-?\d+$|\(?0\d{1,4}\)? ")
"""A country's or an area's code in front of the rest: `254 712-345-678`, `011 15-2345-6789`."""
PIECE, SPACE = re.compile(r"\S+"), re.compile(r"\s")
GROUP = re.compile(r"\d+")
BY_HYPHENS = re.compile(r"\d+(?:-\d+)+")
DECIMAL = re.compile(r"\d+\.\d+")
FRACTION = re.compile(r"[1-9]\.\d+|[1-9]\d{1,2}\.(?:\d{5,6}|\d{9,})")
"""No number is grouped so."""
BARE = re.compile(rf"[0-9{SEPARATORS}]+")
BETWEEN_SLASHES = re.compile(r"[^/\s](?:[^/]*[^/\s])?")


class DigitRun(NamedTuple):
    """Digits with what is between them."""

    text: str
    start: int
    groups: tuple[str, ...]
    labelled: bool
    tight: bool = False
    """A word touches it that is no label: `at0712345678`. Such a number needs more to be taken for one."""
    thing: bool = False
    """Called the number of an order, a book or a drug."""

    @property
    def digits(self) -> int:
        """How many, an extension aside."""
        return sum(map(len, self.groups))


def find_phones(text: str, regions: tuple[str, ...]) -> Iterator[Span]:
    """Certain where the numbering plan of a region, or of a country code, has the number; likely where digits are
    grouped like one.

    The likely ones matter: the numbers 555-0100 to 555-0199, which stand for phone numbers in examples, are in no plan,
    and neither is a real number with one digit mistyped. When in doubt a number is masked: a case number of ten digits
    looks like a phone number, and is masked as one. Dates, sums of money, quantities, ISBNs, ZIP+4 codes and rows of a
    table such as `3 5 11 5 21` are not; digits that are all spelt out one by one are.

    `regions` are countries (ISO 3166-1 alpha-2) whose numbers are without a country code.
    """
    for start, end in around_digits(text, REACH):
        shielded = NOT_A_PHONE.sub(lambda match: "_" * len(match.group()), text[start:end])
        for match in RUN.finditer(shielded):
            if sum(map(str.isdecimal, match.group())) >= MIN_DIGITS:
                run = _told_by_neighbours(text, start + match.start(), match.group())
                yield from (_without_half_brackets(text, span) for span in (_in_run(run, regions) if run else ()))


def _without_half_brackets(text: str, span: Span) -> Span:
    """A number in brackets is masked between them; `(03) 5678-1234` keeps what opens inside of it."""
    start = span.start
    while start < span.end and text[start] == "(" and ")" not in text[start : span.end]:
        start += 1
    return span._replace(start=start)


def _told_by_neighbours(text: str, start: int, number: str) -> DigitRun | None:
    """Digits with what is said beside them; none where they are a part of a code."""
    before = text[max(0, start - REACH) : start]
    label = LABELLED.search(before)
    behind = touching_behind(text, start) if number[0] != "(" else Touching("apart")
    ahead = touching_before(text, start + len(number))
    if (ahead.contact == "code" and not NEXT_LABEL.match(text, start + len(number))) or CODED.search(before):
        return None
    if label and behind.contact != "apart":
        # Inside a code there are letters that spell a label by chance.
        first = label.start()
        if touching_behind(before, first).contact == "code" and not NUMBER_BEFORE.search(before[:first]):
            label = None
    if behind.contact == "code" and not label:
        return None
    word = behind.contact == "word" and not label
    if word and IN_ADDRESS.search(text[max(0, start - MAX_ADDRESS) : start]):
        return None
    tight = word or ahead.contact == "word"
    return _run(number, start, bool(label))._replace(tight=tight, thing=bool(NUMBER_OF_A_THING.search(before)))


def _run(text: str, start: int, labelled: bool) -> DigitRun:
    number = re.split(r"[^\W\d_]|#", text, maxsplit=1)[0]
    return DigitRun(text, start, tuple(GROUP.findall(number)), labelled)


def _in_run(run: DigitRun, regions: tuple[str, ...]) -> Iterator[Span]:
    span = Span(run.start, run.start + len(run.text))
    if _is_another_code(run):
        return
    if run.digits <= MAX_DIGITS and not _is_counted(run) and _in_a_plan(run.text, regions):
        yield span
    elif pieces := _between_slashes(run) or _whole_pieces(run):
        for piece in pieces:
            yield from _in_run(piece, regions)
    elif run.digits > MAX_DIGITS:
        yield from _windows(run, regions)
    elif run.digits >= MIN_DIGITS and _looks_like_one(run):
        yield span._replace(tier="likely")


def _between_slashes(run: DigitRun) -> list[DigitRun]:
    """The numbers of a row of whole ones: `(206) 555-0177/(206) 555-0142`."""
    pieces = [
        _run(match.group(), run.start + match.start(), run.labelled)._replace(tight=run.tight, thing=run.thing)
        for match in BETWEEN_SLASHES.finditer(run.text)
    ]
    whole = len(pieces) > 1 and all(MIN_DIGITS <= piece.digits <= MAX_DIGITS for piece in pieces)
    return pieces if whole else []


def _whole_pieces(run: DigitRun) -> list[DigitRun]:
    """The words of a run in which one is a number by itself and does not need its neighbours: `97201 503-555-0123`."""
    if run.digits <= MAX_NATIONAL_DIGITS or run.text.startswith("+") or not SPACE.search(run.text):
        return []
    if run.digits <= MAX_DIGITS and AREA.match(run.text):
        return []
    pieces = [
        _run(match.group(), run.start + match.start(), run.labelled)._replace(tight=run.tight, thing=run.thing)
        for match in PIECE.finditer(run.text)
    ]
    return pieces if any(len(piece.groups) > 1 and piece.digits >= MIN_DIGITS for piece in pieces) else []


def _windows(run: DigitRun, regions: tuple[str, ...]) -> Iterator[Span]:
    """Numbers in a longer row of groups, where only the numbering plan can say which groups belong together."""
    groups = list(GROUP.finditer(run.text))
    # Where no letter stands between them, the digits of a window are those of its groups.
    sizes = [len(group.group()) for group in groups] if len(groups) == len(run.groups) else []
    first = 0
    while first < len(groups):
        for last in range(min(first + 6, len(groups)) - 1, first - 1, -1):
            if sizes and not MIN_DIGITS <= sum(sizes[first : last + 1]) <= MAX_DIGITS:
                continue
            start, end = groups[first].start(), groups[last].end()
            if "-" in (run.text[start - 1 : start], run.text[end : end + 1]):
                continue  # 4111-1111-1111-1112 is one number, whichever
            if run.text[max(0, start - 1) : start] in ("+", "("):
                start -= 1
            window = _run(run.text[start:end], run.start + start, labelled=False)
            if MIN_DIGITS <= window.digits <= MAX_DIGITS and _in_a_plan(window.text, regions):
                yield Span(window.start, window.start + len(window.text))
                first = last
                break
        first += 1


@functools.lru_cache(maxsize=1024)
def _in_a_plan(text: str, regions: tuple[str, ...]) -> bool:
    """Remembered, as what is in no plan is asked for again once the rest of its text is masked."""
    import phonenumbers

    international = text.startswith("+")
    for region in (None,) if international else regions:
        if region is not None and is_surely_of_no_length(text, region):
            continue
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if not _is_of_a_length(number):
            continue
        # The country that a code is named after is the first that phonenumbers compares with, of 25 for the code 1.
        main = phonenumbers.region_code_for_country_code(number.country_code or 0)
        if phonenumbers.is_valid_number_for_region(number, main) or phonenumbers.is_valid_number(number):
            return True
    return False


def is_surely_of_no_length(text: str, region: str) -> bool:
    """Whether digits have no prefix that could be taken off, and are more or fewer than any number of the country has.

    Said before a number is parsed, which takes thirty times as long.
    """
    if not BARE.fullmatch(text):
        return False
    digits = "".join(GROUP.findall(text))
    prefixes, lengths = _prefixes(region)
    return bool(lengths) and len(digits) not in lengths and not prefixes.match(digits)


@functools.cache
def _prefixes(region: str) -> tuple[re.Pattern[str], frozenset[int]]:
    """What digits start with that are not all the national number, and how many digits such a number may have."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        return re.compile(""), frozenset()
    before = (str(plan.country_code), plan.national_prefix, plan.national_prefix_for_parsing, plan.international_prefix)
    return re.compile("|".join(f"(?:{each})" for each in before if each)), _lengths(plan.country_code or 0)


def _is_of_a_length(number: "PhoneNumber") -> bool:
    """Whether numbers with this country code may have so many digits, which is quicker to say than which are valid."""
    import phonenumbers

    lengths = _lengths(number.country_code or 0)
    return not lengths or len(phonenumbers.national_significant_number(number)) in lengths


@functools.cache
def _lengths(country_code: int) -> frozenset[int]:
    """Of all valid numbers of the countries that share a code; empty when they are not known."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(country_code, ())
    plans = [PhoneMetadata.metadata_for_region_or_calling_code(country_code, region) for region in regions]
    by_plan = [plan.general_desc.possible_length if plan and plan.general_desc else () for plan in plans]
    return frozenset(length for lengths in by_plan for length in lengths) if all(by_plan) else frozenset()


def _looks_like_one(run: DigitRun) -> bool:
    sizes = [len(group) for group in run.groups]
    if run.text.startswith("+"):
        return True
    if _is_isbn(run):
        return False
    if len(sizes) == 1:
        if run.tight and not run.labelled and run.text[0] != "0":
            return False
        return run.labelled or (sizes[0] in UNGROUPED and not run.thing)
    if run.tight and not run.labelled and len(sizes) < 3:
        return False
    return not (_is_counted(run) or _is_something_else(run, sizes) or (_is_a_drugs(run) and not run.labelled))


def _is_counted(run: DigitRun) -> bool:
    """Whether single digits are among longer groups, as in a table's row."""
    single = sum(len(group) == 1 for group in run.groups)
    return single not in (0, 1, len(run.groups)) and not run.text.startswith("+") and "(" not in run.text


def _is_another_code(run: DigitRun) -> bool:
    """Whether the form is that of decimals, side by side or alone, of a drug, or of a chemical, whatever any plan says:
    `35.008 31.354`, `50242-040-62`, `7732-18-5`.
    """
    if run.labelled or run.text[0] in "+(" or len(run.groups) < 2:
        return False
    if BY_HYPHENS.fullmatch(run.text):
        return (_is_a_drugs(run) and run.text[0] != "0") or _is_chemical(run)
    if FRACTION.fullmatch(run.text):
        return True
    pieces = PIECE.findall(run.text)
    return len(pieces) > 1 and not re.match(r"0\d", run.text) and all(map(DECIMAL.fullmatch, pieces))


def _is_a_drugs(run: DigitRun) -> bool:
    return [len(group) for group in run.groups] in DRUG_CODES and BY_HYPHENS.fullmatch(run.text) is not None


def _is_chemical(run: DigitRun) -> bool:
    from stdnum import casrn

    return [len(group) for group in run.groups[1:]] == [2, 1] and bool(casrn.is_valid(run.text))


def _is_isbn(run: DigitRun) -> bool:
    """Whether a book has the number: thirteen digits only, since ten pass the check in one phone number of eleven."""
    from stdnum import isbn

    return run.digits == 13 and bool(isbn.is_valid(run.text))


def _is_something_else(run: DigitRun, sizes: Sequence[int]) -> bool:
    between = {run.text[left.end() : right.start()] for left, right in pairwise(GROUP.finditer(run.text))}
    dotted = between == {"."}
    if between <= {" ", "\u00a0", "\u202f"} and (
        sizes == [1, 3, 3] or (len(sizes) > 2 and set(run.groups[1:]) == {"000"})
    ):
        return True  # 1 234 567
    if run.thing and run.digits > MAX_NATIONAL_DIGITS and run.text[0] != "0":
        return True
    if dotted and len(sizes) == 2 and sizes != [3, 4]:
        return True  # 3.14159265
    if dotted and sizes[0] <= 3 and set(sizes[1:]) == {3} and run.groups[0][0] != "0" and sizes != [3, 3]:
        return True  # 1.250.000
    if sizes == [5, 4] and between == {"-"}:
        return True  # 97201-1234
    return all(len(group) == 4 and group[:2] in ("18", "19", "20") for group in run.groups)


def phone_detector(regions: Sequence[str]) -> Detector:
    """Phone numbers as they are written in some countries."""
    return Detector("phone", "PHONE", GATE, partial(find_phones, regions=tuple(regions)))

"""Personal data that touches letters: scripts by sides by digits by kinds."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from commonhold.curate.privacy.own_data import OwnTerm, OwnValue, own_terms

WORDS = {
    "Latin": "servus", "Greek": "εδώ", "Cyrillic": "мой", "Armenian": "այստեղ", "Georgian": "აქ", "Hebrew": "כאן",
    "Arabic": "هنا", "Persian": "چه", "Urdu": "ہے", "Syriac": "ܗܪܟܐ", "Thaana": "މިތަން", "NKo": "ߦߊ߲", "Ethiopic": "እዚህ",
    "Devanagari": "यहाँ", "Bengali": "এখানে", "Gurmukhi": "ਇੱਥੇ", "Gujarati": "અહીં", "Odia": "ଏଠାରେ", "Tamil": "இங்கே",
    "Telugu": "ఇక్కడ", "Kannada": "ಇಲ್ಲಿ", "Malayalam": "ഇവിടെ", "Sinhala": "මෙහි", "Thai": "ที่นี่", "Lao": "ຢູ່ນີ້",
    "Tibetan": "འདིར",
    "Myanmar": "ဒီမှာ", "Khmer": "នៅទីនេះ", "Mongolian": "ᠡᠨᠳᠡ", "Han": "这里", "Hiragana": "ここは", "Katakana": "コレハ",
    "Bopomofo": "ㄓㄜ", "Hangul": "여기는", "Cherokee": "ᎠᎭᏂ", "Tifinagh": "ⴷⴰ", "Ol Chiki": "ᱱᱚᱰᱮ",
}  # fmt: skip
ZEROS = {
    "Arabic": "٠", "Persian": "۰", "Urdu": "۰", "NKo": "߀", "Devanagari": "०", "Bengali": "০", "Gurmukhi": "੦",
    "Gujarati": "૦", "Odia": "୦", "Tamil": "௦", "Telugu": "౦", "Kannada": "೦", "Malayalam": "൦", "Sinhala": "෦",
    "Thai": "๐", "Lao": "໐", "Tibetan": "༠", "Myanmar": "၀", "Khmer": "០", "Mongolian": "᠐", "Ol Chiki": "᱐",
}  # fmt: skip
VALUES = {
    "phone, grouped": "090-1234-5678",
    "phone, plain": "09012345678",
    "phone, country code": "+34 612 345 678",
    "phone, another country's": "(0712) 345-678",
    "card, grouped": "4111-1111-1111-1111",
    "card, plain": "5555555555554444",
    "IBAN": "GB29NWBK60161331926819",
    "e-mail": "ana.lopez7@x9.example",
    "identity number": "12345678Z",
    "labelled number": "NHC 4821",
    "IP address": "10.2.3.44",
    "coordinates": "-1.28333, 36.81667",
    "date of birth": "DOB: 1985-03-14",
    "declared phone": "0712 345",
    "declared number": "M-40017",
    "declared name": "Wanjiru",
}
NO_VALUES = {
    "day": "2025-03-14",
    "day, turned": "14.03.2025",
    "span of days": "2025-03-14 - 2025-03-20",
    "years": "2024-2025",
    "amount": "1,250,000",
    "amount, spaces": "12 500",
    "amount, dots": "1.250.000",
    "amount of money": "$1250000",
    "count": "123456",
    "time": "10:30:15",
    "decimal": "3.14159265",
    "decimals": "35.008 31.354",
    "per cent": "12.5%",
    "version": "v2.10.3.44",
    "page": "12-15",
    "postcode": "〒100-0001",
    "ZIP code": "10001-1234",
    "product": "AB12345678901",
    "hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "UUID": "550e8400-e29b-41d4-a716-446655440000",
    "drug": "NDC 50242-040-62",
    "drug without a name": "0002-8215-01",
    "chemical": "7732-18-5",
    "book": "ISBN 978-3-16-148410-0",
    "gene": "rs1234567890",
    "diagnosis": "E11.9",
    "parcel": "JD014600006281230704",
    "row of a table": "3 5 11 5 21 40",
    "wrong card": "4111-1111-1111-1112",
    "wrong account": "GB29NWBK60161331926818",
}
"""Numbers and codes that are nobody's."""
KEPT_LABEL = re.compile(r"(?:NHC|DOB:) ", re.IGNORECASE)
"""What stays in front of a value."""
OWN: tuple[OwnTerm, ...] = own_terms(
    (OwnValue("phone", "0712345"), OwnValue("id", "M-40017"), OwnValue("name", "Wanjiru Kamau"))
)
REGIONS = ("JP", "ES")
SIDES = ("before", "after", "both")
DIGITS = ("ASCII", "wide", "native")


class NearMiss(NamedTuple):
    """One combination that has nothing personal."""

    script: str
    side: str
    digits: str
    kind: str
    text: str


class Cell(NamedTuple):
    """One combination, and how it has to look once it is masked."""

    script: str
    side: str
    digits: str
    kind: str
    text: str
    masked: re.Pattern[str]


def cells() -> Iterator[Cell]:
    """Every combination; native digits where the script has its own."""
    for script, word in WORDS.items():
        for side in SIDES:
            before, after = ("" if side == "after" else word), ("" if side == "before" else word)
            for digits in DIGITS:
                if digits == "native" and script not in ZEROS:
                    continue
                for kind, value in VALUES.items():
                    written = _written(value, digits, ZEROS.get(script, "0"))
                    label = KEPT_LABEL.match(value)
                    kept = written[: label.end()] if label else ""
                    masked = re.compile(rf"{re.escape(before + kept)}\[[A-Z_]+\]{re.escape(after)}")
                    yield Cell(script, side, digits, kind, f"{before}{written}{after}", masked)


def near_misses() -> Iterator[NearMiss]:
    """Every combination of what must stay."""
    for script, word in WORDS.items():
        for side in SIDES:
            before, after = ("" if side == "after" else word), ("" if side == "before" else word)
            for digits in DIGITS:
                if digits != "native" or script in ZEROS:
                    for kind, value in NO_VALUES.items():
                        text = f"{before}{_written(value, digits, ZEROS.get(script, '0'))}{after}"
                        yield NearMiss(script, side, digits, kind, text)


def _written(value: str, digits: str, zero: str) -> str:
    if digits == "wide":
        return value.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    if digits == "native":
        return value.translate({ord(str(digit)): ord(zero) + digit for digit in range(10)})
    return value

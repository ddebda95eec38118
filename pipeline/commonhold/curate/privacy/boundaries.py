"""Where a number ends and the words around it begin, in any script; and texts with one spelling of digits and marks.

A digit, an underscore or a Latin letter beside a number may make a code of both (`AB12345678`, `x10.2.3.44`). A letter
of any other script never does: `電話は090-1234-5678です` has a phone number. Among Latin letters a word or a label
typed without its space is told from a code by its form: `call0712345678`, `DNI12345678Z`.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

from commonhold.curate.privacy.folding import Folded, has_no_spaces

LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
CODE = f"0-9_{LATIN}"
"""What belongs to a code, as the inside of a character class that RE2 and Python share."""
NOT_BEHIND = rf"(?<![{CODE}])"
NOT_BEFORE = rf"(?![{CODE}])"
"""The borders of whatever is made of digits and Latin letters."""

ALWAYS_PLAIN = {
    "\u2212": "-", "\ufe63": "-", "\u066a": "%", "\u066b": ".", "\u066c": ",", "\u060c": ",", "\u061b": ";",
    "\u0640": "", "\u20e3": "",
}  # fmt: skip
"""Minus signs, Arabic marks, the stroke that lengthens Arabic letters, the frame of a digit on a key."""
BETWEEN_DIGITS = re.compile(r"(?<=[0-9)])[\u30fc\uff70\u2014\u2015\u30fb\u00b7\u2022\u2043](?=[0-9(])")
"""Marks that are typed as hyphens between digits, and are letters or punctuation elsewhere."""
DIGITS_OF_OTHERS = r"[^\x00-\x7f\P{Nd}]"
UNUSUAL_GATE = (
    rf"{DIGITS_OF_OTHERS}|\x{{ff20}}|[\x{{ff21}}-\x{{ff5a}}][0-9]"
    r"|[0-9][ .()/-]{0,2}(?:[^\x00-\x7f\pL\pN]|[\x{30fc}\x{ff70}]){1,3}[ .()/+-]{0,2}[0-9]"
)
"""RE2 pattern of digits and marks that `plain` writes otherwise, where this can make a difference."""

MAX_WORD = 24
"""Letters of a word that may touch a number."""
WORD_BEHIND = re.compile(rf"(?:^|[^{CODE}])(?P<word>[{LATIN}]*)_{{0,3}}$")
WORD_BEFORE = re.compile(rf"_{{0,3}}(?P<word>[{LATIN}]{{0,{MAX_WORD}}})(?![{CODE}])")
CODE_WORDS = frozenset({
    "acc", "accession", "app", "article", "arxiv", "asin", "aspx", "atc", "batch", "bug", "build", "byte", "bytes",
    "case", "casrn", "cert", "chr", "class", "code", "col", "color", "commit", "crc", "cve", "date", "dbsnp", "doc",
    "docket", "doi", "drug", "dsc", "ean", "epoch", "err", "error", "eth", "etsy", "eur", "fig", "file", "flight",
    "frame", "gbp", "gen", "gene", "gtin", "guid", "hash", "hex", "hsa", "html", "icd", "image", "img", "index",
    "inv", "invoice", "isbn", "issn", "issue", "item", "jira", "job", "key", "kit", "lccn", "level", "line", "loc",
    "log", "lot", "mac", "md", "mdl", "model", "msg", "ndc", "node", "ns", "num", "obj", "oclc", "orden", "order",
    "ordre", "page", "part", "patch", "patent", "pdf", "photo", "pic", "pid", "pmc", "pmcid", "pmid", "po", "port",
    "post", "pr", "process", "prod", "product", "ref", "rel", "release", "rev", "room", "row", "rs", "rsid",
    "rxcui", "screenshot", "serial", "session", "sha", "size", "sku", "sn", "snp", "socket", "step", "sum", "table",
    "tag", "task", "thread", "ticket", "time", "timestamp", "tmp", "token", "track", "tracking", "tx", "txn",
    "type", "unicode", "unii", "uniprot", "upc", "url", "usd", "user", "utc", "uuid", "value", "var", "ver", "vers",
    "version", "vid", "video", "vol", "zip",
})  # fmt: skip
"""Words before a number that is the number of a thing."""
UNITS = frozenset({
    "am", "bits", "bps", "byte", "bytes", "cal", "cc", "cd", "cfu", "cm", "copies", "days", "dollars", "eur",
    "euro", "euros", "fps", "gb", "gbp", "ghz", "gm", "hours", "hr", "hrs", "hz", "iu", "kb", "kcal", "kg", "khz",
    "km", "kwh", "lb", "lbs", "liters", "litres", "mb", "mbps", "mcg", "mg", "mhz", "miles", "min", "mins", "ml",
    "mm", "mmol", "mol", "months", "ms", "ng", "nm", "nmol", "ns", "oz", "pages", "people", "percent", "pesos",
    "pg", "pk", "pmol", "ppm", "px", "rd", "rpm", "rs", "rupees", "sec", "secs", "st", "tb", "th", "times", "tons",
    "tsh", "ug", "units", "usd", "users", "volts", "watts", "weeks", "words", "years", "yen", "yrs", "yuan",
})  # fmt: skip
"""Words after a number that is an amount."""

OF_NO_SCRIPT = frozenset({"", "COMBINING", "MODIFIER", "VARIATION"})
PROCLITICS = re.compile(r"(?:^|(?<=\W))(?:[وف]?[بلك]?|[וש]?[ובלכמשה])(?<=\w)$")
"""Prepositions and conjunctions that Arabic and Hebrew write as one word with the name behind them."""
PARTICLES = re.compile(
    r"(?:이?(?:가|는|를|야|랑|에요|라고|라는|입니다|예요|고요|네)|이|은|을|의|와|과|아|도|만|로|께서?|에게서?|한테서?|씨|님|군|양)"
    r"(?:가|는|를|은|이|도|의|께서?|에게|한테|와|과|입니다)?(?![\uac00-\ud7a3])"
)
"""Korean particles and titles that follow a name without a space."""

Contact = Literal["apart", "word", "code"]
"""What touches a number: nothing that could be a part of it, a word without its space, or more of the same code."""


class Touching(NamedTuple):
    """What touches a number on one side."""

    contact: Contact
    word: str = ""


def touching_behind(text: str, start: int) -> Touching:
    """What ends where a number starts."""
    if start == 0 or not _is_code(text[start - 1]):
        return Touching("apart")
    match = WORD_BEHIND.search(text[max(0, start - MAX_WORD) : start])
    if match is None or (match.start() == 0 and start > MAX_WORD and _is_code(text[start - MAX_WORD])):
        return Touching("code")
    word = match["word"]
    if not word:
        return Touching("apart")  # _0712345678_
    return Touching("code" if word.lower() in CODE_WORDS or not _is_word(word) else "word", word)


def touching_before(text: str, end: int) -> Touching:
    """What starts where a number ends."""
    if end >= len(text) or not _is_code(text[end]):
        return Touching("apart")
    match = WORD_BEFORE.match(text, end)
    if match is None:
        return Touching("code")
    word = match["word"]
    if not word:
        return Touching("apart")
    return Touching("code" if word.lower() in UNITS or not _is_word(word) else "word", word)


def _is_word(letters: str) -> bool:
    """Whether letters are written as words are: small, perhaps with a capital in front; `at`, `Please`, not `AB`."""
    return len(letters) > 1 and letters[1:].islower()


def _is_code(character: str) -> bool:
    return character == "_" or is_latin(character)


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether a stretch is no part of a longer word or number.

    Scripts without spaces have no words, and where the script changes a word ends: `Anaさん`. What Arabic, Hebrew and
    Korean write together with a name is allowed for: `لأحمد`, `לדנה`, `민수가`. Other endings of names are not.
    """
    return (_is_border(text, start) or _is_before_a_name(text, start)) and (
        _is_border(text, end) or _is_behind_a_name(text, end)
    )


def is_whole_number(text: str, start: int, end: int) -> bool:
    """As for a word; but a word without its space may touch a digit: `member40017M`."""
    return all(
        _is_border(text, index) or text[index - 1].isdecimal() != text[index].isdecimal() for index in (start, end)
    )


def _is_border(text: str, index: int) -> bool:
    if index in (0, len(text)):
        return True
    left, right = text[index - 1], text[index]
    if not (_is_letter(left) and _is_letter(right)) or (has_no_spaces(left) and has_no_spaces(right)):
        return True
    if left.isdecimal() or right.isdecimal():
        return not (_is_joined_to_digits(left) and _is_joined_to_digits(right))
    scripts = {script_of(left), script_of(right)}
    return len(scripts) == 2 and not scripts & OF_NO_SCRIPT


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _is_joined_to_digits(character: str) -> bool:
    return character.isdecimal() or is_latin(character)


def _is_before_a_name(text: str, index: int) -> bool:
    match = PROCLITICS.search(text[max(0, index - 4) : index])
    return match is not None and script_of(match.group()[-1]) == script_of(text[index])


def _is_behind_a_name(text: str, index: int) -> bool:
    return PARTICLES.match(text, index) is not None and script_of(text[index - 1]) == "HANGUL"


class _Scripts(dict[str, str]):
    """The script of each letter as it is met: the first word of its name in Unicode."""

    def __missing__(self, character: str) -> str:
        letter = character.isalpha() or unicodedata.category(character)[0] == "M"
        self[character] = script = unicodedata.name(character, "").split(" ", 1)[0] if letter else ""
        return script


_SCRIPTS = _Scripts()


def script_of(character: str) -> str:
    """`LATIN`, `CJK`, `ARABIC`; empty for what is no letter."""
    return _SCRIPTS[character]


def is_latin(character: str) -> bool:
    """Whether a character is a Latin letter or an ASCII digit."""
    return character.isalnum() if character.isascii() else script_of(character) == "LATIN"


class _Plain(dict[int, str]):
    """A table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = plain = _plain(character, code)
        return plain


def _plain(character: str, code: int) -> str:
    kind = unicodedata.category(character)
    written = character
    if code < 0x80 or character in ALWAYS_PLAIN:
        written = ALWAYS_PLAIN.get(character, character)
    elif kind == "Nd":
        written = str(unicodedata.decimal(character))
    elif kind == "Cf" or 0x0300 <= code <= 0x036F or 0xFE00 <= code <= 0xFE0F:
        written = ""
    elif kind == "Zs" and character not in "\u00a0\u202f":
        written = " "
    elif 0xFE50 <= code <= 0xFE6F or 0xFF01 <= code <= 0xFF5E or 0x1D400 <= code <= 0x1D7FF:
        written = unicodedata.normalize("NFKC", character)
    return written if len(written) < 2 else character


_PLAIN = _Plain()


def plain(text: str) -> Folded:
    """A text with ASCII digits and marks in place of other scripts' and of wide ones, without what nobody sees.

    What is deleted: formatting characters, accents that are characters by themselves, the Arabic tatweel.
    """
    if text.isascii():
        return Folded(text, range(len(text) + 1))
    seen = text.translate(_PLAIN)
    origins: range | list[int] = range(len(text) + 1)
    if len(seen) != len(text):
        origins = [index for index, character in enumerate(text) if _PLAIN[ord(character)]]
        origins.append(len(text))
    return Folded(BETWEEN_DIGITS.sub("-", seen), origins)

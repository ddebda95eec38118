"""Numbers as a spreadsheet shows them: format codes such as `00000`, `#,##0.00` and `(###) ###-####`.

After ECMA-376 part 1, 18.8.31, and SheetJS's SSF. In the notation that is stored, with a point before decimals, for how
a computer's own settings would show it is not in the file. Not covered: dates, which the reader knows as such,
fractions, and powers of ten; those numbers are read with all their digits.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<digit>[0#?])'
    r"|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<general>General)"
    r"|(?P<plain>[-+/(): !^&'~{}<>=$\u00a3\u00a5\u20ac])",
    re.DOTALL | re.IGNORECASE,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
CURRENCY = re.compile(r"\$([^-]*)(?:-[0-9A-Fa-f]+)?")
COLOUR = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d+)", re.IGNORECASE)
MAX_CODE_CHARACTERS = 255
MAX_DECIMALS, MAX_DIGITS = 30, 25
"""No code that a person writes has more."""


class _Part(NamedTuple):
    """One character of a section that counts: a digit's place, or letters as they are."""

    kind: str
    text: str


class _Section(NamedTuple):
    """One of the codes between semicolons."""

    parts: tuple[_Part, ...]
    condition: tuple[str, Decimal] | None


def whole_number(value: float) -> str:
    """A number without a fraction, with all its digits, in place of `4.1e+15`."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


@lru_cache(maxsize=10_000)
def number_as_shown(value: float, code: str) -> str | None:
    """The number in the form that a code gives it; none where the code is not understood, or would show nothing."""
    sections = _sections(code)
    if not sections:
        return None
    number = Decimal(repr(value))
    section, is_signed = _chosen(sections, number)
    if section is None or all(part.kind == "general" for part in section.parts):
        return None
    text = _written(section.parts, abs(number))
    if text is None or not text.strip():
        return None
    minus = "-" if number < 0 and is_signed and any(digit in "123456789" for digit in text) else ""
    return minus + text.strip()


def is_understood(code: str) -> bool:
    """Whether numbers with this code may look otherwise than they are stored; not so for dates, texts and `General`."""
    return any(part.kind not in ("general", "text") for section in _sections(code) for part in section.parts)


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[_Section, ...]:
    """The sections of a code; none when one of them is not understood."""
    sections: list[_Section] = []
    parts: list[_Part] = []
    condition: tuple[str, Decimal] | None = None
    place = 0
    if len(code) > MAX_CODE_CHARACTERS:
        return ()
    while place <= len(code):
        if place == len(code) or code[place] == ";":
            sections.append(_Section(tuple(parts), condition))
            parts, condition = [], None
            place += 1
            continue
        if code[place] == "@":
            parts.append(_Part("text", "@"))
            place += 1
            continue
        token = TOKEN.match(code, place)
        if token is None:
            return ()
        kind, text = token.lastgroup, token[token.lastgroup or 0]
        place = token.end()
        if kind == "bracket":
            if limit := CONDITION.fullmatch(text):
                condition = limit[1], Decimal(limit[2])
            elif money := CURRENCY.fullmatch(text):
                parts.append(_Part("plain", money[1]))
            elif not COLOUR.fullmatch(text):
                return ()
        elif kind == "space":
            parts.append(_Part("plain", " "))
        elif kind in ("quoted", "escaped", "plain"):
            parts.append(_Part("plain", text))
        elif kind != "fill":
            parts.append(_Part(str(kind), text))
    return tuple(sections) if len(sections) <= 4 else ()


COMPARED = {
    "<": lambda number, limit: number < limit,
    "<=": lambda number, limit: number <= limit,
    ">": lambda number, limit: number > limit,
    ">=": lambda number, limit: number >= limit,
    "=": lambda number, limit: number == limit,
    "<>": lambda number, limit: number != limit,
}


def _chosen(sections: tuple[_Section, ...], number: Decimal) -> tuple[_Section | None, bool]:
    """The section for a number, and whether a minus goes before it."""
    numeric = [section for section in sections if not any(part.kind == "text" for part in section.parts)][:3]
    if not numeric:
        return None, False
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or COMPARED[section.condition[0]](number, section.condition[1]):
                below_zero = section.condition is not None and section.condition == ("<", Decimal(0))
                return section, not below_zero
        return None, False
    if number < 0 and len(numeric) > 1:
        return numeric[1], False
    if number == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], True


def _written(parts: Sequence[_Part], number: Decimal) -> str | None:
    """The absolute value in the places of one section."""
    places = [index for index, part in enumerate(parts) if part.kind == "digit"]
    if any(part.kind == "general" for part in parts):
        return "".join(_general(number) if part.kind == "general" else part.text for part in parts)
    if not places:
        return "".join(part.text for part in parts if part.kind != "comma")
    point = next((index for index, part in enumerate(parts) if part.kind == "point"), len(parts))
    before, after = parts[:point], parts[point + 1 :]
    if any(part.kind == "point" for part in after) or any(part.text == "/" for part in parts):
        return None  # a second point, or a fraction
    last = max((index for index in places if index < point), default=-1)
    grouped = any(part.kind == "comma" and index < last for index, part in enumerate(before))
    thousands = sum(part.kind == "comma" for part in before[last + 1 :])
    decimals = sum(part.kind == "digit" for part in after)
    if decimals > MAX_DECIMALS:
        return None
    if number.adjusted() > MAX_DIGITS:
        return None
    scaled = number.scaleb(2 * sum(part.kind == "percent" for part in parts) - 3 * thousands)
    with localcontext(prec=2 * (MAX_DECIMALS + MAX_DIGITS)):
        rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    front = _before_point(before, whole if whole != "0" else "", grouped)
    back = _after_point(after, fraction)
    digits = any(letter.isdigit() for letter in back)
    return front + ("." if point < len(parts) and digits else "") + back


def _general(number: Decimal) -> str:
    return whole_number(float(number)) if number == number.to_integral_value() else f"{float(number):.15g}"


def _before_point(parts: Sequence[_Part], digits: str, grouped: bool) -> str:
    """Digits from the right, each in its place; the first place takes all that are left."""
    places = [part.text for part in parts if part.kind == "digit"]
    if not places:
        return "".join(part.text for part in parts if part.kind != "comma") + digits
    zero = places.index("0") if "0" in places else len(places)
    digits = digits.rjust(len(places) - zero, "0")
    if grouped:
        digits = f"{digits[: len(digits) % 3]},{','.join(re.findall('...', digits[len(digits) % 3 :]))}".strip(",")
    return _filled(parts, digits, len(places))


def _filled(parts: Sequence[_Part], digits: str, places: int) -> str:
    """The places of a section with digits in them, and commas that go with these."""
    out: list[str] = []
    for part in reversed(parts):
        if part.kind != "digit":
            out.append("" if part.kind == "comma" else part.text)
            continue
        places -= 1
        size = (len(digits) if not places else 2 if digits[-2:-1] == "," else 1) if digits else 0
        out.append(digits[len(digits) - size :])
        digits = digits[: len(digits) - size]
    return "".join(reversed(out))


def _after_point(parts: Sequence[_Part], digits: str) -> str:
    """Digits from the left; zeros at the end only where the code asks for them."""
    places = [part.text for part in parts if part.kind == "digit"]
    kept = len(places)
    while kept and places[kept - 1] != "0" and digits[kept - 1 : kept] == "0":
        kept -= 1
    left = iter(digits[:kept])
    return "".join(next(left, "") if part.kind == "digit" else part.text for part in parts if part.kind != "comma")

"""Figures and people's texts as a model card shows them; whatever a person wrote is shown, never obeyed."""

import re
from collections.abc import Mapping

from commonhold.publish.record_form import Figure

MINUS = "−"
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Control characters, and those that turn the direction of the text after them."""
_MARKS = re.compile(r"([\\`*_{}\[\]|~#$!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LIST_MARK = re.compile(r"^([-+=]|\d+(?=[.)]))")


def plain(text: str) -> str:
    """A text on one line that Markdown and HTML show as it is, wherever on a line it stands."""
    text = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    text = _MARKS.sub(r"\\\1", text)
    text = re.sub("[&<>]", lambda match: _ENTITIES[match[0]], text)
    if match := _LIST_MARK.match(text):
        head = match[0]
        text = f"{head}\\{text[len(head) :]}" if head.isdigit() else f"\\{text}"
    return text


def percent(share: float) -> str:
    """`75 %`, `99.7 %`; only a whole share is called 0 % or 100 %."""
    return f"{_rounded(share, ends=(0.0, 1.0))} %"


def points(difference: float) -> str:
    """`+12.5 points`, `−3 points`."""
    return f"{_signed(difference)} points"


def percent_figure(figure: Figure) -> str:
    """`75 % (61 % to 86 %)`."""
    return f"{percent(figure.value)} ({percent(figure.low)} to {percent(figure.high)})"


def points_figure(figure: Figure) -> str:
    """`+12.5 points (+3 to +22)`."""
    return f"{points(figure.value)} ({_signed(figure.low)} to {_signed(figure.high)})"


def count(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2,345 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def ranked(counts: Mapping[str, int]) -> str:
    """`no consent 7, too short 1`: most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{plain(name.replace('_', ' '))} {number:,}" for name, number in ordered)


def group_label(name: str) -> str:
    """`language es`, `group water`."""
    return name.replace("=", " ", 1)


def _signed(difference: float) -> str:
    text = _rounded(abs(difference), ends=(0.0,))
    return text if text == "0" else f"{MINUS if difference < 0 else '+'}{text}"


def _rounded(share: float, ends: tuple[float, ...]) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    for end in ends:
        if text == f"{100 * end:.0f}" and abs(share - end) > 1e-9:
            return "under 0.1" if end == 0.0 else "over 99.9"
    return text

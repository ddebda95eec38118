"""Figures and people's texts as a model card shows them; whatever a person wrote is shown, never obeyed."""

import re
from collections.abc import Mapping

from commonhold.number_format import percent, points, signed
from commonhold.publish.record_outputs import IntervalFigure

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Control characters, and those that turn the direction of the text after them."""
_MARKS = re.compile(r"([\\`*_{}\[\]|~#$!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LIST_MARK = re.compile(r"^([-+=]|\d+(?=[.)]))")


def plain(text: str) -> str:
    """A text on one line that Markdown and HTML show as it is, wherever on a line it is."""
    text = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    text = _MARKS.sub(r"\\\1", text)
    text = re.sub("[&<>]", lambda match: _ENTITIES[match[0]], text)
    if match := _LIST_MARK.match(text):
        head = match[0]
        text = f"{head}\\{text[len(head) :]}" if head.isdigit() else f"\\{text}"
    return text


def percent_figure(figure: IntervalFigure) -> str:
    """`75 % (61 % to 86 %)`."""
    return f"{percent(figure.value)} ({percent(figure.low)} to {percent(figure.high)})"


def points_figure(figure: IntervalFigure) -> str:
    """`+12.5 points (+3 to +22)`."""
    return f"{points(figure.value)} ({signed(figure.low)} to {signed(figure.high)})"


def ranked(counts: Mapping[str, int]) -> str:
    """`no consent 7, too short 1`: most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{plain(name.replace('_', ' '))} {number:,}" for name, number in ordered)


def group_label(name: str) -> str:
    """`language es`, `group water`."""
    return name.replace("=", " ", 1)

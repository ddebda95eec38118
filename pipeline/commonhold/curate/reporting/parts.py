"""What a report is made of, before it is HTML or Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    kind: ClassVar[str] = "points"
    items: Sequence[str]


class ReviewTask(NamedTuple):
    """Something that a person can do."""

    title: str
    text: str
    command: str = ""
    """To be typed; empty for none."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """What can be done next."""

    kind: ClassVar[str] = "tasks"
    tasks: Sequence[ReviewTask]


class Bar(NamedTuple):
    """One line of a bar chart."""

    label: str
    number: int
    width: float | None
    """In percent of the longest bar; absent for one that is not drawn."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart, with every number beside its bar."""

    kind: ClassVar[str] = "bars"
    bars: Sequence[Bar]
    title: str = ""
    """When a section has several charts."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table; all columns but the first, and those of words, are numbers."""

    kind: ClassVar[str] = "table"
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset()
    """Numbers of further columns that hold words."""
    title_above: bool = False
    """Whether the heading of the section says what the table holds, so that its title is for screen readers only."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is declared for them."""

    kind: ClassVar[str] = "facts"
    facts: Mapping[str, str]


class Lost(NamedTuple):
    """Rows that leave the flow for one reason."""

    label: str
    number: int


class FlowStage(NamedTuple):
    """One question that all rows on their way are asked."""

    question: str
    lost: Sequence[Lost]
    on: int
    """Rows that continue."""
    in_width: float
    """Of the band, in percent of all rows."""
    on_width: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The rows on their way through the questions."""

    kind: ClassVar[str] = "flow"
    sent: int
    stages: Sequence[FlowStage]
    used: int
    words: str = "used"
    """What the rows at the end are."""


class Point(NamedTuple):
    """One point of a curve, both between 0 and 1."""

    across: float
    up: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in a square of shares, drawn above the table with its numbers."""

    kind: ClassVar[str] = "curve"
    across: str
    up: str
    points: Sequence[Point]
    mark: float
    """Where a line is drawn upwards."""


Block = Words | Points | Tasks | Bars | ReportTable | Facts | Flow | Curve


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A part of the report with its heading."""

    title: str
    blocks: Sequence[Block]
    role: str = ""
    """`warning` and `technical` look different."""


def bars(numbers: Mapping[str, int], title: str = "") -> Bars:
    """One bar for each, the first few when they are many, and the rest together."""
    shown = dict(list(numbers.items())[: MOST_BARS if len(numbers) > MOST_BARS + 1 else None])
    longest = max(shown.values(), default=0) or 1
    drawn = [Bar(label, number, round(100 * number / longest, 1)) for label, number in shown.items()]
    if rest := sum(numbers.values()) - sum(shown.values()):
        # Many small ones together would have the longest bar, as if they were one.
        drawn.append(Bar(f"{len(numbers) - len(shown):,} others together", rest, None))
    return Bars(drawn, title)

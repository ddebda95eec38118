"""One person's answer to one question, as it came back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commonhold.errors import Problem
from commonhold.evaluate.people.pack import Pack, Verdict

MAX_FILE_BYTES = 8 << 20
YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unsure": None, "": None}
"""What people answer on whether a reply is right."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's answer to one question, still blind."""

    rater: str
    question: str
    verdict: Verdict
    a_right: bool | None
    b_right: bool | None
    comment: str
    file: str
    place: str
    """`row 7` or `answers.3`."""
    line: int


class RatingPart(NamedTuple):
    """What one file holds, and what is wrong with the rest of it."""

    ratings: list[Rating]
    problems: list[Problem]
    notes: Sequence[Problem] = ()
    """What had to be guessed when it was read."""


def wrong_pack(file: str, line: int, named: str, pack: Pack) -> Iterator[Problem]:
    """A problem, if answers name another pack than the one they are compared with."""
    if named != pack.id:
        message = f"these answers are for pack {named or '(none named)'}, not for {pack.id}"
        yield Problem(file, line, "pack", message, "Leave the file out, or name its own pack")

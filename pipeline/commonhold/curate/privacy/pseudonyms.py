"""The same value, the same number: placeholders that keep two people in a story apart without naming them.

A text needs only a few numbers to keep its people apart, and a small model learns a placeholder only when it sees it
often. So a value's number is a keyed hash of it (HMAC-SHA-256) taken into a small range: every value has the same
number wherever it is in the workspace, and no state is shared between the processes that mask; but in a corpus of
some size every number stands for many people, so that `[PHONE-7]` in two texts does not link them. Two values of one
text share a number once in `numbers` times. A wide range gives true pseudonyms, and with them the linkage.

What links is the `pseudonym`, a keyed id of the value; it is written nowhere but into the stewards' sealed map.
"""

import re
from dataclasses import dataclass, field

from commonhold.curate.privacy.folding import fold
from commonhold.keyed_ids import keyed_id

PHONE_DIGITS = 9
"""By which two spellings of a phone number are one, with and without country code."""
MAX_NUMBERS = 999_999_999
"""Longest number that is read back as a part of a placeholder."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """How placeholders are numbered in a workspace."""

    key: bytes = field(repr=False)
    """The workspace's secret."""
    numbers: int = 20
    """Numbers go from 1 to this; more keep more people apart, and link more."""

    def __post_init__(self) -> None:
        if not self.key or not 1 <= self.numbers <= MAX_NUMBERS:
            raise ValueError(f"pseudonyms need a key and 1 to {MAX_NUMBERS} numbers")

    def pseudonym(self, label: str, value: str) -> str:
        """A 32-digit id of a value that cannot be guessed back without the key; two spellings have the same."""
        whole = same_value(label, value).encode("utf-8", "replace").decode()
        return keyed_id(self.key, "pseudonym/1", label, whole)

    def number(self, label: str, value: str) -> int:
        """A value's number, in 1..`numbers`; the same in every process and every run with the same key."""
        return int(self.pseudonym(label, value), 16) % self.numbers + 1


def same_value(label: str, value: str) -> str:
    """One spelling for the ways in which people write the same number, address or name."""
    if label == "PHONE":
        number = re.split(r"[^\W\d_]", value, maxsplit=1)[0]
        return "".join(str(int(character)) for character in number if character.isdecimal())[-PHONE_DIGITS:]
    folded = fold(value)
    if label in ("NAME", "PLACE", "ADDRESS"):
        return " ".join(re.findall(r"\w+", folded))
    return re.sub(r"[\s-]", "", folded) if label in ("ID", "CARD", "IBAN") else folded

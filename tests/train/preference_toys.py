"""Judged replies and plain texts of the toy community."""

from dataclasses import replace

from tests.toys import make_example

from commonhold.records.example import Example

_REJECTED = ("No.", "Ask somebody else, please.", "I do not know!", "Why?", "It is what it is, is it not?")


def make_pairs(train: int = 8, validation: int = 2) -> list[Example]:
    """Questions with a preferred and a rejected reply."""
    splits = ["train"] * train + ["validation"] * validation
    return [
        replace(make_example(number, "train" if split == "train" else "validation"), rejected=_REJECTED[number % 5])
        for number, split in enumerate(splits)
    ]


def make_ratings(train: int = 8, validation: int = 3) -> list[Example]:
    """Replies with a thumb: of every three, two up and one down."""
    splits = ["train"] * train + ["validation"] * validation
    return [
        replace(make_example(number, "train" if split == "train" else "validation"), desirable=number % 3 != 0)
        for number, split in enumerate(splits)
    ]


def make_texts(train: int = 4, validation: int = 1) -> list[Example]:
    """Plain texts: the third is several rows long."""
    splits = ["train"] * train + ["validation"] * validation
    return [
        replace(
            make_example(number, "train" if split == "train" else "validation"),
            prompt="",
            completion=f"Well {number} is by the school. " * (12 if number == 2 else 2),
        )
        for number, split in enumerate(splits)
    ]

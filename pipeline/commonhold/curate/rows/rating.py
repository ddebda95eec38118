"""Thumbs up and down, in the words in which people write them."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from commonhold.curate.rows.form_fields import Text, several
from commonhold.curate.text.tidy import tidy, without_decimals
from commonhold.forms import Form

Rating = Literal["up", "down", ""]
"""Empty when nobody rated."""
Words = Annotated[tuple[Text, ...], Field(max_length=20), BeforeValidator(several)]

UP = ("up", "thumbs up", "yes", "y", "true", "good", "like", "1", "+1", "👍")
DOWN = ("down", "thumbs down", "no", "n", "false", "bad", "dislike", "0", "-1", "−1", "👎")
NOT_MEANT = str.maketrans("", "", "\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""How an emoji is drawn, and the colour of its skin."""


class RatingWords(Form):
    """A community's own words for a thumb, besides yes and no, up and down, good and bad, 1 and 0, 👍 and 👎."""

    up: Words = ()
    """As they are in the cells; capitals do not matter."""
    down: Words = ()
    """The same for a thumb down."""

    @model_validator(mode="after")
    def _apart(self) -> "RatingWords":
        both = {plain(word) for word in self.up} & {plain(word) for word in self.down}
        if both:
            raise ValueError(f"{min(both)!r} is under 'up' and under 'down'; keep one of the two")
        return self


def plain(word: str) -> str:
    """A word as it is compared: without capitals, and without the colour of a thumb."""
    return without_decimals(tidy(word).casefold().translate(NOT_MEANT))


class Ratings:
    """Reads cells with ratings."""

    def __init__(self, own: RatingWords) -> None:
        """`own`: words that count before the usual ones, so that a community may turn 0 and 1 around."""
        words: list[tuple[Rating, tuple[str, ...]]]
        words = [("up", UP), ("down", DOWN), ("up", own.up), ("down", own.down)]
        self._ratings: dict[str, Rating] = {"": ""}
        self._ratings.update({plain(word): rating for rating, several in words for word in several})

    def read(self, cell: str) -> Rating | None:
        """What a cell says; absent when it is neither a thumb nor empty."""
        return self._ratings.get(plain(cell))

    def check(self, column: str) -> Callable[[Mapping[str, str]], tuple[str, str] | None]:
        """What is wrong with a row whose cell of this column cannot be read, and the remedy."""

        def fault(cells: Mapping[str, str]) -> tuple[str, str] | None:
            cell = cells.get(column, "")
            if self.read(cell) is not None:
                return None
            shown = cell if len(cell) <= MOST_SHOWN else f"{cell[:MOST_SHOWN]}…"
            return (
                f"{shown!r} in {column!r} is neither a thumb up nor a thumb down",
                "Write yes or no, or leave it empty; other words can be listed under rating_words in datasheet.yaml",
            )

        return fault


MOST_SHOWN = 40

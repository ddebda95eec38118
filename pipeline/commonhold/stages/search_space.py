"""Which values of which keys a sweep tries: `train.lora.rank=8,16,32` one of these, `train.epochs=1..4` from to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonhold.errors import FormError, Problem
from commonhold.recipe.load import LoadedRecipe, load_recipe
from commonhold.recipe.overrides import parse_overrides

OPTION = "--over"
LEARNING_RATE = "train.learning_rate"
FACTOR = 3.0
"""The learning rate is tried from a third of the recipe's value to three times it."""
DIGITS = 3
"""Of a tried number; more would suggest a precision that one training does not have."""

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One key and what it may be; the recipe's own value is always among it."""

    key: str
    own: Value
    choices: tuple[Value, ...] = ()
    """Empty for a range."""
    low: float = 0.0
    high: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether a range is one of whole numbers; others are tried evenly by their logarithm."""
        return isinstance(self.own, int)

    def tried(self, drawn: Value) -> Value:
        """A drawn value as it is trained with: a few digits, or the recipe's own, untouched."""
        rounded = isinstance(drawn, float) and drawn != self.own
        return float(f"{drawn:.{DIGITS}g}") if rounded else drawn


def search_space(loaded: LoadedRecipe, over: Sequence[str]) -> tuple[Dimension, ...]:
    """The learning rate around the recipe's value, and whatever is asked for besides or instead.

    Raises:
        FormError: a key or a value is not one of a recipe, with all the problems at once.
    """
    problems: list[Problem] = []
    dimensions: dict[str, Dimension] = {}
    for text in over:
        try:
            dimension = _asked(loaded, text)
            dimensions[dimension.key] = dimension
        except FormError as error:
            problems += error.problems
    if problems:
        raise FormError(problems)
    own = loaded.recipe.train.learning_rate
    rate = Dimension(LEARNING_RATE, own, low=own / FACTOR, high=min(1.0, own * FACTOR))
    return tuple({LEARNING_RATE: rate, **dimensions}.values())


def overrides_of(space: Sequence[Dimension], values: Mapping[str, Value]) -> tuple[str, ...]:
    """What is set on the recipe for these values; its own are left as they are, so that it is the same recipe."""
    return tuple(f"{d.key}={_text(values[d.key])}" for d in space if values[d.key] != d.own)


def _asked(loaded: LoadedRecipe, text: str) -> Dimension:
    key, _, written = text.partition("=")
    low, dots, high = written.partition("..")
    parts = (low, high) if dots else tuple(written.split(","))
    values = [_value(loaded, key, part, text) for part in parts]
    own = _own(loaded, key, text)
    if not dots:
        return Dimension(key, own, choices=tuple(dict.fromkeys((own, *values))))
    ends = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(ends) != 2 or not isinstance(own, int | float) or not 0 < ends[0] < ends[1]:
        raise _refused(text, "a range is two numbers above 0, the smaller one first", "Write train.epochs=1..4")
    return Dimension(key, own, low=min(own, *ends), high=max(own, *ends))


def _value(loaded: LoadedRecipe, key: str, part: str, text: str) -> Value:
    """One value, of the type that the recipe has at this key; the whole recipe is checked with it."""
    parsed, problems = parse_overrides([f"{key}={part}"])
    if problems:
        raise _refused(text, problems[0].message, f"Write {OPTION} train.lora.rank=8,16")
    with_it = load_recipe(loaded.path, (*loaded.overrides, parsed[0].text))
    return _own(with_it, key, text)


def _own(loaded: LoadedRecipe, key: str, text: str) -> Value:
    value: Any = loaded.recipe.model_dump(mode="json")
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, bool | int | float | str):
        raise _refused(text, f"{key} has no single value in the recipe", "Name a key such as train.lora.rank")
    return value


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refused(text: str, message: str, remedy: str) -> FormError:
    return FormError([Problem(f"{OPTION} {text}", 0, "", message, remedy)])

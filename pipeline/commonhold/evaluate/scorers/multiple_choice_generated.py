"""Right when the reply names the right choice, by its letter or in its words."""

import re
from collections.abc import Iterator
from typing import ClassVar

from commonhold.evaluate.item import LETTERS, Item, Kind
from commonhold.evaluate.matching import contains, fold
from commonhold.evaluate.scorers.multiple_choice import CHOICE_COLUMNS, choice_complaints
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

_ALONE = re.compile(r"\W*([a-f])\W*")
_MARKED = re.compile(r"(?<![\w'])\(?([a-f])(?:\)|[.:](?=\s|$))")
_NAMED = re.compile(
    r"\b(?:answer|option|choice|letter|respuesta|opción|réponse|choix|antwort|resposta|opção|risposta)"
    r"(?: (?:is|es|est|ist|é|è)\b)?[\s:(*\"']{1,4}([a-f])(?!\w|')"
)


@SCORERS.register("multiple_choice_generated/1")
class MultipleChoiceGenerated(Scorer):
    """The model is shown the choices with their letters, and its reply names the right one and no other."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = CHOICE_COLUMNS
    follows: ClassVar[str] = (
        "A letter alone, `b)`, `(b)`, `b.`, `answer: b`; else the words of exactly one choice. A reply that names two "
        "is wrong. Say in the prompt that a letter is wanted."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """What makes choices unfit to choose from."""
        return choice_complaints(item)

    def expected(self, item: Item) -> str:
        """Letter and text of the right choice."""
        return f"{item.answer}) {item.choices[LETTERS.index(item.answer)]}"

    def message(self, item: Item) -> str:
        """The prompt, then a choice a line."""
        lines = [f"{letter}) {choice}" for letter, choice in zip(LETTERS, item.choices, strict=False)]
        return "\n".join([item.prompt, *lines])

    def candidates(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002 - the model writes
        """None: the model writes a reply."""
        return ()

    def score(self, item: Item, output: str) -> float:
        """1 when the one choice that is named is the right one."""
        return float(named_choice(item, output) == item.answer)

    def right_reply(self, item: Item) -> str:
        """The letter."""
        return item.answer


def named_choice(item: Item, output: str) -> str:
    """The letter of the choice that a reply names; empty when it names none or several."""
    letters = LETTERS[: len(item.choices)]
    text = fold(output)
    if (alone := _ALONE.fullmatch(text)) and alone[1] in letters:
        return alone[1]
    named = {letter for pattern in (_MARKED, _NAMED) for letter in pattern.findall(text) if letter in letters}
    if not named:
        named = {letters[index] for index in _mentioned(item.choices, output)}
    return named.pop() if len(named) == 1 else ""


def _mentioned(choices: tuple[str, ...], output: str) -> list[int]:
    """Indices of the choices whose words are in the reply, less those that are only part of a longer one there."""
    named = [index for index, choice in enumerate(choices) if contains(output, choice)]
    return [
        index
        for index in named
        if not any(
            other != index
            and contains(choices[other], choices[index])
            and not _also_alone(choices, index, other, output)
            for other in named
        )
    ]


def _also_alone(choices: tuple[str, ...], short: int, longer: int, output: str) -> bool:
    return contains(fold(output).replace(fold(choices[longer]), " ¦ "), choices[short])

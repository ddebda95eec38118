"""What a model is asked for each kind of scorer, and what its answers become."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from commonhold.evaluate.item import Item
from commonhold.evaluate.run import compare, score_side
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.tasks import Task
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation


class Halver:
    """Finds every letter of a reply half as likely as the one before it; writes `b`; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:  # noqa: ARG002
        self.asked += [(conversation[-1].content, ()) for conversation in conversations]
        return ["b"] * len(conversations)

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        pairs = zip(conversations, choices, strict=True)
        self.asked += [(conversation[-1].content, tuple(texts)) for conversation, texts in pairs]
        return [
            [ChoiceScore(len(text) * math.log(0.5), len(text), len(text.encode())) for text in texts]
            for texts in choices
        ]


def task(scorer: str, item: Item) -> Task:
    return Task(
        name="desk",
        title="Desk",
        description="d",
        kind=SCORERS.get(scorer).kind,
        scorer=scorer,
        system_prompt="none",
        max_new_tokens=8,
        licence="CC0-1.0",
        items=(item,),
        folder=Path("unused"),
        digest="",
    )


CHOICES = Item(id="1", prompt="Which?", answer="b", choices=("red", "tan", "ochre"))


@pytest.mark.parametrize(
    ("scorer", "item", "asked", "score"),
    [
        ("multiple_choice/1", CHOICES, ("Which?", CHOICES.choices), 0.0),  # all alike per byte, the first is taken
        ("multiple_choice_generated/1", CHOICES, ("Which?\na) red\nb) tan\nc) ochre", ()), 1.0),
        ("likelihood/1", Item(id="1", prompt="Hi", answer="ochre"), ("Hi", ("ochre",)), 0.5),
        ("exact/1", Item(id="1", prompt="Hi", answer="b"), ("Hi", ()), 1.0),
    ],
)
def test_each_kind_is_asked_in_its_way(
    scorer: str, item: Item, asked: tuple[str, tuple[str, ...]], score: float
) -> None:
    answerer = Halver()
    outputs = {"desk": score_side(task(scorer, item), answerer, "")}
    _, (found,) = compare([task(scorer, item)], outputs, outputs, [])
    assert answerer.asked == [asked]
    assert [found.base, found.tuned] == pytest.approx([score, score])


def test_by_sum_the_shortest_choice_wins_and_by_letter_the_first() -> None:
    item = Item(id="1", prompt="Which?", answer="b", choices=("ochre", "tan"))
    chosen = [
        score_side(task(scorer, item), Halver(), "")["1"].text
        for scorer in ("multiple_choice_sum/1", "multiple_choice_letters/1", "multiple_choice/1")
    ]
    assert chosen == ["tan", "ochre", "ochre"]

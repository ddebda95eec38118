"""How an item will be asked and judged, for the person who wrote it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from commonhold.errors import RequestError
from commonhold.evaluate.item import Item
from commonhold.evaluate.matching import contains
from commonhold.evaluate.scorers import SCORERS, Scorer
from commonhold.evaluate.scorers.pattern import pattern_holds
from commonhold.evaluate.tasks import Task
from commonhold.records.chat import Conversation, Message

WRONG = ("I do not know.", "I cannot help with that.", "It is sunny today.")
"""Replies of which one is wrong for almost every item."""
Render = Callable[[Conversation], str]


class PreviewScore(NamedTuple):
    """A reply with its score."""

    reply: str
    score: float


def find_item(task: Task, item_id: str) -> Item:
    """The item of that id; the first when none is named.

    Raises:
        RequestError: there is none.
    """
    if not item_id:
        return task.items[0]
    for item in task.items:
        if item.id == item_id:
            return item
    raise RequestError(f"{task.folder}: no item is called {item_id!r}. The first is {task.items[0].id!r}")


def conversation(task: Task, item: Item, system_prompt: str) -> Conversation:
    """What the model gets, as in an evaluation."""
    before = (Message("system", system_prompt),) if task.system_prompt == "recipe" and system_prompt else ()
    return (*before, Message("user", SCORERS.get(task.scorer)().message(item)))


def preview(task: Task, item: Item, system_prompt: str, render: Render | None, replies: Sequence[str]) -> Iterator[str]:
    """Lines that show the question, how it is judged, and replies with their scores; examples when none are given."""
    scorer = SCORERS.get(task.scorer)()
    messages = conversation(task, item, system_prompt)
    yield f"{task.name}, item {item.id}"
    yield ""
    yield "Asked:"
    if render:
        yield from _indented(render(messages))
    else:
        if task.system_prompt == "recipe" and not system_prompt:
            yield "  system: the recipe's instruction; see it with --recipe RECIPE"
        for message in messages:
            yield from _indented(f"{message.role}: {message.content}")
    yield ""
    yield f"Judged by {task.scorer}: {first_line(type(scorer))}"
    yield from _indented(f"right: {scorer.expected(item)}")
    for point in item.rubric:
        yield from _indented(f"for people who rate: {point}")
    yield ""
    yield from _scored(task, scorer, item, replies)


def _scored(task: Task, scorer: Scorer, item: Item, replies: Sequence[str]) -> Iterator[str]:
    if task.kind == "likelihood":
        yield "No reply is written: the score is how likely the model finds the answer."
        return
    if task.kind == "multiple_choice":
        yield "No reply is written: the model is asked how likely it finds each choice."
        replies = replies or item.choices
    judged = [PreviewScore(reply, scorer.score(item, reply)) for reply in replies] or list(_examples(scorer, item))
    for reply, score in judged:
        word = "right" if score == 1 else "wrong" if score == 0 else "partly right"
        yield f"{score:.2f}  {word:<12}  {' / '.join(reply.splitlines()) or '(an empty reply)'}"
        if replies and score < 1:
            yield from (f"      {'':<12}  {reason}" for reason in _reasons(scorer, item, reply))
    if not any(score == 1 for _, score in judged) and not replies:
        yield "An example of a right reply cannot be made from the columns; try yours with --answer TEXT"


def _reasons(scorer: Scorer, item: Item, reply: str) -> Iterator[str]:
    """What a given reply lacks, and has too much, as far as a column says it."""
    if "must_include" in scorer.columns:
        yield from (f"lacks {phrase!r}" for phrase in item.must_include if not contains(reply, phrase))
        yield from (f"has {phrase!r}" for phrase in item.must_not_include if contains(reply, phrase))
    if "regex" in scorer.columns:
        yield from (f"does not fit {pattern!r}" for pattern in item.regex if not pattern_holds(pattern, reply))


def _examples(scorer: Scorer, item: Item) -> Iterator[PreviewScore]:
    """A right reply where one can be made, and one that is not."""
    if right := scorer.right_reply(item):
        yield PreviewScore(right, scorer.score(item, right))
    wrong = [PreviewScore(reply, scorer.score(item, reply)) for reply in WRONG]
    yield min(wrong, key=lambda judged: judged.score)
    if item.must_not_include:
        unwanted = "\n".join((*item.must_include, item.must_not_include[0]))
        yield PreviewScore(unwanted, scorer.score(item, unwanted))
    yield PreviewScore("", scorer.score(item, ""))


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {line}" for line in text.splitlines())


def first_line(scorer: type[Scorer]) -> str:
    """What a scorer does, in a sentence or two."""
    return " ".join((scorer.__doc__ or "").split("\n\n")[0].split())

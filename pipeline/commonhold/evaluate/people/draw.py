"""Which items people are asked about, in which order, on which sides, and which of them twice."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commonhold.errors import NothingLeftError, RequestError
from commonhold.evaluate.people.pack import Letter, Pack, PackKey, PackQuestion, SealedQuestion, SealedTask
from commonhold.keyed_ids import keyed_id
from commonhold.records.score import Evaluation, Score
from commonhold.seeds import order_key

RIGHT_FROM = 0.5
"""A graded score counts as right from here on; right/wrong scorers give 0 or 1."""


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """What an organiser asks for."""

    tasks: tuple[str, ...] = ()
    """Names; all tasks when empty."""
    languages: tuple[str, ...] = ()
    """Of the items; all when empty."""
    items: int = 40
    """At most so many, drawn by the seed."""
    repeat_share: float = 0.1
    """Share of them that is asked twice."""
    asks_right: bool = False
    title: str = ""
    page_language: str = "en"
    seed: int = 0


class Drawn(NamedTuple):
    """A pack with its key, and what there is not to ask about."""

    pack: Pack
    key: PackKey
    alike: int
    """Items left out because both models gave the same reply."""
    eligible: int
    """Items from which was drawn."""


def draw_pack(
    evaluation: Evaluation, scores: Sequence[Score], scores_digest: str, request: DrawRequest, secret: bytes
) -> Drawn:
    """The same evaluation, wishes and secret give the same pack.

    The items are drawn by the public seed, so that anyone can repeat the draw. Sides, order and repeats come from the
    secret: a rater who has the seed and this code learns nothing. As many tuned replies are on one side as on the
    other, give or take one. A repeated question is in the last quarter, its first time in the first half.

    Raises:
        RequestError: a task or language is not in the evaluation.
        NothingLeftError: on all the items that were asked for, both models gave the same reply.
    """
    _refuse_unknown("task", request.tasks, {score.task for score in scores})
    _refuse_unknown("language", request.languages, {score.language for score in scores})
    asked = [
        score
        for score in scores
        if (not request.tasks or score.task in request.tasks)
        and (not request.languages or score.language in request.languages)
    ]
    different = [score for score in asked if score.base_output.strip() != score.tuned_output.strip()]
    if not different:
        raise NothingLeftError(
            f"no item is left to ask about: base and tuned model gave the same reply to all {len(asked)}. "
            "Name other tasks: --tasks"
        )
    chosen = sorted(different, key=lambda score: order_key(request.seed, f"people/{score.task}", score.item_id))
    chosen = chosen[: request.items]
    sealed = _layout(chosen, request.repeat_share, secret)
    key = PackKey(secret, scores_digest, sealed, _tasks(evaluation, scores, {score.task for score in chosen}))
    by_item = {(score.task, score.item_id): score for score in chosen}
    questions = tuple(_question(each, by_item[each.task, each.item_id]) for each in sealed)
    pack = Pack(request.title, request.page_language, request.asks_right, questions, key.seal)
    return Drawn(pack, key, len(asked) - len(different), len(different))


def _refuse_unknown(kind: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]!r}?" if near else f"It has: {', '.join(sorted(filter(None, known))) or 'none'}"
            )
            raise RequestError(f"the evaluation has no {kind} {name!r}; {hint}")


class _Showing(NamedTuple):
    score: Score
    again: bool


def _order(chosen: Sequence[Score], repeat_share: float, secret: bytes) -> list[_Showing]:
    order = sorted(chosen, key=_by("order", secret))
    half, late = len(order) // 2, len(order) * 3 // 4
    repeats = math.ceil(repeat_share * len(order) - 1e-9)
    again = sorted(order[:half], key=_by("again", secret))[:repeats]
    end = [_Showing(score, False) for score in order[late:]] + [_Showing(score, True) for score in again]
    rank = _by("end", secret)
    return [*(_Showing(score, False) for score in order[:late]), *sorted(end, key=lambda each: rank(each.score))]


def _by(purpose: str, secret: bytes) -> Callable[[Score], str]:
    return lambda score: keyed_id(secret, purpose, score.task, score.item_id)


def _layout(chosen: Sequence[Score], repeat_share: float, secret: bytes) -> tuple[SealedQuestion, ...]:
    ranked = sorted(chosen, key=_by("side", secret))
    tuned_on_a = {(score.task, score.item_id) for score in ranked[: len(ranked) // 2]}
    shown = _order(chosen, repeat_share, secret)
    first: dict[tuple[str, str], str] = {}
    sealed = []
    for number, (score, again) in enumerate(shown, start=1):
        item = (score.task, score.item_id)
        side: Letter = "A" if (item in tuned_on_a) is not again else "B"
        name = f"q{number:0{len(str(len(shown)))}}"
        sealed.append(_sealed(name, score, side, first[item] if again else ""))
        first.setdefault(item, name)
    return tuple(sealed)


def _sealed(name: str, score: Score, tuned: Letter, repeats: str) -> SealedQuestion:
    return SealedQuestion(
        id=name,
        task=score.task,
        item_id=score.item_id,
        tuned=tuned,
        repeats=repeats,
        language=score.language,
        group=score.group,
        cluster=score.cluster,
        base_score=score.base,
        tuned_score=score.tuned,
    )


def _question(sealed: SealedQuestion, score: Score) -> PackQuestion:
    replies: Mapping[bool, str] = {True: score.tuned_output.strip(), False: score.base_output.strip()}
    on_a = sealed.tuned == "A"
    return PackQuestion(sealed.id, score.prompt, replies[on_a], replies[not on_a], score.language)


def _tasks(evaluation: Evaluation, scores: Sequence[Score], names: set[str]) -> tuple[SealedTask, ...]:
    tasks = []
    for result in evaluation.results:
        own = [score for score in scores if score.task == result.task]
        if result.task in names:
            tasks.append(
                SealedTask(
                    name=result.task,
                    title=result.title,
                    scorer=result.scorer,
                    items=len(own),
                    clusters=len({score.cluster or f"item/{score.item_id}" for score in own}),
                    base_right=sum(score.base >= RIGHT_FROM for score in own),
                    tuned_right=sum(score.tuned >= RIGHT_FROM for score in own),
                )
            )
    return tuple(tasks)

"""Asks the base and the tuned model the same questions and sets the answers side by side."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from commonhold.evaluate.answerer import Answerer
from commonhold.evaluate.contamination import contaminated
from commonhold.evaluate.item import Item
from commonhold.evaluate.results import slice_of, summarise
from commonhold.evaluate.scorers import SCORERS, Scorer
from commonhold.evaluate.tasks import Task
from commonhold.number_format import count
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation, Message
from commonhold.records.score import Evaluation, Score
from commonhold.seeds import order_key

CLEAN = "not seen in training"


def evaluate(
    tasks: Sequence[Task],
    base: Answerer,
    tuned: Answerer,
    system_prompt: str,
    train_texts: Sequence[str],
    seed: int,
    max_items: int | None,
    say: Callable[[str], None],
) -> tuple[Evaluation, list[Score]]:
    """Both models on every task: first all answers of the base, then all of the tuned model; no gates yet.

    Scores stand by task, then by item id. `train_texts` are the messages, replies and plain texts that the tuned model
    was trained on, each of its own. `say` is told what starts.
    """
    chosen = [sample(task, seed, max_items) for task in tasks]
    sides = []
    for side, answerer in (("base", base), ("tuned", tuned)):
        outputs = {}
        for task in chosen:
            say(f"{side} model: {task.name}, {count(len(task.items), 'item')}")
            outputs[task.name] = score_side(task, answerer, system_prompt)
        sides.append(outputs)
    return compare(chosen, sides[0], sides[1], train_texts)


def sample(task: Task, seed: int, max_items: int | None) -> Task:
    """The task with its items in the order of their ids, and at most `max_items` of them, drawn by the seed."""
    drawn = sorted(task.items, key=lambda item: order_key(seed, f"evaluate/{task.name}", item.id))[:max_items]
    return replace(task, items=tuple(sorted(drawn, key=lambda item: item.id)))


class ModelReply(NamedTuple):
    """What one model answers to one item."""

    text: str
    """Where the model does not write, what the scorer makes of likelihoods: in multiple choice the chosen text."""
    probability: float | None = None
    """Of that choice among the choices; None where there are none to choose from."""


def asked_of(task: Task, item: Item, system_prompt: str) -> Conversation:
    """What a model is asked for an item; `system_prompt` is the recipe's, which a task may do without."""
    before = (Message("system", system_prompt),) if task.system_prompt == "recipe" and system_prompt else ()
    return (*before, Message("user", SCORERS.get(task.scorer)().message(item)))


def score_side(task: Task, answerer: Answerer, system_prompt: str) -> dict[str, ModelReply]:
    """What one model answers, by item id."""
    scorer = SCORERS.get(task.scorer)()
    conversations = [asked_of(task, item, system_prompt) for item in task.items]
    ids = [item.id for item in task.items]
    if task.kind == "generate":
        return dict(zip(ids, map(ModelReply, answerer.generate(conversations, task.max_new_tokens)), strict=True))
    likelihoods = answerer.choice_log_likelihoods(conversations, [scorer.candidates(item) for item in task.items])
    pairs = zip(task.items, likelihoods, strict=True)
    return {item.id: _made_of(scorer, item, scores) for item, scores in pairs}


def _made_of(scorer: Scorer, item: Item, scores: Sequence[ChoiceScore]) -> ModelReply:
    """What the scorer makes of likelihoods, with its share of the probability of all the candidates."""
    text, candidates = scorer.output(item, scores), scorer.candidates(item)
    if len(candidates) < 2:
        return ModelReply(text)
    highest = max(score.log_likelihood for score in scores)
    shares = [math.exp(score.log_likelihood - highest) for score in scores]
    return ModelReply(text, shares[candidates.index(text)] / math.fsum(shares))


def compare(
    tasks: Sequence[Task],
    base: Mapping[str, Mapping[str, ModelReply]],
    tuned: Mapping[str, Mapping[str, ModelReply]],
    train_texts: Sequence[str],
) -> tuple[Evaluation, list[Score]]:
    """The results of answers that are there already: by task name, then by item id; `sample` the tasks first."""
    asked = [(task.name, item) for task in tasks for item in task.items]
    in_training = contaminated([item.prompt for _, item in asked], train_texts)
    seen = {(asked[index][0], asked[index][1].id) for index in in_training}
    results, everything = [], []
    for task in tasks:
        scores = [_score(task, item, base[task.name][item.id], tuned[task.name][item.id]) for item in task.items]
        clean = [score for score in scores if (task.name, score.item_id) not in seen]
        result = summarise(task, scores, len(scores) - len(clean))
        some = 0 < len(clean) < len(scores)
        results.append(replace(result, clean=slice_of(CLEAN, clean) if some else None))
        everything += scores
    return Evaluation(tuple(results)), everything


def _score(task: Task, item: Item, base: ModelReply, tuned: ModelReply) -> Score:
    scorer = SCORERS.get(task.scorer)()
    return Score(
        task=task.name,
        item_id=item.id,
        base=scorer.score(item, base.text),
        tuned=scorer.score(item, tuned.text),
        base_output=base.text,
        tuned_output=tuned.text,
        prompt=item.prompt,
        expected=scorer.expected(item),
        language=item.language,
        group=item.group,
        cluster=item.cluster,
        region=item.region,
        severity=item.severity,
        weight=item.weight,
        base_probability=base.probability,
        tuned_probability=tuned.probability,
    )

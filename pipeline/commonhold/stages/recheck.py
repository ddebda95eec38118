"""The community's tasks asked again of a file that people get, because that is not the one that was evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from commonhold.evaluate.noninferiority import rescored
from commonhold.evaluate.result_files import read_results
from commonhold.evaluate.run import asked_of, compare, sample, score_side
from commonhold.evaluate.tasks import Task
from commonhold.records.example import Example
from commonhold.records.score import Rescored, Score
from commonhold.seeds import named_seed, order_key
from commonhold.stages.curation import read_examples
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.models.chat_template import TokenPair
    from commonhold.models.device import DeviceProfile

PROBES = 12
"""Validation examples, and answers of the evaluation, at whose positions a file is compared with the tuned model."""


@dataclass(frozen=True, slots=True)
class ServedRecheck:
    """What every file is asked, and what the tuned model answered."""

    context: Context
    tasks: Sequence[Task]
    """With the items that are asked again; none where the recipe asks for no second evaluation."""
    before: Sequence[Score]
    probes: "Sequence[TokenPair]"
    """Replies, none of them learnt from as far as there are others."""

    def ask(self, model: Any, tokenizer: Any, device: "DeviceProfile", what: str) -> list[Rescored]:
        """The tasks on a model that was read back from a file."""
        from commonhold.models.generation import BatchGenerator

        if not self.tasks:
            return []
        recipe = self.context.recipe
        self.context.say(f"asking {what} {recipe.publish.recheck_items} items of each task again")
        answerer = BatchGenerator(model, tokenizer, adapter=False, device=device)
        results = []
        for task in self.tasks:
            replies = {task.name: score_side(task, answerer, recipe.data.system_prompt)}
            _, served = compare([task], replies, replies, ())
            before = {score.item_id: score for score in self.before if score.task == task.name}
            results.append(rescored(before, served, recipe.publish.recheck_margin))
        return results


def open_recheck(context: Context, tokenizer: Any) -> ServedRecheck:
    """At most `publish.recheck_items` items of each task, drawn by the recipe's seed from those that were evaluated."""
    recipe = context.recipe
    _, before = read_results(context.artifacts["evaluate"].path)
    tasks = [_evaluated(task, before) for task in context.inputs.judged_by()]
    drawn = [sample(task, named_seed(recipe.seed, "recheck"), recipe.publish.recheck_items) for task in tasks]
    examples = read_examples(context.artifacts["curate"])
    held_out = [example for example in examples if example.split == "validation"]
    probes = [*_exchanges(context, tokenizer, held_out), *_answers(context, tokenizer, tasks, before)]
    # Without any of them, rows that were learnt from are still better than no comparison.
    probes = probes or _exchanges(context, tokenizer, examples)
    return ServedRecheck(context, drawn if recipe.publish.recheck_items else (), before, probes)


def _evaluated(task: Task, before: Sequence[Score]) -> Task:
    asked = {score.item_id for score in before if score.task == task.name}
    return replace(task, items=tuple(item for item in task.items if item.id in asked))


def _exchanges(context: Context, tokenizer: Any, examples: Sequence[Example]) -> "list[TokenPair]":
    """Messages with their replies."""
    from commonhold.models.chat_template import conversation, token_pair

    return [
        token_pair(tokenizer, conversation(each.prompt, context.recipe.data.system_prompt), each.completion)
        for each in examples[:PROBES]
    ]


def _answers(context: Context, tokenizer: Any, tasks: Sequence[Task], before: Sequence[Score]) -> "list[TokenPair]":
    """What the tuned model wrote or chose at some items of the evaluation."""
    from commonhold.models.chat_template import token_pair

    outputs = {(score.task, score.item_id): score.tuned_output for score in before}
    seed, prompt = named_seed(context.recipe.seed, "recheck"), context.recipe.data.system_prompt
    answered = [task for task in tasks if task.kind != "likelihood"]  # which has a figure in place of an answer
    items = [(task, item) for task in answered for item in task.items if outputs[task.name, item.id]]
    drawn = sorted(items, key=lambda pair: order_key(seed, f"probe/{pair[0].name}", pair[1].id))[:PROBES]
    return [token_pair(tokenizer, asked_of(task, item, prompt), outputs[task.name, item.id]) for task, item in drawn]

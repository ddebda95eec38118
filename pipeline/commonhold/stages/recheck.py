"""The community's tasks asked again of the file that is served, because that is not the one that was evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.errors import GateError
from commonhold.evaluate.result_files import read_results
from commonhold.evaluate.results import slice_of
from commonhold.evaluate.run import compare, sample, score_side
from commonhold.figures import points
from commonhold.records.score import Interval, Score
from commonhold.seeds import named_seed
from commonhold.stages.stage import Context
from commonhold.stages.tasks import recipe_tasks

if TYPE_CHECKING:
    from commonhold.models.device import DeviceProfile


ROUNDING = 1e-9
"""0.7 − 0.75 is not −0.05 to the last digit."""


def ask_again(context: Context, folder: Path, device: "DeviceProfile") -> list[dict[str, Any]]:
    """Every task on the model in `folder`, at most `publish.recheck_items` items of each, as the record has it.

    The items are drawn from those that were evaluated, by the recipe's seed.

    Raises:
        GateError: the file is worse than what was evaluated, by more than `publish.recheck_margin` or surely.
    """
    from commonhold.models.answer import BatchAnswerer
    from commonhold.models.load import load_model, load_tokenizer

    recipe = context.recipe
    answerer = BatchAnswerer(load_model(folder, "none", device), load_tokenizer(folder), adapter=False)
    _, scores = read_results(context.artifacts["evaluate"].path)
    seed = named_seed(recipe.seed, "recheck")
    context.say(f"asking the merged model {recipe.publish.recheck_items} items of each task again")
    found = []
    for task in recipe_tasks(context):
        before = {score.item_id: score for score in scores if score.task == task.name}
        evaluated = replace(task, items=tuple(item for item in task.items if item.id in before))
        drawn = sample(evaluated, seed, recipe.publish.recheck_items)
        replies = {task.name: score_side(drawn, answerer, recipe.data.system_prompt)}
        _, served = compare([drawn], replies, replies, ())
        found.append(judged(before, served, recipe.publish.recheck_margin))
    return found


def judged(before: Mapping[str, Score], served: Sequence[Score], margin: float) -> dict[str, Any]:
    """One task as the record has it: what was evaluated against what is served, on the items that were asked again.

    One item lost is never too much: of few items, each is more than any margin that is worth having.

    Raises:
        GateError: served is lower by more than `margin` and by more than one item, or the interval of the difference
            lies below zero.
    """
    pairs = [
        replace(again, base=before[again.item_id].tuned, base_output=before[again.item_id].tuned_output)
        for again in served
    ]
    whole = slice_of("all", pairs)
    surely = whole.difference_interval.high < 0
    if surely or whole.difference < -max(margin, 1 / whole.items) - ROUNDING:
        raise GateError(
            f"publish: the merged model is {'surely ' if surely else ''}worse at {served[0].task} than what was "
            f"evaluated ({points(whole.difference)} on {whole.items} items; {points(-margin)} is the most, "
            "publish.recheck_margin). Set publish.merged=false to serve base and adapter side by side, and report this"
        )
    return {
        "task": served[0].task,
        "items": whole.items,
        "tuned": _figure(whole.base, whole.base_interval),
        "served": _figure(whole.tuned, whole.tuned_interval),
        "difference": _figure(whole.difference, whole.difference_interval),
        "margin": margin,
        "same_answers": sum(pair.base_output == pair.tuned_output for pair in pairs),
    }


def _figure(value: float, interval: Interval) -> dict[str, float]:
    return {"value": value, "low": interval.low, "high": interval.high}

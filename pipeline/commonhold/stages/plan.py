"""What a run would do and what it would cost, before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from commonhold.digests import digest_of
from commonhold.models.device import DeviceProfile
from commonhold.models.fetch import base_folder
from commonhold.models.memory_budget import MemoryBudget
from commonhold.models.memory_estimate import MemoryParts
from commonhold.stages.curation import read_examples
from commonhold.stages.estimate import (
    GIB,
    RowSizes,
    Truncation,
    assumed_rows,
    estimate_training,
    nearest_change,
    newest_measured_speed,
    real_rows,
    resolved,
)
from commonhold.stages.pipeline import all_stages
from commonhold.stages.stage import Context
from commonhold.stages.store import Store

CHARACTERS_PER_TOKEN = 3.6
"""Of English under a 49,000-word vocabulary, reply form and Spanish included; measured on the shipped example."""
TEMPLATE_TOKENS = 16


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What would become of one stage."""

    stage: str
    runs: bool
    why: str
    seconds: float
    """Expected; 0 where the stage does not run."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a person adds to the recipe when asking for a plan."""

    card_bytes: int = 0
    """Memory of a graphics card to plan for; 0 for the processor of this machine."""
    price_per_kwh: float = 0.0
    price_per_hour: float = 0.0
    """Of a rented machine; 0 for no price, in whichever currency."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """All the stages, and what training takes."""

    stages: tuple[StagePlan, ...]
    device: str
    memory: MemoryParts
    memory_bytes: int
    """The sum of the parts."""
    usable_bytes: int
    """What the processor has to give; a graphics card without what the screen takes."""
    fits: bool
    nearest_change: tuple[str, ...]
    """`key=value` words with which it fits; empty if it does, or if nothing can."""
    batch_size: int
    gradient_accumulation_steps: int
    gradient_checkpointing: bool | Literal["auto", "offload"]
    tokens: int
    """Over all epochs; before curation an upper bound."""
    steps: int
    training_seconds: float
    tokens_per_second: float
    basis: Literal["measured", "probed", "guessed"]
    """An earlier training on this machine; a probe of this processor; a usual card's figures."""
    truncation: Truncation | None
    energy_kwh: float | None
    cost: float | None
    """None without a price that applies."""


def make_plan(context: Context, asked: PlanOptions = PlanOptions()) -> RunPlan:
    """The plan of a recipe in a workspace; changes nothing.

    Raises:
        FormError: the datasheet or a task has problems.
    """
    from commonhold.models.device import choose_device

    recipe = context.recipe
    states = list(_states(context))
    on_this_machine = not asked.card_bytes
    device = choose_device(recipe.base.precision) if on_this_machine else a_card(asked.card_bytes)
    rows = _rows(context)
    measured = newest_measured_speed(context, device) if on_this_machine else 0.0
    estimate = estimate_training(recipe, rows, device, on_this_machine=on_this_machine, measured_speed=measured)
    speed = estimate.tokens / max(estimate.seconds, 1e-9)
    seconds = {
        "curate": 2.0,
        "train": estimate.seconds,
        "evaluate": 15.0 + _evaluation_tokens(context) / speed,
        "publish": 20.0,
    }
    room = MemoryBudget(device.device, device.memory_bytes)
    choice = estimate.choice
    return RunPlan(
        stages=tuple(StagePlan(name, runs, why, seconds[name] if runs else 0.0) for name, runs, why in states),
        device=device.name,
        memory=choice.memory,
        memory_bytes=choice.memory.total,
        usable_bytes=room.usable_bytes,
        fits=choice.fits,
        nearest_change=() if choice.fits else nearest_change(recipe, rows.lengths, device),
        batch_size=choice.batch_size,
        gradient_accumulation_steps=choice.accumulation_steps,
        gradient_checkpointing=resolved(recipe, choice).train.gradient_checkpointing,
        tokens=estimate.tokens,
        steps=estimate.steps,
        training_seconds=estimate.seconds,
        tokens_per_second=speed,
        basis="measured" if measured else "probed" if on_this_machine and device.device == "cpu" else "guessed",
        truncation=rows.truncation,
        energy_kwh=estimate.energy_kwh,
        cost=_cost(asked, estimate.seconds, estimate.energy_kwh),
    )


def a_card(memory_bytes: int) -> DeviceProfile:
    """A graphics card of that size, as recent as Ampere."""
    name = f"a graphics card with {memory_bytes / GIB:.0f} GB"
    return DeviceProfile("cuda", name, "bfloat16", 1, "8.0", memory_bytes)


def _cost(asked: PlanOptions, seconds: float, energy_kwh: float | None) -> float | None:
    power = asked.price_per_kwh * energy_kwh if asked.price_per_kwh and energy_kwh is not None else None
    rent = asked.price_per_hour * seconds / 3600 if asked.price_per_hour else None
    costs = [price for price in (power, rent) if price is not None]
    return sum(costs) if costs else None


def _rows(context: Context) -> RowSizes:
    """The rows of training: as packed if curation was made and the base is on this machine, else supposed."""
    folder = base_folder(context.workspace.bases, context.recipe.base.id)
    if (curated := context.artifacts.get("curate")) and (folder / "tokenizer_config.json").is_file():
        from commonhold.models.load import load_tokenizer

        return real_rows(context.recipe, read_examples(curated), load_tokenizer(folder))
    return assumed_rows(context.recipe, _tokens(context))


def _states(context: Context) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it runs, why; what comes after a stage that runs is assumed to run."""
    store = Store(context.workspace)
    first = ""
    for stage in all_stages():
        if first:
            yield stage.name, True, f"{first} runs first"
        elif stored := store.find(stage.name, digest_of(stage.inputs(context))):
            context.artifacts[stage.name] = stored
            yield stage.name, False, "nothing it depends on has changed"
        else:
            first = stage.name
            yield stage.name, True, "not made yet with these inputs"


def _tokens(context: Context) -> float:
    """Tokens of one epoch: of the curated examples if they are there, else of the data files."""
    if curated := context.artifacts.get("curate"):
        examples = [example for example in read_examples(curated) if example.split == "train"]
        overhead = TEMPLATE_TOKENS + len(context.recipe.data.system_prompt) / CHARACTERS_PER_TOKEN
        characters = sum(len(example.prompt) + len(example.completion) for example in examples)
        return characters / CHARACTERS_PER_TOKEN + overhead * len(examples)
    data = context.recipe.data
    inputs = context.inputs
    all_of_it = sum(inputs.files[name].bytes for name in inputs.data.record_files) / CHARACTERS_PER_TOKEN
    if data.max_records is None:
        return all_of_it
    trained_on = 1 - data.validation_share - data.test_share
    return min(all_of_it, data.max_records * trained_on * context.recipe.train.max_tokens)


def _evaluation_tokens(context: Context) -> float:
    """Tokens of questions and answers, as long to make as half as many to train, for both models."""
    tasks = context.inputs.judged_by()
    read = sum(len(item.prompt) / CHARACTERS_PER_TOKEN + TEMPLATE_TOKENS for task in tasks for item in task.items)
    made = sum(task.max_new_tokens * len(task.items) for task in tasks if task.kind == "generate")
    return read + made

"""What a run would do and what it would cost, before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commonhold.curate.datasheet import read_datasheet
from commonhold.digests import digest_of
from commonhold.files import read_json
from commonhold.models.catalog import find_model
from commonhold.models.memory import Load, training_memory_bytes
from commonhold.recipe.sections import Recipe
from commonhold.stages.curation import read_examples
from commonhold.stages.data_files import record_files
from commonhold.stages.pipeline import all_stages
from commonhold.stages.stage import Context
from commonhold.stages.store import Store
from commonhold.stages.tasks import recipe_tasks

CHARACTERS_PER_TOKEN = 3.6
"""Of English under a 49,000-word vocabulary, reply form and Spanish included; measured on the shipped example."""
TEMPLATE_TOKENS = 16
GUESSED_FLOPS = 5e10
"""Of one core of a recent laptop or server in fp32; replaced by the last measured speed once there is one."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What would become of one stage."""

    stage: str
    runs: bool
    why: str
    seconds: float
    """Expected; 0 where the stage does not run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All the stages, and the memory that training needs."""

    stages: tuple[StagePlan, ...]
    memory_bytes: int
    tokens: int
    """Over all epochs; before curation an upper bound."""
    tokens_per_second: float
    measured: bool
    """Whether the speed was measured on this machine in an earlier run."""


def make_plan(context: Context) -> Plan:
    """The plan of a recipe in a workspace; changes nothing.

    Raises:
        FormError: the datasheet or a task has problems.
    """
    recipe = context.recipe
    states = list(_states(context))
    tokens = _tokens(context) * recipe.train.epochs
    entry = find_model(recipe.base.id)
    measured = _measured_speed(context)
    speed = measured or GUESSED_FLOPS / (4 * entry.parameters)
    seconds = {
        "curate": 2.0,
        "train": 15.0 + tokens / speed,
        "evaluate": 15.0 + _evaluation_tokens(context) / speed,
        "publish": 20.0,
    }
    stages = tuple(StagePlan(name, runs, why, seconds[name] if runs else 0.0) for name, runs, why in states)
    return Plan(stages, training_memory_bytes(entry.shape, _load(recipe)), round(tokens), speed, measured > 0)


def _load(recipe: Recipe) -> Load:
    return Load(
        row_tokens=recipe.train.batch_rows * recipe.train.max_tokens,
        rank=recipe.train.lora.rank,
        quantised=recipe.base.quantisation == "nf4",
        number_bytes=2 if nvidia_gpu_is_here() else 4,
        checkpointing=recipe.train.gradient_checkpointing,
    )


def nvidia_gpu_is_here() -> bool:
    """Whether the driver of an NVIDIA GPU is loaded; does not load torch."""
    return Path("/proc/driver/nvidia/version").is_file()


def _states(context: Context) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it runs, why; what stands behind a stage that runs is assumed to run."""
    store = Store(context.workspace)
    first = ""
    for stage in all_stages():
        if first:
            yield stage.name, True, f"{first} runs first"
        elif found := store.find(stage.name, digest_of(stage.inputs(context))):
            context.artifacts[stage.name] = found
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
    folder = context.path(context.recipe.data.folder)
    files = [folder / name for name in record_files(folder, read_datasheet(folder).form)]
    return sum(path.stat().st_size for path in files if path.is_file()) / CHARACTERS_PER_TOKEN


def _evaluation_tokens(context: Context) -> float:
    """Tokens of questions and answers, as long to make as half as many to train, for both models."""
    tasks = recipe_tasks(context)
    read = sum(len(item.prompt) / CHARACTERS_PER_TOKEN + TEMPLATE_TOKENS for task in tasks for item in task.items)
    made = sum(task.max_new_tokens * len(task.items) for task in tasks if task.kind == "generate")
    return read + made


def _measured_speed(context: Context) -> float:
    """Tokens a second of the newest training in this workspace; 0 if there is none."""
    summaries = sorted(
        context.workspace.objects.glob("train/*/summary.json"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    return float(read_json(summaries[0])["tokens_per_second"]) if summaries else 0.0

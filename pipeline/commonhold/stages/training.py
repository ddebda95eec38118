"""The train stage: examples and a base model to an adapter."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.models.catalog import find_model
from commonhold.models.memory import Load, training_memory_bytes
from commonhold.recipe.sections import Recipe
from commonhold.stages.base_identity import base_identity
from commonhold.stages.curation import read_examples
from commonhold.stages.stage import Context, Figures, StageName

if TYPE_CHECKING:
    from commonhold.models.device import DeviceProfile
    from commonhold.train.settings import Settings

VERSION = "train/2"


class Training:
    """Runs `train` on what curation kept."""

    name: StageName = "train"
    resumable = True
    logs: frozenset[str] = frozenset({"log.jsonl", "summary.json", "report.html"})

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Train and base sections, system prompt, seed, the base's pinned digest and the curated examples."""
        recipe = context.recipe
        return {
            "version": VERSION,
            "train": recipe.train.model_dump(mode="json"),
            "quantisation": recipe.base.quantisation,
            "precision": recipe.base.precision,
            "base": base_identity(recipe),
            "system_prompt": recipe.data.system_prompt,
            "seed": recipe.seed,
            "curate": context.artifacts["curate"].digest,
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """Adapter, second moments, log and schedule."""
        from commonhold.models.device import choose_device
        from commonhold.train.job import Job
        from commonhold.train.processes import run_job

        recipe = context.recipe
        base, device = context.base(), choose_device(recipe.base.precision)
        examples = tuple(read_examples(context.artifacts["curate"]))
        settings = replace(settings_of(recipe), sharded=needs_sharding(recipe, device))
        if settings.sharded:
            context.say("one card cannot hold this training, so each holds a part of the base's layers")
        job = Job(examples, base, settings, device, recipe.seed, work, out)
        return asdict(run_job(job, context.say))


def needs_sharding(recipe: Recipe, device: "DeviceProfile") -> bool:
    """Whether the base must be split over the cards: several train, and one cannot hold what training takes."""
    train, entry = recipe.train, find_model(recipe.base.id)
    load = Load(
        row_tokens=train.batch_rows * train.max_tokens,
        rank=train.lora.rank,
        quantised=recipe.base.quantisation == "nf4",
        number_bytes=4 if device.precision == "float32" else 2,
        checkpointing=train.gradient_checkpointing,
    )
    needed = training_memory_bytes(entry.shape, load)
    return device.device == "cuda" and train.processes > 1 and needed > device.memory_bytes


def settings_of(recipe: Recipe) -> "Settings":
    """What the trainer needs of a recipe."""
    from commonhold.train.settings import LoraSettings, Settings

    train = recipe.train
    return Settings(
        system_prompt=recipe.data.system_prompt,
        quantisation=recipe.base.quantisation,
        lora=LoraSettings(**train.lora.model_dump()),
        checkpoints_per_epoch=train.checkpoints.per_epoch,
        early_stopping=train.checkpoints.early_stopping,
        **train.objective.model_dump(),
        **train.model_dump(exclude={"lora", "checkpoints", "objective"}),
    )

"""The train stage: examples and a base model to an adapter."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.number_format import duration
from commonhold.recipe.sections import Recipe
from commonhold.records.training_summary import SUMMARY, TrainingSummary, write_training_summary
from commonhold.stages.base_identity import base_identity
from commonhold.stages.curation import read_examples
from commonhold.stages.device import training_device
from commonhold.stages.estimate import (
    TrainingEstimate,
    estimate_training,
    newest_measured_speed,
    real_rows,
    refuse_what_cannot_fit,
    resolved,
)
from commonhold.stages.stage import Context, Figures, StageName
from commonhold.stages.train_settings import settings_of

if TYPE_CHECKING:
    from commonhold.models.device import DeviceProfile

VERSION = "train/3"


class TrainingStage:
    """Runs `train` on what curation kept."""

    name: StageName = "train"
    resumable = True
    logs: frozenset[str] = frozenset({"log.jsonl", SUMMARY, "report.html"})

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
            **({"threads": context.workers.threads} if context.workers.threads else {}),
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """Adapter, second moments, log and schedule."""
        from commonhold.models.load import load_tokenizer
        from commonhold.train.job import TrainingJob
        from commonhold.train.processes import run_job

        base, device = context.base(), training_device(context)
        examples = tuple(read_examples(context.artifacts["curate"]))
        rows = real_rows(context.recipe, examples, load_tokenizer(base.path))
        estimate = estimate_training(
            context.recipe, rows, device, measured_speed=newest_measured_speed(context, device)
        )
        sharded = needs_sharding(context.recipe, estimate, device)
        if sharded:
            context.say("one card cannot hold this training, so each holds a part of the base's layers")
        else:
            refuse_what_cannot_fit(context.recipe, estimate, rows, device)
        recipe = resolved(context.recipe, estimate.choice)
        settings = replace(settings_of(recipe), sharded=sharded)
        job = TrainingJob(examples, base, settings, device, recipe.seed, work, out)
        summary = with_plan(run_job(job, context.say), recipe, estimate, device)
        write_training_summary(out, summary)
        context.say(compared(summary))
        return {name: value for name, value in asdict(summary).items() if value is not None}


def needs_sharding(recipe: Recipe, estimate: TrainingEstimate, device: "DeviceProfile") -> bool:
    """Whether the base must be split over the cards: several train, and one cannot hold what training takes."""
    return device.device == "cuda" and recipe.train.processes > 1 and not estimate.choice.fits


def with_plan(
    summary: TrainingSummary, recipe: Recipe, estimate: TrainingEstimate, device: "DeviceProfile"
) -> TrainingSummary:
    """What the plan said, and what it chose, beside what was measured."""
    return replace(
        summary,
        base=recipe.base.id,
        planned_memory_bytes=estimate.choice.memory.as_measured(device.device),
        planned_seconds=estimate.seconds,
        gradient_checkpointing=str(recipe.train.gradient_checkpointing).lower(),
    )


def compared(summary: TrainingSummary) -> str:
    """The plan's errors in a line; without the time's if this process did only a part of the training."""
    memory, planned = summary.peak_memory_bytes, summary.planned_memory_bytes
    text = f"the plan: {planned / 1e9:.1f} GB estimated, {memory / 1e9:.1f} GB measured ({planned / memory - 1:+.0%})"
    if summary.resumed_from:
        return text
    seconds, estimate = summary.seconds, summary.planned_seconds
    return f"{text}; {duration(estimate)} estimated, {duration(seconds)} taken ({estimate / seconds - 1:+.0%})"

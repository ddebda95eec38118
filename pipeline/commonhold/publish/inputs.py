"""What a bundle is made of: the folders that earlier stages left, and plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from commonhold.models.equivalence import Likeness
from commonhold.models.template_parts import TemplateParts
from commonhold.publish.record_sources import Oversight
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.run_environment import CodeState, Environment, InstalledPackage, Machine
from commonhold.records.score import Rescored
from commonhold.records.weights import BaseWeights

WeightForm = Literal["merged", "q8_0", "f16"]
"""In which a model is published besides its adapter: merged weights, or GGUF in 8 or 16 bits."""


@dataclass(frozen=True, slots=True)
class BaseOrigin:
    """What the catalog says of a base model beside its weights."""

    title: str
    origin: str
    """Where the weights come from, in a sentence."""
    repository: str = ""
    """`owner/name` on the Hugging Face hub; empty when the weights are in no repository."""
    openness: Literal["A", "B", "C", ""] = ""
    """`A` weights, code and training data can be had; `B` data partly; `C` weights only; empty when unknown."""


@dataclass(frozen=True, slots=True)
class RecipeInputs:
    """The recipe as written, and as it was run."""

    name: str
    source: str
    """The text a person wrote."""
    resolved: ResolvedRecipe
    overrides: tuple[str, ...] = ()
    """`train.epochs=1` and the like, from the command line."""


@dataclass(frozen=True, slots=True)
class MergedInputs:
    """The whole model with the adapter merged in, and how near it is to base and adapter side by side."""

    folder: Path
    likeness: Likeness | None = None
    """None where it was not compared."""
    merged_from: str | None = None
    """Which weights the adapter was merged into; None where that was not kept."""
    recheck: Sequence[Rescored] = ()
    """The tasks asked again of it."""


@dataclass(frozen=True, slots=True)
class GgufInputs:
    """The whole model in one file for other programs, and how near it is to base and adapter side by side."""

    file: Path
    kind: Literal["q8_0", "f16"]
    pre_tokeniser: str
    likeness: Likeness
    recheck: Sequence[Rescored] = ()
    """The tasks asked again of it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A form that the recipe asks for and that is not published."""

    form: WeightForm
    why: str
    """In a sentence."""
    fault: bool
    """Whether the program made it wrongly; else rounding cost this model too much, or the machine had no room."""


@dataclass(frozen=True, slots=True)
class TemplateInputs:
    """The chat template of the base and of what is published, and the latter taken apart."""

    base: str
    published: str
    turns: TemplateParts | None = None
    """None where it cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the community's records, which is not published itself."""

    sha256: str
    licence: str
    """Of the rows in it that name none of their own."""


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What the run depended on."""

    code: CodeState
    environment: Environment
    installed: Mapping[str, InstalledPackage]
    """Everything installed, by name."""
    platform: Machine
    patch: str = ""
    """What differs from the commit; empty where nothing does, or where it is kept back."""
    patch_withheld: str = ""
    """Why it is kept back, in a sentence."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who has to agree before the model is let out."""

    needed: int
    stewards: tuple[tuple[str, str], ...]
    """Name and fingerprint of the key of everybody who can."""


@dataclass(frozen=True, slots=True)
class BundleInputs:
    """Everything that goes into a bundle; equal inputs give equal bytes."""

    model: str
    licence: str
    """SPDX identifier of the adapter's licence."""
    created: datetime
    """With a time zone. It is in the record: publish the same model again with the same one to get the same digest."""
    governance: Oversight
    recipe: RecipeInputs
    base: BaseWeights
    base_origin: BaseOrigin
    datasheet: Path
    """The community's datasheet.yaml."""
    curation: Path
    """Folder with summary.json, report.html, examples.jsonl and decisions.jsonl."""
    training: Path
    """Folder with summary.json, log.jsonl, and the adapter in `adapter`."""
    evaluation: Path
    """Folder with results.json, scores.jsonl, report.html and report.md."""
    run_environment: RunEnvironment
    seeds: Mapping[str, int]
    artifacts: Mapping[str, str]
    """Digest of each earlier stage's artifact, by stage."""
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    """The community's files of records, by their path in the datasheet."""
    merged: MergedInputs | None = None
    gguf: GgufInputs | None = None
    gguf_withheld: str = "The recipe asks for none."
    """Why there is none, in a sentence."""
    left_out: Sequence[LeftOut] = ()
    template: TemplateInputs | None = None
    policy: Policy | None = None
    """None where the community names nobody with a key."""

"""What a stage is: a key, a way to make an artifact, and what it says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, Protocol

from commonhold.curate.engine.executor import ExecutorName
from commonhold.recipe.load import LoadedRecipe
from commonhold.recipe.sections import Recipe
from commonhold.records.artifact import Artifact
from commonhold.records.weights import BaseWeights
from commonhold.stages.inputs import RunInputs, read_inputs
from commonhold.stages.names_model import NamesInputs, read_names
from commonhold.stages.workspace import Workspace

StageName = Literal["curate", "train", "evaluate", "publish"]
STAGES: tuple[StageName, ...] = ("curate", "train", "evaluate", "publish")
Figures = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Workers:
    """What of the machine a run uses. Curation's result is the same wherever it works."""

    executor: ExecutorName = "inline"
    number: int = 1
    address: str | None = None
    """Of a Ray cluster; absent for one of its own on this machine."""
    threads: int = 0
    """Of each process of training, where their number decides the bits; 0 for the fastest when it starts."""


@dataclass(slots=True)
class Context:
    """One run of one recipe: what was asked, where things are, and what earlier stages made."""

    loaded: LoadedRecipe
    workspace: Workspace
    say: Callable[[str], None]
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    workers: Workers = field(default_factory=Workers)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    read: RunInputs | None = field(default=None, repr=False)
    """What was read of the world outside, once it was."""
    resolved_base: BaseWeights | None = field(default=None, repr=False)
    """The base model, once it was asked for."""
    read_names: NamesInputs | None = field(default=None, repr=False)
    """What finds names in running text, once it was asked for."""

    @property
    def recipe(self) -> Recipe:
        """The recipe with its defaults."""
        return self.loaded.recipe

    @property
    def inputs(self) -> RunInputs:
        """What the recipe names outside of the workspace; read at the first look, and then the same to the end.

        Raises:
            RequestError: see `read_inputs`.
        """
        if self.read is None:
            self.read = read_inputs(self.loaded, self.workspace)
        return self.read

    @property
    def names(self) -> NamesInputs:
        """What finds names in running text; read at the first look, and then the same to the end.

        Raises:
            RequestError: see `names_model.read_names`.
        """
        if self.read_names is None:
            self.read_names = read_names(self.loaded)
        return self.read_names

    def base(self) -> BaseWeights:
        """The recipe's base model on this machine, unpacked or fetched if need be."""
        from commonhold.models.fetch import resolve_base

        if self.resolved_base is None:
            self.resolved_base = resolve_base(self.recipe.base.id, self.workspace.bases, self.say)
        return self.resolved_base


class Stage(Protocol):
    """One step of the pipeline, from artifacts to an artifact."""

    name: StageName
    resumable: bool
    """Whether unfinished work is kept for the next attempt; else a failure leaves nothing."""
    logs: frozenset[str]
    """Files that do not count for the artifact's digest: timings, and what is kept beside the result."""

    def inputs(self, context: Context) -> Mapping[str, object]:
        """All that decides what the stage makes; its digest is the stage's key."""
        ...

    def make(self, context: Context, out: Path, work: Path) -> Figures:
        """Fills `out`; `work` survives a kill. Gives the figures that the ledger keeps."""
        ...

"""The shapes in which a tracker is sent a run: parameters, metrics, tags, data sets, files, stages, models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from commonhold.provenance.runs import RunStatus, StageStatus


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """Data that a run read."""

    name: str
    sha256: str
    context: str
    """`training` or `evaluation`."""
    source: str
    """Path relative to the workspace."""
    profile: Mapping[str, int | Mapping[str, int]]
    """How many records, and of what kinds."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Licence and consent, where they are known."""


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """A number at a moment."""

    key: str
    value: float
    at: datetime
    step: int = 0
    dataset: DatasetEntry | None = None
    """The data that a score was taken on."""


@dataclass(frozen=True, slots=True)
class StageEntry:
    """A stage that ran, as a child of its run; a reused one has its curves in the run that did the work."""

    name: str
    status: StageStatus
    started: datetime
    ended: datetime
    tags: Mapping[str, str]
    metrics: tuple[MetricPoint, ...]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A bundle, and the name it goes by in the registry."""

    name: str
    folder: Path
    sha256: str
    alias: str
    """Empty where the stage gave none."""
    since: datetime
    tags: Mapping[str, str]
    purpose: str = ""
    """What the model is for; of all its versions."""
    description: str = ""
    """What distinguishes this version from others."""


@dataclass(frozen=True, slots=True)
class AliasEntry:
    """Which aliases the versions of a model have, as its log says."""

    model: str
    aliases: Mapping[str, str]
    """Digest of the bundle that each alias is on; empty where the alias is on none."""
    withdrawn: Mapping[str, str]
    """Why, by the digest of the bundle."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """All that a tracker is sent about a run."""

    experiment: str
    experiment_tags: Mapping[str, str]
    id: str
    name: str
    """For tables: the id without the recipe's name, which the experiment has already."""
    status: RunStatus
    started: datetime
    ended: datetime | None
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: tuple[MetricPoint, ...]
    datasets: tuple[DatasetEntry, ...]
    files: tuple[tuple[str, Path], ...]
    """Folder in the tracker (empty for its top) and file on disk."""
    stages: tuple[StageEntry, ...]
    models: tuple[ModelEntry, ...]

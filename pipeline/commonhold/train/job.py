"""One training as plain data, so that other processes can be handed it."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from commonhold.files import write_bytes
from commonhold.models.device import DeviceProfile
from commonhold.records.example import Example
from commonhold.records.weights import BaseWeights
from commonhold.train.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What `train` is called with."""

    examples: tuple[Example, ...]
    base: BaseWeights
    settings: TrainingSettings
    device: DeviceProfile
    seed: int
    work: Path
    out: Path


def write_job(path: Path, job: TrainingJob) -> None:
    """Writes a job as JSON; it holds the records' texts."""
    # Without warnings: what was read from a file has lists where the record says tuples.
    write_bytes(path, TypeAdapter(TrainingJob).dump_json(job, warnings=False))


def read_job(path: Path) -> TrainingJob:
    """Reads a job that `write_job` wrote."""
    return TypeAdapter(TrainingJob).validate_json(path.read_bytes())

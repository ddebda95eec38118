"""What training took: time, tokens, energy, memory and what happened on the way, over all the processes it took.

The sums are in the work folder beside the checkpoints, and are written at every checkpoint and every ten seconds in
between, so a kill loses ten seconds of them at most. What was trained twice after a kill counts twice: it was paid for.
"""

import resource
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from transformers import TrainerCallback

from commonhold.files import read_json, write_json
from commonhold.models.allocator import forget_peak, trim_heap
from commonhold.models.device import DeviceProfile
from commonhold.train.distributed import rank
from commonhold.train.energy import EnergyMeter

NAME = "measured.json"
SECONDS_BETWEEN = 10.0
RECENT_STEPS = 64


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the way that a reader of the figures should know of."""

    step: int
    kind: Literal["resumed", "damaged", "halved", "stopped_early"]
    text: str
    batch_size: int = 0
    gradient_accumulation_steps: int = 0
    """From here on, where the batch was halved; else 0."""


@dataclass(frozen=True, slots=True)
class TrainingMetrics:
    """Sums over every process that worked on one training."""

    from_step: int = 0
    """Step at which the sums start; more than 0 where those before were lost."""
    processes: int = 0
    seconds: float = 0.0
    """All of it: loading, steps, evaluation, checkpoints."""
    steps: int = 0
    step_seconds: float = 0.0
    tokens: int = 0
    """Of the steps, a batch's filling included."""
    checkpoints: int = 0
    checkpoint_seconds: float = 0.0
    """Evaluating and saving."""
    energy_kwh: float = 0.0
    energy_methods: tuple[str, ...] = ()
    peak_memory_bytes: int = 0
    peak_reserved_bytes: int = 0
    events: tuple[Event, ...] = field(default=())

    @property
    def tokens_per_second(self) -> float:
        """Speed of the steps alone."""
        return self.tokens / self.step_seconds if self.step_seconds else 0.0

    @property
    def energy_method(self) -> str:
        """How the energy was found, in every process."""
        return "_and_".join(sorted({part for method in self.energy_methods for part in method.split("_and_")}))


class Peak(NamedTuple):
    """Peak memory so far, in bytes."""

    used: int
    """RAM of the process on a CPU; VRAM in tensors on a GPU."""
    reserved: int
    """VRAM that torch holds, its cache included; 0 on a CPU."""


class Throughput(NamedTuple):
    """How fast it goes of late, to tell what is left."""

    step_seconds: float
    checkpoint_seconds: float
    """0 as long as none was made."""
    tokens_per_second: float


class MetricsRecorder:
    """Measures this process and adds what earlier ones left in the work folder."""

    def __init__(
        self, work: Path, device: DeviceProfile, from_step: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = work / NAME
        self._device = device
        self._before = read_metrics(work) or TrainingMetrics(from_step=from_step)
        self._own = TrainingMetrics(processes=1)
        self._meter = EnergyMeter(device)
        self._clock = clock
        trim_heap()
        forget_peak()
        self._started = self._since = clock()
        self._tokens_before = 0
        self._saved = -SECONDS_BETWEEN
        self._recent: deque[tuple[float, int]] = deque(maxlen=RECENT_STEPS)

    @property
    def total(self) -> TrainingMetrics:
        """The sums up to now."""
        before, own, energy, peak = self._before, self._own, self._meter.read(), peak_memory(self._device)
        return replace(
            before,
            processes=before.processes + own.processes,
            seconds=before.seconds + self._clock() - self._started,
            steps=before.steps + own.steps,
            step_seconds=before.step_seconds + own.step_seconds,
            tokens=before.tokens + own.tokens,
            checkpoints=before.checkpoints + own.checkpoints,
            checkpoint_seconds=before.checkpoint_seconds + own.checkpoint_seconds,
            energy_kwh=before.energy_kwh + energy.kilowatt_hours,
            energy_methods=tuple(sorted({*before.energy_methods, energy.method})),
            peak_memory_bytes=max(before.peak_memory_bytes, peak.used),
            peak_reserved_bytes=max(before.peak_reserved_bytes, peak.reserved),
            events=before.events + own.events,
        )

    @property
    def pace(self) -> Throughput | None:
        """Of the last steps of this process; right after a resume, of the processes before; none at the beginning."""
        both = [part for part in (self._own, self._before) if part.checkpoints]
        each_checkpoint = both[0].checkpoint_seconds / both[0].checkpoints if both else 0.0
        if self._recent:
            seconds, tokens = (sum(column) for column in zip(*self._recent, strict=True))
            return Throughput(seconds / len(self._recent), each_checkpoint, tokens / seconds if seconds else 0.0)
        if self._before.steps:
            seconds = self._before.step_seconds
            return Throughput(seconds / self._before.steps, each_checkpoint, self._before.tokens_per_second)
        return None

    def begin(self) -> None:
        """Training starts, or starts again with a new trainer: what came before was loading."""
        self._since = self._clock()
        self._tokens_before = 0

    def step(self, tokens: int) -> None:
        """A step has ended; `tokens` is the trainer's count since it started."""
        seconds, done = self._lap(), tokens - self._tokens_before
        self._tokens_before = tokens
        self._recent.append((seconds, done))
        own = self._own
        self._own = replace(own, steps=own.steps + 1, step_seconds=own.step_seconds + seconds, tokens=own.tokens + done)
        if self._since - self._saved >= SECONDS_BETWEEN:
            self.save()

    def checkpoint(self) -> None:
        """An evaluation and a checkpoint have ended."""
        own, seconds = self._own, self._lap()
        self._own = replace(own, checkpoints=own.checkpoints + 1, checkpoint_seconds=own.checkpoint_seconds + seconds)
        self.save()

    def note(self, event: Event) -> None:
        """Keeps an event; a step's event is kept once, however often it is met."""
        if event not in (*self._before.events, *self._own.events):
            self._own = replace(self._own, events=(*self._own.events, event))
        self.save()

    def save(self) -> None:
        """Writes the sums into the work folder; of several processes only the first one's."""
        if rank() == 0:
            write_json(self._path, asdict(self.total))
        self._saved = self._clock()

    def _lap(self) -> float:
        now = self._clock()
        seconds, self._since = now - self._since, now
        return seconds


class MetricsCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Tells the gauge what happens; runs after the callback that makes checkpoints whole."""

    def __init__(self, gauge: MetricsRecorder) -> None:
        self._gauge = gauge

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The model is loaded."""
        self._gauge.begin()

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **_: Any) -> None:
        """A step has ended: here its loss has been read back, so the processor has done it."""
        if "loss" in logs:
            self._gauge.step(int(logs.get("tokens", 0.0)))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A checkpoint is whole."""
        self._gauge.checkpoint()


def read_metrics(work: Path) -> TrainingMetrics | None:
    """The sums in a work folder; none where there are none that can be read."""
    try:
        fields = read_json(work / NAME)
        events = tuple(Event(**event) for event in fields.pop("events"))
        return TrainingMetrics(**{**fields, "energy_methods": tuple(fields["energy_methods"]), "events": events})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def peak_memory(device: DeviceProfile) -> Peak:
    """Most memory that this process has used since its gauge was made, or since it started where that is unknown."""
    if device.device == "cuda":
        import torch

        return Peak(int(torch.cuda.max_memory_allocated()), int(torch.cuda.max_memory_reserved()))
    return Peak(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, 0)

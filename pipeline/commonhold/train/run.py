"""From examples to an adapter: tokenise, pack, train, keep the best checkpoint."""

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commonhold.errors import RequestError
from commonhold.files import space_needed, write_jsonl, write_text
from commonhold.models.adapter import CONFIG_NAME, WEIGHTS_NAME, canonical_config, tensor_digest, trained_parameters
from commonhold.models.allocator import give_back_freed_memory, keep_freed_memory, trim_heap
from commonhold.models.device import DeviceProfile
from commonhold.models.load import load_model, load_tokenizer, quiet_loading, unpacked_if_room
from commonhold.records.example import Example
from commonhold.records.training_log import LoggedStep, logged_steps
from commonhold.records.training_summary import TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.seeds import named_seed
from commonhold.train.checkpoints import (
    SECOND_MOMENTS,
    Checkpoint,
    CheckpointCallback,
    best_checkpoint,
    checkpoint_steps,
    history_of,
    whole_checkpoints,
)
from commonhold.train.dataset import TrainingRows, make_rows
from commonhold.train.divergence import DivergenceCallback
from commonhold.train.metrics import MetricsCallback, MetricsRecorder, TrainingMetrics
from commonhold.train.out_of_memory import as_before
from commonhold.train.packing import IGNORED, PackedRow
from commonhold.train.padding import example_lengths, padding_share
from commonhold.train.progress import ProgressCallback, ThreadsCallback
from commonhold.train.report import render_html
from commonhold.train.retries import Ending, train_until_done
from commonhold.train.settings import TrainingSettings
from commonhold.train.step_digests import EndCallback, StepDigestCallback, digest_steps
from commonhold.train.target_modules import refuse_targets
from commonhold.train.threads import keep_threads
from commonhold.train.trainer import make_trainer, steps_of


def train(
    examples: Sequence[Example],
    base: BaseWeights,
    settings: TrainingSettings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    out: Path,
    say: Callable[[str], None],
) -> TrainingSummary:
    """Trains an adapter and writes it, its log and its schedule into `out`.

    `work` holds checkpoints: after a kill, the same call resumes from the last whole one and ends with the same bytes.

    Raises:
        NothingLeftError: there is nothing that the method learns from, or too many examples are too long.
        RequestError: training diverged, or a layer that was named cannot have an adapter.
        NoSpaceError: the disk is full; what was finished stays.
    """
    job = _prepare(examples, base, settings, device, seed, work, say)
    rows, gauge, steps = job.rows, job.gauge, job.steps(settings)
    say(f"training on {rows.examples} examples, {steps} steps, on {device.name} in {device.precision}")
    if not rows.validation:
        say("no rows to validate on: the last checkpoint is kept, and training does not stop early")
    if rows.unsuited:
        say(f"left out {rows.unsuited} examples that {settings.method} does not learn from")
    end = train_until_done(job.attempt, as_before(settings, gauge.total.events), steps, work, gauge, say)
    history = history_of(end.checkpoints[-1])
    _write(best_checkpoint(end.checkpoints), base, rows.training, history, out)
    summary = _summary(rows, end, gauge.total, job.device, out)
    write_text(out / "report.html", render_html(summary, history, gauge.total.events))
    return summary


def train_first_steps(
    examples: Sequence[Example],
    base: BaseWeights,
    settings: TrainingSettings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    steps: int,
    say: Callable[[str], None],
) -> tuple[LoggedStep, ...]:
    """What `train` would log for its first steps, without the rest; `work` is an empty folder or absent.

    Raises:
        RequestError: see `train`; or the training has fewer steps.
    """
    job = _prepare(examples, base, settings, device, seed, work, say)
    if steps > job.steps(settings):
        raise RequestError(f"the training has {job.steps(settings)} steps, so its first {steps} cannot be taken")
    say(f"taking the first {steps} of {job.steps(settings)} steps, on {device.name} in {device.precision}")
    replace(job, last_step=steps).attempt(settings, None)
    return logged_steps(history_of(whole_checkpoints(work)[-1]))


def _prepare(
    examples: Sequence[Example],
    base: BaseWeights,
    settings: TrainingSettings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    say: Callable[[str], None],
) -> "_Job":
    refuse_targets(base.path, settings.lora.target_modules)
    tokenizer = load_tokenizer(base.path)
    rows = make_rows(tokenizer, examples, settings, seed)
    work.mkdir(parents=True, exist_ok=True)
    device = keep_threads(device, work, say)
    checkpoints = whole_checkpoints(work)
    gauge = MetricsRecorder(work, device, checkpoints[-1].step if checkpoints else 0)
    return _Job(base, tokenizer, rows, device, named_seed(seed, "train"), work, gauge, say)


def _summary(
    rows: TrainingRows, end: Ending, measured: TrainingMetrics, device: DeviceProfile, out: Path
) -> TrainingSummary:
    best, last, settings = best_checkpoint(end.checkpoints), end.checkpoints[-1], end.settings
    steps = steps_of(len(rows.training), settings)
    taken = rows.training[: last.step * settings.batch_size * settings.gradient_accumulation_steps]
    losses = [line["loss"] for line in history_of(last) if "loss" in line]
    weights = out / "adapter" / WEIGHTS_NAME
    return TrainingSummary(
        adapter_digest=tensor_digest(weights),
        method=settings.method,
        examples=rows.examples,
        too_long=rows.too_long,
        unsuited=rows.unsuited,
        steps=steps,
        stopped_early_at=last.step if last.step < steps else 0,
        tokens=sum(len(row.input_ids) for row in taken),
        labelled_tokens=sum(label != IGNORED for row in taken for label in row.labels),
        batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation_steps,
        padding_share=padding_share([len(row.input_ids) for row in taken], settings.batch_size),
        padding_share_unpacked=padding_share(example_lengths(taken), settings.batch_size),
        first_loss=losses[0],
        last_loss=losses[-1],
        best_step=best.step,
        eval_loss=best.eval_loss,
        seconds=measured.seconds,
        tokens_per_second=measured.tokens_per_second,
        processes=measured.processes,
        resumed_from=end.resumed_from,
        measured_from=measured.from_step,
        peak_memory_bytes=measured.peak_memory_bytes,
        peak_reserved_bytes=measured.peak_reserved_bytes,
        energy_kwh=measured.energy_kwh,
        energy_method=measured.energy_method,
        device=device.name,
        precision=device.precision,
        threads=device.threads,
        trained_parameters=trained_parameters(weights),
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """What does not change from one attempt at a training to the next."""

    base: BaseWeights
    tokenizer: Any
    rows: TrainingRows
    device: DeviceProfile
    seed: int
    work: Path
    gauge: MetricsRecorder
    say: Callable[[str], None]
    last_step: int | None = None
    """Where to end although there would be more."""

    def steps(self, settings: TrainingSettings) -> int:
        """How many there are in all."""
        return steps_of(len(self.rows.training), settings)

    def attempt(self, settings: TrainingSettings, start: Checkpoint | None) -> None:
        """Trains to the end, from a checkpoint on if there is one."""
        on_cpu = self.device.device == "cpu"
        if on_cpu:
            give_back_freed_memory()
        with quiet_loading(), space_needed(self.work):
            model = load_model(self.base.path, settings.quantisation, self.device, sharded=settings.sharded)
            model = model if settings.sharded else unpacked_if_room(model, self.device)
            if on_cpu and not settings.gradient_checkpointing:
                trim_heap()
                keep_freed_memory()
            both = (self.rows.training, self.rows.validation)
            trainer = make_trainer(
                model, self.tokenizer, both, settings, self.device, self.seed, self.work, self._callbacks(settings)
            )
            trainer.train(resume_from_checkpoint=str(start.path) if start else None)

    def _callbacks(self, settings: TrainingSettings) -> list[Any]:
        """In this order: what has diverged is neither measured nor saved, and a checkpoint is measured when whole."""
        steps = self.steps(settings)
        planned = checkpoint_steps(steps, settings.epochs * settings.checkpoints_per_epoch)
        if self.last_step is not None:
            planned = frozenset({self.last_step})
        each = settings.batch_size * settings.gradient_accumulation_steps

        def records_of(step: int) -> list[str]:
            return [record for row in self.rows.training[(step - 1) * each : step * each] for record in row.record_ids]

        return [
            DivergenceCallback(records_of),
            CheckpointCallback(planned, settings.early_stopping_patience, validates=bool(self.rows.validation)),
            MetricsCallback(self.gauge),
            StepDigestCallback(digest_steps(steps)),
            ProgressCallback(self.say, self.gauge, planned, sum(len(row.input_ids) for row in self.rows.validation)),
            ThreadsCallback(self.device),
            *([] if self.last_step is None else [EndCallback(self.last_step)]),
        ]


def _write(
    best: Checkpoint, base: BaseWeights, rows: Sequence[PackedRow], history: Sequence[dict[str, float]], out: Path
) -> None:
    adapter = out / "adapter"
    adapter.mkdir(parents=True, exist_ok=True)
    with space_needed(out):
        for name in (WEIGHTS_NAME, CONFIG_NAME, SECOND_MOMENTS):
            shutil.copyfile(best.path / name, adapter / name)
    canonical_config(adapter, base.id, base.revision)
    write_jsonl(out / "log.jsonl", [_in_json(line) for line in history])
    write_jsonl(out / "schedule.jsonl", [{"row": number, "records": row.record_ids} for number, row in enumerate(rows)])


def _in_json(line: Mapping[str, Any]) -> dict[str, Any]:
    # Gradients in fp16 overflow now and then and the step is left out; JSON knows no infinity.
    return {name: value if isinstance(value, str) or math.isfinite(value) else None for name, value in line.items()}

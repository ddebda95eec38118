"""From examples to an adapter: tokenise, pack, train, keep the best checkpoint."""

import math
import resource
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commonhold.errors import NothingLeftError
from commonhold.files import space_needed, write_json, write_jsonl
from commonhold.models.adapter import CONFIG_NAME, WEIGHTS_NAME, canonical_config, tensor_digest
from commonhold.models.allocator import give_back_freed_memory
from commonhold.models.device import DeviceProfile
from commonhold.models.load import load_model, load_tokenizer, quiet_loading, unpacked_if_room
from commonhold.records.example import Example
from commonhold.records.weights import BaseWeights
from commonhold.seeds import named_seed
from commonhold.train.checkpoints import (
    SECOND_MOMENTS,
    Checkpoint,
    CheckpointCallback,
    ProgressCallback,
    ThreadsCallback,
    best_checkpoint,
    checkpoint_steps,
    whole_checkpoints,
)
from commonhold.train.energy import EnergyMeter
from commonhold.train.schedule import PackedRow, Tokenised, pack, refuse_if_too_long, tokenise, training_rows
from commonhold.train.settings import Settings
from commonhold.train.trainer import make_trainer, steps_of


@dataclass(frozen=True, slots=True)
class Summary:
    """What training did."""

    adapter_digest: str
    """Digest of the adapter's tensors, whatever the file's order."""
    examples: int
    too_long: int
    steps: int
    tokens: int
    """Tokens of all the epochs, prompts included."""
    first_loss: float
    last_loss: float
    """Nats a labelled token, at the first and last step."""
    best_step: int
    eval_loss: float
    """Validation loss of the checkpoint that was kept."""
    seconds: float
    """Of this process; a resumed run counts its own part only."""
    tokens_per_second: float
    resumed_from: int
    """Step of the checkpoint that this process began with; 0 for a fresh start."""
    peak_memory_bytes: int
    energy_kwh: float
    energy_method: str
    device: str
    precision: str
    trained_parameters: int


def train(
    examples: Sequence[Example],
    base: BaseWeights,
    settings: Settings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    out: Path,
    say: Callable[[str], None],
) -> Summary:
    """Trains an adapter and writes it, its log and its schedule into `out`.

    `work` holds checkpoints: after a kill, the same call goes on from the last whole one and ends with the same bytes.

    Raises:
        NothingLeftError: there is nothing to train or validate on, or too many examples are too long.
        RequestError: training diverged.
        NoSpaceError: the disk is full; what was finished stays.
    """
    tokenizer = load_tokenizer(base.path)
    tokenised, rows = _rows(tokenizer, examples, settings, seed)
    steps = steps_of(len(rows[0]), settings)
    work.mkdir(parents=True, exist_ok=True)
    done = whole_checkpoints(work)
    meter, started = EnergyMeter(), time.monotonic()
    say(f"training on {len(tokenised.examples)} examples, {steps} steps, on {device.name} in {device.precision}")
    if done:
        say(f"going on from step {done[-1].step}, where the last run stopped")
    trainer = _trained(base, tokenizer, rows, settings, device, seed, work, say)
    best = best_checkpoint(whole_checkpoints(work))
    energy = meter.read()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    last = [line for line in trainer.state.log_history if "tokens" in line][-1]
    summary = Summary(
        adapter_digest=_write(best, base, rows[0], trainer.state.log_history, out),
        examples=len(tokenised.examples),
        too_long=len(tokenised.too_long),
        steps=steps,
        tokens=sum(len(row.input_ids) for row in rows[0]),
        first_loss=losses[0],
        last_loss=losses[-1],
        best_step=best.step,
        eval_loss=best.eval_loss,
        seconds=time.monotonic() - started,
        tokens_per_second=last["tokens"] / last["seconds"],
        resumed_from=done[-1].step if done else 0,
        peak_memory_bytes=_peak_memory(device),
        energy_kwh=energy.kilowatt_hours,
        energy_method=energy.method,
        device=device.name,
        precision=device.precision,
        trained_parameters=sum(p.numel() for p in trainer.model.parameters() if p.requires_grad),
    )
    write_json(out / "summary.json", asdict(summary))
    return summary


def _trained(
    base: BaseWeights,
    tokenizer: Any,
    rows: tuple[Sequence[PackedRow], Sequence[PackedRow]],
    settings: Settings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    say: Callable[[str], None],
) -> Any:
    """The trainer after its last step, from the last whole checkpoint on if there is one."""
    steps = steps_of(len(rows[0]), settings)
    callbacks = [
        CheckpointCallback(checkpoint_steps(steps, settings.epochs * settings.checkpoints_per_epoch)),
        ProgressCallback(say),
        ThreadsCallback(),
    ]
    done = whole_checkpoints(work)
    if device.device == "cpu" and settings.gradient_checkpointing:
        give_back_freed_memory()
    with quiet_loading(), space_needed(work):
        model = unpacked_if_room(load_model(base.path, settings.quantisation, device), device)
        trainer = make_trainer(model, tokenizer, rows, settings, device, named_seed(seed, "train"), work, callbacks)
        trainer.train(resume_from_checkpoint=str(done[-1].path) if done else None)
    return trainer


def _rows(
    tokenizer: Any, examples: Sequence[Example], settings: Settings, seed: int
) -> tuple[Tokenised, tuple[list[PackedRow], list[PackedRow]]]:
    by_split = {
        split: tokenise(
            tokenizer, [e for e in examples if e.split == split], settings.system_prompt, settings.max_tokens
        )
        for split in ("train", "validation")
    }
    refuse_if_too_long(by_split["train"], settings.max_tokens, settings.max_too_long)
    if not by_split["validation"].examples:
        raise NothingLeftError(
            "the validation split is empty, so the best checkpoint cannot be chosen. "
            "Raise data.validation_share, or add records of more contributors"
        )
    training = training_rows(
        by_split["train"].examples, settings.row_tokens, named_seed(seed, "order"), settings.epochs
    )
    return by_split["train"], (training, list(pack(by_split["validation"].examples, settings.max_tokens)))


def _write(
    best: Checkpoint, base: BaseWeights, rows: Sequence[PackedRow], history: Sequence[dict[str, float]], out: Path
) -> str:
    adapter = out / "adapter"
    adapter.mkdir(parents=True, exist_ok=True)
    with space_needed(out):
        for name in (WEIGHTS_NAME, CONFIG_NAME, SECOND_MOMENTS):
            shutil.copyfile(best.path / name, adapter / name)
    canonical_config(adapter, base.id, base.revision)
    write_jsonl(out / "log.jsonl", [_in_json(line) for line in history])
    write_jsonl(out / "schedule.jsonl", [{"row": number, "records": row.record_ids} for number, row in enumerate(rows)])
    return tensor_digest(adapter / WEIGHTS_NAME)


def _in_json(line: Mapping[str, float]) -> dict[str, float | None]:
    # Gradients in fp16 overflow now and then and the step is left out; JSON knows no infinity.
    return {name: value if math.isfinite(value) else None for name, value in line.items()}


def _peak_memory(device: DeviceProfile) -> int:
    if device.device == "cuda":
        import torch

        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

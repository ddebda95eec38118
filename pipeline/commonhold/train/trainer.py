"""TRL's trainer, made repeatable: rows in the schedule's order, adapters in fp32, loss only where it is needed.

Differences from a plain `SFTTrainer` (TRL 1.16), each measured in docs/decisions/0003:
the adapter stays fp32 (TRL casts it to bf16 and a resumed run comes back in fp32, so 4+4 steps are not 8); rows come
packed and in order; on a CPU the output head runs on labelled positions only, where TRL scores every position, and a
layer computes with its adapter in one function.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from commonhold.models.adapter import train_in_fp32
from commonhold.models.device import DeviceProfile
from commonhold.models.likelihood import hidden_states
from commonhold.seeds import named_seed
from commonhold.train.distributed import filled, number_of_processes, rank, through, total
from commonhold.train.packing import IGNORED, PackedRow
from commonhold.train.preference_loss import PreferenceLoss, balanced_weights
from commonhold.train.preference_rows import RatedRow
from commonhold.train.settings import LoraSettings, TrainingSettings
from commonhold.train.sharding import averaged, is_sharded, shard

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


DDP: dict[str, Any] = {"ddp_find_unused_parameters": False, "ddp_broadcast_buffers": False}
"""Every trained weight is used in every step, and no buffer changes."""


class RowTrainer(SFTTrainer):  # type: ignore[misc]  # trl ships no types
    """Trains on packed rows, one after the other."""

    def __init__(
        self, *args: Any, on_cpu: bool, sharded: bool = False, preference: PreferenceLoss | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_cpu = on_cpu
        self._preference = preference
        self._tokens = 0
        self._started = time.monotonic()
        self._validation_items = _items_per_row(self.eval_dataset, self._items) if self.eval_dataset else 0.0
        self._batch = (-1, 0)
        train_in_fp32(self.model)
        if sharded:
            shard(self.model, self.args.device.type)

    def _get_train_sampler(self, *_: Any, **__: Any) -> torch.utils.data.Sampler[int]:
        return torch.utils.data.SequentialSampler(self.train_dataset)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Evaluates and gives back what was drawn: a data loader draws from the generator that dropout draws from."""
        with torch.random.fork_rng(devices=[]):
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        return metrics

    def _wrap_model(self, model: Any, training: bool = True, **_: Any) -> Any:
        if training and model is self.model and any(is_sharded(parameter) for parameter in model.parameters()):
            return averaged(model)
        return super()._wrap_model(model, training)

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        """One batch, forward and backward; what is drawn in it depends on the batch alone.

        So dropout and noise are the same whichever process gets the batch, and after a break.
        """
        step, number = self._batch
        self._batch = (self.state.global_step, number + 1 if step == self.state.global_step else 0)
        number = self._batch[1] * number_of_processes() + rank()
        torch.manual_seed(named_seed(self.args.seed, f"batch {self.state.global_step}/{number}"))
        loss: torch.Tensor = super().training_step(model, inputs, num_items_in_batch)
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean loss: over labelled positions in nats, or over judged replies; in training, of the accumulated batch.

        In evaluation it is over the rows' usual number of labels: the trainer takes the mean of all the rows, and only
        so is that the mean of all the labels. Of several processes, each gives its part of the sum times their number,
        for the gradients and the losses are averaged over them.
        """
        processes = number_of_processes()
        if self.model.training:
            self._tokens += inputs["position_ids"].numel()
        else:
            num_items_in_batch = len(inputs["labels"]) * self._validation_items
            if not self._on_cpu and not self._preference:
                num_items_in_batch *= processes  # TRL multiplies by it here, too
        if self._preference:
            return self._preference_loss(model, inputs, num_items_in_batch)
        if not self._on_cpu or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        loss = through(model, labelled_loss, inputs, num_items_in_batch)
        return loss * processes if self.model.training else loss

    def _preference_loss(self, model: Any, inputs: dict[str, Any], num_items: Any) -> torch.Tensor:
        assert self._preference is not None
        plain = self.accelerator.unwrap_model(model)
        with self.accelerator.autocast():
            judged = self._preference.judge(model, plain, inputs, self.accelerator.gather)
        metrics = self._metrics["train" if self.model.training else "eval"]
        metrics["margin"].append(float(judged.margins.mean()))
        metrics["right_side"].append(float((judged.margins > 0).float().mean()))
        return judged.losses.sum() / torch.as_tensor(num_items).clamp(min=1)

    def _items(self, labels: torch.Tensor) -> torch.Tensor:
        """What the loss is the mean of, counted in labels `(rows, tokens)`."""
        return self._preference.items(labels) if self._preference else (labels[:, 1:] != IGNORED).sum()

    def _get_num_items_in_batch(self, batch_samples: list[dict[str, Any]], device: torch.device) -> Any:
        if not self._preference:
            return super()._get_num_items_in_batch(batch_samples, device)
        items = torch.stack([self._items(batch["labels"]) for batch in batch_samples]).sum().to(device)
        return self.accelerator.gather(items).sum()

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds the tokens so far, a batch's filling included, and the seconds they took to every line of training."""
        if "loss" in logs:
            logs["tokens"] = total(float(self._tokens), self.args.device)
            logs["seconds"] = time.monotonic() - self._started
        super().log(logs, start_time)


def labelled_loss(model: Any, inputs: dict[str, Any], num_items: Any = None) -> torch.Tensor:
    """Sum of the negative log-likelihoods of labelled tokens, over `num_items` or over their count.

    The output head, a fifth of a small model's work, sees only the positions that predict a label.
    """
    hidden = hidden_states(model, input_ids=inputs["input_ids"], position_ids=inputs["position_ids"])[:, :-1]
    labels = inputs["labels"][:, 1:]
    labelled = labels != IGNORED
    logits = model.get_output_embeddings()(hidden[labelled]).float()
    total = torch.nn.functional.cross_entropy(logits, labels[labelled], reduction="sum")
    count = num_items if num_items is not None else labelled.sum()
    return total / torch.as_tensor(count).clamp(min=1)


class RowCollator:
    """Packed rows to a batch `(rows, tokens)`; shorter rows are filled with tokens that are an example of their own."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """Batch of `input_ids`, `labels` and `position_ids`; no attention mask, so that positions tell rows apart.

        Of rated rows also the mismatched replies, and of every reply whether it is desirable.
        """
        batch = self._filled(rows, "")
        if "desirable" in rows[0]:
            batch |= self._filled(rows, "mismatched_")
            batch["desirable"] = torch.tensor([thumb for row in rows for thumb in row["desirable"]])
        return batch

    def _filled(self, rows: Sequence[dict[str, list[int]]], prefix: str) -> dict[str, torch.Tensor]:
        ids, labels, positions = (f"{prefix}{name}" for name in ("input_ids", "labels", "position_ids"))
        longest = max(len(row[ids]) for row in rows)
        fill = [longest - len(row[ids]) for row in rows]
        return {
            ids: torch.tensor([r[ids] + [self._pad_id] * n for r, n in zip(rows, fill, strict=True)]),
            labels: torch.tensor([r[labels] + [IGNORED] * n for r, n in zip(rows, fill, strict=True)]),
            positions: torch.tensor([r[positions] + list(range(n)) for r, n in zip(rows, fill, strict=True)]),
        }


def lora_config(settings: LoraSettings) -> "LoraConfig":
    """The adapter as PEFT wants it described."""
    from peft import LoraConfig

    targets = settings.target_modules
    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        use_rslora=settings.rslora,
        use_dora=settings.dora,
        target_modules=targets if isinstance(targets, str) else list(targets),
        task_type="CAUSAL_LM",
    )


def make_trainer(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    rows: tuple[Sequence[PackedRow], Sequence[PackedRow]],
    settings: TrainingSettings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    callbacks: Sequence[TrainerCallback] = (),
) -> RowTrainer:
    """A trainer over training and validation rows, if any; nothing is logged anywhere but in its own state."""
    steps = steps_of(len(rows[0]), settings)
    at_once = 1 if settings.method == "kto" else settings.batch_size * number_of_processes()  # kto has one process
    learnt, checked = (_dataset(filled(part, at_once, tokenizer.pad_token_id)) if part else None for part in rows)
    trainer = RowTrainer(
        model=model,
        args=_arguments(settings, device, steps, seed, work),
        train_dataset=learnt,
        eval_dataset=checked,
        processing_class=tokenizer,
        data_collator=RowCollator(tokenizer.pad_token_id),
        peft_config=lora_config(settings.lora),
        callbacks=list(callbacks),
        on_cpu=device.device == "cpu",
        preference=preference_loss(rows[0], settings),
        sharded=settings.sharded,
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(settings: TrainingSettings, device: DeviceProfile, steps: int, seed: int, work: Path) -> SFTConfig:
    on_gpu = device.device == "cuda"
    return SFTConfig(
        output_dir=str(work),
        num_train_epochs=1,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation_steps // number_of_processes(),
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.lr_scheduler if settings.lr_scheduler != "constant" else "constant_with_warmup",
        warmup_steps=round(settings.warmup_ratio * steps),
        weight_decay=0.0,
        adam_beta2=0.99,  # a run of a few hundred steps must forget the large gradients of its first twenty
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        seed=seed,
        data_seed=seed,
        bf16=on_gpu and device.precision == "bfloat16",
        fp16=on_gpu and device.precision == "float16",
        use_cpu=not on_gpu,
        neftune_noise_alpha=settings.neftune_noise_alpha or None,
        gradient_checkpointing=settings.gradient_checkpointing is True,
        activation_offloading=on_gpu and settings.gradient_checkpointing == "offload",
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
        **DDP,
        logging_steps=1,
        logging_nan_inf_filter=False,
        eval_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def steps_of(rows: int, settings: TrainingSettings) -> int:
    """Optimizer steps for a number of packed rows; a last, smaller step counts."""
    return -(-rows // (settings.batch_size * settings.gradient_accumulation_steps))


def preference_loss(rows: Sequence[PackedRow], settings: TrainingSettings) -> PreferenceLoss | None:
    """The loss of a method that learns from judged replies, its weights from the training rows."""
    if settings.method == "kto":
        thumbs = [thumb for row in rows if isinstance(row, RatedRow) for thumb in row.desirable]
        return PreferenceLoss("kto", settings.beta, *balanced_weights(thumbs))
    return PreferenceLoss("dpo", settings.beta) if settings.method == "dpo" else None


def _items_per_row(rows: Any, items: Callable[[torch.Tensor], torch.Tensor]) -> float:
    return sum(int(items(torch.tensor([labels]))) for labels in rows["labels"]) / len(rows)


def _dataset(rows: Sequence[PackedRow]) -> Any:
    from datasets import Dataset

    columns = [field.name for field in fields(rows[0]) if field.name != "record_ids"]
    return Dataset.from_dict({column: [list(getattr(row, column)) for row in rows] for column in columns})

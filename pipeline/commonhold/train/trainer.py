"""TRL's trainer, made repeatable: rows in the schedule's order, adapters in fp32, loss only where it is needed.

Differences from a plain `SFTTrainer` (TRL 1.16), each measured in docs/decisions/0003:
the adapter stays fp32 (TRL casts it to bf16 and a resumed run comes back in fp32, so 4+4 steps are not 8); rows come
packed and in order; on a CPU the output head runs on labelled positions only, where TRL scores every position, and a
layer computes with its adapter in one function.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from commonhold.models.device import DeviceProfile
from commonhold.models.fused_lora import fuse
from commonhold.models.likelihood import hidden_states
from commonhold.train.schedule import IGNORED, PackedRow
from commonhold.train.settings import LoraSettings, Settings

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class RowTrainer(SFTTrainer):  # type: ignore[misc]  # trl ships no types
    """Trains on packed rows, one after the other."""

    def __init__(self, *args: Any, on_cpu: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on_cpu = on_cpu
        self._tokens = 0
        self._started = time.monotonic()
        self._validation_labels = _labels_per_row(self.eval_dataset)
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()
        fuse(self.model)

    def _get_train_sampler(self, *_: Any, **__: Any) -> torch.utils.data.Sampler[int]:
        return torch.utils.data.SequentialSampler(self.train_dataset)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Evaluates and gives back what was drawn: a data loader draws from the generator that dropout draws from."""
        with torch.random.fork_rng(devices=[]):
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        return metrics

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean negative log-likelihood in nats over labelled positions; in training, of the whole accumulated batch.

        In evaluation it is over the rows' usual number of labels: the trainer takes the mean of all the rows, and only
        so is that the mean of all the labels.
        """
        if self.model.training:
            self._tokens += inputs["position_ids"].numel()
        else:
            num_items_in_batch = len(inputs["labels"]) * self._validation_labels
        if not self._on_cpu or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        return labelled_loss(model, inputs, num_items_in_batch)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds the tokens so far, a batch's filling included, and the seconds they took to every line of training."""
        if "loss" in logs:
            logs["tokens"] = float(self._tokens)
            logs["seconds"] = time.monotonic() - self._started
        super().log(logs, start_time)


def labelled_loss(model: Any, inputs: dict[str, Any], num_items: Any = None) -> torch.Tensor:
    """Sum of the negative log-likelihoods of labelled tokens, over `num_items` or over their count.

    The output head, a fifth of a small model's work, sees only the positions that predict a label.
    """
    hidden = hidden_states(model, input_ids=inputs["input_ids"], position_ids=inputs["position_ids"])[:, :-1]
    labels = inputs["labels"][:, 1:]
    wanted = labels != IGNORED
    logits = model.get_output_embeddings()(hidden[wanted]).float()
    total = torch.nn.functional.cross_entropy(logits, labels[wanted], reduction="sum")
    count = num_items if num_items is not None else wanted.sum()
    return total / torch.as_tensor(count).clamp(min=1)


class RowCollator:
    """Packed rows to a batch `(rows, tokens)`; shorter rows are filled with tokens that are an example of their own."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """Batch of `input_ids`, `labels` and `position_ids`; no attention mask, so that positions tell rows apart."""
        longest = max(len(row["input_ids"]) for row in rows)
        fill = [longest - len(row["input_ids"]) for row in rows]
        return {
            "input_ids": torch.tensor([r["input_ids"] + [self._pad_id] * n for r, n in zip(rows, fill, strict=True)]),
            "labels": torch.tensor([r["labels"] + [IGNORED] * n for r, n in zip(rows, fill, strict=True)]),
            "position_ids": torch.tensor([r["position_ids"] + list(range(n)) for r, n in zip(rows, fill, strict=True)]),
        }


def lora_config(settings: LoraSettings) -> "LoraConfig":
    """The adapter as PEFT wants it described."""
    from peft import LoraConfig

    targets = settings.targets
    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        task_type="CAUSAL_LM",
    )


def make_trainer(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    rows: tuple[Sequence[PackedRow], Sequence[PackedRow]],
    settings: Settings,
    device: DeviceProfile,
    seed: int,
    work: Path,
    callbacks: Sequence[TrainerCallback] = (),
) -> RowTrainer:
    """A trainer over training and validation rows; nothing is logged anywhere but in its own state."""
    steps = steps_of(len(rows[0]), settings)
    on_gpu = device.device == "cuda"
    arguments = SFTConfig(
        output_dir=str(work),
        num_train_epochs=1,
        per_device_train_batch_size=settings.batch_rows,
        per_device_eval_batch_size=settings.batch_rows,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule if settings.schedule != "constant" else "constant_with_warmup",
        warmup_steps=round(settings.warmup_share * steps),
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
        logging_steps=1,
        logging_nan_inf_filter=False,
        eval_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    trainer = RowTrainer(
        model=model,
        args=arguments,
        train_dataset=_dataset(rows[0]),
        eval_dataset=_dataset(rows[1]),
        processing_class=tokenizer,
        data_collator=RowCollator(tokenizer.pad_token_id),
        peft_config=lora_config(settings.lora),
        callbacks=list(callbacks),
        on_cpu=not on_gpu,
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def steps_of(rows: int, settings: Settings) -> int:
    """Optimizer steps for a number of packed rows; a last, smaller step counts."""
    return -(-rows // (settings.batch_rows * settings.accumulate))


def _labels_per_row(rows: Any) -> float:
    labelled = sum(label != IGNORED for labels in rows["labels"] for label in labels)
    return float(labelled / len(rows))


def _dataset(rows: Sequence[PackedRow]) -> Any:
    from datasets import Dataset

    columns = ("input_ids", "labels", "position_ids")
    return Dataset.from_dict({column: [list(getattr(row, column)) for row in rows] for column in columns})

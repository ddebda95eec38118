"""One training job, done by one program in a process of its own; started by `training_speed.py`.

    python training_contenders.py NAME JOB.json OUT

The job is a dictionary: `base` (folder of the model), `train` and `held_out` (lists of `[system, message, reply]`),
`rows` (examples of a step), `max_tokens`, `learning_rate`, `rank`, `alpha`. NF4 with double quantisation, LoRA on every
linear layer, AdamW, constant learning rate, one epoch. Writes the adapter into OUT and prints one JSON line: seconds
and processor seconds of every step but the first, and the peak of the process's memory in bytes.

Imports no more than its own program needs, so that it runs in that program's environment.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Job = dict[str, Any]


class Clock:
    """Wall and processor seconds from the end of the first step to the end of the last."""

    def __init__(self) -> None:
        self.at: list[tuple[float, float]] = []

    def tick(self) -> None:
        """A step has ended."""
        self.at.append((time.perf_counter(), time.process_time()))

    def report(self) -> dict[str, float]:
        """As the driver wants it."""
        (wall, cpu), (wall_end, cpu_end) = self.at[0], self.at[-1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"wall": wall_end - wall, "cpu": cpu_end - cpu, "steps": len(self.at), "peak": peak}


def callback(clock: Clock) -> Any:
    """The clock as transformers' trainer wants it."""
    from transformers import TrainerCallback

    class Ticking(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.tick()

    return Ticking()


def commonhold(job: Job, out: Path, clock: Clock) -> None:
    """The pipeline's own trainer, a row at a time: as fast on a CPU as larger batches, in less memory."""
    from commonhold import environment

    environment.prepare()
    from commonhold.models.chat_template import conversation, token_pair
    from commonhold.models.device import choose_device
    from commonhold.models.load import load_model, load_tokenizer, quiet_loading, unpacked_if_room
    from commonhold.train.packing import TokenExample, pack
    from commonhold.train.settings import LoraSettings, TrainingSettings
    from commonhold.train.trainer import make_trainer

    with quiet_loading():
        tokenizer, device = load_tokenizer(Path(job["base"])), choose_device(job["precision"])
        examples = [
            TokenExample(str(number), *token_pair(tokenizer, conversation(message, system), reply))
            for number, (system, message, reply) in enumerate(job["train"])
        ]
        settings = TrainingSettings(
            system_prompt="", quantisation="nf4", epochs=1, learning_rate=job["learning_rate"], warmup_ratio=0.0,
            lr_scheduler="constant", max_tokens=job["max_tokens"], packing=False, batch_size=1,
            gradient_accumulation_steps=job["rows"], max_overlong_ratio=0.0, checkpoints_per_epoch=1,
            neftune_noise_alpha=0.0,
            gradient_checkpointing=False, lora=LoraSettings(job["rank"], job["alpha"], 0.0, "all-linear"),
        )  # fmt: skip
        rows = list(pack(examples, 0))
        model = unpacked_if_room(load_model(Path(job["base"]), "nf4", device), device)
        trainer = make_trainer(model, tokenizer, (rows, rows[:1]), settings, device, 1, out, [callback(clock)])
        trainer.train()
        trainer.model.save_pretrained(out)


def trl(options: dict[str, Any]) -> Callable[[Job, Path, Clock], None]:
    """What a person writes from TRL's documentation, with options of SFTConfig."""

    def train(job: Job, out: Path, clock: Clock) -> None:
        from datasets import Dataset
        from peft import LoraConfig
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from trl import SFTConfig, SFTTrainer

        batch = min(options.get("per_device_train_batch_size", 8), job["rows"])
        in_bf16 = {"bf16": True} if job["precision"] == "bfloat16" else {}
        arguments = SFTConfig(
            **{
                "output_dir": str(out),
                "num_train_epochs": 1,
                "learning_rate": job["learning_rate"],
                "lr_scheduler_type": "constant",
                "max_length": job["max_tokens"],
                "use_cpu": True,
                "report_to": "none",
                "save_strategy": "no",
                "disable_tqdm": True,
                **options,
                **in_bf16,
                "per_device_train_batch_size": batch,
                "gradient_accumulation_steps": 1 if options.get("packing") else job["rows"] // batch,
            }
        )
        import torch

        trainer = SFTTrainer(
            model=AutoModelForCausalLM.from_pretrained(
                job["base"],
                dtype=getattr(torch, job["precision"]),
                quantization_config=nf4(job["precision"]),
                device_map={"": "cpu"},
            ),
            args=arguments,
            train_dataset=Dataset.from_list([chat(*row) for row in job["train"]]),
            processing_class=AutoTokenizer.from_pretrained(job["base"]),
            peft_config=LoraConfig(
                r=job["rank"], lora_alpha=job["alpha"], target_modules="all-linear", task_type="CAUSAL_LM"
            ),
            callbacks=[callback(clock)],
        )
        trainer.train()
        trainer.model.save_pretrained(out)

    return train


def chat(system: str, message: str, reply: str) -> dict[str, list[dict[str, str]]]:
    """A row in TRL's conversational prompt and completion form."""
    return {
        "prompt": [{"role": "system", "content": system}, {"role": "user", "content": message}],
        "completion": [{"role": "assistant", "content": reply}],
    }


def nf4(precision: str) -> Any:
    """The quantisation of all of them."""
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, precision),
    )


def llama_factory(options: dict[str, Any]) -> Callable[[Job, Path, Clock], None]:
    """LLaMA-Factory's supervised fine-tuning by a folder of data and a dictionary of arguments."""

    def train(job: Job, out: Path, clock: Clock) -> None:
        from llamafactory.train.tuner import run_exp

        data = out / "data"
        data.mkdir(parents=True)
        rows = [{"system": system, "instruction": message, "output": reply} for system, message, reply in job["train"]]
        (data / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        columns = {"prompt": "instruction", "response": "output", "system": "system"}
        (data / "dataset_info.json").write_text(
            json.dumps({"rows": {"file_name": "rows.json", "columns": columns}}), encoding="utf-8"
        )
        batch = min(options.get("per_device_train_batch_size", 1), job["rows"])
        run_exp(
            {
                "stage": "sft",
                "do_train": True,
                "model_name_or_path": job["base"],
                "finetuning_type": "lora",
                "lora_target": "all",
                "lora_rank": job["rank"],
                "lora_alpha": job["alpha"],
                "quantization_bit": 4,
                "template": "chatml",
                "dataset": "rows",
                "dataset_dir": str(data),
                "cutoff_len": job["max_tokens"],
                "output_dir": str(out),
                "num_train_epochs": 1,
                "learning_rate": job["learning_rate"],
                "lr_scheduler_type": "constant",
                "use_cpu": True,
                "report_to": "none",
                "save_strategy": "no",
                "disable_tqdm": True,
                "overwrite_output_dir": True,
                **options,
                "per_device_train_batch_size": batch,
                "gradient_accumulation_steps": job["rows"] // batch,
            },
            callbacks=[callback(clock)],
        )

    return train


TUNED = {"bf16": False, "gradient_checkpointing": False, "optim": "adamw_torch_fused"}
CONTENDERS: dict[str, Callable[[Job, Path, Clock], None]] = {
    "commonhold": commonhold,
    "trl_as_it_comes": trl({}),
    "trl_defaults": trl({"bf16": False}),
    "trl_tuned_8": trl({**TUNED, "per_device_train_batch_size": 8}),
    "trl_tuned_4": trl({**TUNED, "per_device_train_batch_size": 4}),
    "trl_tuned_1": trl({**TUNED, "per_device_train_batch_size": 1}),
    "trl_tuned_packed": trl({**TUNED, "per_device_train_batch_size": 1, "packing": True, "max_length": 768}),
    "llama_factory": llama_factory({}),
    "llama_factory_tuned_1": llama_factory({"disable_gradient_checkpointing": True}),
    "llama_factory_tuned_8": llama_factory({"disable_gradient_checkpointing": True, "per_device_train_batch_size": 8}),
}


def main() -> None:
    """Does the job and prints what it took."""
    name, job, out = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3])
    clock = Clock()
    CONTENDERS[name](job, out, clock)
    print("RESULT " + json.dumps(clock.report()))


if __name__ == "__main__":
    main()

"""Training speed against a plain TRL script, in one run: same model, data, adapter, precision and row length.

    python tests/benchmarks/training_speed.py [--rounds 3] [--steps 4]

The two take turns, so that a machine that slows down slows both. Tokens are those of the rows; seconds are of the
training steps alone, wall and processor time. Prints one JSON object.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from commonhold import surroundings

surroundings.prepare()

from commonhold.models.device import DeviceProfile, choose_device  # noqa: E402
from commonhold.models.load import load_model, load_tokenizer, quiet_loading, unpacked_if_room  # noqa: E402
from commonhold.recipe.load import load_recipe  # noqa: E402
from commonhold.records.weights import BaseWeights  # noqa: E402
from commonhold.stages.curation import Curation, read_examples  # noqa: E402
from commonhold.stages.pipeline import run_pipeline  # noqa: E402
from commonhold.stages.stage import Context  # noqa: E402
from commonhold.stages.training import settings_of  # noqa: E402
from commonhold.stages.workspace import Workspace  # noqa: E402
from commonhold.train.schedule import tokenise, training_rows  # noqa: E402
from commonhold.train.settings import Settings  # noqa: E402
from commonhold.train.trainer import lora_config, make_trainer  # noqa: E402

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "recipes" / "riverbend-helpdesk.yaml"


def plain_trl(examples: list[Any], base: BaseWeights, settings: Settings, device: DeviceProfile, work: Path) -> Any:
    """What a person would write from TRL's documentation."""
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
    from trl import SFTConfig, SFTTrainer

    rows = [
        {
            "prompt": [
                {"role": "system", "content": settings.system_prompt},
                {"role": "user", "content": example.prompt},
            ],
            "completion": [{"role": "assistant", "content": example.completion}],
        }
        for example in examples
    ]
    model = AutoModelForCausalLM.from_pretrained(
        base.path,
        dtype=device.dtype,
        device_map={"": device.device},
        quantization_config=BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=device.dtype,
        ),
    )
    arguments = SFTConfig(
        output_dir=str(work),
        max_length=settings.max_tokens,
        packing=settings.packing,
        per_device_train_batch_size=settings.batch_rows,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        gradient_checkpointing=False,
        bf16=device.device == "cuda",
        use_cpu=device.device == "cpu",
        report_to="none",
        save_strategy="no",
        logging_steps=1,
        disable_tqdm=True,
    )
    return SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(base.path),
        peft_config=lora_config(settings.lora),
    )


def ours(examples: list[Any], base: BaseWeights, settings: Settings, device: DeviceProfile, work: Path) -> Any:
    """The pipeline's own trainer."""
    tokenizer = load_tokenizer(base.path)
    tokens = tokenise(tokenizer, examples, settings.system_prompt, settings.max_tokens).examples
    rows = training_rows(tokens, settings.row_tokens, 1, 1)
    model = unpacked_if_room(load_model(base.path, settings.quantisation, device), device)
    return make_trainer(model, tokenizer, (rows, rows[:1]), settings, device, 1, work)


def timed_steps(trainer: Any, steps: int) -> dict[str, float]:
    """Forward, backward and optimizer over the first rows, without evaluation and logging."""
    import torch

    batches = iter(trainer.get_train_dataloader())
    trainer.model.train()
    optimizer = torch.optim.AdamW([p for p in trainer.model.parameters() if p.requires_grad], lr=1e-4)
    tokens, wall, cpu = 0, time.perf_counter(), time.process_time()
    for _ in range(steps):
        batch = next(batches)
        tokens += batch["input_ids"].numel()
        trainer.compute_loss(trainer.model, dict(batch)).backward()
        torch.nn.utils.clip_grad_norm_(trainer.model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return {"tokens": tokens, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main() -> None:
    """Prints tokens a second of both, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--workspace", type=Path, default=Path(".commonhold"))
    arguments = parser.parse_args()
    loaded, workspace = load_recipe(RECIPE), Workspace(arguments.workspace)
    curated = run_pipeline(loaded, workspace, print, until=Curation().name).artifacts["curate"]
    context = Context(loaded, workspace, print)
    examples = [example for example in read_examples(curated) if example.split == "train"]
    base = context.base()
    device, settings = choose_device(), settings_of(context.recipe)
    with tempfile.TemporaryDirectory() as work, quiet_loading():
        trainers = {
            name: make(examples, base, settings, device, Path(work) / name)
            for name, make in (("commonhold", ours), ("plain_trl", plain_trl))
        }
        for trainer in trainers.values():
            timed_steps(trainer, 1)
        rounds = [
            {name: timed_steps(trainer, arguments.steps) for name, trainer in trainers.items()}
            for _ in range(arguments.rounds)
        ]
    speeds = {
        f"{name}_tokens_per_{clock}_second": sorted(r[name]["tokens"] / r[name][clock] for r in rounds)
        for name in trainers
        for clock in ("wall", "cpu")
    }
    ratios = {
        f"ratio_{clock}": sorted(
            (r["commonhold"]["tokens"] / r["commonhold"][clock]) / (r["plain_trl"]["tokens"] / r["plain_trl"][clock])
            for r in rounds
        )
        for clock in ("wall", "cpu")
    }
    median = {name: round(values[len(values) // 2], 3) for name, values in {**speeds, **ratios}.items()}
    print(json.dumps({"device": device.name, "precision": device.precision, "threads": device.threads, **median}))


if __name__ == "__main__":
    main()

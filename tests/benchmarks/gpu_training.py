"""Training on a graphics card: random models with the shapes of real ones, under the memory of consumer cards.

    python -m tests.benchmarks.gpu_training [--models smollm3-3b,qwen3-4b] [--caps 8,12,16,24] [--steps 8]

Ours, packed and not, beside TRL's `SFTTrainer` with its defaults and the same adapter, rows and 4-bit weights; each in
a fresh process with `torch.cuda.set_per_process_memory_fraction` as the card. Prints tokens a second, the peak of
allocated memory, the ratio to TRL, and the plan's error. Weights are random: speed and memory do not depend on them.
Without a CUDA GPU it says so and ends with 2.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

from commonhold import environment

environment.prepare()

from commonhold.models.memory_budget import Lengths, MemoryBudget, MemoryRequest, choose  # noqa: E402
from commonhold.models.memory_estimate import Shape  # noqa: E402
from commonhold.models.time_estimate import AssumedSpeed, Batch, training_seconds  # noqa: E402

GIB = 2**30
HEAD_WIDTH = 128
MODELS: dict[str, Shape] = {
    "smollm3-3b": Shape(
        layers=36, hidden=2048, intermediate=11008, vocabulary=128256, query_width=2048, key_value_width=512
    ),
    "qwen3-4b": Shape(
        layers=36, hidden=2560, intermediate=9728, vocabulary=151936, query_width=4096, key_value_width=1024
    ),
    "llama-8b": Shape(
        layers=32, hidden=4096, intermediate=14336, vocabulary=128256, query_width=4096, key_value_width=1024
    ),
}
WAYS = ("packed", "unpacked", "plain_trl")
ROW_TOKENS, EXAMPLE_TOKENS, REPLY_TOKENS, RANK = 1024, 128, 48, 16


def gpu_is_here() -> bool:
    """Whether torch sees a CUDA GPU."""
    import torch

    return torch.cuda.is_available()


def random_model(shape: Shape) -> Any:
    """A Llama of this shape in NF4 on the card, its linear layers quantised one by one from random numbers."""
    import bitsandbytes
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=shape.hidden, intermediate_size=shape.intermediate, num_hidden_layers=shape.layers,
        num_attention_heads=shape.query_width // HEAD_WIDTH, num_key_value_heads=shape.key_value_width // HEAD_WIDTH,
        head_dim=HEAD_WIDTH, vocab_size=shape.vocabulary, tie_word_embeddings=True, attn_implementation="sdpa",
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config).to(torch.bfloat16)
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and name != "lm_head":
            parent, _, leaf = name.rpartition(".")
            layer = bitsandbytes.nn.Linear4bit(
                module.in_features, module.out_features, bias=False, compute_dtype=torch.bfloat16,
                quant_type="nf4", compress_statistics=True,
            )  # fmt: skip
            layer.weight.data = torch.randn(module.out_features, module.in_features, dtype=torch.bfloat16) * 0.02
            setattr(model.get_submodule(parent), leaf, layer.cuda())
    for module in model.modules():
        for key, parameter in module.named_parameters(recurse=False):
            if parameter.is_meta:
                numbers = torch.randn(parameter.shape, dtype=torch.bfloat16, device="cuda") * 0.02
                setattr(module, key, torch.nn.Parameter(numbers))
    model.model.rotary_emb = type(model.model.rotary_emb)(config).cuda()
    model.tie_weights()
    model.is_loaded_in_4bit = model.is_quantized = True
    return model


def examples(shape: Shape, number: int) -> list[dict[str, list[int]]]:
    """Random token ids: prompt masked, the reply labelled."""
    import random

    draw = random.Random(0)
    rows = []
    for _ in range(number):
        ids = [draw.randrange(16, shape.vocabulary) for _ in range(EXAMPLE_TOKENS)]
        labels = [-100] * (EXAMPLE_TOKENS - REPLY_TOKENS) + ids[-REPLY_TOKENS:]
        rows.append({"input_ids": ids, "labels": labels})
    return rows


def measure(model: str, way: str, cap: int, steps: int) -> dict[str, Any]:
    """One training in this process; `error` holds what went wrong, mostly that memory ran out."""
    import torch

    torch.cuda.set_per_process_memory_fraction(min(1.0, cap * GIB / torch.cuda.get_device_properties(0).total_memory))
    shape = MODELS[model]
    estimate = planned(shape, way, cap, steps)
    found: dict[str, Any] = {"model": model, "way": way, "cap": cap, **estimate}
    try:
        with tempfile.TemporaryDirectory() as work:
            trainer = _trainer(shape, way, estimate, steps, Path(work))
            torch.cuda.synchronize()
            started = time.perf_counter()
            trainer.train()
            torch.cuda.synchronize()
            seconds = time.perf_counter() - started
    except torch.cuda.OutOfMemoryError as error:
        return {**found, "error": str(error).splitlines()[0]}
    tokens = steps * (ROW_TOKENS if way == "packed" else 8 * EXAMPLE_TOKENS)
    peak = torch.cuda.max_memory_allocated()
    return {
        **found,
        "tokens_per_second": tokens / seconds,
        "peak_gib": peak / GIB,
        "memory_error": estimate["planned_bytes"] / peak - 1,
        "time_error": estimate["planned_seconds"] / seconds - 1,
    }


def planned(shape: Shape, way: str, cap: int, steps: int) -> dict[str, Any]:
    """What the plan says: 1,024 tokens at once, in one packed row or in eight rows of one example each."""
    rows, row_tokens = (1, ROW_TOKENS) if way == "packed" else (8, EXAMPLE_TOKENS)
    lengths = Lengths(row_tokens, REPLY_TOKENS / EXAMPLE_TOKENS)
    wish = MemoryRequest(1, rows, "auto", RANK, "nf4", 2, dora=False, max_tokens=row_tokens)
    choice = choose(shape, wish, lengths, MemoryBudget("cuda", cap * GIB))
    batch = Batch(rows, row_tokens, round(rows * row_tokens * lengths.labelled))
    seconds = training_seconds(shape, AssumedSpeed(shape, choice.load), (batch,) * steps, (), steps)
    return {
        "saving": choice.saving,
        "fits": choice.fits,
        "planned_bytes": choice.memory.as_measured("cuda"),
        "planned_seconds": seconds,
    }


def _trainer(shape: Shape, way: str, estimate: dict[str, Any], steps: int, work: Path) -> Any:
    from datasets import Dataset
    from tests.toys import SETTINGS, make_tokenizer
    from trl import SFTConfig, SFTTrainer

    from commonhold.models.device import choose_device
    from commonhold.train.packing import TokenExample, pack
    from commonhold.train.settings import LoraSettings
    from commonhold.train.trainer import lora_config, make_trainer

    lora = LoraSettings(RANK, 2 * RANK, 0.0, "all-linear")
    drawn = examples(shape, 8 * steps)
    tokenizer = make_tokenizer()
    if way == "plain_trl":
        arguments = SFTConfig(
            output_dir=str(work), per_device_train_batch_size=8, max_steps=steps, report_to="none",
            save_strategy="no", logging_steps=1, disable_tqdm=True, bf16=True,
        )  # fmt: skip
        return SFTTrainer(
            model=random_model(shape), args=arguments, train_dataset=Dataset.from_list(drawn),
            processing_class=tokenizer, peft_config=lora_config(lora),
        )  # fmt: skip
    split = EXAMPLE_TOKENS - REPLY_TOKENS
    tokens = [
        TokenExample(str(number), tuple(row["input_ids"][:split]), tuple(row["input_ids"][split:]))
        for number, row in enumerate(drawn)
    ]
    rows = list(pack(tokens, ROW_TOKENS if way == "packed" else 0))
    from dataclasses import replace

    savings: dict[str, bool | Literal["offload"]] = {"keep": False, "checkpoint": True, "offload": "offload"}
    settings = replace(
        SETTINGS, max_tokens=ROW_TOKENS, batch_size=1 if way == "packed" else 8, neftune_noise_alpha=0.0, lora=lora,
        gradient_checkpointing=savings[estimate["saving"]],
    )  # fmt: skip
    return make_trainer(random_model(shape), tokenizer, (rows, rows[:1]), settings, choose_device(), 1, work)


def main() -> int:
    """Prints a line of JSON for each model, cap and way, then the ratios to TRL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--caps", default="8,12,16,24", help="GiB of the cards")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not gpu_is_here():
        print("there is no CUDA GPU here: nothing was measured", file=sys.stderr)
        return 2
    if arguments.one:
        model, way, cap = arguments.one
        print(json.dumps(measure(model, way, int(cap), arguments.steps)))
        return 0
    for model in arguments.models.split(","):
        for cap in arguments.caps.split(","):
            found = {way: _in_a_fresh_process(model, way, cap, arguments.steps) for way in WAYS}
            theirs = found["plain_trl"].get("tokens_per_second")
            for result in found.values():
                ours = result.get("tokens_per_second")
                print(json.dumps({**result, "ratio": ours / theirs if ours and theirs else None}), flush=True)
    return 0


def _in_a_fresh_process(model: str, way: str, cap: str, steps: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.gpu_training", "--one", model, way, cap, "--steps", str(steps)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return {"model": model, "way": way, "cap": int(cap), "error": done.stderr.splitlines()[-1:]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())

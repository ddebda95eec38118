"""What the plan foretells against what training takes, on the shipped base, a fresh process for each configuration.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.plan_error [--workspace .commonhold] [--steps 8] [--only 0,3]

Rows are made-up examples of 64 tokens, packed. Memory is the peak of the process (`ru_maxrss`): loading, training, a
validation pass and a checkpoint. Time is processor time with one thread, so that other work on the machine counts for
little; the probe is taken before and after the training and the two estimated times are averaged. Prints a table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from commonhold import environment

environment.prepare()

from commonhold.models.device import choose_device  # noqa: E402
from commonhold.models.fetch import resolve_base  # noqa: E402
from commonhold.models.load import load_tokenizer  # noqa: E402
from commonhold.recipe.sections import Recipe  # noqa: E402
from commonhold.records.example import Example, Split  # noqa: E402
from commonhold.stages.estimate import estimate_training, real_rows, resolved  # noqa: E402
from commonhold.stages.train_settings import settings_of  # noqa: E402
from commonhold.train.run import train  # noqa: E402

BASE = "smollm2-135m-instruct"
EXAMPLE_TOKENS = 64
CONFIGURATIONS: tuple[dict[str, Any], ...] = (
    {"max_tokens": 128, "batch_size": 1, "rank": 8, "quantisation": "nf4", "checkpointing": False},
    {"max_tokens": 128, "batch_size": 8, "rank": 16, "quantisation": "nf4", "checkpointing": True},
    {"max_tokens": 256, "batch_size": 2, "rank": 64, "quantisation": "none", "checkpointing": False},
    {"max_tokens": 512, "batch_size": 1, "rank": 16, "quantisation": "nf4", "checkpointing": False},
    {"max_tokens": 512, "batch_size": 2, "rank": 32, "quantisation": "none", "checkpointing": True},
    {"max_tokens": 1024, "batch_size": 1, "rank": 16, "quantisation": "none", "checkpointing": False},
    {"max_tokens": 1024, "batch_size": 1, "rank": 8, "quantisation": "nf4", "checkpointing": True},
    {"max_tokens": 256, "batch_size": 4, "rank": 16, "quantisation": "nf4", "checkpointing": False},
)


def recipe_of(configuration: dict[str, Any]) -> Recipe:
    """A recipe with these settings; nothing in it is read but base and train."""
    return Recipe.model_validate(
        {
            "recipe": 1,
            "name": "plan-error",
            "governance": {"purpose": "-", "intended_use": "-", "out_of_scope": ("-",), "contact": "-",
                           "stewards": ("-",)},
            "data": {"folder": "."},
            "base": {"id": BASE, "quantisation": configuration["quantisation"]},
            "train": {
                "epochs": 1,
                "max_tokens": configuration["max_tokens"],
                "batch_size": configuration["batch_size"],
                "gradient_checkpointing": configuration["checkpointing"],
                "lora": {"rank": configuration["rank"]},
            },
            "evaluate": {"tasks": ("-",)},
            "publish": {"model": "plan-error", "licence": "CC0-1.0"},
        }
    )  # fmt: skip


def made_up(number: int, split: Split) -> Example:
    """An example of about 64 tokens under SmolLM2's template, 17 of them in the reply."""
    return Example(
        f"{split}{number}", " water" * 20 + f" {number:04d}", " water" * 14, split, "en", "c", f"k{number}", "x", 1
    )


def measure(configuration: dict[str, Any], bases: Path, steps: int) -> dict[str, Any]:
    """One training in this process, with what was estimated."""
    recipe, device = recipe_of(configuration), choose_device()
    base = resolve_base(BASE, bases, lambda _: None)
    tokenizer = load_tokenizer(base.path)
    a_row = configuration["max_tokens"] // EXAMPLE_TOKENS
    examples = [made_up(number, "train") for number in range(a_row * configuration["batch_size"] * steps)]
    examples += [made_up(number, "validation") for number in range(a_row)]
    rows = real_rows(recipe, examples, tokenizer)
    before = estimate_training(recipe, rows, device)
    settings = settings_of(resolved(recipe, before.choice))
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        summary = train(
            examples, base, settings, device, 1, Path(folder) / "work", Path(folder) / "out", lambda _: None
        )
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    after = estimate_training(recipe, rows, device)
    parts = before.choice.memory
    return {
        **configuration,
        "estimated_gb": parts.total / 1e9,
        "measured_gb": summary.peak_memory_bytes / 1e9,
        "memory_error": parts.total / summary.peak_memory_bytes - 1,
        "estimated_seconds": (before.seconds + after.seconds) / 2,
        "processor_seconds": processor,
        "wall_seconds": wall,
        "time_error": (before.seconds + after.seconds) / 2 / processor - 1,
    }


def main() -> None:
    """Prints a row for each configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(".commonhold"))
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--only", default="", help="numbers of configurations, such as 0,3")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    bases = arguments.workspace / "bases"
    if arguments.one:
        print(json.dumps(measure(json.loads(arguments.one), bases, arguments.steps)))
        return
    chosen = [int(number) for number in arguments.only.split(",") if number] or range(len(CONFIGURATIONS))
    print("| tokens | rows | rank | weights | saved | GB estimated | measured | error | s estimated | used | error |")
    print("|---:|---:|---:|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for number in chosen:
        print(_row(_in_a_fresh_process(CONFIGURATIONS[number], arguments.workspace, arguments.steps)), flush=True)


def _in_a_fresh_process(configuration: dict[str, Any], workspace: Path, steps: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.plan_error", "--one", json.dumps(configuration)]
    command += ["--workspace", str(workspace), "--steps", str(steps)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _row(found: dict[str, Any]) -> str:
    return (
        f"| {found['max_tokens']} | {found['batch_size']} | {found['rank']} | {found['quantisation']} | "
        f"{'yes' if found['checkpointing'] else 'no'} | {found['estimated_gb']:.2f} | {found['measured_gb']:.2f} | "
        f"{found['memory_error']:+.0%} | {found['estimated_seconds']:.1f} | {found['processor_seconds']:.1f} | "
        f"{found['time_error']:+.0%} |"
    )


if __name__ == "__main__":
    main()

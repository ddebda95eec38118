"""Training speed, memory and loss against other programs on the same job: model, rows, adapter, quantisation, step.

    python -m tests.benchmarks.training_speed [--rounds 3] [--examples 40] [--precision float32]
        [--python llama_factory=ENV/bin/python]

LLaMA-Factory computes in fp32 whatever is asked for.

Every program trains in a process of its own (`training_contenders.py`), one after the other, `--rounds` times in turn,
so that a machine that slows down slows all. Tokens are those of the examples, filling not counted; the first step is
not timed. The held-out loss of each adapter is taken by one and the same function, in nats a token of the replies.
Prints a Markdown table; `processor` is processor time, which other work on the machine changes less.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonhold import environment

environment.prepare()

from tests.benchmarks.training_contenders import CONTENDERS  # noqa: E402

from commonhold.models.adapter import attach  # noqa: E402
from commonhold.models.chat_template import conversation, token_pair  # noqa: E402
from commonhold.models.device import AskedPrecision, choose_device  # noqa: E402
from commonhold.models.load import load_model, load_tokenizer, unpacked_if_room  # noqa: E402
from commonhold.recipe.load import load_recipe  # noqa: E402
from commonhold.stages.curation import CurationStage, read_examples  # noqa: E402
from commonhold.stages.pipeline import run_pipeline  # noqa: E402
from commonhold.stages.stage import Context  # noqa: E402
from commonhold.stages.workspace import Workspace  # noqa: E402

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "recipes" / "riverbend-helpdesk.yaml"
OURS = "commonhold"
DEFAULT = [OURS, "trl_defaults", "trl_tuned_8", "trl_tuned_4", "trl_tuned_1", "trl_tuned_packed"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one program took for one job."""

    wall: float
    cpu: float
    """Seconds of all the steps but the first."""
    steps: int
    peak: float
    """Bytes."""
    held_out: float


def job_of(recipe: Path, workspace: Workspace, examples: int, rows: int, precision: AskedPrecision) -> dict[str, Any]:
    """The first training examples of a recipe, and its last sixteen to judge by."""
    loaded = load_recipe(recipe)
    curated = run_pipeline(loaded, workspace, lambda _: None, until=CurationStage().name).artifacts["curate"]
    context = Context(loaded, workspace, lambda _: None)
    system = context.recipe.data.system_prompt
    found = [(system, one.prompt, one.completion) for one in read_examples(curated) if one.split == "train"]
    return {
        "base": str(context.base().path),
        "train": found[:examples],
        "held_out": found[-16:],
        "rows": rows,
        "precision": choose_device(precision).precision,
        "max_tokens": 1024,
        "learning_rate": 1e-3,
        "rank": 16,
        "alpha": 32,
    }


def held_out_loss(job: dict[str, Any], adapter: Path) -> float:
    """Nats a token of the held-out replies, under the base and an adapter."""
    import torch

    base, device = Path(job["base"]), choose_device(job["precision"])
    tokenizer = load_tokenizer(base)
    model = attach(unpacked_if_room(load_model(base, "nf4", device), device), adapter)
    total, count = 0.0, 0
    with torch.inference_mode():
        for system, message, reply in job["held_out"]:
            pair = token_pair(tokenizer, conversation(message, system), reply)
            ids = torch.tensor([[*pair.prompt, *pair.completion]])
            logits = model(input_ids=ids, use_cache=False).logits[0, len(pair.prompt) - 1 : -1].float()
            total += float(torch.nn.functional.cross_entropy(logits, ids[0, len(pair.prompt) :], reduction="sum"))
            count += len(pair.completion)
    return total / count


def token_count(job: dict[str, Any]) -> int:
    """Tokens of the training examples, prompts included."""
    tokenizer = load_tokenizer(Path(job["base"]))
    pairs = [token_pair(tokenizer, conversation(message, system), reply) for system, message, reply in job["train"]]
    return sum(len(pair.prompt) + len(pair.completion) for pair in pairs)


def run(name: str, python: str, job: dict[str, Any], folder: Path) -> Run:
    """One program does the job in a process of its own."""
    path, out = folder / "job.json", folder / "out"
    path.write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).with_name("training_contenders.py")
    done = subprocess.run(
        [python, str(script), name, str(path), str(out)], capture_output=True, text=True, check=False, timeout=3600
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not found:
        raise SystemExit(f"{name} did not finish:\n{done.stderr[-3000:]}")
    return Run(**json.loads(found[0].removeprefix("RESULT ")), held_out=held_out_loss(job, out))


def table(runs: dict[str, list[Run]], tokens: int) -> list[str]:
    """Medians over the rounds, and how many times faster ours is."""
    median = {
        name: {part: statistics.median(getattr(one, part) for one in done) for part in Run.__slots__}
        for name, done in runs.items()
    }
    lines = [
        "| program | tokens/s | tokens/processor s | commonhold is faster | by processor | peak GB | held-out loss |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    speed = {
        name: {clock: tokens * (m["steps"] - 1) / m["steps"] / m[clock] for clock in ("wall", "cpu")}
        for name, m in median.items()
    }
    for name, m in median.items():
        wall, cpu = speed[name]["wall"], speed[name]["cpu"]
        lines.append(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {speed[OURS]['wall'] / wall:.1f} | {speed[OURS]['cpu'] / cpu:.1f} | "
            f"{m['peak'] / 1e9:.2f} | {m['held_out']:.3f} |"
        )
    return lines


def main() -> None:
    """Runs the rounds and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--examples", type=int, default=40)
    parser.add_argument("--rows", type=int, default=8, help="examples of a step")
    parser.add_argument("--precision", choices=("auto", "bfloat16", "float32"), default="auto")
    parser.add_argument("--workspace", type=Path, default=Path(".commonhold"))
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=DEFAULT)
    parser.add_argument("--python", action="append", default=[], metavar="PREFIX=PYTHON", help="whose environment")
    arguments = parser.parse_args()
    others = dict(one.split("=", 1) for one in arguments.python)
    job = job_of(RECIPE, Workspace(arguments.workspace), arguments.examples, arguments.rows, arguments.precision)
    runs: dict[str, list[Run]] = {name: [] for name in arguments.only}
    for number in range(arguments.rounds):
        for name in arguments.only:
            python = next((path for prefix, path in others.items() if name.startswith(prefix)), sys.executable)
            with tempfile.TemporaryDirectory() as folder:
                runs[name].append(run(name, python, job, Path(folder)))
            print(f"round {number + 1}: {name} {runs[name][-1]}", file=sys.stderr, flush=True)
    threads = f"{choose_device().threads} threads, {job['precision']}"
    print(f"{token_count(job)} tokens in {len(job['train'])} examples, {threads}")
    print("\n".join(table(runs, token_count(job))))


if __name__ == "__main__":
    main()

"""How long base and tuned model take over a recipe's tasks, task by task, from one loaded model.

    python -m tests.benchmarks.evaluation_speed BASE ADAPTER eval/tasks/riverbend eval/suites/forgetting

BASE is the folder of a base model, ADAPTER that of a trained adapter (`.commonhold/objects/train/<key>/adapter`).
Memory probes are not among it; `commonhold train` says how long the whole stage took.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from commonhold.digests import digest_of, digests_below
from commonhold.evaluate.run import score_side
from commonhold.evaluate.tasks import load_tasks
from commonhold.models.device import choose_device
from commonhold.models.generation import BatchGenerator
from commonhold.models.load import load_tokenizer
from commonhold.models.merge import load_tuned
from commonhold.records.weights import BaseWeights


def main() -> None:
    """Prints a row for each task and side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("tasks", type=Path, nargs="+")
    parser.add_argument("--system-prompt", default="You are the Riverbend 311 desk.")
    options = parser.parse_args()
    print("| task | items | side | processor, s | wall, s |")
    print("|---|---:|---|---:|---:|")
    total = [0.0, 0.0]
    for name, items, side, seconds in _rows(options.base, options.adapter, options.tasks, options.system_prompt):
        print(f"| {name} | {items} | {side} | {seconds[0]:.1f} | {seconds[1]:.1f} |", flush=True)
        total = [sum(pair) for pair in zip(total, seconds, strict=True)]
    print(f"| all | | both | {total[0]:.1f} | {total[1]:.1f} |")


def _rows(
    base: Path, adapter: Path, folders: Sequence[Path], system_prompt: str
) -> Iterator[tuple[str, int, str, tuple[float, float]]]:
    files = digests_below(base)
    weights = BaseWeights("base", "0" * 40, "", base, files, digest_of(files))
    with _Clock() as loading:
        model, tokenizer = load_tuned(weights, adapter, "nf4", choose_device()), load_tokenizer(base)
    yield "loading", 0, "both", loading.seconds
    for side in ("base", "tuned"):
        for task in load_tasks(folders):
            with _Clock() as asking:
                score_side(task, BatchGenerator(model, tokenizer, adapter=side == "tuned"), system_prompt)
            yield task.name, len(task.items), side, asking.seconds


class _Clock:
    """Processor and wall seconds of what is done inside."""

    def __enter__(self) -> "_Clock":
        self.start = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self.start[0], time.perf_counter() - self.start[1]


if __name__ == "__main__":
    main()

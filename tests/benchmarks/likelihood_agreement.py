r"""Our log-likelihoods beside those of lm-evaluation-harness: the same model in memory, the same items, in turns.

Run by a Python that has both, in an environment of its own that also sees commonhold's packages:

    python3 -m venv AGREE && AGREE/bin/pip install --no-deps lm_eval==0.4.13
    AGREE/bin/pip install evaluate pytablewriter rouge-score sacrebleu scikit-learn sqlitedict word2number \
        more_itertools
    echo $PWD/.venv/lib/python3.11/site-packages > AGREE/lib/python3.11/site-packages/commonhold.pth
    OMP_NUM_THREADS=1 AGREE/bin/python -m tests.benchmarks.likelihood_agreement BASE ITEMS --items 60

BASE is the folder of a base model, ITEMS one with `arc_easy.jsonl` and `piqa.jsonl` (id, question, choices, label).
The harness makes the prompts and is asked first; we get the very strings that it was asked. Its `acc` and `acc_norm`
are its own; ours are worked out here. Times are processor time of asking, tokens included, medians over the rounds.
"""

import argparse
import json
import logging
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PLAIN = {"doc_to_text": "Question: {{question}}\nAnswer:", "doc_to_choice": "{{choices}}", "target_delimiter": " "}
NOTHING = {"doc_to_text": "", "doc_to_choice": "{{choices}}", "target_delimiter": ""}
"""The whole text is the continuation, and there is nothing before it."""
SHOTS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to ask."""

    name: str
    file: str
    form: dict[str, str]
    shots: int = 0


KINDS = (
    Kind("ARC-Easy", "arc_easy", PLAIN),
    Kind("PIQA", "piqa", PLAIN),
    Kind("ARC-Easy, 5 shots", "arc_easy", PLAIN, SHOTS),
    Kind("PIQA, empty context", "piqa", NOTHING),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one program found: log-likelihoods by item, two scores, seconds."""

    likelihoods: list[list[float]]
    acc: float
    acc_norm: float
    seconds: float


def main() -> None:
    """Prints a row for each kind of asking."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=1, help="of the harness")
    parser.add_argument("--only", nargs="*", default=[kind.name for kind in KINDS])
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(options.base, dtype=torch.float32, attn_implementation="sdpa").eval()
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    print(f"{torch.get_num_threads()} thread(s), {options.items} items, batches of {options.batch_size} in the harness")
    print("| task | items | largest difference | same choice | acc | acc_norm | harness, s | ours, s | times |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for kind in KINDS:
        if kind.name in options.only:
            print(_row(kind, model, tokenizer, options), flush=True)


def _row(kind: Kind, model: Any, tokenizer: Any, options: argparse.Namespace) -> str:
    theirs: list[Outcome] = []
    ours: list[Outcome] = []
    for _ in range(options.rounds):
        found, samples = _harness(kind, model, tokenizer, options)
        theirs.append(found)
        ours.append(_ours(samples, model, tokenizer))
    one, other = theirs[0], ours[0]
    pairs = list(zip(one.likelihoods, other.likelihoods, strict=True))
    largest = max(abs(a - b) for left, right in pairs for a, b in zip(left, right, strict=True))
    same = sum(_best(left) == _best(right) for left, right in pairs)
    slow, fast = (statistics.median(found.seconds for found in each) for each in (theirs, ours))
    return (
        f"| {kind.name} | {len(pairs)} | {largest:.1e} | {same} | {_both(one.acc, other.acc)} "
        f"| {_both(one.acc_norm, other.acc_norm)} | {slow:.1f} | {fast:.1f} | {slow / fast:.2f} |"
    )


def _both(theirs: float, ours: float) -> str:
    return f"{ours:.4f}" if ours == theirs else f"{theirs:.4f} and {ours:.4f}"


def _harness(kind: Kind, model: Any, tokenizer: Any, options: argparse.Namespace) -> tuple[Outcome, list[Any]]:
    """The harness's own evaluation, with its task, its scores and its clock around the model's part."""
    from lm_eval import simple_evaluate
    from lm_eval.models.huggingface import HFLM

    lm = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=options.batch_size)
    seconds: list[float] = []
    asked = lm.loglikelihood

    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        answers = asked(*args, **kwargs)
        seconds.append(time.process_time() - start)
        return answers

    lm.loglikelihood = timed
    with TemporaryDirectory() as folder:
        results = simple_evaluate(
            model=lm, tasks=[_task(kind, options, Path(folder))], bootstrap_iters=0, log_samples=True
        )
    (samples,) = results["samples"].values()
    (scores,) = results["results"].values()
    samples = sorted(samples, key=lambda sample: sample["doc_id"])
    likelihoods = [[float(answer[0]) for answer in sample["filtered_resps"]] for sample in samples]
    return Outcome(likelihoods, scores["acc,none"], scores["acc_norm,none"], sum(seconds)), samples


def _task(kind: Kind, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The items as a task of the harness; the first five are shown and not asked where shots are wanted."""
    lines = (options.data / f"{kind.file}.jsonl").read_text(encoding="utf-8").splitlines()
    docs = [json.loads(line) for line in lines[: options.items + kind.shots]]
    if not kind.form["doc_to_text"]:
        docs = [{**doc, "choices": [f"{doc['question']} {choice}" for choice in doc["choices"]]} for doc in docs]
    files = {}
    for split, part in (("shots", docs[: kind.shots] or docs[:1]), ("test", docs[kind.shots :])):
        files[split] = str(folder / f"{split}.jsonl")
        Path(files[split]).write_text("".join(f"{json.dumps(doc)}\n" for doc in part), encoding="utf-8")
    return {
        "task": kind.file,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": files, "cache_dir": str(folder / "cache")},
        "test_split": "test",
        "fewshot_split": "shots",
        "fewshot_config": {"sampler": "first_n"},
        "num_fewshot": kind.shots,
        "output_type": "multiple_choice",
        "doc_to_target": "label",
        "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}],
        **kind.form,
    }


def _ours(samples: Sequence[Any], model: Any, tokenizer: Any) -> Outcome:
    import torch

    from commonhold.models.likelihood import log_likelihoods
    from commonhold.models.likelihood_pairs import text_questions

    pairs = [[tuple(arguments) for arguments in _arguments(sample)] for sample in samples]
    start = time.process_time()
    questions = text_questions(tokenizer, [(row[0][0], [text for _, text in row]) for row in pairs])
    with torch.inference_mode():
        found = iter(value for values in log_likelihoods(model, questions) for value in values)
    likelihoods = [[next(found) for _ in row] for row in pairs]
    seconds = time.process_time() - start
    labels = [sample["doc"]["label"] for sample in samples]
    lengths = [[len(choice) for choice in sample["doc"]["choices"]] for sample in samples]
    by_length = [[a / b for a, b in zip(*row, strict=True)] for row in zip(likelihoods, lengths, strict=True)]
    return Outcome(likelihoods, _share(likelihoods, labels), _share(by_length, labels), seconds)


def _arguments(sample: Any) -> list[Any]:
    """What the harness asked for one item: context and continuation of each choice."""
    given = sample["arguments"]
    rows = given.values() if isinstance(given, dict) else given
    return [list(row.values()) if isinstance(row, dict) else list(row) for row in rows]


def _share(values: Sequence[Sequence[float]], labels: Sequence[int]) -> float:
    return sum(_best(row) == label for row, label in zip(values, labels, strict=True)) / len(labels)


def _best(values: Sequence[float]) -> int:
    best: Callable[[int], float] = values.__getitem__
    return max(range(len(values)), key=best)


if __name__ == "__main__":
    main()

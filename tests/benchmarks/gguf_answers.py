"""Whether llama.cpp, given a GGUF that was published here and nothing else, answers as commonhold itself does.

    python3 -m venv /tmp/llama
    /tmp/llama/bin/pip install --only-binary :all: xllamacpp==2026.10.11549
    python -m tests.benchmarks.gguf_answers BUNDLE /tmp/llama/bin/python eval/tasks/riverbend/riverbend-desk --items 24

Both get the same messages. llama.cpp has to find the chat template, the tokens and the stop token in the file. Replies
are greedy; those of commonhold come from the merged model, and from the same GGUF unpacked. Another way of rounding may
turn over a near-tie, so what matters besides the same words is the score. The second form is written anew in 16 bits.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commonhold.environment import prepare
from commonhold.evaluate.run import ModelReply, compare, sample, score_side
from commonhold.evaluate.tasks import Task, load_tasks
from commonhold.models.device import choose_device
from commonhold.models.generation import BatchGenerator
from commonhold.models.gguf_reader import load_gguf
from commonhold.models.gguf_writer import write_gguf
from commonhold.models.load import load_model, load_tokenizer
from commonhold.publish.verification.record_links import part, read_plain_record
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation

CHILD = """
import json, sys
import xllamacpp
asked = json.load(sys.stdin)
params = xllamacpp.CommonParams()
params.model.path = asked["file"]
params.n_ctx, params.n_parallel, params.n_gpu_layers = 2048, 1, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.use_jinja, params.ui, params.endpoint_slots, params.cache_ram_mib = True, False, False, 0
params.cors_origins, params.api_keys, params.warmup = "http://127.0.0.1", ["closed"], False
server = xllamacpp.Server(params)
replies = []
for messages in asked["conversations"]:
    got = server.handle_chat_completions({"messages": messages, "temperature": 0.0, "top_k": 1, "seed": 1,
                                          "max_tokens": asked["max_new_tokens"], "cache_prompt": False})
    replies.append(got["choices"][0]["message"]["content"].strip())
json.dump(replies, open(asked["out"], "w"))
"""


class Llama:
    """llama.cpp in a process of its own, behind what an evaluation asks for."""

    def __init__(self, python: str, file: Path) -> None:
        self._python, self._file = python, file

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        """One greedy reply a conversation."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "replies.json"
            asked = {
                "file": str(self._file.resolve()),
                "out": str(out),
                "max_new_tokens": max_new_tokens,
                "conversations": [
                    [{"role": each.role, "content": each.content} for each in conversation]
                    for conversation in conversations
                ],
            }
            ran = subprocess.run(
                [self._python, "-c", CHILD], input=json.dumps(asked), text=True, capture_output=True, check=False
            )
            if ran.returncode:
                raise SystemExit(ran.stderr[-3000:])
            replies: list[str] = json.loads(out.read_text(encoding="utf-8"))
        return replies

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """Not asked for here."""
        raise NotImplementedError

    def text_log_likelihoods(
        self, contexts: Sequence[str], following: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """Not asked for here."""
        raise NotImplementedError


def show(
    what: str, task: Task, ours: Mapping[str, ModelReply], theirs: Mapping[str, ModelReply], seconds: float
) -> None:
    """A line: how often both say the same words, and both scores."""
    _, scores = compare([task], {task.name: dict(ours)}, {task.name: dict(theirs)}, ())
    same = sum(score.base_output == score.tuned_output for score in scores)
    mean = [sum(getattr(score, side) for score in scores) / len(scores) for side in ("base", "tuned")]
    print(f"{what:<42} {same:>3} of {len(scores)} same words; score {mean[0]:.1%} and {mean[1]:.1%}; {seconds:.0f} s")
    for score in scores:
        if score.base_output != score.tuned_output:
            print(f"    {score.item_id}: {score.base_output!r}\n    {' ' * len(score.item_id)}  {score.tuned_output!r}")


def main() -> int:
    """Asks all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("python", help="of an environment with xllamacpp")
    parser.add_argument("task", type=Path, help="a task that is answered in words")
    parser.add_argument("--items", type=int, default=24)
    arguments = parser.parse_args()
    prepare()
    merged, device = arguments.bundle / "merged", choose_device("auto")
    record = read_plain_record((arguments.bundle / "record.json").read_bytes())
    system = str(part(record, "recipe", "system_prompt"))
    (whole,) = load_tasks((arguments.task,))
    task = sample(whole, 1, arguments.items)
    tokenizer = load_tokenizer(merged)

    def ask(answerer: Any) -> tuple[dict[str, ModelReply], float]:
        begun = time.monotonic()
        return score_side(task, answerer, system), time.monotonic() - begun

    ours, seconds = ask(BatchGenerator(load_model(merged, "none", device), tokenizer, adapter=False))
    show("merged model, with itself", task, ours, ours, seconds)
    (published,) = (arguments.bundle / "gguf").glob("*.gguf")
    with tempfile.TemporaryDirectory() as folder:
        sixteen = Path(folder) / "model-f16.gguf"
        write_gguf(merged, "f16", "model", "Apache-2.0", sixteen)
        for name, file in (("GGUF as published", published), ("GGUF in 16 bits", sixteen)):
            unpacked, seconds = ask(BatchGenerator(load_gguf(file, tokenizer, device), tokenizer, adapter=False))
            show(f"merged model, {name} unpacked", task, ours, unpacked, seconds)
            llama, seconds = ask(Llama(arguments.python, file))
            show(f"merged model, {name} in llama.cpp", task, ours, llama, seconds)
            show(f"{name} unpacked, in llama.cpp", task, unpacked, llama, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The same corpus, curated here, in processes and on a Ray cluster, killed and begun again: always the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commonhold.curate.run import Job, curate
from commonhold.curate.scale.executor import open_executor
from commonhold.curate.settings import Settings
from commonhold.digests import digests_below

SETTINGS = Settings(
    redact=("email", "phone"),
    min_words=2,
    max_words=100,
    near_duplicate=0.6,
    validation_share=0.1,
    test_share=0.1,
    contributor_max=9,
    evaluation_prompts=("Where do people of the valley bring the old lamps of the harbour?",),
)
PLACES = ("harbour", "market", "school", "mill", "bridge", "clinic", "square")
WORDS = ("lamp", "water", "noise", "paper", "tree", "road", "dog", "light", "key", "form")
DATASHEET_FILES = "files:\n  - path: rows.csv\n  - path: more.jsonl\n"


@pytest.fixture
def corpus(community: Callable[..., Path], datasheet: str) -> Path:
    """400 rows in two files, with copies, near copies, missing consent, phone numbers and questions of the test."""
    lines = ["Message,Reply,Who,Language,OK?"]
    objects = []
    for n in range(400):
        message = (
            f"The {WORDS[n % 10]} of house {n * 7 % 97} by the {PLACES[n % 7]} is {WORDS[n * 3 % 10]} number {n // 2}"
        )
        if n % 40 == 7:
            message = "Where do people of the valley bring the old lamps of the harbour?"
        if n % 25 == 3:
            message += f" call 503-555-01{n % 90 + 10}"
        row = (message, f"Desk {n % 13}, ext. {200 + n % 13}", f"p{n % 60}", "en", "no" if n % 30 == 1 else "yes")
        if n < 250:
            lines.append(",".join(row[:1]) + f',"{row[1]}",' + ",".join(row[2:]))
        else:
            objects.append(dict(zip(("Message", "Reply", "Who", "Language", "OK?"), row, strict=True)))
    folder = community(
        "\n".join([*lines, "broken,row"]) + "\n", datasheet.replace("files:\n  - path: rows.csv\n", DATASHEET_FILES)
    )
    (folder / "more.jsonl").write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return folder


def run(
    folder: Path, name: str, executor: str = "inline", workers: int = 1, shard_rows: int = 20_000
) -> dict[str, str]:
    """Digests of all that curation wrote."""
    out = folder.parent / f"out-{name}"
    out.mkdir(exist_ok=True)
    with open_executor(executor, workers) as opened:  # type: ignore[arg-type]
        curate(Job(folder, SETTINGS, b"k" * 32, 7, folder.parent / f"work-{name}", shard_rows), out, print, opened)
    return digests_below(out)


@pytest.fixture
def expected(corpus: Path) -> dict[str, str]:
    """What comes of it in one process with one shard a file."""
    return run(corpus, "inline")


def test_the_corpus_has_something_for_every_step(corpus: Path, expected: dict[str, str]) -> None:
    summary = json.loads((corpus.parent / "out-inline" / "summary.json").read_text(encoding="utf-8"))
    assert summary["records_in"] == 400
    assert set(summary["dropped_by_reason"]) == {
        "no_consent", "evaluation_overlap", "exact_duplicate", "near_duplicate", "contributor_cap",
    }  # fmt: skip
    assert set(summary["splits"]) == {"train", "validation", "test"}
    assert "repair/rows.repair.csv" in expected


@pytest.mark.parametrize("shard_rows", [7, 64, 250])
def test_the_size_of_shards_changes_nothing(corpus: Path, expected: dict[str, str], shard_rows: int) -> None:
    assert run(corpus, f"shards-{shard_rows}", shard_rows=shard_rows) == expected


def test_processes_write_the_same_bytes(corpus: Path, expected: dict[str, str]) -> None:
    assert run(corpus, "processes", "processes", 2, 60) == expected


@pytest.mark.slow
def test_a_ray_cluster_with_two_workers_writes_the_same_bytes(corpus: Path, expected: dict[str, str]) -> None:
    pytest.importorskip("ray")
    assert run(corpus, "ray", "ray", 2, 60) == expected


SCRIPT = """
import sys
from pathlib import Path
from tests.curate.scale.test_whole_stage import run
run(Path(sys.argv[1]), "killed", "processes", 2, 20)
"""


def started(corpus: Path) -> "subprocess.Popen[bytes]":
    root = Path(__file__).parents[3]
    paths = os.pathsep.join([str(root), str(root / "pipeline")])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(corpus)],
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finished_parts(corpus: Path) -> int:
    return len(list((corpus.parent / "work-killed").glob("local/0*/done.json")))


def wait_for(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    while not condition():
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        time.sleep(0.005)


def workers_of(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                yield int(child)


def test_a_killed_driver_goes_on_where_it_stopped(corpus: Path, expected: dict[str, str]) -> None:
    process = started(corpus)
    wait_for(lambda: finished_parts(corpus) >= 3, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = {path: path.stat().st_mtime_ns for path in (corpus.parent / "work-killed").glob("local/0*/done.json")}
    assert 3 <= len(done) < 21
    assert run(corpus, "killed", shard_rows=20) == expected
    assert all(path.stat().st_mtime_ns == when for path, when in done.items()), "finished parts were made again"


def test_a_killed_worker_loses_nothing(corpus: Path, expected: dict[str, str]) -> None:
    process = started(corpus)
    wait_for(lambda: finished_parts(corpus) >= 2, process)
    victim = next(workers_of(process.pid))
    os.kill(victim, signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert digests_below(corpus.parent / "out-killed") == expected

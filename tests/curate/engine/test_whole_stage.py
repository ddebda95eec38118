"""The same corpus, curated here, in processes and on a Ray cluster, killed and begun again: always the same bytes."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.curate.conftest import DATASHEET

from commonhold.curate.engine.executor import Executor, Inline, open_executor
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings
from commonhold.digests import digests_below

QUESTION = "Where do people of the valley bring the old lamps of the harbour?"
SETTINGS = CurationSettings(
    redact=("email", "phone"),
    min_words=2,
    max_words=100,
    near_duplicate=0.8,
    validation_share=0.1,
    test_share=0.1,
    contributor_max=9,
    source_weights={},
    language_weights={"es": 0.5},
    max_records=150,
    evaluation_prompts=(QUESTION,),
)
PLACES = ("harbour", "market", "school", "mill", "bridge", "clinic", "square")
WORDS = ("lamp", "water", "noise", "paper", "tree", "road", "dog", "light", "key", "form")
NAMES = ("Adaeze", "Bilal", "Chenoa", "Dragan", "Eluned", "Farouk", "Gudrun")
NOTICE = "Sent through the form on the page of the town"
HEADER = ("Message", "Reply", "Who", "Language", "OK?")
ROWS, IN_CSV, SHARD_ROWS = 240, 150, 20


def row(n: int) -> tuple[str, ...]:
    """Every step has something to do in every fifty rows or so."""
    who = "Busy Adaeze" if n % 6 == 0 else f"{NAMES[n % 7]} number {n % 40}"
    message = f"The {WORDS[n % 10]} of house {n} by the {PLACES[n % 7]} was {WORDS[n * 3 % 10]} in week {n * 7}"
    if n % 20 in (5, 9):  # nearly the row before, or the very same
        message = row(n - 1)[0] + (", please" if n % 20 == 5 else "")
    elif n % 40 == 7:
        message = QUESTION
    elif n % 25 == 3:
        message += f" call 503-555-01{n % 90 + 10}"
    elif n % 8 == 2:
        message = f"{message}\n{NOTICE}"
    elif n % 14 == 11:
        message += f", says {who.split(maxsplit=1)[0]}"
    reply = row(n - 1)[1] if n % 20 in (5, 9) else f"Desk {n % 13}, ext. {200 + n % 13}, case {n}"
    return message, reply, who, "" if n % 5 else "es", "no" if n % 30 == 1 else "yes"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files with copies, names, notices, missing consent, phone numbers, questions of the test and a broken row."""
    folder = tmp_path_factory.mktemp("whole") / "community"
    folder.mkdir()
    sheet = DATASHEET.replace("  - path: rows.csv\n", "  - path: rows.csv\n  - path: more.jsonl\n")
    (folder / "datasheet.yaml").write_text(f"{sheet}personal:\n  name: Who\n", encoding="utf-8")
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *(row(n) for n in range(IN_CSV)), ("broken", "row")])
    objects = (dict(zip(HEADER, row(n), strict=True)) for n in range(IN_CSV, ROWS))
    (folder / "more.jsonl").write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return folder


def run(folder: Path, name: str, executor: Executor, shard_rows: int = SHARD_ROWS) -> dict[str, str]:
    """Digests of all that curation wrote."""
    out = folder.parent / f"out-{name}"
    out.mkdir(exist_ok=True)
    curate(
        CurationJob(read_community(folder), SETTINGS, b"k" * 32, 7, folder.parent / f"work-{name}", shard_rows),
        out,
        print,
        executor,
    )
    return digests_below(out)


@pytest.fixture(scope="module")
def expected(corpus: Path) -> dict[str, str]:
    """What comes of it in one process with one shard a file."""
    return run(corpus, "whole", Inline(), 20_000)


def test_the_corpus_has_something_for_every_step(corpus: Path, expected: dict[str, str]) -> None:
    summary = json.loads((corpus.parent / "out-whole" / "summary.json").read_text(encoding="utf-8"))
    assert summary["records_in"] == ROWS
    assert set(summary["dropped_by_reason"]) == {
        "no_consent", "evaluation_overlap", "exact_duplicate", "near_duplicate", "contributor_cap", "weight",
        "not_sampled",
    }  # fmt: skip
    changed = {reason for step in summary["steps"] for reason in step["changed"]}
    assert changed == {"boilerplate_cut", "personal_data_masked"}
    assert set(summary["redactions"]) == {"phone", "own_name"}
    assert set(summary["splits"]) == {"train", "validation", "test"}
    assert "repair/rows.repair.csv" in expected


@pytest.mark.parametrize("shard_rows", [7, 64, IN_CSV])
def test_the_size_of_shards_changes_nothing(corpus: Path, expected: dict[str, str], shard_rows: int) -> None:
    assert run(corpus, f"shards-{shard_rows}", Inline(), shard_rows) == expected


@pytest.mark.slow
def test_a_ray_cluster_with_two_workers_writes_the_same_bytes(corpus: Path, expected: dict[str, str]) -> None:
    pytest.importorskip("ray")
    with open_executor("ray", 2) as executor:
        assert run(corpus, "ray", executor) == expected


class Doomed:
    """Ends its own process without a word once so many tasks of one kind are done."""

    def __init__(self, kind: str, tasks: int) -> None:
        self._kind, self._tasks = kind, tasks

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        for number, made in enumerate(map(function, tasks), start=1):
            if (function.__name__, number) == (self._kind, self._tasks):
                os.kill(os.getpid(), signal.SIGKILL)
            yield made


SCRIPT = """
import sys
from pathlib import Path
from tests.curate.engine.test_whole_stage import Doomed, run
kind, tasks = sys.argv[2:]
run(Path(sys.argv[1]), f"killed-{kind}", Doomed(kind, int(tasks)))
"""
DONE = {
    "process": "per_record/*",
    "write_links": "cross_record/near_duplicate/links-*",
    "finalize": "finalize/*",
}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "tasks"), [("process", 4), ("write_links", 1), ("finalize", 3)])
def test_a_killed_driver_goes_on_where_it_stopped(
    corpus: Path, expected: dict[str, str], kind: str, tasks: int
) -> None:
    root = Path(__file__).parents[3]
    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(corpus), kind, str(tasks)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "pipeline")])},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    work = corpus.parent / f"work-killed-{kind}"
    done = {path: path.stat().st_mtime_ns for path in work.glob(f"{DONE[kind]}/done.json")}
    assert len(done) == tasks
    assert run(corpus, f"killed-{kind}", Inline()) == expected
    assert {path: path.stat().st_mtime_ns for path in done} == done, "finished parts were made again"


class Deadly:
    """A worker that gets the task of this kind and number dies of it, once."""

    def __init__(self, executor: Executor, mark: Path, kind: str, victim: int) -> None:
        self._executor, self._mark, self._kind, self._victim = executor, mark, kind, victim

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        victim = self._victim if function.__name__ == self._kind else -1
        return self._executor.map(partial(or_die, function, self._mark, victim), enumerate(tasks))


def or_die(function: Callable[[Any], Any], mark: Path, victim: int, task: tuple[int, Any]) -> Any:
    number, asked = task
    if number == victim and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return function(asked)


@pytest.mark.slow
def test_two_processes_write_the_same_bytes_and_a_worker_that_is_killed_loses_nothing(
    corpus: Path, expected: dict[str, str]
) -> None:
    mark = corpus.parent / "died"
    with open_executor("processes", 2) as executor:
        assert run(corpus, "processes", Deadly(executor, mark, "process", 5)) == expected
    assert mark.exists()

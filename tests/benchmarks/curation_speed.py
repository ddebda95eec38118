"""Records a second of one core, from the CSV file to the examples, beside what a plain script and two peers take.

    python -m tests.benchmarks.curation_speed --records 20000 --rounds 3 \\
        --python plain=VENV/bin/python --python datatrove=VENV/bin/python --python data_juicer=VENV/bin/python

Every chain runs in a process of its own, the chains take turns, and the figure is the median over the rounds of the
processor time (user and system, child processes too) between the first row read and the last one written; loading
libraries is left out. Beside it stands what ten million additions in Python took in the same minutes. `plain`,
`datatrove` and `data_juicer` are described in `curation_peers.py` and run with the interpreters that are named; those
that are not named are left out. With `--runs 2` each of our processes runs its chain twice and the faster run counts:
the first one also pays for memory that the process has not had before. `shared` is our own code on the steps that all
have. Peak memory is of the whole process.
"""

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

from tests.benchmarks.curation_corpus import questions, write_community

from commonhold.curate.engine.shards import SHARD_ROWS
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings

ADDITIONS = 10_000_000
QUESTIONS = 300
"""Of the evaluation, looked for in every record."""
SETTINGS = CurationSettings(
    redact=(
        "payment_card", "iban", "email", "url_secret", "online_profile", "id_number", "ip_address", "coordinates",
        "date_of_birth", "phone",
    ),
    min_words=2,
    max_words=400,
    near_duplicate=0.8,
    validation_share=0.08,
    test_share=0.08,
    as_of=date(2026, 6, 1),
    evaluation_prompts=questions(QUESTIONS),
)  # fmt: skip
"""What a recipe has that says nothing of its own."""
OURS = ("chain", "shared")
PEERS = ("plain", "datatrove", "data_juicer")


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def seconds_of_additions() -> float:
    """What ten million additions in Python take here and now, to hold other figures against."""
    before, total = processor_seconds(), 0
    while total < ADDITIONS:
        total += 1
    return processor_seconds() - before


def run_chain(folder: Path, work: Path, shard_rows: int = SHARD_ROWS) -> dict[str, int]:
    """Curates a folder with every default step; counts of records."""
    out = work / "out"
    out.mkdir(parents=True)
    summary = curate(
        CurationJob(read_community(folder), SETTINGS, b"key", 1, work / "work", shard_rows), out, lambda _: None
    )
    left_out = sum(summary.dropped_by_reason.values())
    return {
        "in": summary.records_in,
        "out": summary.kept,
        "unaccounted": summary.records_in - summary.kept - left_out,
    }


def warm_up() -> None:
    """Loads what is loaded once, by curating a handful of rows."""
    with tempfile.TemporaryDirectory() as folder:
        write_community(Path(folder, "community"), 200)
        run_chain(Path(folder, "community"), Path(folder))


def measured(name: str, folder: Path, times: int) -> dict[str, Any]:
    """One of our chains, in this process; of so many runs the one that took least."""
    warm_up()
    additions = seconds_of_additions()
    fastest = min((_once(name, folder) for _ in range(times)), key=itemgetter("seconds"))
    return {**fastest, "additions": additions, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _once(name: str, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        wall, before = time.perf_counter(), processor_seconds()
        if name == "chain":
            counts = run_chain(folder, Path(work))
        else:
            counts = importlib.import_module("tests.benchmarks.curation_shared").run(folder, Path(work))
        seconds = processor_seconds() - before
    return {"seconds": seconds, "wall": time.perf_counter() - wall, **counts}


def asked(name: str, folder: Path, interpreters: Mapping[str, str], times: int = 1) -> dict[str, Any]:
    """One chain, in a process of its own."""
    if name in OURS:
        ours = [sys.executable, "-m", "tests.benchmarks.curation_speed"]
        command = [*ours, "--only", name, "--folder", str(folder), "--runs", str(times)]
    else:
        command = [interpreters[name], str(Path(__file__).with_name("curation_peers.py")), name, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(folder: Path, records: int, rounds: int, interpreters: Mapping[str, str], times: int) -> None:
    """Prints one line a chain."""
    names = [*OURS, *(peer for peer in PEERS if peer in interpreters)]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            found[name].append(asked(name, folder, interpreters, times))
    print(f"{'chain':<14}{'µs a record':>14}{'records/s':>12}{'peak MB':>10}{'left':>10}")
    seconds = {name: statistics.median(each["seconds"] for each in runs) for name, runs in found.items()}
    for name, runs in found.items():
        peak = max(each["peak_mb"] for each in runs)
        micro = seconds[name] / records * 1e6
        print(f"{name:<14}{micro:>14.1f}{1e6 / micro:>12,.0f}{peak:>10,.0f}{runs[0]['out']:>10,}")
    additions = statistics.median(each["additions"] for name in OURS for each in found[name])
    print(f"ten million additions in Python took {additions:.2f} s")
    for peer in names[len(OURS) :]:
        ours = "chain" if peer == "plain" else "shared"
        print(f"{peer} takes {seconds[peer] / seconds[ours]:.1f} times the processor time of {ours}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Compares the chains, or runs one of ours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=1, help="of our chains in each process; the fastest one counts")
    parser.add_argument("--python", action="append", default=[], metavar="PEER=INTERPRETER")
    parser.add_argument("--folder", type=Path, help="of an earlier run, or of another community")
    parser.add_argument("--only", choices=OURS, help="runs one chain here and prints its figures as JSON")
    wanted = parser.parse_args(arguments)
    if wanted.only:
        print(json.dumps(measured(wanted.only, wanted.folder, wanted.runs)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary, "community")
        if wanted.folder is None:
            size = write_community(folder, wanted.records)
            print(f"{wanted.records:,} records of {size / wanted.records:,.0f} bytes, {wanted.rounds} rounds")
        compare(folder, wanted.records, wanted.rounds, dict(each.split("=", 1) for each in wanted.python), wanted.runs)


if __name__ == "__main__":
    main()

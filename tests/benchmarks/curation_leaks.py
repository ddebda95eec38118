"""How many held-out rows have a near copy among those learnt from: with our split, and with a random one.

    python -m tests.benchmarks.curation_leaks FILE.csv --prompt question --completion answer --seeds 3

The file is curated as it comes, with every default step, and every row must be accounted for. Then, for the test rows,
the share is printed that overlaps a training row by 0.7 or more (Jaccard, shingles of three words): in messages, in
replies, in message and reply taken together. The random split draws as many test rows from the same kept records.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.curation_speed import SETTINGS
from tests.curate.leaks import leak

from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate

DATASHEET = """\
datasheet: 1
title: Rows to split
description: Rows of a file that is measured.
licence: unknown
contact: nobody
withdrawal: None.
collected: {{from: 2020-01-01, to: 2020-01-02, method: A file.}}
languages: [en]
region: US
files: [path: {file}]
columns: {{prompt: {prompt}, completion: {completion}}}
consent: {{basis: Published., all_rows: true}}
"""
FIELDS = {"messages": ("prompt",), "replies": ("completion",), "whole rows": ("prompt", "completion")}
Example = dict[str, Any]


def curated(file: Path, prompt: str, completion: str, seed: int) -> list[Example]:
    """The examples of the file; prints what became of its rows."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary, "community"), Path(temporary, "out")
        folder.mkdir()
        out.mkdir()
        shutil.copy(file, folder / file.name)
        sheet = DATASHEET.format(file=file.name, prompt=prompt, completion=completion)
        (folder / "datasheet.yaml").write_text(sheet, encoding="utf-8")
        settings = replace(SETTINGS, evaluation_prompts=())
        summary = curate(
            CurationJob(read_community(folder), settings, b"key", seed, Path(temporary, "work")), out, lambda _: None
        )
        left_out = sum(summary.dropped_by_reason.values())
        lost = summary.records_in - summary.kept - left_out
        print(f"seed {seed}: {summary.records_in} rows, {summary.kept} kept, {left_out} left out, {lost} unaccounted")
        with (out / "examples.jsonl").open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]


def show(name: str, examples: Sequence[Example], tests: Collection[str]) -> None:
    """One line: how many of the test rows leak."""
    train = [one for one in examples if one["record_id"] not in tests]
    test = [one for one in examples if one["record_id"] in tests]
    told = []
    for field, names in FIELDS.items():
        learnt, asked = ([" ".join(one[each] for each in names) for one in part] for part in (train, test))
        found = leak(learnt, asked)
        told.append(f"{field} {len(found.rows)} ({found.share:.1%})")
    print(f"  {name}: {len(train)} train, {len(test)} test; leaks: {', '.join(told)}")


def main() -> None:
    """Prints the leaks of both splits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--prompt", default="question")
    parser.add_argument("--completion", default="answer")
    parser.add_argument("--seeds", type=int, default=3)
    wanted = parser.parse_args()
    for seed in range(1, wanted.seeds + 1):
        examples = curated(wanted.file, wanted.prompt, wanted.completion, seed)
        learnt = [one for one in examples if one["split"] != "validation"]
        ours = {one["record_id"] for one in learnt if one["split"] == "test"}
        drawn = random.Random(seed).sample([one["record_id"] for one in learnt], len(ours))
        show("split/4", learnt, ours)
        show("random ", learnt, set(drawn))


if __name__ == "__main__":
    main()

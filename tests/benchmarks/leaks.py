"""How many held-out rows have a near copy among those learnt from: with our split, and with a random one.

    python tests/benchmarks/leaks.py FILE.csv --prompt question --completion answer --document url --source source

Prints, for messages, replies and whole rows, the share of test rows that overlap a training row by 0.7 or more
(Jaccard, shingles of three words), for seeds 1 to 3.
"""

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from commonhold.curate.steps.split import split, split_by_component

from commonhold.curate.record import Record
from commonhold.curate.similarity.leaks import leak

SHARE = 0.1
FIELDS: dict[str, Callable[[Record], str]] = {
    "messages": lambda record: record.prompt,
    "replies": lambda record: record.completion,
    "whole rows": lambda record: f"{record.prompt} {record.completion}",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--prompt", default="question")
    parser.add_argument("--completion", default="answer")
    parser.add_argument("--document", default="url", help="column that names the document a row is from")
    parser.add_argument("--source", default="source")
    wanted = parser.parse_args()
    csv.field_size_limit(sys.maxsize)
    with wanted.file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records = [
        Record(f"r{n}", row[wanted.prompt], row[wanted.completion], wanted.file.name, n, source=row[wanted.source])
        for n, row in enumerate(rows)
    ]
    documents = {f"r{n}": row[wanted.document] for n, row in enumerate(rows)}
    for seed in (1, 2, 3):
        ours = split_by_component(0.0, SHARE, seed, lambda record: documents[record.record_id])(records)
        for warning in ours.warnings:
            print(f"seed {seed}: {warning}")
        show(f"seed {seed} split/2", ours.kept, documents)
        show(f"seed {seed} split/1", split(0.0, SHARE, seed)(records).kept, documents)
        chosen = set(random.Random(seed).sample(range(len(records)), round(SHARE * len(records))))
        show(f"seed {seed} random", records, documents, lambda record, chosen=chosen: record.row in chosen)  # type: ignore[misc]


def show(
    name: str,
    records: Sequence[Record],
    documents: dict[str, str],
    tests: Callable[[Record], bool] = lambda record: record.split == "test",
) -> None:
    """One line: what leaks, how many documents cross, and how the sources are represented."""
    train = [record for record in records if not tests(record)]
    test = [record for record in records if tests(record)]
    leaks = {
        field: leak([text(record) for record in train], [text(record) for record in test])
        for field, text in FIELDS.items()
    }
    crossing = {documents[one.record_id] for one in train} & {documents[one.record_id] for one in test}
    shares = Counter(record.source for record in test)
    told = ", ".join(f"{field} {len(found.rows)} ({found.share:.1%})" for field, found in leaks.items())
    print(f"{name}: {len(train)} train, {len(test)} test; leaks: {told}; ", end="")
    print(f"documents in both {len(crossing)}; {dict(shares)}")


if __name__ == "__main__":
    main()

"""Time and memory of the whole of curation for ever more records: is the time linear, and the memory bounded?

    python -m tests.benchmarks.curation_scale 10000 100000 1000000

Each size is made, curated in one process of its own, and removed. Processor time (user and system) from the CSV file
to the examples, loading libraries left out; peak memory of the whole process, libraries included; and what ten million
additions in Python took just before.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.curation_corpus import write_community
from tests.benchmarks.curation_speed import asked

COLUMNS = (
    ("records", 10), ("µs a record", 14), ("to the first", 14), ("peak MB", 10), ("kept", 10), ("unaccounted", 13),
    ("additions s", 13),
)  # fmt: skip


def main() -> None:
    """Prints one line a size."""
    print("".join(f"{name:>{width}}" for name, width in COLUMNS))
    first = 0.0
    for records in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            write_community(Path(folder, "community"), records)
            found = asked("chain", Path(folder, "community"), {})
        micro = found["seconds"] / records * 1e6
        first = first or micro
        print(
            f"{records:>10,}{micro:>14.1f}{micro / first:>14.2f}{found['peak_mb']:>10,.0f}{found['out']:>10,}"
            f"{found['unaccounted']:>13,}{found['additions']:>13.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

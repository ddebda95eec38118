"""Damages valid files of every kind and reads them, for some minutes: no crash, no hang, no memory without end.

    python tests/benchmarks/fuzz_readers.py --minutes 10 --seed 1

Each kind gets the same share of the time. A file that gives anything but rows or an error for people, or takes more
than `MAX_SECONDS`, is kept in the folder `--keep`, and the exit code is 1.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.sheets.mutate import mutated, seeds
from tests.sheets.test_damaged_files import outcome

MAX_SECONDS = 20


def main() -> int:
    """Prints a line for each kind; the number of files that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz_readers")
    parser.add_argument("--only", help="one ending, such as .csv")
    asked = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        files = seeds(Path(name))
        kinds = [asked.only] if asked.only else sorted(files)
        for suffix in kinds:
            draw = random.Random(f"{asked.seed}{suffix}")
            seen: Counter[str] = Counter()
            slowest = 0.0
            end = time.monotonic() + 60 * asked.minutes / len(kinds)
            while time.monotonic() < end:
                data = mutated(files[suffix], draw, files)
                begun = time.monotonic()
                try:
                    told = outcome(Path(name) / f"a{suffix}", data)
                    seen[told] += 1
                    slow = time.monotonic() - begun > MAX_SECONDS or told not in ("read", "refused")
                except BaseException as error:
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    traceback.print_exc(limit=-4)
                    slow = True
                if slow:
                    wrong += 1
                    asked.keep.mkdir(exist_ok=True)
                    (asked.keep / f"{asked.seed}-{seen.total()}{suffix}").write_bytes(data)
                slowest = max(slowest, time.monotonic() - begun)
            print(f"{suffix}: {seen['read']} read, {seen['refused']} refused, slowest {slowest:.2f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{wrong} went wrong; peak memory {peak} MB")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(), 1))

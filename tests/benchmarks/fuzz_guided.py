"""Feeds the readers inputs that atheris grows towards code not reached yet: no crash, no hang.

    pip install atheris    # not among the project's dependencies; CPython 3.11 to 3.13 on Linux
    python tests/benchmarks/fuzz_guided.py CORPUS -max_total_time=600 -timeout=20 -rss_limit_mb=2048

CORPUS is a folder in which it keeps the inputs that reached something new. The first byte of an input says which kind
of file it is. An input that gives anything but rows or an error for people stops it, and is kept as `crash-…`.
"""

import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["commonhold.sheets", "csv", "json"]):
    from tests.sheets.mutate import mutated, seeds
    from tests.sheets.test_damaged_files import outcome

    from commonhold.sheets.file_kinds import OBJECTS, PARQUET, TABLES

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-guided-"))
VALID = seeds(FOLDER)
SUFFIXES = sorted(suffix for suffix in VALID if suffix in (*TABLES, *OBJECTS, *PARQUET, ".xlsx"))
"""What is read in this process; the others are read in one of their own, where atheris does not see them."""


def read(data: bytes) -> None:
    """One input."""
    if not data:
        return
    suffix = SUFFIXES[data[0] % len(SUFFIXES)]
    told = outcome(FOLDER / f"a{suffix}", data[1:])
    if told not in ("read", "refused"):
        raise RuntimeError(f"{suffix}: {told}")


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time libFuzzer's own mutation, else one that knows zip archives, quotes and headers."""
    draw = random.Random(seed)
    if not data or draw.random() < 0.5:
        return bytes(atheris.Mutate(data, len(data) or 1)) if data else b"\x00"
    place = data[0] % len(SUFFIXES)
    return (bytes([place]) + mutated(VALID[SUFFIXES[place]], draw, VALID))[:max_size]


def main() -> None:
    """Until an input goes wrong, or as long as the options say."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for place, suffix in enumerate(SUFFIXES):
        (corpus / f"seed{suffix}").write_bytes(bytes([place]) + VALID[suffix])
    atheris.Setup([*sys.argv, "-max_len=65536"], read, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

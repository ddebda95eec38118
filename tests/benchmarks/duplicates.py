"""Records a second and peak memory of finding exact and near copies, over shards on disk; rows are made up.

    python tests/benchmarks/duplicates.py --records 100000 [--field both] [--shard 20000] [--partitions 16]

A tenth of the rows are near copies of earlier ones, a fiftieth exact ones, a tenth follow one template. Rows are of
1.4 kB: a message of about 60 characters and a reply. `--field prompt` compares messages, `both` the whole row. The peak
is of this process, its imports (shown) included. Making the rows is not counted in the time.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from commonhold.curate.dedup.candidates import candidates
from commonhold.curate.dedup.exact_duplicates import repeats, text_hashes
from commonhold.curate.dedup.minhash_lsh import MOST_BITS, Bands, Keys, bands_for, keys_of, shingle_counts, stacked_keys
from commonhold.curate.dedup.near_duplicates import Links, copies, links, stacked_links
from commonhold.curate.dedup.ragged import SIZES, VALUES, Ragged, StoredSets, offsets_of, write_sets
from commonhold.curate.dedup.shingles import shingle_sets

WORDS = [f"{a}{b}" for a in ("ka", "mo", "ri", "tu", "shel", "wa", "pon", "dre") for b in map(str, range(600))]
BATCH = 4096


def row(number: int, seed: int = 7) -> tuple[str, str]:
    """Message and reply of a row; a copy is made from the number of its original."""
    drawn = random.Random(seed * 1_000_003 + number)
    kind = drawn.random()
    if number > 100 and kind < 0.02:
        return row(drawn.randrange(number), seed)
    if number > 100 and kind < 0.12:
        prompt, reply = row(drawn.randrange(number), seed)
        words = reply.split()
        words[drawn.randrange(len(words))] = drawn.choice(WORDS)
        return f"{prompt} please", " ".join(words)
    reply = " ".join(drawn.choices(WORDS, k=230))
    if kind < 0.22:
        return f"where in the old town do I go when I need to ask about {drawn.choice(WORDS)}", reply
    return " ".join(drawn.choices(WORDS, k=11)), reply


class Clock:
    """Seconds of processor time by part."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, part: str) -> None:
        now = time.process_time()
        if part:
            self.parts[part] = self.parts.get(part, 0.0) + now - self._last
        self._last = now


def batches(first: int, last: int) -> Iterator[tuple[list[str], list[str]]]:
    for start in range(first, last, BATCH):
        rows = [row(number) for number in range(start, min(start + BATCH, last))]
        yield [prompt for prompt, _ in rows], [reply for _, reply in rows]


def stored(folder: Path) -> Ragged:
    return Ragged(np.load(folder / VALUES), offsets_of(np.load(folder / SIZES).astype(np.int64)))


def run(records: int, shard: int, partitions: int, field: str, folder: Path) -> Clock:
    clock = Clock()
    bands = bands_for(0.8)
    firsts = list(range(0, records, shard))
    folders = [folder / str(first) for first in firsts]
    counts = np.zeros(1 << MOST_BITS, np.uint32)
    digests = []
    for first, home in zip(firsts, folders, strict=True):
        home.mkdir()
        values, sizes = [], []
        for prompts, replies in batches(first, min(first + shard, records)):
            clock.lap("")
            digests.append(np.stack([text_hashes(prompts), text_hashes(replies)], axis=1))
            clock.lap("content digests")
            texts = prompts if field == "prompt" else [f"{p} {r}" for p, r in zip(prompts, replies, strict=True)]
            sets = shingle_sets(texts)
            counts += shingle_counts(sets)
            values.append(sets.values)
            sizes.append(sets.sizes)
            clock.lap("shingles")
        write_sets(home, Ragged(np.concatenate(values), offsets_of(np.concatenate(sizes))))
        clock.lap("shingles")
    same = repeats(np.concatenate(digests), np.arange(records))
    del digests
    clock.lap("exact copies")
    print(f"exact copies {len(same.item):,}")
    for first, home in zip(firsts, folders, strict=True):
        write_keys(home, first, bands, counts, partitions)
    clock.lap("keys")
    lookup = StoredSets(folders, firsts)
    found = stacked_links([linked(folders, partition, lookup, clock) for partition in range(partitions)])
    near = copies(found, lookup, 0.8)
    clock.lap("copies")
    print(f"links {len(found.left):,}, near copies {len(near.item):,}")
    return clock


def write_keys(home: Path, first: int, bands: Bands, counts: np.ndarray, partitions: int) -> None:
    sets = stored(home)
    rows = len(sets.sizes)
    for start in range(0, rows, BATCH):
        places = np.arange(start, min(start + BATCH, rows))
        made = keys_of(places + first, sets.take(places), bands, counts)
        for partition, keys in enumerate(made.partitioned(partitions)):
            np.savez(home / f"keys-{partition}-{start}.npz", *keys)


def linked(folders: list[Path], partition: int, lookup: StoredSets, clock: Clock) -> Links:
    paths = [path for home in folders for path in home.glob(f"keys-{partition}-*.npz")]
    parts = []
    for path in paths:
        with np.load(path) as columns:
            parts.append(Keys(*(columns[f"arr_{place}"] for place in range(len(Keys._fields)))))
    found = candidates(stacked_keys(parts), 0.8)
    clock.lap("candidates")
    made = links(found, lookup, 0.8)
    clock.lap("links")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--shard", type=int, default=20_000)
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--field", choices=["prompt", "both"], default="prompt")
    wanted = parser.parse_args()
    imports = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        clock = run(wanted.records, wanted.shard, wanted.partitions, wanted.field, Path(folder))
    for part, seconds in clock.parts.items():
        print(f"  {part:16} {seconds / wanted.records * 1e6:7.1f} µs a record")
    total = sum(clock.parts.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{wanted.records:,} records, {wanted.field}: {wanted.records / total:,.0f} records/s of one core, ", end="")
    print(f"peak {peak:,.0f} MB ({imports:,.0f} MB of it imports)")


if __name__ == "__main__":
    main()

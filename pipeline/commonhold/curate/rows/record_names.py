"""The ids of records: from a row's own entry number, or from what it says, and never from where it is.

An entry such as RB-0042 names its row, and keeps naming it when the text is corrected. A row without one, and one whose
number is a mere count (12), is named by who gave it and what it says. Names that several records would share are told
apart when all files are read (`name_all`): by giver and text first, and equal ones by an ordinal.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.shards import Shard, once, read_column, read_rows_at, write_names
from commonhold.curate.rows.record import Record
from commonhold.keyed_ids import keyed_id

COUNT = re.compile(r"\d{1,6}(\.0*)?")
"""Begins again in every sheet, and shifts when somebody numbers anew: the line by another name."""
LONGEST_ENTRY = 64
ORDER = ("entry", "language", "source", "date", "licence", "refusal", "purposes", "prompt", "completion", "rejected")
"""What equal records are put in order by, for their ordinals: not by where they are."""


def names_a_row(entry: str) -> bool:
    """Whether a community's own number is a name, and not the row's place among others."""
    return bool(entry) and not COUNT.fullmatch(entry)


def can_be_shown(entry: str) -> bool:
    """Whether a community's own number looks like one: no address, and no sentence or full name."""
    return len(entry) <= LONGEST_ENTRY and "@" not in entry and (" " not in entry or any(map(str.isdigit, entry)))


def entry_name(key: bytes, entry: str, piece: int = 0) -> str:
    """The id of a row with an entry number that names it, or of a later piece of its text."""
    return keyed_id(key, "entry", entry, *((str(piece),) if piece else ()))


def text_name(key: bytes, contributor: str, texts: Sequence[str]) -> str:
    """The id of a row by what it says, and by who gave it: one person's copy is not another's."""
    return keyed_id(key, "text", contributor, *map(as_meant, texts))


def as_meant(text: str) -> str:
    """The same for a text in any encoding, with any line ends, with and without white space around it."""
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).strip()


class Namesake(NamedTuple):
    """A record whose name another one has too."""

    place: int
    """In its shard."""
    name: str
    told: str
    """Digest of giver and text."""
    order: str
    """Its count, so that rows added below come last, and a digest of its other cells."""


class _NamesakeTask(NamedTuple):
    shard: Shard
    places: tuple[int, ...]
    key: bytes
    out: Path


def name_all(shards: Sequence[Shard], key: bytes, executor: Executor, work: Path) -> list[Shard]:
    """The shards, with names of their own for records whose name another record has too.

    Deleting, adding and moving rows leaves the names of others alone, with one exception: an entry number that two
    different rows bear becomes the name of the one that is left. Of equal rows the last ordinal goes.
    """
    shared = _shared(shards)
    tasks = [
        _NamesakeTask(shards[number], places, key, work / f"namesakes-{number:05}") for number, places in shared.items()
    ]
    found = dict(zip(shared, executor.map(find_namesakes, tasks), strict=True))
    named = list(shards)
    for number, names in _told_apart(found, key).items():
        folder = work / f"names-{number:05}"
        once(folder, partial(_write, names))
        named[number] = replace(shards[number], names=folder)
    return named


def _shared(shards: Sequence[Shard]) -> Mapping[int, tuple[int, ...]]:
    """By shard, the places of records whose names begin as another's does; those that do not count are left out."""
    if not shards:
        return {}
    columns = [_first_digits(read_column(shard.path, "record_id")) for shard in shards]
    counts = [np.ones(len(column), np.bool_) for column in columns]
    for shard, counted in zip(shards, counts, strict=True):
        counted[sorted(shard.left_out)] = False
    every = np.sort(np.concatenate([column[counted] for column, counted in zip(columns, counts, strict=True)]))
    twice = np.unique(every[1:][every[1:] == every[:-1]])
    if not len(twice):
        return {}
    places = {
        number: tuple(np.flatnonzero(counted & np.isin(column, twice)).tolist())
        for number, (column, counted) in enumerate(zip(columns, counts, strict=True))
    }
    return {number: found for number, found in places.items() if found}


def _first_digits(names: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.frombuffer(bytes.fromhex("".join(names)), "<u8")[::2].astype(np.uint64)


def find_namesakes(task: _NamesakeTask) -> list[Namesake]:
    """What tells some records of one shard apart."""
    done = once(task.out, partial(_find_namesakes, task))
    return [Namesake(*each) for each in done["namesakes"]]


def _find_namesakes(task: _NamesakeTask, _: Path) -> Mapping[str, Any]:
    records = read_rows_at(task.shard.path, task.places)
    return {"namesakes": [_namesake(place, each, task.key) for place, each in zip(task.places, records, strict=True)]}


def _namesake(place: int, record: Record, key: bytes) -> Namesake:
    cells = (str(getattr(record, name)) for name in ORDER)
    told = text_name(key, record.contributor, record.content_parts)
    number = record.entry.partition(".")[0].zfill(6) if COUNT.fullmatch(record.entry) else ""
    return Namesake(place, record.record_id, told, number + keyed_id(key, "order", *cells))


def _told_apart(found: Mapping[int, Sequence[Namesake]], key: bytes) -> Mapping[int, Mapping[int, str]]:
    """By shard and place, the names of those that cannot keep the one they share."""
    by_name: defaultdict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for number, namesakes in found.items():
        for place, name, told, order in namesakes:
            by_name[name].append((told, order, number, place))
    names: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for name, several in by_name.items():
        different = len({told for told, *_ in several}) > 1
        ordinals: defaultdict[str, int] = defaultdict(int)
        for told, _, number, place in sorted(several):
            ordinal = ordinals[told]
            ordinals[told] += 1
            if different or ordinal:
                names[number][place] = keyed_id(key, "again", name, told if different else "", str(ordinal))
    return names


def _write(names: Mapping[int, str], out: Path) -> Mapping[str, Any]:
    write_names(out, names)
    return {}

"""From a folder with a datasheet to shards of records: every file read, every problem reported at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.shards import PART_ROWS, Shard, in_parts, once, read_column, write_shard
from commonhold.curate.rows.column_mapping import missing_file, open_mapped
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import DataFile, DatasheetFile
from commonhold.curate.rows.date_columns import FoundDates, find_dates
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.rows.record_names import name_all
from commonhold.curate.rows.repair import repair_name
from commonhold.errors import FormError, MissingInputError, Problem
from commonhold.number_format import count
from commonhold.sheets.guesses import totals_row
from commonhold.sheets.row import BadRow, Origin, Row
from commonhold.sheets.source import SourceFolder

MOST_UNREADABLE = 10
"""Rows that cannot be read that a message names; the others are counted."""
FEW = 5
"""Places named in another warning."""
FILES = "files."
"""Start of the places in a datasheet that name files with rows."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """One file to read."""

    folder: SourceFolder
    datasheet: DatasheetFile
    index: int
    """Of the entry in the datasheet's list."""
    file: DataFile
    maker: RecordMaker
    shard_rows: int
    out: Path
    notes: tuple[str, ...] = ()
    """What was found out about its dates."""


class RepairedRow(NamedTuple):
    """A record of a row of a repair file."""

    place: int
    """Among the records of its file, from 0."""
    origin: Origin
    repairs: str
    row: int
    """Line of the repair file; the pieces of a long text share it."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one file holds."""

    file: DataFile
    header: tuple[str, ...] = ()
    rows: int = 0
    """Usable ones; each piece of a long text counts."""
    shards: tuple[Path, ...] = ()
    ids: Path = Path()
    """Numbers of the community's own row numbers."""
    bad: tuple[BadRow, ...] = ()
    repaired: tuple[RepairedRow, ...] = ()
    left_out: tuple[int, ...] = ()
    """Places of repaired rows that count elsewhere."""
    read_as: tuple[str, ...] = ()
    """Encoding, delimiter, sheet and header row."""
    warnings: tuple[str, ...] = ()
    unknown_languages: int = 0
    unknown_places: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRows:
    """The rows of all the files, in the datasheet's order."""

    shards: tuple[Shard, ...]
    files: tuple[FileRead, ...]
    """Those that could be opened, each with the bad rows that still count."""
    warnings: tuple[str, ...]
    """What a person should know of the files and the rows that can be used."""
    problems: tuple[Problem, ...] = ()
    """Of files that could not be opened beside these."""

    @property
    def rows(self) -> int:
        """Usable rows that count."""
        return sum(read.rows - len(read.left_out) for read in self.files)

    @property
    def bad(self) -> tuple[BadRow, ...]:
        """Rows that cannot be used."""
        return tuple(bad for read in self.files for bad in read.bad)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """For each file with such rows: the first of them, how many more, and where all are listed."""
        return tuple(_unreadable(read) for read in self.files if read.bad)


def read_all(data: CommunityData, maker: RecordMaker, executor: Executor, work: Path, shard_rows: int) -> ReadRows:
    """The records of every file that the datasheet names, in shards below `work`; unreadable rows are reported.

    Where some files can be opened and others cannot, the problems of the others are in what is returned.

    Raises:
        FormError: what is wrong with the forms; or no file can be opened or has the columns. All of it at once.
    """
    dates = {} if data.problems else find_dates(data, executor)

    def task(number: int, index: int, file: DataFile) -> FileTask:
        found = dates.get(file.name, FoundDates())
        made = maker.reading(found.readers)
        return FileTask(data.folder, data.datasheet, index, file, made, shard_rows, work / f"{number:05}", found.notes)

    tasks = [task(number, *listed) for number, listed in enumerate(data.files)]
    reads = list(executor.map(read_file, tasks))
    problems = tuple(dict.fromkeys([*data.problems, *(problem for read in reads for problem in read.problems)]))
    opened = settle([read for read in reads if not read.problems])
    if problems and not (opened and all(problem.place.startswith(FILES) for problem in data.problems)):
        raise FormError(problems)
    shards = tuple(name_all([*_shards(opened, shard_rows)], maker.key, executor, work))
    shards = shards or (_no_records(work / "none.parquet"),)
    warnings = (*data.notes, *_warnings(data.datasheet, opened))
    return ReadRows(shards, tuple(opened), warnings, problems)


def _no_records(path: Path) -> Shard:
    write_shard(path, ())
    return Shard(path)


def thinned(reading: ReadRows, most: int, shard_rows: int) -> ReadRows:
    """Some `most` of the rows, evenly spread over every file in its order; all of them where there are no more."""
    each = -(-reading.rows // most) or 1
    if each == 1:
        return reading
    files = tuple(
        replace(
            read,
            bad=read.bad[::each],
            left_out=tuple(sorted({*range(read.rows)} - {*positions_that_count(read)[::each]})),
        )
        for read in reading.files
    )
    shards = zip(reading.shards, _shards(files, shard_rows), strict=True)
    return replace(reading, files=files, shards=tuple(replace(old, left_out=new.left_out) for old, new in shards))


def positions_that_count(read: FileRead) -> list[int]:
    """Of a file's records, those that do not count elsewhere."""
    elsewhere = frozenset(read.left_out)
    return [position for position in range(read.rows) if position not in elsewhere]


def read_file(task: FileTask) -> FileRead:
    """One file into shards below `task.out`; what is wrong with it as a whole is returned as problems."""
    try:
        done = once(task.out, partial(_read, task))
    except MissingInputError:
        key = ("files", task.index, "path")
        return FileRead(task.file, problems=(missing_file(task.datasheet, key, task.file.path),))
    except FormError as error:
        return FileRead(task.file, problems=error.problems)
    return FileRead(
        file=task.file,
        header=tuple(done["header"]),
        rows=done["rows"],
        shards=tuple(task.out / name for name in done["shards"]),
        ids=task.out / IDS,
        bad=tuple(
            BadRow(**{**bad, "cells": tuple(bad["cells"]), "origin": Origin(*bad["origin"])}) for bad in done["bad"]
        ),
        repaired=tuple(
            RepairedRow(position, Origin(*origin), repairs, row) for position, origin, repairs, row in done["repaired"]
        ),
        read_as=tuple(done["read_as"]),
        warnings=tuple(done["warnings"]),
        unknown_languages=done["unknown_languages"],
        unknown_places=tuple(done["unknown_places"]),
    )


IDS = "ids.npy"


def _read(task: FileTask, out: Path) -> Mapping[str, Any]:
    opened = open_mapped(task.folder, task.datasheet, task.file, task.maker.check)
    bad: list[BadRow] = []
    repaired: list[RepairedRow] = []
    shards: list[str] = []
    unknown: list[str] = []
    ids: list[NDArray[np.uint64]] = [np.zeros(0, np.uint64)]
    rows = joined = 0
    last: Row | None = None

    def noted(part: Sequence[tuple[Record, Row, int]]) -> Sequence[Record]:
        nonlocal rows, joined, last
        records, origins, numbers = zip(*part, strict=True)
        repaired.extend(
            RepairedRow(rows + position, row.origin, row.repairs, row.number)
            for position, row in enumerate(origins)
            if row.repairs
        )
        firsts = [row for row, number in zip(origins, numbers, strict=True) if not number]
        unknown.extend(
            str(row.origin)
            for record, row, number in part
            if not (record.language or number) and task.maker.has_unknown_language(row)
        )
        ids.append(task.maker.own_numbers(firsts))
        joined += sum(map(task.maker.is_joined, firsts)) if task.maker.joins else 0
        rows += len(part)
        last = origins[-1]
        return records

    records = chain.from_iterable(map(noted, in_parts(_records(task, opened.rows, bad), PART_ROWS)))
    while first := next(records, None):
        shards.append(f"{len(shards):05}.parquet")
        write_shard(out / shards[-1], chain((first,), islice(records, task.shard_rows - 1)))
    np.save(out / IDS, np.concatenate(ids))
    return {
        "header": opened.header,
        "rows": rows,
        "shards": shards,
        "bad": [asdict(each) for each in bad],
        "repaired": repaired,
        "read_as": opened.read_as,
        "warnings": [*opened.warnings, *_totals(last), *task.notes, *_joined(task, joined)],
        "unknown_languages": len(unknown),
        "unknown_places": unknown[:FEW],
    }


def _totals(last: Row | None) -> Iterator[str]:
    first = next((cell for cell in last.cells.values() if cell.strip()), "") if last else ""
    if last and (guess := totals_row(last.number, first)):
        yield str(guess)


def _joined(task: FileTask, rows: int) -> Iterator[str]:
    """Rows with text in several columns of one list."""
    if rows:
        named = " and ".join(", ".join(map(repr, names)) for names in task.maker.joins.values())
        yield (
            f"{rows} rows have text in several of the columns {named}, which was joined with a blank line between. "
            "If these are versions of one text, name only the one that counts"
        )


def _records(task: FileTask, rows: Iterable[Row | BadRow], bad: list[BadRow]) -> Iterator[tuple[Record, Row, int]]:
    """Every record with its row and its number among the records of that row; bad rows are put aside."""
    make, file = task.maker.records, task.file
    for row in rows:
        if isinstance(row, Row):
            for number, record in enumerate(make(row, file)):
                yield record, row, number
        else:
            bad.append(row)


def settle(reads: Sequence[FileRead]) -> list[FileRead]:
    """Bad rows that were repaired are bad no more, and rows that were repaired twice over count once.

    A repaired row stands for the bad row whose identity it bears; of a row that is still bad in several files, the last
    listed counts. Where the sheet itself was corrected as well, its row counts and the repaired one is left out. A bad
    row that moved to another line, or file, is known by what it says.
    """
    repaired = {row.repairs for read in reads for row in read.repaired}
    repaired |= {bad.repairs for read in reads for bad in read.bad if bad.repairs != bad.identity}
    moved = _moved(reads, repaired)
    settled_rows, was = repaired | moved.keys(), frozenset(moved.values())
    last = {bad.identity: bad for read in reads for bad in read.bad}
    still_bad = was | {bad.identity for read in reads for bad in read.bad if not bad.repairs}
    corrected = _corrected(reads)
    taken: dict[str, tuple[str, int]] = {}
    settled = []
    for read in reads:
        again = []
        for row in read.repaired:
            copy = read.file.name, row.row
            in_its_file = (read.file.name, row.place) in corrected and row.repairs not in still_bad
            if in_its_file or taken.setdefault(row.repairs, copy) != copy:
                again.append(row.place)
        notes = (f"{len(again)} repaired rows can be read in their own file too and count once",) if again else ()
        bad = tuple(each for each in read.bad if each.identity not in settled_rows and last[each.identity] is each)
        settled.append(replace(read, bad=bad, left_out=tuple(again), warnings=(*read.warnings, *notes)))
    return settled


def _moved(reads: Sequence[FileRead], repaired: Set[str]) -> Mapping[str, str]:
    """Bad rows that were elsewhere when they were repaired: their identities now, and then."""
    bad_now = dict.fromkeys(bad.identity for read in reads for bad in read.bad if not bad.repairs)
    then: defaultdict[str, list[str]] = defaultdict(list)
    for identity in sorted(repaired - bad_now.keys(), reverse=True):
        then[identity.rpartition(" ")[2]].append(identity)
    elsewhere = ((identity, then[identity.rpartition(" ")[2]]) for identity in bad_now if identity not in repaired)
    return {identity: of_its_words.pop() for identity, of_its_words in elsewhere if of_its_words}


def _corrected(reads: Sequence[FileRead]) -> set[tuple[str, int]]:
    """By file and place, the repaired rows of which their own file has a row with the same entry or words."""
    wanted: defaultdict[str, defaultdict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for read in reads:
        ids = _ids(read) if read.repaired else []
        for row in read.repaired:
            wanted[row.origin.file][ids[row.place]].append((read.file.name, row.place))
    return {
        copy
        for read in reads
        if read.file.name in wanted
        for record_id in _ids_of_others(read)
        for copy in wanted[read.file.name].get(record_id, ())
    }


def _ids_of_others(read: FileRead) -> Iterator[str]:
    """Of its rows that stand for no other."""
    repaired = {row.place for row in read.repaired}
    return (record_id for place, record_id in enumerate(_ids(read)) if place not in repaired)


def _ids(read: FileRead) -> list[str]:
    return [record_id for shard in read.shards for record_id in read_column(shard, "record_id")]


def _shards(reads: Sequence[FileRead], shard_rows: int) -> Iterator[Shard]:
    for read in reads:
        for number, path in enumerate(read.shards):
            first = number * shard_rows
            inside = (position - first for position in read.left_out)
            yield Shard(path, frozenset(position for position in inside if 0 <= position < shard_rows))


def _warnings(datasheet: DatasheetFile, reads: Sequence[FileRead]) -> Iterator[str]:
    for read in reads:
        yield from (f"{read.file.name}: {warning}" for warning in read.warnings)
    ids = datasheet.form.columns.named().get("id")
    _, counts = np.unique(np.concatenate([np.load(read.ids) for read in reads]), return_counts=True)
    if ids and (counts > 1).any():
        repeated = int(counts[counts > 1].sum())
        yield f"{repeated} rows share their id (column {ids[0]!r}) with another row, so an id may mean several"
    if unknown := sum(read.unknown_languages for read in reads):
        examples = [place for read in reads for place in read.unknown_places]
        yield (
            f"{unknown} rows have a language that the datasheet does not list ({', '.join(datasheet.form.languages)}) "
            f"and count as undeclared: {_few(examples, unknown)}"
        )


def _unreadable(read: FileRead) -> str:
    bad = [f"{each.origin} ({each.problem})" for each in read.bad]
    were, they = ("was", "It is") if len(bad) == 1 else ("were", "They are")
    named = f"{count(len(bad), 'row')} of {read.file.name} cannot be read and {were} left out"
    shown = _few(bad, len(bad), MOST_UNREADABLE)
    return f"{named}: {shown}. {they} in repair/{repair_name(read.file)}, with what to do"


def _few(named: Sequence[str], number: int, most: int = FEW) -> str:
    shown = ", ".join(named[:most])
    return f"{shown} and {number - most:,} more" if number > most else shown

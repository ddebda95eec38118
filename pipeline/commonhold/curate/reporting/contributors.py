"""What became of each contributor's rows, in figures and in words that they can read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from commonhold.curate.reporting.wording import Own, own_paragraph
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.selection.balance import gini
from commonhold.files import space_needed

if TYPE_CHECKING:
    import pyarrow as pa

CONTRIBUTORS = "contributors.jsonl"
MOST_SHOWN = 100
"""Contributors that the summary counts one by one."""
BATCH = 50_000
SPREAD_EDGES = (1, 2, 5, 10, 20, 50, 100)
"""Least rows of each group of contributors that the report counts."""


@dataclass(frozen=True, slots=True)
class People:
    """The contributors of all shards."""

    table: "pa.Table"
    """Sorted rows of contributor (keyed id), what became of rows, and how many."""

    @property
    def kept(self) -> "pa.Table":
        """Kept rows of each contributor who has some."""
        import pyarrow.compute as pc

        return self.table.filter(pc.equal(self.table["what"], "kept"))

    @property
    def count(self) -> int:
        """How many contributors have rows that are used."""
        return int(self.kept.num_rows)

    @property
    def sent_count(self) -> int:
        """How many contributors sent rows that could be read."""
        import pyarrow.compute as pc

        return int(pc.sum(pc.equal(self.table["what"], "sent")).as_py() or 0)

    @property
    def half(self) -> int:
        """The fewest contributors who together gave half of the used rows that name somebody, or more."""
        given = np.sort(self.kept["rows"].to_numpy())[::-1]
        return int(np.searchsorted(np.cumsum(given), given.sum() / 2)) + 1 if len(given) else 0

    @property
    def spread(self) -> dict[int, int]:
        """Contributors by the least number of used rows of their group, `SPREAD_EDGES`; without empty groups."""
        groups = np.searchsorted(SPREAD_EDGES, self.kept["rows"].to_numpy(), "right") - 1
        sizes = np.bincount(groups, minlength=len(SPREAD_EDGES)).tolist()
        return {edge: size for edge, size in zip(SPREAD_EDGES, sizes, strict=True) if size}

    @property
    def gini(self) -> float:
        """How unequally the used rows are spread over them."""
        return gini(self.kept["rows"].to_pylist())

    def largest(self, kept: int) -> dict[str, int]:
        """Used rows of those who gave most, most first; under the empty id those of nobody named, of `kept` in all."""
        named = self.kept.sort_by([("rows", "descending"), ("contributor", "ascending")])
        first = named.slice(0, MOST_SHOWN)
        shown = dict(zip(first["contributor"].to_pylist(), first["rows"].to_pylist(), strict=True))
        nobody = kept - sum(named["rows"].to_pylist())
        return dict(sorted([*shown.items(), *([("", nobody)] if nobody else [])], key=lambda item: (-item[1], item[0])))

    def accounts(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Every contributor, with what became of how many rows."""
        rows = (row for batch in self.table.to_batches(BATCH) for row in batch.to_pylist())
        for who, several in groupby(rows, key=lambda row: str(row["contributor"])):
            yield who, {row["what"]: row["rows"] for row in several}


def people_of(paths: Sequence[Path]) -> People:
    """The contributors of all shards, from what `finalize` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.concat_tables([pq.read_table(path) for path in paths])
    summed = (
        table.group_by(["contributor", "what"])
        .aggregate([("rows", "sum")])
        .rename_columns(["contributor", "what", "rows"])
    )
    return People(summed.sort_by([("contributor", "ascending"), ("what", "ascending")]))


def write_people(path: Path, people: People, form: Datasheet, unreadable: int, *, refused: bool = False) -> None:
    """One JSON line a contributor: figures, and the paragraph that a steward can send them.

    `unreadable`: rows of which nobody knows whose they are; `refused`: nothing is learnt from any row.
    """
    with space_needed(path), path.open("w", encoding="utf-8") as stream:
        for who, account in people.accounts():
            line = _line(who, account, form, unreadable, refused)
            stream.write(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")


def _line(who: str, account: Mapping[str, int], form: Datasheet, unreadable: int, refused: bool) -> dict[str, object]:
    own = Own(
        sent=account["sent"],
        splits=_part(account, "split "),
        dropped=_part(account, "dropped "),
        changed=_part(account, "changed "),
        others_unreadable=unreadable > 0,
        refused=refused,
    )
    return {
        "contributor": who,
        "sent": own.sent,
        "used": account.get("kept", 0),
        "splits": own.splits,
        "not_used": own.dropped,
        "changed": own.changed,
        "paragraph": own_paragraph(own, form.withdrawal, form.contact),
    }


def _part(account: Mapping[str, int], start: str) -> dict[str, int]:
    """What starts with a word, most frequent first."""
    rows_of = {what.removeprefix(start): rows for what, rows in account.items() if what.startswith(start)}
    return dict(sorted(rows_of.items(), key=lambda item: (-item[1], item[0])))

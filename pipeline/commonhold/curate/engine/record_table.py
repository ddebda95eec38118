"""All records that passed the steps of one record at a time, in columns of numbers: 100 bytes a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.evaluation_overlap import BatchOverlap
from commonhold.curate.dedup.near_duplicates import Links
from commonhold.curate.dedup.ragged import Hashes, Places
from commonhold.curate.engine.exchange import TextSets
from commonhold.curate.engine.shard_result import COLUMNS, COMPLETIONS, EDITS, PROMPTS, RECORDS, ShardResult
from commonhold.curate.engine.shards import read_column

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class RecordTable:
    """Items are numbered through all shards; columns have one value for each."""

    shards: Sequence[ShardResult]
    first_items: tuple[int, ...]
    """Of each shard."""
    record_id: NDArray[np.bytes_]
    prompt: Hashes
    completion: Hashes
    feedback: Hashes
    """What people said about the reply, as far as it is learnt; 0 for nothing."""
    rating: Places
    """0 for a reply that nobody rated, 1 for a thumb up, 2 for one down."""
    contributor: Hashes
    """0 for a row that names nobody."""
    document: Hashes
    """0 for a row of a table."""
    kind: Places
    kinds: Sequence[tuple[str, str]]
    """Pairs of language and source."""
    drawn: dict[str, Hashes]
    """By purpose: the order in which records are drawn."""
    alive: Mask
    """Which are still in."""
    near_messages: Links | None = None
    """Links between messages that overlap by `near_share`, once a step has looked for them among all that were in."""
    near_share: float = 0.0

    @classmethod
    def load(cls, shards: Sequence[ShardResult], purposes: Sequence[str]) -> Self:
        """The columns of all shards."""
        kinds: dict[tuple[str, str], int] = {}
        parts: dict[str, list[NDArray[np.generic]]] = {}
        names = [
            "record_id",
            "prompt",
            "completion",
            "told",
            "rating",
            "contributor",
            "document",
            "kind",
            *(f"drawn_{one}" for one in purposes),
        ]
        for shard in shards:
            with np.load(shard.folder / COLUMNS) as columns:
                for name in names:
                    values = columns[name]
                    if name == "kind":
                        numbers = np.array([kinds.setdefault(kind, len(kinds)) for kind in shard.kinds], np.int64)
                        values = numbers[values]
                    parts.setdefault(name, []).append(values)
        columns_ = {name: np.concatenate(values) for name, values in parts.items()}
        sizes = np.array([shard.kept for shard in shards], np.int64)
        return cls(
            shards=shards,
            first_items=tuple((np.cumsum(sizes) - sizes).tolist()),
            record_id=columns_["record_id"],
            prompt=columns_["prompt"],
            completion=columns_["completion"],
            feedback=columns_["told"],
            rating=columns_["rating"],
            contributor=columns_["contributor"],
            document=columns_["document"],
            kind=columns_["kind"],
            kinds=list(kinds),
            drawn={purpose: columns_[f"drawn_{purpose}"] for purpose in purposes},
            alive=np.ones(int(sizes.sum()), np.bool_),
        )

    @property
    def items(self) -> Places:
        """Numbers of the records that are still in, rising."""
        return np.flatnonzero(self.alive)

    def id_of(self, item: int) -> str:
        """The keyed id of a record."""
        return bytes(self.record_id[item]).decode()

    def read_texts(self, field: str) -> list[str]:
        """The messages, or another text, of the records that are still in."""
        texts = (text for shard in self.shards for text in read_column(shard.folder / RECORDS, field))
        return [text for text, alive in zip(texts, self.alive.tolist(), strict=True) if alive]

    def prompts(self) -> TextSets:
        """Shingles of the messages."""
        return TextSets(tuple(shard.folder / PROMPTS for shard in self.shards), self.first_items)

    def completions(self) -> TextSets:
        """Shingles of the replies."""
        return TextSets(tuple(shard.folder / COMPLETIONS for shard in self.shards), self.first_items)

    def edits(self) -> TextSets:
        """Keys under which short messages, or plain texts, meet that differ in one place."""
        return TextSets(tuple(shard.folder / EDITS for shard in self.shards), self.first_items)

    def texts_at(self, field: str, items: Places) -> list[str]:
        """The messages, or another text, of these records, whose numbers rise."""
        ends = [*self.first_items[1:], len(self.alive)]
        texts: list[str] = []
        for shard, first, end in zip(self.shards, self.first_items, ends, strict=True):
            if (own := items[(items >= first) & (items < end)] - first).size:
                texts += read_column(shard.folder / RECORDS, field, own)
        return texts

    def overlap(self, shard: int) -> BatchOverlap:
        """What the records of a shard have in common with the evaluation."""
        with np.load(self.shards[shard].folder / COLUMNS) as columns:
            return BatchOverlap(*(columns[f"found_{name}"] for name in BatchOverlap._fields))

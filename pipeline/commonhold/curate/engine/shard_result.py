"""What the per-record steps leave of one shard: a folder of files, and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RECORDS, DECISION_ROWS, SEALED = "records.parquet", "decisions.parquet", "masked.sealed"
COLUMNS, PROMPTS, COMPLETIONS, EDITS = "columns.npz", "prompts", "replies", "edits"


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What came of one shard."""

    folder: Path
    records_in: int
    kept: int
    steps: Mapping[str, tuple[int, int]]
    """By name: records that went in and that were kept."""
    counts: Mapping[str, int]
    """Pieces of personal data, by kind."""
    kinds: tuple[tuple[str, str], ...]
    """Pairs of language and source, numbered by their places here."""

"""The files evaluation leaves behind, and how they are read again."""

import dataclasses
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from commonhold.evaluate.report import render_html, render_markdown
from commonhold.files import read_jsonl, write_bytes, write_jsonl, write_text
from commonhold.records.score import Evaluation, Score, read_evaluation, write_evaluation

SCORES, TABLE = "scores.jsonl", "scores.parquet"


def write_results(evaluation: Evaluation, scores: list[Score], out: Path) -> None:
    """Writes scores (as lines and as a table for notebooks), results and reports into a folder; same input, same bytes.

    The table's bytes also depend on the version of the library that writes it.
    """
    write_jsonl(out / SCORES, (dataclasses.asdict(score) for score in scores))
    write_bytes(out / TABLE, _table(scores))
    write_evaluation(out, evaluation)
    write_text(out / "report.html", render_html(evaluation, scores))
    write_text(out / "report.md", render_markdown(evaluation))


def _table(scores: Sequence[Score]) -> bytes:
    """A row an item, as Parquet, with one type a column whatever the values are."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"str": pa.string(), "float": pa.float64(), "float | None": pa.float64()}
    schema = pa.schema([(each.name, kinds[_kind(each.type)]) for each in dataclasses.fields(Score)])
    table = pa.Table.from_pylist([dataclasses.asdict(score) for score in scores], schema)
    stream = BytesIO()
    parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _kind(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def read_results(folder: Path) -> tuple[Evaluation, list[Score]]:
    """What `write_results` was given."""
    return read_evaluation(folder), read_scores(folder)


def read_scores(folder: Path) -> list[Score]:
    """The scores of all items."""
    return [Score(**row) for row in read_jsonl(folder / SCORES)]

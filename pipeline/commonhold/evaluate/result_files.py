"""The files evaluation leaves behind, and how they are read again."""

import dataclasses
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from commonhold.evaluate.report import render_html, render_markdown
from commonhold.files import read_json, read_jsonl, write_bytes, write_json, write_jsonl, write_text
from commonhold.records.score import (
    Abstention,
    Calibration,
    CorpusScore,
    Evaluation,
    Gate,
    Interval,
    Probe,
    Score,
    Slice,
    Sureness,
    TaskResult,
)

INTERVALS = ("base_interval", "tuned_interval", "difference_interval")
SCORES, TABLE, RESULTS = "scores.jsonl", "scores.parquet", "results.json"


def write_results(evaluation: Evaluation, scores: list[Score], out: Path) -> None:
    """Writes scores (as lines and as a table for notebooks), results and reports into a folder; same input, same bytes.

    The table's bytes also depend on the version of the library that writes it.
    """
    write_jsonl(out / SCORES, (dataclasses.asdict(score) for score in scores))
    write_bytes(out / TABLE, _table(scores))
    write_json(out / RESULTS, dataclasses.asdict(evaluation))
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


def read_evaluation(folder: Path) -> Evaluation:
    """The results and gates in a folder of an evaluation, or of a bundle's."""
    data = read_json(folder / RESULTS)
    probes = (Probe(**{**row, "interval": Interval(*row["interval"])}) for row in data.get("probes", ()))
    return Evaluation(tuple(map(_result, data["results"])), tuple(Gate(**row) for row in data["gates"]), tuple(probes))


def read_scores(folder: Path) -> list[Score]:
    """The scores of all items."""
    return [Score(**row) for row in read_jsonl(folder / SCORES)]


def _result(row: Mapping[str, Any]) -> TaskResult:
    made = {
        "overall": _slice(row["overall"]),
        "slices": tuple(map(_slice, row["slices"])),
        "clean": _slice(row["clean"]) if row.get("clean") else None,
        "corpus": _corpus(row["corpus"]) if row.get("corpus") else None,
        **{side: _calibration(row[side]) if row.get(side) else None for side in CALIBRATIONS},
    }
    return TaskResult(**{**row, **made})


CALIBRATIONS = ("base_calibration", "tuned_calibration")


def _slice(row: Mapping[str, Any]) -> Slice:
    return Slice(**{**row, **{name: Interval(*row[name]) for name in INTERVALS}})


def _corpus(row: Mapping[str, Any]) -> CorpusScore:
    return CorpusScore(**{**row, **{name: Interval(*row[name]) if row[name] else None for name in INTERVALS}})


def _calibration(row: Mapping[str, Any]) -> Calibration:
    bins = tuple(Sureness(**{**each, "interval": Interval(*each["interval"])}) for each in row["bins"])
    points = tuple(Abstention(**{**each, "interval": Interval(*each["interval"])}) for each in row["abstention"])
    return Calibration(**{**row, "bins": bins, "abstention": points})

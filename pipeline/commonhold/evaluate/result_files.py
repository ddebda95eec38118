"""The files evaluation leaves behind, and how they are read again."""

import dataclasses
from pathlib import Path
from typing import Any

from commonhold.evaluate.report import render_html, render_markdown
from commonhold.files import read_json, read_jsonl, write_json, write_jsonl, write_text
from commonhold.records.score import Evaluation, Gate, Interval, Probe, Score, Slice, TaskResult

INTERVALS = ("base_interval", "tuned_interval", "difference_interval")


def write_results(evaluation: Evaluation, scores: list[Score], out: Path) -> None:
    """Writes scores.jsonl, results.json, report.html and report.md into a folder; same input, same bytes."""
    write_jsonl(out / "scores.jsonl", (dataclasses.asdict(score) for score in scores))
    write_json(out / "results.json", dataclasses.asdict(evaluation))
    write_text(out / "report.html", render_html(evaluation, scores))
    write_text(out / "report.md", render_markdown(evaluation))


def read_results(folder: Path) -> tuple[Evaluation, list[Score]]:
    """What `write_results` was given."""
    data = read_json(folder / "results.json")
    results = tuple(_result(row) for row in data["results"])
    probes = (Probe(**{**row, "interval": Interval(*row["interval"])}) for row in data.get("probes", ()))
    evaluation = Evaluation(results, tuple(Gate(**row) for row in data["gates"]), tuple(probes))
    return evaluation, [Score(**row) for row in read_jsonl(folder / "scores.jsonl")]


def _result(row: dict[str, Any]) -> TaskResult:
    clean = _slice(row["clean"]) if row.get("clean") else None
    slices = tuple(map(_slice, row["slices"]))
    return TaskResult(**{**row, "overall": _slice(row["overall"]), "slices": slices, "clean": clean})


def _slice(row: dict[str, Any]) -> Slice:
    return Slice(**{**row, **{name: Interval(*row[name]) for name in INTERVALS}})

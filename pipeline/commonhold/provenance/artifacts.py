"""What a tracker is shown out of the artifact folders: data digests, scores, gates, training curves.

A file that is gone (a cleaned store) is left out; a file of an unexpected form is an error.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from commonhold.digests import digest_of, sha256_file
from commonhold.errors import DigestError
from commonhold.files import read_jsonl
from commonhold.provenance.entries import DatasetEntry, MetricPoint
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.runs import Run, StageEvent, end_of
from commonhold.records.curation_summary import SUMMARY, read_curation_summary
from commonhold.records.score import Gate, Slice, TaskResult, read_evaluation

PROFILE = ("records_in", "kept", "splits", "languages")
JUDGED_ITEMS = 20
"""A part of a task with fewer items is too small to judge by."""
CURVES = ("loss", "learning_rate", "grad_norm", "eval_loss")


def artifact_folder(run: Run, event: StageEvent) -> Path | None:
    """What a stage made, if it made something that is still there."""
    folder = run.workspace / event.artifact_path
    return folder if event.artifact_path and folder.is_dir() else None


def artifact_file(run: Run, stage: str, name: str) -> tuple[StageEvent, Path] | None:
    """A file that a stage of this run left, if it is still there."""
    for event in reversed(run.events):
        if event.stage == stage and (folder := artifact_folder(run, event)) and (folder / name).is_file():
            return event, folder / name
    return None


@contextlib.contextmanager
def _expected_form(path: Path) -> Iterator[None]:
    try:
        yield
    except (DigestError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(
            f"{path}: not of the form that this version reads ({type(error).__name__}: {error})"
        ) from error


def training_data(run: Run) -> Iterator[DatasetEntry]:
    """The curated examples: one digest over all of them, by which every model that learnt from them can be found."""
    artifact = artifact_file(run, "curate", "examples.jsonl")
    if not artifact:
        return
    _, path = artifact
    profile: dict[str, int | Mapping[str, int]] = {}
    tags: dict[str, str] = {}
    if path.with_name(SUMMARY).is_file():
        with _expected_form(path.with_name(SUMMARY)):
            summary = read_curation_summary(path.parent)
        profile = {name: getattr(summary, name) for name in PROFILE}
        rights = {"licence": summary.licence, "consent_basis": summary.consent_basis}
        tags = {key: text for key, text in rights.items() if text}
    name = Path(run.recipe.resolved.data_folder).name or run.recipe.name
    source = path.relative_to(run.workspace).as_posix()
    yield DatasetEntry(name, sha256_file(path), "training", source, profile, tags)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evaluation of a run says."""

    metrics: tuple[MetricPoint, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    datasets: Mapping[str, DatasetEntry] = field(default_factory=dict)
    """The questions of each task, by task."""
    tasks: tuple[str, ...] = ()


def evaluation(run: Run) -> Judgement:
    """Scores, gates and questions of a run; empty where nothing was evaluated."""
    artifact = artifact_file(run, "evaluate", "results.json")
    if not artifact:
        return Judgement()
    event, path = artifact
    with _expected_form(path):
        evaluated = read_evaluation(path.parent)
        datasets = _evaluation_data(path.with_name("scores.jsonl"), run.workspace)
        metrics = [
            MetricPoint(f"eval/{result.task}/{name}", value, end_of(event), dataset=datasets.get(result.task))
            for result in evaluated.results
            for name, value in {**_scores(result.overall), **_beside(result)}.items()
        ]
        metrics += [MetricPoint(f"gates/{name}", value, end_of(event)) for name, value in _verdicts(evaluated.gates)]
        tasks = tuple(result.task for result in evaluated.results)
        return Judgement(tuple(metrics), gate_tags(evaluated.gates), datasets, tasks)


def _scores(overall: Slice) -> dict[str, float]:
    return {
        "items": float(overall.items),
        "base": overall.base,
        "tuned": overall.tuned,
        "difference": overall.difference,
        "tuned_ci_low": overall.tuned_interval.low,
        "tuned_ci_high": overall.tuned_interval.high,
        "difference_ci_low": overall.difference_interval.low,
        "difference_ci_high": overall.difference_interval.high,
    }


def _beside(result: TaskResult) -> dict[str, float]:
    """What an evaluation of this version says besides: the worst part that is large enough, and calibration."""
    more: dict[str, float] = {}
    served = [part for part in result.slices if not part.name.startswith("severity=")]
    large = [part.tuned for part in served if part.items >= JUDGED_ITEMS]
    if large:
        more["worst_tuned"] = min(large)
    if result.base_calibration:
        more["base_brier"] = result.base_calibration.brier
    if result.tuned_calibration:
        more["tuned_brier"] = result.tuned_calibration.brier
    if result.clean:
        more["tuned_clean"] = result.clean.tuned
    return more


def _verdicts(gates: Sequence[Gate]) -> Iterator[tuple[str, float]]:
    """How many gates hold, do not, and cannot be decided."""
    verdicts: list[str] = [gate.verdict for gate in gates]
    for name, verdict in (("passed", "pass"), ("failed", "fail"), ("undecided", "inconclusive")):
        if verdicts:
            yield name, float(verdicts.count(verdict))


def gate_tags(gates: Sequence[Gate]) -> dict[str, str]:
    """The verdict of every gate, and one over all: the worst of them."""
    verdicts = [gate.verdict for gate in gates]
    worst = next((verdict for verdict in ("fail", "inconclusive", "pass") if verdict in verdicts), "")
    each: dict[str, str] = {f"gate.{gate.name}": gate.verdict for gate in gates}
    return {**each, "gate": worst} if worst else {}


def _evaluation_data(path: Path, workspace: Path) -> dict[str, DatasetEntry]:
    """The questions of each task, by a digest that is equal where the same questions were asked."""
    if not path.is_file():
        return {}
    questions: dict[str, list[list[str]]] = {}
    with _expected_form(path):
        for score in read_jsonl(path):
            questions.setdefault(score["task"], []).append([score["item_id"], score["prompt"], score["expected"]])
    source = path.relative_to(workspace).as_posix()
    return {
        task: DatasetEntry(task, digest_of(sorted(items)), "evaluation", source, {"items": len(items)})
        for task, items in questions.items()
    }


class Progress(NamedTuple):
    """Tokens trained on, and the seconds they took, since the training process started."""

    tokens: float
    seconds: float


def tokens_per_second(before: Progress, now: Progress) -> float:
    """Speed between two lines of a log; where training went on in a new process, since that started."""
    start = before if now.tokens > before.tokens and now.seconds > before.seconds else Progress(0.0, 0.0)
    return (now.tokens - start.tokens) / (now.seconds - start.seconds) if now.seconds > start.seconds else 0.0


def curves(run: Run, event: StageEvent) -> Iterator[MetricPoint]:
    """What a training stage logged, step by step, each point at the time its step ended."""
    folder = artifact_folder(run, event)
    path = folder / "log.jsonl" if folder else None
    if path is None or not path.is_file():
        return
    with _expected_form(path):
        before = Progress(0.0, 0.0)
        for line in read_jsonl(path):
            now = Progress(float(line.get("tokens", before.tokens)), float(line.get("seconds", before.seconds)))
            at = end_of(replace(event, seconds=now.seconds))
            values = {name: line[name] for name in CURVES if isinstance(line.get(name), int | float)}
            if "tokens" in line:
                values["tokens_per_second"] = tokens_per_second(before, now)
            for name, value in values.items():
                yield MetricPoint(f"train/{name}", float(value), at, int(line["step"]))
            before = now

"""The parts of a record that say what came out, from what training, merging and evaluation left."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from commonhold.digests import sha256_bytes
from commonhold.models.equivalence import Likeness
from commonhold.publish.allowed_files import Seen
from commonhold.publish.inputs import BundleInputs, GgufInputs, MergedInputs, TemplateInputs
from commonhold.publish.record_form import EvaluationPart, GatePart, RecordGroup, TaskPart
from commonhold.publish.record_outputs import (
    Adapter,
    ChatTemplate,
    Equivalence,
    Gguf,
    IntervalFigure,
    LeftOutPart,
    Merged,
    Outputs,
    Recheck,
    TurnsPart,
)
from commonhold.publish.record_sources import FileRef
from commonhold.publish.tensors import tensors_digest
from commonhold.publish.withheld_digests import digested
from commonhold.records.score import Interval, Rescored, Slice, TaskResult, read_evaluation
from commonhold.records.training_summary import TrainingSummary

MIN_ITEMS = 20
"""A language or group with fewer items is too small to be called the worst served."""

Files = Mapping[str, Seen]
"""Digest and size of each file of a bundle, by path."""


def ref(files: Files, path: str) -> FileRef:
    """A file of the bundle as the record names it."""
    return FileRef(path=path, sha256=files[path].sha256, bytes=files[path].bytes)


def outputs(inputs: BundleInputs, trained: TrainingSummary, files: Files) -> Outputs:
    """Adapter, merged model and GGUF, each with its digests and how near it is to the tuned model."""
    return Outputs(
        adapter=Adapter(tensors_sha256=trained.adapter_digest, files=_refs_below(files, "adapter")),
        merged=_merged(inputs.merged, files) if inputs.merged else None,
        gguf=_gguf(inputs.gguf, files) if inputs.gguf else None,
        chat_template=_chat_template(inputs.template) if inputs.template else None,
        served="merged" if inputs.merged else "adapter",
        recheck=tuple(map(_recheck, inputs.merged.recheck)) if inputs.merged else (),
        left_out=tuple(LeftOutPart(**asdict(form)) for form in inputs.left_out),
    )


def _merged(merged: MergedInputs, files: Files) -> Merged:
    return Merged(
        merged_from=merged.merged_from,
        equivalence=_equivalence(merged.likeness) if merged.likeness else None,
        tensors_sha256=tensors_digest(sorted(merged.folder.rglob("*.safetensors"))),
        files=_refs_below(files, "merged"),
    )


def _gguf(gguf: GgufInputs, files: Files) -> Gguf:
    return Gguf(
        kind=gguf.kind,
        pre_tokeniser=gguf.pre_tokeniser,
        equivalence=_equivalence(gguf.likeness),
        recheck=tuple(map(_recheck, gguf.recheck)),
        files=tuple(each for each in _refs_below(files, "gguf") if each.path.endswith(".gguf")),
    )


def _refs_below(files: Files, folder: str) -> tuple[FileRef, ...]:
    return tuple(ref(files, path) for path in sorted(files) if path.startswith(f"{folder}/"))


def _equivalence(likeness: Likeness) -> Equivalence:
    return Equivalence(**asdict(likeness))


def _recheck(again: Rescored) -> Recheck:
    whole = again.whole
    return Recheck(
        task=again.task,
        items=whole.items,
        tuned=_figure(whole.base, whole.base_interval),
        served=_figure(whole.tuned, whole.tuned_interval),
        difference=_figure(whole.difference, whole.difference_interval),
        margin=again.margin,
        same_answers=again.same_answers,
    )


def _chat_template(template: TemplateInputs) -> ChatTemplate:
    lines = difflib.unified_diff(
        template.base.splitlines(), template.published.splitlines(), "base", "published", lineterm=""
    )
    return ChatTemplate(
        sha256=sha256_bytes(template.published.encode()),
        difference="\n".join(lines),
        turns=TurnsPart(**asdict(template.turns)) if template.turns else None,
    )


def evaluation(inputs: BundleInputs, files: Files) -> EvaluationPart:
    """Every task with its intervals, the gates, and the reports."""
    evaluated = read_evaluation(inputs.evaluation)
    return EvaluationPart(
        tasks=tuple(map(_task, evaluated.results)),
        gates=tuple(GatePart(**asdict(gate)) for gate in evaluated.gates),
        scores=digested(inputs.evaluation / "scores.jsonl"),
        results=ref(files, "evaluation/results.json"),
        report_html=ref(files, "evaluation/report.html"),
        report_md=ref(files, "evaluation/report.md"),
    )


def _task(result: TaskResult) -> TaskPart:
    overall = result.overall
    return TaskPart(
        task=result.task,
        title=result.title,
        scorer=result.scorer,
        items=overall.items,
        base=_figure(overall.base, overall.base_interval),
        tuned=_figure(overall.tuned, overall.tuned_interval),
        difference=_figure(overall.difference, overall.difference_interval),
        wins=overall.wins,
        losses=overall.losses,
        contaminated=result.contaminated,
        worst=_worst(result.slices),
    )


def _figure(value: float, interval: Interval) -> IntervalFigure:
    return IntervalFigure(value=value, low=interval.low, high=interval.high)


def _worst(slices: Sequence[Slice]) -> RecordGroup | None:
    """The lowest tuned score; within a task that is also the one farthest below the whole."""
    served = [part for part in slices if not part.name.startswith("severity=")]  # that says how bad, not for whom
    large = [part for part in served if part.items >= MIN_ITEMS]
    if not large:
        return None
    worst = min(large, key=lambda part: (part.tuned, part.name))
    return RecordGroup(
        name=worst.name,
        items=worst.items,
        base=_figure(worst.base, worst.base_interval),
        tuned=_figure(worst.tuned, worst.tuned_interval),
        difference=_figure(worst.difference, worst.difference_interval),
    )

"""What `commonhold train` answers: scores as soon as there are some, then what was published."""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from commonhold.cli.options import DEFAULT_WORKSPACE
from commonhold.evaluate.interval_text import MIN_ITEMS
from commonhold.evaluate.result_files import read_results
from commonhold.number_format import duration
from commonhold.publish.card import FORMS
from commonhold.publish.record import FILE_NAME, read_record
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_outputs import LeftOutPart
from commonhold.records.artifact import Artifact
from commonhold.records.score import Gate, TaskResult
from commonhold.records.training_summary import read_training_summary
from commonhold.releases.versions import candidate
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.stage import Context

MAKE_RECIPE = Path("recipes/riverbend-helpdesk.yaml")
"""The recipe of a Make target that names none."""


def scores_text(artifacts: Mapping[str, Artifact]) -> str:
    """What the evaluation came to, and where the reports are; printed whatever becomes of the publication."""
    evaluated = artifacts["evaluate"].path
    evaluation, _ = read_results(evaluated)
    lines = [
        "",
        *(task_line(result) for result in evaluation.results),
        "",
        *_gate_lines(evaluation.gates),
        "",
        f"  report        {_short(evaluated / 'report.html')}",
        f"  training      {_short(artifacts['train'].path / 'report.html')}",
        f"  data report   {_short(artifacts['curate'].path / 'report.html')}",
        "",
    ]
    return "\n".join(lines)


def evaluated_data(artifacts: Mapping[str, Artifact]) -> dict[str, object]:
    """The same for programs."""
    evaluation, _ = read_results(artifacts["evaluate"].path)
    return {
        "results": [asdict(result) for result in evaluation.results],
        "gates": [asdict(gate) for gate in evaluation.gates],
        "reports": {
            "evaluation": artifacts["evaluate"].path / "report.html",
            "training": artifacts["train"].path / "report.html",
            "data": artifacts["curate"].path / "report.html",
        },
    }


def published_data(context: Context, outcome: RunOutcome) -> dict[str, object]:
    """What was published, for programs."""
    release, bundle = candidate(context.workspace, context.recipe.publish.model)
    return {
        "model": context.recipe.publish.model,
        "version": release.version,
        "bundle": bundle,
        "left_out": [form.model_dump() for form in _record(bundle).outputs.left_out],
        "run": outcome.run_id,
        "stages_run": outcome.ran,
        "seconds": outcome.seconds,
    }


def published_text(context: Context, outcome: RunOutcome) -> str:
    """What was published, which forms of it were left out and why, and the next commands."""
    release, bundle = candidate(context.workspace, context.recipe.publish.model)
    lines = [
        f"{context.recipe.publish.model}, version {release.version}, is published as the candidate.",
        *_left_out(_record(bundle).outputs.left_out),
        "",
        *_made(outcome),
        f"  model card    {_short(bundle / 'README.md')}",
        "",
        *next_steps(context.loaded.path, context.workspace.root, context.recipe.serve.port),
    ]
    return "\n".join(lines)


def _record(bundle: Path) -> ModelRecord:
    return read_record((bundle / FILE_NAME).read_bytes())


def _left_out(forms: Sequence[LeftOutPart]) -> Iterator[str]:
    for form in forms:
        report = " This is a fault of commonhold; please report it." if form.fault else ""
        yield f"  left out: {FORMS[form.form]}. {form.why}{report}"


def _gate_lines(gates: Sequence[Gate]) -> list[str]:
    if not gates:
        return ["No gates: the recipe asks for nothing that the model must reach (evaluate.gates)."]
    verdicts = {"fail": "failed", "inconclusive": "undecided"}
    counts = [f"{sum(gate.verdict == verdict for gate in gates)} {word}" for verdict, word in verdicts.items()]
    return [
        f"Gates: {sum(gate.verdict == 'pass' for gate in gates)} of {len(gates)} hold, {', '.join(counts)}.",
        *(f"  {verdicts[gate.verdict]}: {gate.name}: {gate.reason}" for gate in gates if gate.verdict != "pass"),
    ]


def task_line(result: TaskResult) -> str:
    """One task in one line: base, tuned, and the interval of the difference in points."""
    overall = result.overall
    low, high = (round(100 * bound) for bound in overall.difference_interval)
    few = "; too few to judge" if overall.items < MIN_ITEMS else ""
    return (
        f"  {result.title:<52.52} {overall.items:>4} items   base {overall.base:>4.0%}   tuned {overall.tuned:>4.0%}   "
        f"difference {low:+d} to {high:+d} points{few}"
    )


def next_steps(recipe: Path, workspace: Path, port: int) -> list[str]:
    """What can be done now, as the person would type it: with make if that is how they came."""
    if "MAKELEVEL" in os.environ:
        ui, end = "make ui", "" if recipe == MAKE_RECIPE else f" RECIPE={recipe}"
        serve, verify = f"make serve{end}", f"make verify{end}"
    else:
        end = "" if workspace == DEFAULT_WORKSPACE else f" --workspace {shlex.quote(str(workspace))}"
        ui, named = f"commonhold ui{end}", f"{shlex.quote(str(recipe))}{end}"
        serve, verify = f"commonhold serve {named}", f"commonhold verify {named}"
    width = max(map(len, (ui, serve, verify)))
    return [
        f"Next: {ui:<{width}}  compare runs in MLflow on http://127.0.0.1:5000",
        f"      {serve:<{width}}  talk to the model on http://127.0.0.1:{port}",
        f"      {verify:<{width}}  check every published file against its digest",
    ]


def _made(outcome: RunOutcome) -> list[str]:
    if not outcome.ran:
        return [f"Nothing had changed; no stage was run ({outcome.seconds:.1f} s)."]
    training = read_training_summary(outcome.artifacts["train"].path)
    return [
        f"Ran {', '.join(outcome.ran)} in {duration(outcome.seconds)}; training at "
        f"{training.tokens_per_second:.0f} tokens/s, {training.energy_kwh * 1000:.1f} Wh "
        f"({training.energy_method.replace('_', ' ')})."
    ]


def _short(path: Path) -> str:
    current = Path.cwd()
    return str(path.relative_to(current)) if path.is_relative_to(current) else str(path)

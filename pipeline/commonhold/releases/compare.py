"""Finds the two versions that a person names, compares them, and keeps the page with the newer run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from commonhold.digests import digest_of
from commonhold.errors import MissingInputError, RequestError
from commonhold.evaluate.comparison.compare import compare_versions
from commonhold.evaluate.comparison.pages import comparison_data, comparison_html
from commonhold.evaluate.comparison.version import Comparison, Version, VersionRows
from commonhold.evaluate.result_files import SCORES, read_scores
from commonhold.files import read_json, write_json, write_text
from commonhold.provenance.pending_runs import deliver, was_sent
from commonhold.provenance.runs import COMPARISONS, HEADER, Run, list_runs, read_run
from commonhold.publish.record import read_record
from commonhold.records.curation_summary import SUMMARY, read_curation_summary
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.score import RESULTS, read_evaluation
from commonhold.releases.versions import bundle_folder, candidate, read_releases
from commonhold.stages.workspace import Workspace

EXAMPLE = ("prompt", "completion", "rejected", "desirable", "split")
"""What of an example counts as its content; where it was in a file does not."""


class Side(NamedTuple):
    """One version as found."""

    version: Version
    run: Run | None
    """That made it, where the workspace has it."""


class KeptComparison(NamedTuple):
    """A comparison, and the run that it is kept with."""

    comparison: Comparison
    newer: Run | None


def compare(workspace: Workspace, old: str, new: str) -> KeptComparison:
    """What differs between two versions; the page is kept with the newer of their runs.

    Raises:
        RequestError: a name fits nothing, or several things.
        MissingInputError: what was named is no longer there.
        DigestError: what was named is not of the form that this version reads.
    """
    sides = [find_version(workspace, name) for name in (old, new)]
    comparison = compare_versions(sides[0].version, sides[1].version)
    runs = [side.run for side in sides if side.run]
    if not runs or sides[0].version.name == sides[1].version.name:
        return KeptComparison(comparison, None)
    newer = max(runs, key=lambda run: (run.started, run.id))
    other = next(side.version.name for side in sides if side.run is not newer)
    keep(newer, comparison, other)
    return KeptComparison(comparison, newer)


def find_version(workspace: Workspace, name: str) -> Side:
    """A run by its id or a part of it, a release as `model@2` or `model@candidate`, or the folder of a bundle or run.

    Raises:
        RequestError: the name fits nothing, or several runs.
        MissingInputError: it fits a release whose files are gone.
    """
    folder = Path(name)
    if (folder / "record.json").is_file():
        return _of_bundle(workspace, folder)
    if (folder / HEADER).is_file():
        return _of_run(read_run(folder))
    if "@" in name:
        model, _, version = name.rpartition("@")
        return _of_bundle(workspace, _release(workspace, model, version), name)
    runs = [run for run in list_runs(workspace.root) if name and name in run.id]
    whole = [run for run in runs if run.id == name]
    if len(whole or runs) != 1:
        many = f"several runs go by the name {name!r}" if runs else f"nothing is called {name!r}"
        ids = ", ".join(run.id for run in (runs or list_runs(workspace.root))[-5:]) or "none yet"
        raise RequestError(
            f"{many}. Name a run (commonhold runs; the latest: {ids}), a release such as MODEL@1, or a bundle's folder"
        )
    return _of_run((whole or runs)[0])


def _release(workspace: Workspace, model: str, version: str) -> Path:
    """The bundle of a release, by its number or as `candidate`."""
    if version == "candidate":
        return candidate(workspace, model)[1]
    releases = read_releases(workspace, model)
    number = int(version) if version.isdecimal() else 0
    return bundle_folder(workspace, model, releases.version(number))


def _of_run(run: Run) -> Side:
    """What the stages of a run made or found made, as far as it is still there."""
    made = {event.stage: run.workspace / event.artifact_path for event in run.events if event.artifact_path}
    curated, evaluated = made.get("curate"), made.get("evaluate")
    version = Version(
        name=run.id,
        recipe=run.recipe.resolved,
        rows=_rows(curated, curated / "examples.jsonl") if curated else None,
        evaluation=read_evaluation(evaluated) if evaluated and (evaluated / RESULTS).is_file() else None,
        scores=tuple(read_scores(evaluated)) if evaluated and (evaluated / SCORES).is_file() else None,
    )
    return Side(version, run)


def _of_bundle(workspace: Workspace, folder: Path, name: str = "") -> Side:
    """A published bundle: by the run that made it, if the workspace has that, else by what the bundle itself says."""
    artifact = folder.resolve().parent
    for run in list_runs(workspace.root):
        if any(event.artifact_path and (run.workspace / event.artifact_path) == artifact for event in run.events):
            return _of_run(run)
    record = read_record((folder / "record.json").read_bytes(), str(folder / "record.json"))
    resolved = folder / "recipe" / "resolved.json"
    version = Version(
        name=name or f"{record.identity.name} ({folder})",
        recipe=ResolvedRecipe(read_json(resolved) if resolved.is_file() else {}),
        rows=_rows(folder / "data", None),
        evaluation=read_evaluation(folder / "evaluation") if (folder / "evaluation" / RESULTS).is_file() else None,
        scores=None,
    )
    return Side(version, None)


def _rows(folder: Path, examples: Path | None) -> VersionRows | None:
    if not (folder / SUMMARY).is_file():
        return None
    summary = read_curation_summary(folder)
    lines = _examples(examples) if examples and examples.is_file() else None
    return VersionRows(summary.records_in, summary.kept, summary.dropped_by_reason, lines)


def _examples(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        return {row["record_id"]: digest_of([row.get(name) for name in EXAMPLE]) for row in rows}


def keep(run: Run, comparison: Comparison, other: str) -> Sequence[Path]:
    """Writes the comparison beside what the run says of itself, named by what it was compared with."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in other)[-80:]
    page, data = (run.folder / COMPARISONS / f"{name}.{kind}" for kind in ("html", "json"))
    write_text(page, comparison_html(comparison))
    write_json(data, comparison_data(comparison))
    return page, data


def tell(workspace: Workspace, run: Run, say: Callable[[str], None]) -> None:
    """Sends the run again if the tracker has it, so that the page is among its artifacts."""
    from commonhold.provenance.mlflow_ledger import MlflowLedger

    ledger = MlflowLedger(workspace.root)
    if not was_sent(run, ledger.place):
        return
    say("telling MLflow")
    if warning := deliver([run], ledger).warning:
        say(f"note: {warning}")


def require_folder(path: Path) -> None:
    """Refuses a file that cannot be written, before anything is compared.

    Raises:
        MissingInputError: its folder is not there.
    """
    if not path.parent.is_dir():
        raise MissingInputError(f"{path.parent}: there is no such folder. Make it first, or name another file")

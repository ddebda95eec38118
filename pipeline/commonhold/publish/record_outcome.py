"""The parts of a record that say what came out, from what training, merging and evaluation left."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from commonhold.digests import sha256_bytes
from commonhold.files import read_json
from commonhold.publish.inputs import BundleInputs, TemplateInputs
from commonhold.publish.tensors import tensors_digest
from commonhold.publish.withheld_digests import digested

MIN_ITEMS = 20
"""A language or group with fewer items is too small to be called the worst served."""
EQUIVALENCE = ("kl", "top1", "positions", "stops", "stops_kept")

Files = Mapping[str, Mapping[str, Any]]
"""`sha256` and `bytes` of each file of a bundle, by path."""


def ref(files: Files, path: str) -> dict[str, Any]:
    """A file of the bundle as the record names it."""
    return {"path": path, **files[path]}


def outputs(inputs: BundleInputs, trained: Mapping[str, Any], files: Files) -> dict[str, Any]:
    """Adapter, merged model and GGUF, each with its digests and how near it is to the tuned model."""
    merged: dict[str, Any] | None = None
    if inputs.merged:
        report = inputs.merged.report
        weights = sorted(inputs.merged.folder.rglob("*.safetensors"))
        merged = {
            "merged_from": report["merged_from"] if report else None,
            "equivalence": _equivalence(report) if report else None,
            "tensors_sha256": tensors_digest(weights),
            "files": _refs_below(files, "merged"),
        }
    gguf: dict[str, Any] | None = None
    if inputs.gguf:
        gguf = {
            "kind": inputs.gguf.kind,
            "pre_tokeniser": inputs.gguf.pre_tokeniser,
            "equivalence": _equivalence(inputs.gguf.report),
            "recheck": [dict(task) for task in inputs.gguf.recheck],
            "files": [each for each in _refs_below(files, "gguf") if each["path"].endswith(".gguf")],
        }
    return {
        "adapter": {"tensors_sha256": trained["adapter_digest"], "files": _refs_below(files, "adapter")},
        "merged": merged,
        "gguf": gguf,
        "chat_template": _chat_template(inputs.template) if inputs.template else None,
        "served": "merged" if inputs.merged else "adapter",
        "recheck": [dict(task) for task in inputs.merged.recheck] if inputs.merged else [],
        "left_out": [asdict(form) for form in inputs.left_out],
    }


def _refs_below(files: Files, folder: str) -> list[dict[str, Any]]:
    return [ref(files, path) for path in sorted(files) if path.startswith(f"{folder}/")]


def _equivalence(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in EQUIVALENCE}


def _chat_template(template: TemplateInputs) -> dict[str, Any]:
    lines = difflib.unified_diff(
        template.base.splitlines(), template.published.splitlines(), "base", "published", lineterm=""
    )
    return {
        "sha256": sha256_bytes(template.published.encode()),
        "difference": "\n".join(lines),
        "turns": dict(template.turns) if template.turns else None,
    }


def evaluation(inputs: BundleInputs, files: Files) -> dict[str, Any]:
    """Every task with its intervals, the gates, and the reports."""
    results = read_json(inputs.evaluation / "results.json")
    return {
        "tasks": [_task(result) for result in results["results"]],
        "gates": [{name: gate[name] for name in ("name", "verdict", "reason")} for gate in results["gates"]],
        "scores": digested(inputs.evaluation / "scores.jsonl"),
        "results": ref(files, "evaluation/results.json"),
        "report_html": ref(files, "evaluation/report.html"),
        "report_md": ref(files, "evaluation/report.md"),
    }


def _task(result: Mapping[str, Any]) -> dict[str, Any]:
    overall = result["overall"]
    return {
        **{name: result[name] for name in ("task", "title", "scorer", "contaminated")},
        **{name: overall[name] for name in ("items", "wins", "losses")},
        **_figures(overall),
        "worst": _worst(result["slices"]),
    }


def _figures(part: Mapping[str, Any]) -> dict[str, Any]:
    figures = {}
    for name in ("base", "tuned", "difference"):
        low, high = part[f"{name}_interval"]
        figures[name] = {"value": part[name], "low": low, "high": high}
    return figures


def _worst(slices: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The lowest tuned score; within a task that is also the one farthest below the whole."""
    served = [part for part in slices if not part["name"].startswith("severity=")]  # that says how bad, not for whom
    large = [part for part in served if part["items"] >= MIN_ITEMS]
    if not large:
        return None
    worst = min(large, key=lambda part: (part["tuned"], part["name"]))
    return {"name": worst["name"], "items": worst["items"], **_figures(worst)}

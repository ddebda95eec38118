"""The record of one model: made from what the stages left, written canonically, read back strictly."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from commonhold.digests import canonical_json
from commonhold.errors import FormError, Problem
from commonhold.files import read_json
from commonhold.forms import Document, validate
from commonhold.publish.gaps import find_gaps
from commonhold.publish.inputs import BundleInputs
from commonhold.publish.record_form import Record, Training
from commonhold.publish.record_sources import DataPart, Declared

FILE_NAME = "record.json"
MIN_ITEMS = 20
"""A language or group with fewer items is too small to be called the worst served."""

Files = Mapping[str, Mapping[str, Any]]
"""`sha256` and `bytes` of each file of a bundle, by path."""


def build_record(inputs: BundleInputs, files: Files) -> Record:
    """The record of a bundle whose other files are written.

    Raises:
        FormError: a value is not of the form the record asks for.
    """
    summary, trained = read_json(inputs.curation / "summary.json"), read_json(inputs.training / "summary.json")
    resolved, base = inputs.recipe.resolved, inputs.base
    data: dict[str, Any] = {
        "record_version": 1,
        "identity": {
            "name": inputs.model,
            "licence": inputs.licence,
            "created": inputs.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "oversight": dict(inputs.governance),
        "recipe": {
            "name": inputs.recipe.name,
            "source": _ref(files, "recipe/source.yaml"),
            "resolved": _ref(files, "recipe/resolved.json"),
            "overrides": inputs.recipe.overrides,
            "system_prompt": resolved["data"].get("system_prompt", ""),
        },
        "code": {**inputs.surroundings.code, "commit": inputs.surroundings.code["commit"] or None},
        "environment": dict(inputs.surroundings.environment),
        "hardware": _hardware(inputs.surroundings.platform, trained),
        "base": {
            "id": base.id,
            "title": inputs.base_origin.title,
            "revision": base.revision,
            "licence": base.licence,
            "origin": inputs.base_origin.origin,
            "repository": inputs.base_origin.repository or None,
            "openness": inputs.base_origin.openness or None,
            "quantisation": resolved["base"]["quantisation"],
            "files": dict(base.files),
            "sha256": base.digest,
        },
        "data": _data(summary, inputs.sources, files),
        "training": _training(trained, resolved["train"], inputs.seeds, files),
        "outputs": _outputs(inputs, trained, files),
        "evaluation": _evaluation(read_json(inputs.evaluation / "results.json"), files),
        "resources": _resources(trained),
        "artifacts": dict(inputs.artifacts),
    }
    data["gaps"] = find_gaps(data)
    return check_record(json.loads(canonical_json(data)))


def record_bytes(record: Record) -> bytes:
    """The record as record.json holds it; equal records have equal bytes."""
    return canonical_json(record.model_dump(mode="json"))


def read_record(data: bytes, file: str = FILE_NAME) -> Record:
    """The record in the bytes of a record.json.

    Raises:
        FormError: the bytes are not canonical JSON, or not a record.
    """
    try:
        value = json.loads(data)
        canonical = canonical_json(value)
    except (ValueError, RecursionError) as error:
        raise FormError([Problem(file, 0, "", f"not readable as JSON: {error}")]) from error
    if canonical != data:
        message = "not canonical JSON: keys are sorted and stand once, and there is no space between values"
        raise FormError([Problem(file, 0, "", message)])
    return check_record(value, file)


def check_record(value: Any, file: str = FILE_NAME) -> Record:
    """Plain data as a record.

    Raises:
        FormError: a key is unknown or missing, a value is of the wrong kind, or a null has no reason.
    """
    return validate(Record, Document(value, dict.fromkeys(_places(value, ()), 0)), file)


def file_refs(record: Record) -> dict[str, tuple[str, int]]:
    """Digest and size of every file that the record names, by path."""
    found: dict[str, tuple[str, int]] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.keys() == {"path", "sha256", "bytes"}:
                found[value["path"]] = (value["sha256"], value["bytes"])
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            for each in value:
                look(each)

    # What a person wrote is left aside: it may look like anything.
    look(record.model_dump(exclude={"training": {"settings"}, "artifacts": True, "gaps": True}))
    return found


def _places(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*place, key))


def _ref(files: Files, path: str) -> dict[str, Any]:
    return {"path": path, **files[path]}


def _refs_below(files: Files, folder: str) -> list[dict[str, Any]]:
    return [_ref(files, path) for path in sorted(files) if path.startswith(f"{folder}/")]


def _hardware(platform: Mapping[str, Any], trained: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **platform,
        "instructions": platform["instructions"] or None,
        "gpu_driver": platform["gpu_driver"] or None,
        "device": trained["device"],
        "precision": trained["precision"],
    }


def _data(summary: Mapping[str, Any], sources: Mapping[str, str], files: Files) -> dict[str, Any]:
    counted = ("sources", "contributors", "declared", "datasheet", "summary", "report")
    return {
        **{name: summary[name] for name in DataPart.model_fields if name not in counted},
        "declared": {name: summary[name] for name in Declared.model_fields},
        "contributors": summary["contributor_count"],
        "sources": [{**file, "sha256": _source_digest(file["file"], sources)} for file in summary["files"]],
        "datasheet": _ref(files, "data/datasheet.yaml"),
        "summary": _ref(files, "data/summary.json"),
        "report": _ref(files, "data/report.html"),
    }


def _source_digest(file: str, sources: Mapping[str, str]) -> str | None:
    # Curation names a sheet of a workbook `file.xlsx#sheet`.
    return sources.get(file) or sources.get(file.rpartition("#")[0])


def _training(
    trained: Mapping[str, Any], settings: Mapping[str, Any], seeds: Mapping[str, int], files: Files
) -> dict[str, Any]:
    return {
        **{name: trained[name] for name in Training.model_fields if name in trained},
        "settings": dict(settings),
        "seeds": dict(seeds),
        "summary": _ref(files, "training/summary.json"),
        "log": _ref(files, "training/log.jsonl"),
    }


def _outputs(inputs: BundleInputs, trained: Mapping[str, Any], files: Files) -> dict[str, Any]:
    merged: dict[str, Any] | None = None
    if inputs.merged:
        report = inputs.merged.report
        equivalence = {name: report[name] for name in ("kl", "top1", "positions")} if report else None
        merged_from = report["merged_from"] if report else None
        merged = {"merged_from": merged_from, "equivalence": equivalence, "files": _refs_below(files, "merged")}
    adapter = {"tensors_sha256": trained["adapter_digest"], "files": _refs_below(files, "adapter")}
    return {"adapter": adapter, "merged": merged}


def _resources(trained: Mapping[str, Any]) -> dict[str, Any]:
    same = ("seconds", "peak_memory_bytes", "energy_kwh", "energy_method")
    return {**{name: trained[name] for name in same}, "whole_run": trained["measured_from"] == 0, "co2_grams": None}


def _evaluation(results: Mapping[str, Any], files: Files) -> dict[str, Any]:
    return {
        "tasks": [_task(result) for result in results["results"]],
        "gates": results["gates"],
        "results": _ref(files, "evaluation/results.json"),
        "report_html": _ref(files, "evaluation/report.html"),
        "report_md": _ref(files, "evaluation/report.md"),
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

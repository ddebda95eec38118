"""The record of one model: made from what the stages left, written canonically, read back strictly."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from commonhold.digests import canonical_json, sha256_bytes
from commonhold.errors import FormError, Problem
from commonhold.files import read_json
from commonhold.forms import Document, validate
from commonhold.publish.gaps import find_gaps
from commonhold.publish.inputs import BundleInputs
from commonhold.publish.record_checks import approval_policy, tolerances
from commonhold.publish.record_form import Record, Training
from commonhold.publish.record_outcome import Files, evaluation, outputs, ref
from commonhold.publish.record_sources import DataPart, Declared
from commonhold.publish.withheld_digests import adapter_digests, digested, dropped_by_file, split_digests, step_digests

FILE_NAME = "record.json"
PATCH = "code/changes.patch"
INSTALLED = "environment/installed.json"
WITHHELD = ("examples", "decisions")
"""Files of curation that stay with the publisher."""


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
            "source": ref(files, "recipe/source.yaml"),
            "resolved": ref(files, "recipe/resolved.json"),
            "overrides": inputs.recipe.overrides,
            "system_prompt": resolved["data"].get("system_prompt", ""),
        },
        "code": {
            **inputs.surroundings.code,
            "commit": inputs.surroundings.code["commit"] or None,
            "patch": ref(files, PATCH) if PATCH in files else None,
        },
        "environment": {**inputs.surroundings.environment, "installed": ref(files, INSTALLED)},
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
            "chat_template_sha256": sha256_bytes(inputs.template.base.encode()) if inputs.template else None,
        },
        "data": _data(inputs, summary, files),
        "training": _training(inputs, trained, files),
        "outputs": outputs(inputs, trained, files),
        "evaluation": evaluation(inputs, files),
        "resources": _resources(trained),
        "approvals": approval_policy(inputs),
        "artifacts": dict(inputs.artifacts),
    }
    data["tolerances"] = tolerances(data["base"], data["hardware"])
    data["gaps"] = find_gaps(data, inputs)
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


def _hardware(platform: Mapping[str, Any], trained: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **platform,
        "instructions": platform["instructions"] or None,
        "gpu_driver": platform["gpu_driver"] or None,
        "device": trained["device"],
        "precision": trained["precision"],
    }


def _data(inputs: BundleInputs, summary: Mapping[str, Any], files: Files) -> dict[str, Any]:
    counted = ("sources", "contributors", "declared", "datasheet", "report", *WITHHELD, "split_digests")
    return {
        **{name: summary[name] for name in DataPart.model_fields if name not in (*counted, "summary")},
        **{name: digested(inputs.curation / f"{name}.jsonl") for name in WITHHELD},
        "split_digests": split_digests(inputs.curation / "examples.jsonl"),
        "declared": {name: summary[name] for name in Declared.model_fields},
        "contributors": summary["contributor_count"],
        "sources": list(_sources(inputs, summary)),
        "datasheet": ref(files, "data/datasheet.yaml"),
        "summary": ref(files, "data/summary.json"),
        "report": ref(files, "data/report.html"),
    }


def _sources(inputs: BundleInputs, summary: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    dropped = dropped_by_file(inputs.curation / "decisions.jsonl")
    for counts in summary["files"]:
        # Curation names a sheet of a workbook `file.xlsx#sheet`.
        name = counts["file"]
        known = inputs.sources.get(name) or inputs.sources.get(name.rpartition("#")[0])
        yield {
            **counts,
            "sha256": known.sha256 if known else None,
            "licence": known.licence if known else summary["licence"],
            "dropped_by_reason": dropped.get(name, {}),
        }


def _training(inputs: BundleInputs, trained: Mapping[str, Any], files: Files) -> dict[str, Any]:
    return {
        **{name: trained[name] for name in Training.model_fields if name in trained},
        "settings": dict(inputs.recipe.resolved["train"]),
        "seeds": dict(inputs.seeds),
        "step_digests": step_digests(inputs.training / "log.jsonl"),
        "adapter_digests": adapter_digests(inputs.training / "log.jsonl"),
        "summary": ref(files, "training/summary.json"),
        "log": ref(files, "training/log.jsonl"),
    }


def _resources(trained: Mapping[str, Any]) -> dict[str, Any]:
    same = ("seconds", "peak_memory_bytes", "energy_kwh", "energy_method")
    return {**{name: trained[name] for name in same}, "whole_run": trained["measured_from"] == 0, "co2_grams": None}

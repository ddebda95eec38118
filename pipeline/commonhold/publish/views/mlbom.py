"""The model as a CycloneDX 1.7 bill of materials: its parts, how good it is, its cost, whom it may harm."""

import uuid
from collections.abc import Iterator
from typing import Any

from commonhold.digests import sha256_bytes
from commonhold.publish.record import record_bytes
from commonhold.publish.record_form import ModelRecord, TaskPart
from commonhold.publish.record_outputs import IntervalFigure
from commonhold.publish.views.statements import weights
from commonhold.publish.wording import group_label

APPROACH = {"sft": "supervised", "kto": "supervised", "dpo": "supervised"}
"""Learning from plain text is `self-supervised`; the standard has no word for it but `unsupervised`."""
MODEL, BASE, DATA = "model", "base", "data"


def bill(record: ModelRecord) -> dict[str, Any]:
    """The whole bill; its serial number follows from the record."""
    digest = bytes.fromhex(sha256_bytes(record_bytes(record)))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}",
        "version": 1,
        "metadata": {
            "timestamp": record.identity.created,
            "tools": {
                "components": [{"type": "application", "name": "commonhold", "version": record.code.version}],
            },
            "component": _model(record),
        },
        "components": [_base(record), _data(record), *_packages(record)],
        "dependencies": [
            {"ref": MODEL, "dependsOn": [BASE, DATA]},
            {"ref": BASE},
            {"ref": DATA},
        ],
    }


def _model(record: ModelRecord) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": MODEL,
        "name": record.identity.name,
        "version": record.identity.created,
        "description": record.oversight.purpose,
        "hashes": [{"alg": "SHA-256", "content": record.outputs.adapter.tensors_sha256}],
        "licenses": [_licence(record.identity.licence)],
        "modelCard": {
            "modelParameters": {
                "approach": {"type": APPROACH.get(record.training.method, "unsupervised")},
                "task": "text-generation",
                "architectureFamily": "transformer",
                "modelArchitecture": f"LoRA on {record.base.id}",
                "datasets": [{"ref": DATA}],
                "inputs": [{"format": "text"}],
                "outputs": [{"format": "text"}],
            },
            "quantitativeAnalysis": {"performanceMetrics": list(_metrics(record))},
            "considerations": _considerations(record),
            "properties": list(_properties(record)),
        },
        "components": [
            {"type": "file", "name": file.path, "hashes": [{"alg": "SHA-256", "content": file.sha256}]}
            for file in weights(record)
        ],
    }


def _metrics(record: ModelRecord) -> Iterator[dict[str, Any]]:
    for task in record.evaluation.tasks:
        yield from _side_metrics(task.task, "all", task)
        if task.worst:
            yield from _side_metrics(task.task, task.worst.name, task.worst)


def _side_metrics(task: str, part: str, figures: Any) -> Iterator[dict[str, Any]]:
    for side in ("base", "tuned", "difference"):
        figure: IntervalFigure = getattr(figures, side)
        yield {
            "type": f"mean score, {side}",
            "value": str(figure.value),
            "slice": f"{task}: {part}",
            "confidenceInterval": {"lowerBound": str(figure.low), "upperBound": str(figure.high)},
        }


def _considerations(record: ModelRecord) -> dict[str, Any]:
    oversight, resources = record.oversight, record.resources
    energy = {"value": resources.energy_kwh, "unit": "kWh"}
    return {
        "users": [oversight.intended_use],
        "useCases": [oversight.purpose],
        "technicalLimitations": [*(f"Not for: {use}" for use in oversight.out_of_scope), *record.data.warnings],
        "ethicalConsiderations": [
            {"name": f"Objections: {oversight.contact}", "mitigationStrategy": record.data.declared.withdrawal}
        ],
        "environmentalConsiderations": {
            "energyConsumptions": [
                {
                    "activity": "training",
                    "energyProviders": [
                        {
                            "description": f"Found by: {resources.energy_method}",
                            "organization": {"name": "not known"},
                            "energySource": "unknown",
                            "energyProvided": energy,
                        }
                    ],
                    "activityEnergyCost": energy,
                }
            ]
        },
        "fairnessAssessments": list(_fairness(record.evaluation.tasks)),
    }


def _fairness(tasks: tuple[TaskPart, ...]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        if worst := task.worst:
            yield {
                "groupAtRisk": f"{group_label(worst.name)} in {task.title}",
                "benefits": f"Mean score there {worst.base.value:.3f} before training, {worst.tuned.value:.3f} after.",
                "harms": f"Lowest mean score of a language or group of {task.title}; {task.tuned.value:.3f} over all.",
            }


def _properties(record: ModelRecord) -> Iterator[dict[str, str]]:
    yield {"name": "commonhold:recipe", "value": record.recipe.resolved.sha256}
    yield {"name": "commonhold:adapter:tensors", "value": record.outputs.adapter.tensors_sha256}
    for gate in record.evaluation.gates:
        yield {"name": f"commonhold:gate:{gate.name}", "value": gate.verdict}
    # The standard has no field for the program that writes conversations as text, and it can change every answer.
    if record.outputs.chat_template:
        yield {"name": "commonhold:chat-template", "value": record.outputs.chat_template.sha256}


def _base(record: ModelRecord) -> dict[str, Any]:
    base = record.base
    return {
        "type": "machine-learning-model",
        "bom-ref": BASE,
        "name": base.id,
        "version": base.revision,
        "description": f"{base.title}. {base.origin}",
        "licenses": [_licence(base.licence)],
        **({"purl": f"pkg:huggingface/{base.repository}@{base.revision}"} if base.repository else {}),
        "components": [
            {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": sha256}]}
            for name, sha256 in base.files.items()
        ],
    }


def _data(record: ModelRecord) -> dict[str, Any]:
    data, declared = record.data, record.data.declared
    held = [{"name": "file", "value": f"{source.file} sha256:{source.sha256}"} for source in data.sources]
    return {
        "type": "data",
        "bom-ref": DATA,
        "name": declared.title,
        "licenses": [_licence(declared.licence)],
        "data": [
            {
                "type": "dataset",
                "name": declared.title,
                "contents": {"properties": held},
                "classification": "not published",
                "sensitiveData": sorted(data.redactions),
                "description": f"{declared.description} Consent: {declared.consent_basis}",
                "governance": {
                    "custodians": [{"organization": {"name": declared.contact}}],
                    "stewards": [{"organization": {"name": steward}} for steward in record.oversight.stewards],
                },
            }
        ],
    }


def _packages(record: ModelRecord) -> Iterator[dict[str, Any]]:
    for name, version in sorted(record.environment.packages.items()):
        yield {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }


def _licence(name: str) -> dict[str, Any]:
    # An identifier that the standard's list lacks is refused as `id`; a name is always one.
    return {"license": {"name": name}}

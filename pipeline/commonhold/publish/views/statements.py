"""in-toto statements about a model: how it was made (SLSA provenance v1) and what its tests said (test-result v0.1).

They claim Build Level 1 and no more: the provenance exists and tells how the model was made, but the builder is the
publisher's own machine, which could write anything. A signature beside the bundle says who vouches for it.
"""

from collections.abc import Iterator
from typing import Any

from commonhold.digests import sha256_bytes
from commonhold.publish.record import FILE_NAME, record_bytes
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_sources import FileRef

STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
BUILD_TYPE = "urn:x-commonhold:build:recipe:1"
"""What the parameters mean is in docs/reference/views.md."""
BUILDER = "urn:x-commonhold:builder:publisher-s-own-machine"


def provenance(record: ModelRecord) -> dict[str, Any]:
    """How the weights were made, from what, and by which code."""
    recipe, code = record.recipe, record.code
    return {
        "_type": STATEMENT,
        "subject": list(_subjects(record)),
        "predicateType": PROVENANCE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "recipe": recipe.name,
                    "source": _digest(recipe.source),
                    "resolved": _digest(recipe.resolved),
                    "overrides": list(recipe.overrides),
                },
                "internalParameters": {
                    "seeds": dict(record.training.seeds),
                    "device": record.hardware.device,
                    "precision": record.hardware.precision,
                    "slsaBuildLevel": 1,
                    "slsaBuildLevelReason": "The builder is the publisher's own machine, which is not isolated.",
                },
                "resolvedDependencies": list(_dependencies(record)),
            },
            "runDetails": {
                "builder": {"id": BUILDER, "version": {"commonhold": code.version}},
                "metadata": {"invocationId": record.artifacts.get("train", ""), "finishedOn": record.identity.created},
                "byproducts": [
                    {"name": FILE_NAME, "digest": {"sha256": sha256_bytes(record_bytes(record))}},
                    *map(_digest, (record.training.log, record.training.summary, record.evaluation.results)),
                ],
            },
        },
    }


def gates(record: ModelRecord) -> dict[str, Any]:
    """Which conditions for publication hold: the community's gates, and that all the weights are the tuned model."""
    names: dict[str, list[str]] = {"pass": [], "inconclusive": [], "fail": []}
    for gate in record.evaluation.gates:
        names[gate.verdict].append(gate.name)
    outputs = record.outputs
    names["pass"] += [
        f"{part}: layers, template and stop tokens are the tuned model's, and replies not surely others"
        for part, equal in equivalences(record)
        if equal
    ]
    asked = ((outputs.served, outputs.recheck), ("gguf", outputs.gguf.recheck if outputs.gguf else ()))
    names["pass"] += [
        f"{task.task}: {part}, asked again, is not surely worse by more than {100 * task.margin:g} points"
        for part, tasks in asked
        for task in tasks
    ]
    result = "FAILED" if names["fail"] else "WARNED" if names["inconclusive"] else "PASSED"
    return {
        "_type": STATEMENT,
        "subject": list(_subjects(record)),
        "predicateType": TEST_RESULT,
        "predicate": {
            "result": result,
            "configuration": [_digest(record.recipe.resolved), _digest(record.evaluation.results)],
            "passedTests": names["pass"],
            "warnedTests": names["inconclusive"],
            "failedTests": names["fail"],
        },
    }


def equivalences(record: ModelRecord) -> Iterator[tuple[str, Any]]:
    """Each further file of weights, with how near it is to the tuned model; `None` where that is not known."""
    if record.outputs.merged:
        yield "merged", record.outputs.merged.equivalence
    if record.outputs.gguf:
        yield "gguf", record.outputs.gguf.equivalence


def weights(record: ModelRecord) -> list[FileRef]:
    """All the files of all the forms of the model."""
    outputs = record.outputs
    return [
        *outputs.adapter.files,
        *(outputs.merged.files if outputs.merged else ()),
        *(outputs.gguf.files if outputs.gguf else ()),
    ]


def _subjects(record: ModelRecord) -> Iterator[dict[str, Any]]:
    return map(_digest, weights(record))


def _digest(file: FileRef) -> dict[str, Any]:
    return {"name": file.path, "digest": {"sha256": file.sha256}}


def _dependencies(record: ModelRecord) -> Iterator[dict[str, Any]]:
    base, code = record.base, record.code
    if code.commit:
        yield {"name": "code", "digest": {"gitCommit": code.commit}}
    yield {"name": "code, the package's Python files", "digest": {"sha256": code.source_sha256}}
    if code.patch:
        yield _digest(code.patch)
    yield _digest(record.environment.installed)
    yield {"name": f"base model {base.id} at {base.revision}", "digest": {"sha256": base.sha256}}
    for name, sha256 in base.files.items():
        yield {"name": f"{base.id}/{name}", "digest": {"sha256": sha256}}
    for source in record.data.sources:
        if source.sha256:
            yield {"name": source.file, "digest": {"sha256": source.sha256}}
    yield _digest(record.data.datasheet)
    yield {"name": "rows used, after curation", "digest": {"sha256": record.data.examples.sha256}}
    yield {"name": "what curation decided", "digest": {"sha256": record.data.decisions.sha256}}

"""The record of one model: made from what the stages left, written canonically, read back strictly."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC
from typing import Any

from pydantic import ValidationError

from commonhold.digests import canonical_json, sha256_bytes
from commonhold.errors import FormError, Problem
from commonhold.forms import Document, validate
from commonhold.publish.gaps import find_gaps
from commonhold.publish.inputs import BundleInputs
from commonhold.publish.record_checks import approval_policy, tolerances
from commonhold.publish.record_form import ModelRecord, RecordParts, RecordTraining, Resources
from commonhold.publish.record_outcome import Files, evaluation, outputs, ref
from commonhold.publish.record_sources import (
    BasePart,
    Code,
    DataPart,
    DeclaredPart,
    EnvironmentPart,
    Hardware,
    Identity,
    RecipePart,
    SourcePart,
    Step,
)
from commonhold.publish.withheld_digests import adapter_digests, digested, dropped_by_file, split_digests, step_digests
from commonhold.records.curation_summary import CurationSummary, read_curation_summary
from commonhold.records.run_environment import CodeState, Machine
from commonhold.records.training_summary import TrainingSummary, read_training_summary

FILE_NAME = "record.json"
PATCH = "code/changes.patch"
INSTALLED = "environment/installed.json"


def build_record(inputs: BundleInputs, files: Files) -> ModelRecord:
    """The record of a bundle whose other files are written.

    Raises:
        DigestError: a summary of an earlier stage is not of the form that this version reads.
        FormError: a value is not of the form the record asks for.
    """
    try:
        parts = _parts(inputs, files)
        record = ModelRecord(**dict(parts), gaps=find_gaps(parts, inputs))
    except ValidationError as error:
        problems = [(".".join(map(str, (error.title, *each["loc"]))), each["msg"]) for each in error.errors()]
        raise FormError([Problem(FILE_NAME, 0, key, message) for key, message in problems]) from error
    return read_record(record_bytes(record))


def _parts(inputs: BundleInputs, files: Files) -> RecordParts:
    trained, resolved = read_training_summary(inputs.training), inputs.recipe.resolved
    return RecordParts(
        record_version=1,
        identity=Identity(
            name=inputs.model,
            licence=inputs.licence,
            created=inputs.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
        oversight=inputs.governance,
        recipe=RecipePart(
            name=inputs.recipe.name,
            source=ref(files, "recipe/source.yaml"),
            resolved=ref(files, "recipe/resolved.json"),
            overrides=inputs.recipe.overrides,
            system_prompt=resolved.system_prompt,
        ),
        code=_code(inputs.run_environment.code, files),
        environment=EnvironmentPart(**asdict(inputs.run_environment.environment), installed=ref(files, INSTALLED)),
        hardware=_hardware(inputs.run_environment.platform, trained),
        base=_base(inputs),
        data=_data(inputs, read_curation_summary(inputs.curation), files),
        training=_training(inputs, trained, files),
        outputs=outputs(inputs, trained, files),
        evaluation=evaluation(inputs, files),
        resources=_resources(trained),
        tolerances=tolerances(resolved.quantisation, trained.precision),
        approvals=approval_policy(inputs),
        artifacts=dict(inputs.artifacts),
    )


def record_bytes(record: ModelRecord) -> bytes:
    """The record as record.json holds it; equal records have equal bytes."""
    return canonical_json(record.model_dump(mode="json"))


def read_record(data: bytes, file: str = FILE_NAME) -> ModelRecord:
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
        message = "not canonical JSON: keys are sorted and occur once, and there is no space between values"
        raise FormError([Problem(file, 0, "", message)])
    return check_record(value, file)


def check_record(value: Any, file: str = FILE_NAME) -> ModelRecord:
    """Plain data as a record.

    Raises:
        FormError: a key is unknown or missing, a value is of the wrong kind, or a null has no reason.
    """
    return validate(ModelRecord, Document(value, dict.fromkeys(_key_paths(value, ()), 0)), file)


def _key_paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _key_paths(each, (*path, key))


def _code(code: CodeState, files: Files) -> Code:
    return Code(
        version=code.version,
        source_sha256=code.source_sha256,
        commit=code.commit or None,
        dirty=code.dirty,
        patch=ref(files, PATCH) if PATCH in files else None,
    )


def _hardware(platform: Machine, trained: TrainingSummary) -> Hardware:
    return Hardware(
        processor=platform.processor,
        instructions=platform.instructions or None,
        threads=platform.threads,
        memory_bytes=platform.memory_bytes,
        gpus=platform.gpus,
        gpu_driver=platform.gpu_driver or None,
        device=trained.device,
        precision=trained.precision,
    )


def _base(inputs: BundleInputs) -> BasePart:
    base, origin = inputs.base, inputs.base_origin
    return BasePart(
        id=base.id,
        title=origin.title,
        revision=base.revision,
        licence=base.licence,
        origin=origin.origin,
        repository=origin.repository or None,
        openness=origin.openness or None,
        quantisation=inputs.recipe.resolved.quantisation,
        files=dict(base.files),
        sha256=base.digest,
        chat_template_sha256=sha256_bytes(inputs.template.base.encode()) if inputs.template else None,
    )


def _data(inputs: BundleInputs, summary: CurationSummary, files: Files) -> DataPart:
    return DataPart(
        declared=DeclaredPart(**{name: getattr(summary, name) for name in DeclaredPart.model_fields}),
        sources=tuple(_sources(inputs, summary)),
        records_in=summary.records_in,
        kept=summary.kept,
        dropped_by_reason=dict(summary.dropped_by_reason),
        splits=dict(summary.splits),
        split_digests=split_digests(inputs.curation / "examples.jsonl"),
        examples=digested(inputs.curation / "examples.jsonl"),
        decisions=digested(inputs.curation / "decisions.jsonl"),
        purposes=dict(summary.purposes),
        row_licences={file: dict(licences) for file, licences in summary.row_licences.items()},
        synthetic=dict(summary.synthetic),
        contributors=summary.contributor_count,
        languages=dict(summary.languages),
        redactions=dict(summary.redactions),
        redacted_records=summary.redacted_records,
        steps=tuple(Step(**asdict(step)) for step in summary.steps),
        as_of=summary.as_of,
        root=summary.root,
        warnings=summary.warnings,
        datasheet=ref(files, "data/datasheet.yaml"),
        summary=ref(files, "data/summary.json"),
        report=ref(files, "data/report.html"),
    )


def _sources(inputs: BundleInputs, summary: CurationSummary) -> Iterator[SourcePart]:
    dropped = dropped_by_file(inputs.curation / "decisions.jsonl")
    for counts in summary.files:
        # Curation names a sheet of a workbook `file.xlsx#sheet`.
        source = inputs.sources.get(counts.file) or inputs.sources.get(counts.file.rpartition("#")[0])
        yield SourcePart(
            file=counts.file,
            sha256=source.sha256 if source else None,
            licence=source.licence if source else summary.licence,
            records_in=counts.records_in,
            kept=counts.kept,
            dropped_by_reason=dropped.get(counts.file, {}),
        )


def _training(inputs: BundleInputs, trained: TrainingSummary, files: Files) -> RecordTraining:
    same = {name: value for name, value in asdict(trained).items() if name in RecordTraining.model_fields}
    return RecordTraining(
        **same,
        settings=dict(inputs.recipe.resolved.training),
        seeds=dict(inputs.seeds),
        step_digests=step_digests(inputs.training / "log.jsonl"),
        adapter_digests=adapter_digests(inputs.training / "log.jsonl"),
        summary=ref(files, "training/summary.json"),
        log=ref(files, "training/log.jsonl"),
    )


def _resources(trained: TrainingSummary) -> Resources:
    return Resources(
        seconds=trained.seconds,
        whole_run=trained.measured_from == 0,
        peak_memory_bytes=trained.peak_memory_bytes,
        energy_kwh=trained.energy_kwh,
        energy_method=trained.energy_method,
        co2_grams=None,
    )

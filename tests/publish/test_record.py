"""The record says what the stages found, leaves no gap unnamed, and an odd one is refused."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from commonhold.errors import FormError
from commonhold.evaluate.result_files import write_results
from commonhold.provenance.capture import capture
from commonhold.provenance.installed import installed
from commonhold.publish.inputs import BaseOrigin, BundleInputs, LeftOut, Policy, RunEnvironment, TemplateInputs
from commonhold.publish.record import check_record, read_record, record_bytes
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.verification.record_links import named_files, read_plain_record
from commonhold.records.curation_summary import CurationSummary
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.score import Evaluation, Gate, Interval, Slice, TaskResult
from commonhold.records.training_summary import TrainingSummary
from commonhold.strict_json import JsonObject

MakeRecord = Callable[..., ModelRecord]
EN = {"name": "language=en", "items": 40, "base": 0.5, "tuned": 0.875, "difference": 0.375, "wins": 1, "losses": 0}
INTERVALS = {"base_interval": [0.0, 1.0], "tuned_interval": [0.0, 1.0], "difference_interval": [-1.0, 1.0]}


def gap_of(record: ModelRecord, what: str) -> str:
    """The reason of a gap."""
    return next(gap.reason for gap in record.gaps if gap.what == what)


def task(slices: list[dict[str, Any]]) -> dict[str, Any]:
    """Results of one task with these slices."""
    row = {"task": "t", "title": "T", "scorer": "exact/1", "contaminated": 0}
    return {"results": [{**row, "overall": {**EN, **INTERVALS, "name": "all"}, "slices": slices}]}


def test_record_that_is_written_is_read_again(record_of: MakeRecord) -> None:
    record = record_of()
    assert read_record(record_bytes(record)) == record


def test_figures_of_the_stages_stand_in_the_record(record_of: MakeRecord) -> None:
    record = record_of()
    assert record.evaluation.tasks[0].difference.model_dump() == {"value": 0.5, "low": 0.375, "high": 0.625}
    assert record.data.dropped_by_reason == {"no_consent": 7, "exact_duplicate": 3}
    assert record.resources.energy_method == "estimated_from_cpu_time"
    assert record.training.settings["lora"] == {"rank": 8, "target_modules": "all-linear"}


def test_contributors_are_counted_without_the_rows_of_nobody(record_of: MakeRecord) -> None:
    assert record_of().data.contributors == 2


def test_digest_of_a_workbook_is_that_of_each_of_its_sheets(record_of: MakeRecord) -> None:
    assert [source.sha256 for source in record_of().data.sources] == ["de" * 32, "51" * 32]


def test_time_is_told_in_utc(record_of: MakeRecord) -> None:
    created = datetime(2026, 3, 4, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert record_of(created=created).identity.created == "2026-03-03T23:30:00Z"


def test_worst_served_is_the_lowest_group_of_twenty_items_or_more(record_of: MakeRecord) -> None:
    low = {**EN, **INTERVALS, "name": "group=low", "items": 20, "tuned": 0.5}
    few = {**EN, **INTERVALS, "name": "group=few", "items": 19, "tuned": 0.0}
    worst = record_of(results=task([{**EN, **INTERVALS}, low, few])).evaluation.tasks[0].worst
    assert worst is not None
    assert (worst.name, worst.items, worst.tuned.value) == ("group=low", 20, 0.5)


def test_task_without_large_groups_has_no_worst_and_says_so(record_of: MakeRecord) -> None:
    record = record_of(results=task([{**EN, **INTERVALS, "items": 19}]))
    assert record.evaluation.tasks[0].worst is None
    assert gap_of(record, "evaluation.tasks.0.worst") == "unknown"


@pytest.mark.parametrize(
    ("quantisation", "precision", "allowed", "measured"),
    [("none", "float32", 1e-4, "4e-6"), ("nf4", "float32", 0.1, "0.034"), ("none", "bfloat16", 0.1, "0.034")],
)
def test_rounded_arithmetic_is_allowed_more_and_the_record_says_why(
    quantisation: str, precision: str, allowed: float, measured: str, record_of: MakeRecord, inputs: BundleInputs
) -> None:
    base = {"id": "toy-base", "quantisation": quantisation}
    resolved = ResolvedRecipe({**inputs.recipe.resolved.sections, "base": base})
    found = record_of(training={"precision": precision}, recipe=replace(inputs.recipe, resolved=resolved)).tolerances
    assert (found.weights, found.loss) == (allowed, 0.02)
    assert measured in found.source


def test_who_has_to_agree_stands_in_the_record_with_their_keys_fingerprints(record_of: MakeRecord) -> None:
    record = record_of(policy=Policy(2, (("Ana", "a1" * 32), ("Ben", "be" * 32), ("Cai", "ca" * 32))))
    assert record.approvals is not None
    assert record.approvals.model_dump() == {
        "needed": 2,
        "stewards": (
            {"name": "Ana", "fingerprint": "a1" * 32},
            {"name": "Ben", "fingerprint": "be" * 32},
            {"name": "Cai", "fingerprint": "ca" * 32},
        ),
        "decision": "attestations/decision.json",
        "signatures": "attestations/approvals",
    }
    assert "approvals" not in {gap.what for gap in record.gaps}
    assert gap_of(record, "approvals.signatures.files") == "not_applicable"


@pytest.mark.parametrize(
    ("changed", "what", "reason"),
    [
        ({}, "signature", "not_applicable"),
        ({}, "approvals.signatures.files", "not_applicable"),
        ({}, "approvals", "not_applicable"),
        ({}, "data.records", "withheld"),
        ({"merged": None}, "outputs.merged", "not_applicable"),
        ({"sources": {}}, "data.sources.0.sha256", "unknown"),
        ({"sources": {}}, "data.sources.1.sha256", "unknown"),
        ({"base_origin": BaseOrigin("Toy", "Made.")}, "base.repository", "not_applicable"),
        ({"base_origin": BaseOrigin("Toy", "Made.")}, "base.openness", "unknown"),
        ({"training": {"measured_from": 10}}, "resources.first_part", "unknown"),
        ({"results": {"gates": []}}, "evaluation.gates", "not_applicable"),
        ({}, "code.patch", "not_applicable"),
        ({}, "outputs.chat_template.turns.default_system", "not_applicable"),
        ({"gguf": None}, "outputs.gguf", "not_applicable"),
        ({"template": None}, "base.chat_template_sha256", "unknown"),
        ({"template": TemplateInputs("a", "a")}, "outputs.chat_template.turns", "not_applicable"),
        ({"merged": None}, "outputs.recheck", "not_applicable"),
        ({"merged": None, "left_out": [LeftOut("merged", "So.", False)]}, "outputs.merged", "withheld"),
        ({"gguf": None, "left_out": [LeftOut("q8_0", "So.", False)]}, "outputs.gguf", "withheld"),
    ],
)
def test_gap_is_named_with_its_reason(changed: dict[str, Any], what: str, reason: str, record_of: MakeRecord) -> None:
    assert gap_of(record_of(**changed), what) == reason


def test_tasks_that_were_asked_again_stand_in_the_record(record_of: MakeRecord) -> None:
    (again,) = record_of().outputs.recheck
    assert (again.task, again.items, again.same_answers, again.margin) == ("desk", 20, 19, 0.05)
    assert again.tuned.model_dump() == {"value": 0.75, "low": 0.5, "high": 0.9}
    assert again.served.model_dump() == {"value": 0.75, "low": 0.5, "high": 0.9}
    assert again.difference.model_dump() == {"value": 0.0, "low": -0.1, "high": 0.1}


def test_a_recipe_that_asks_for_no_second_evaluation_leaves_a_gap(inputs: BundleInputs, record_of: MakeRecord) -> None:
    assert inputs.merged is not None
    record = record_of(merged=replace(inputs.merged, recheck=()))
    assert gap_of(record, "outputs.recheck") == "not_applicable"


def test_a_resumed_training_that_was_measured_throughout_has_no_gap(record_of: MakeRecord) -> None:
    assert record_of(training={"resumed_from": 10}).resources.whole_run


def test_code_outside_git_is_a_gap(inputs: BundleInputs, record_of: MakeRecord) -> None:
    code = dataclasses.replace(inputs.run_environment.code, commit="", dirty=None)
    record = record_of(run_environment=dataclasses.replace(inputs.run_environment, code=code))
    assert (record.code.commit, gap_of(record, "code.commit")) == (None, "unknown")


def test_every_file_that_is_named_is_found_once_by_its_path(whole: Path) -> None:
    named = named_files(read_plain_record((whole / "record.json").read_bytes()))
    assert len(named) == 18
    assert named["data/datasheet.yaml"].bytes == 13


def test_settings_that_look_like_a_file_are_none(record_of: MakeRecord, inputs: BundleInputs) -> None:
    trap: JsonObject = {"path": "../../etc", "sha256": "00", "bytes": 1}
    resolved = ResolvedRecipe({**inputs.recipe.resolved.sections, "train": {"trap": trap, "max": None}})
    record = record_of(recipe=dataclasses.replace(inputs.recipe, resolved=resolved))
    assert "../../etc" not in named_files(read_plain_record(record_bytes(record)))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("record_version",), 2, "record.json record_version: "),
        (("identity", "name"), "Water\n# Desk", "record.json identity.name: "),
        (("identity", "name"), "water-desk\n", "record.json identity.name: "),
        (("identity", "created"), "2026-03-04", "record.json identity.created: "),
        (("base", "id"), "a`b", "record.json base.id: "),
        (("base", "sha256"), "BA" * 32, "record.json base.sha256: "),
        (("oversight", "contact"), None, "record.json oversight.contact: "),
        (("oversight", "phone"), "555", "record.json oversight.phone: unknown key"),
        (("evaluation", "tasks", 0, "items"), "60", "record.json evaluation.tasks.0.items: "),
        (("code", "commit"), None, "null without a reason among the gaps: code.commit"),
        (("gaps",), [], "null without a reason among the gaps: "),
    ],
)
def test_record_with_a_wrong_value_is_refused_at_its_place(
    place: tuple[Any, ...], value: Any, message: str, record_of: MakeRecord
) -> None:
    data = json.loads(record_bytes(record_of()))
    part = data
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    with pytest.raises(FormError) as caught:
        check_record(data)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", list(ModelRecord.model_fields))
def test_record_without_one_of_its_parts_is_refused(name: str, record_of: MakeRecord) -> None:
    data = json.loads(record_bytes(record_of()))
    del data[name]
    with pytest.raises(FormError, match="this key is missing"):
        check_record(data)


def test_half_a_character_from_a_form_cannot_get_in(record_of: MakeRecord, inputs: BundleInputs) -> None:
    with pytest.raises((FormError, UnicodeEncodeError)):
        record_of(governance=inputs.governance.model_copy(update={"purpose": "\ud83d"}))


def test_surroundings_of_this_process_fit(record_of: MakeRecord) -> None:
    found = capture()
    here = RunEnvironment(found.code, found.environment, installed(), found.machine)
    assert record_of(run_environment=here).environment.python == found.environment.python


def test_results_as_evaluation_writes_them_fit(record_of: MakeRecord, tmp_path: Path) -> None:
    overall = Slice("all", 4, 0.25, 0.75, Interval(0.1, 0.6), Interval(0.3, 0.9), 0.5, Interval(-0.1, 0.8), 2, 0)
    gates = (Gate("t: min_tuned 0.5", "pass", "It scored 75 %."),)
    write_results(Evaluation((TaskResult("t", "T", "exact/1", overall, (), 1),), gates), [], tmp_path)
    record = record_of(results=json.loads((tmp_path / "results.json").read_bytes()))
    assert record.evaluation.tasks[0].tuned.model_dump() == {"value": 0.75, "low": 0.3, "high": 0.9}
    assert record.evaluation.tasks[0].contaminated == 1


def test_toy_summaries_have_the_fields_that_the_stages_write(inputs: BundleInputs) -> None:
    curated = json.loads((inputs.curation / "summary.json").read_bytes())
    # Packages are written where a step comes from one, reasons where a curation is refused.
    assert {*curated, "packages", "refused"} == {field.name for field in dataclasses.fields(CurationSummary)}
    trained = json.loads((inputs.training / "summary.json").read_bytes())
    assert sorted(trained) == sorted(field.name for field in dataclasses.fields(TrainingSummary))

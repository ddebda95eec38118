"""Every view follows from the record alone, says what it says, and passes the validator of its own standard."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from huggingface_hub import ModelCard
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from commonhold.digests import sha256_bytes
from commonhold.publish.card import model_card
from commonhold.publish.record import record_bytes
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.views.catalogue import PATHS, views_of
from commonhold.publish.views.croissant import dataset
from commonhold.publish.views.mlbom import bill
from commonhold.publish.views.openness import components, model_openness, openness_class
from commonhold.publish.views.statements import gates, provenance
from commonhold.publish.views.training_content import size, summary

MakeRecord = Callable[..., ModelRecord]


def test_equal_records_have_equal_views(record_of: MakeRecord) -> None:
    views = views_of(record_of())
    assert views == views_of(record_of())
    assert views.keys() == PATHS


def test_no_view_is_without_the_models_name_or_its_makers(record_of: MakeRecord) -> None:
    names = ("water-desk", "Water desk")
    views = views_of(record_of()).items()
    assert [path for path, data in views if not any(name in data.decode() for name in names)] == []


def test_statements_pass_the_attestation_library(record_of: MakeRecord) -> None:
    record = record_of()
    for made, predicate in ((provenance, provenance_pb2.Provenance()), (gates, test_result_pb2.TestResult())):
        statement = made(record)
        json_format.ParseDict(statement["predicate"], predicate)  # refuses what the standard does not know
        parsed = statement_pb2.Statement()
        json_format.ParseDict(statement, parsed)
        Statement(parsed.subject, parsed.predicate_type, parsed.predicate).validate()


def test_provenance_names_every_file_of_weights_and_everything_they_follow_from(record_of: MakeRecord) -> None:
    record = record_of()
    statement = provenance(record)
    subjects = [subject["name"] for subject in statement["subject"]]
    assert subjects == ["adapter/adapter_config.json", "merged/model.safetensors", "gguf/water-desk-q8_0.gguf"]
    definition = statement["predicate"]["buildDefinition"]
    digests = {each["digest"].get("sha256") for each in definition["resolvedDependencies"]}
    assert {"de" * 32, "51" * 32, "ba" * 32, "5c" * 32} <= digests
    byproducts = statement["predicate"]["runDetails"]["byproducts"]
    assert byproducts[0]["digest"]["sha256"] == sha256_bytes(record_bytes(record))


def test_provenance_claims_the_lowest_level_and_why(record_of: MakeRecord) -> None:
    internal = provenance(record_of())["predicate"]["buildDefinition"]["internalParameters"]
    assert internal["slsaBuildLevel"] == 1
    assert "not isolated" in internal["slsaBuildLevelReason"]


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        (["pass"], "PASSED"),
        ([], "PASSED"),
        (["pass", "inconclusive"], "WARNED"),
        (["inconclusive", "fail"], "FAILED"),
    ],
)
def test_gates_are_a_test_result(verdicts: list[str], result: str, record_of: MakeRecord) -> None:
    rows = [{"name": f"g{number}", "verdict": each, "reason": "So."} for number, each in enumerate(verdicts)]
    predicate = gates(record_of(results={"gates": rows}))["predicate"]
    assert predicate["result"] == result
    assert len(predicate["warnedTests"]) == verdicts.count("inconclusive")
    assert len(predicate["failedTests"]) == verdicts.count("fail")
    assert predicate["passedTests"][-3:] == [
        "merged: layers, template and stop tokens are the tuned model's, and replies not surely others",
        "gguf: layers, template and stop tokens are the tuned model's, and replies not surely others",
        "desk: merged, asked again, is not surely worse by more than 5 points",
    ]


def test_bill_of_materials_passes_the_strict_schema(record_of: MakeRecord) -> None:
    text = json.dumps(bill(record_of()))
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None


def test_bill_with_a_figure_that_is_no_text_does_not_pass(record_of: MakeRecord) -> None:
    wrong = bill(record_of())
    wrong["metadata"]["component"]["modelCard"]["quantitativeAnalysis"]["performanceMetrics"][0]["value"] = 0.25
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(json.dumps(wrong)) is not None


def test_bill_has_intervals_energy_and_the_worst_served(record_of: MakeRecord) -> None:
    card = bill(record_of())["metadata"]["component"]["modelCard"]
    metrics = {(each["slice"], each["type"]): each for each in card["quantitativeAnalysis"]["performanceMetrics"]}
    worst = metrics["desk: language=es", "mean score, tuned"]
    assert (worst["value"], worst["confidenceInterval"]) == ("0.5", {"lowerBound": "0.375", "upperBound": "0.625"})
    considered = card["considerations"]
    (energy,) = considered["environmentalConsiderations"]["energyConsumptions"]
    assert energy["activityEnergyCost"] == {"value": 0.0123, "unit": "kWh"}
    assert considered["fairnessAssessments"][0]["groupAtRisk"] == "language es in Desk"


def test_serial_number_of_the_bill_is_of_the_record(record_of: MakeRecord) -> None:
    assert bill(record_of())["serialNumber"] == bill(record_of())["serialNumber"]
    assert bill(record_of())["serialNumber"] != bill(record_of(licence="MIT"))["serialNumber"]


def test_card_is_read_by_the_hubs_own_library(record_of: MakeRecord) -> None:
    card: Any = ModelCard(model_card(record_of()))
    assert card.data.license == "apache-2.0"
    assert card.data.base_model == "toys/base"
    assert card.data.eval_results is not None
    found = {each.metric_type: each.metric_value for each in card.data.eval_results}
    assert found == {"mean_score": 0.75, "mean_score_base": 0.25, "mean_score_difference": 0.5}


def test_data_set_names_files_by_digest_and_says_that_they_are_not_there(record_of: MakeRecord) -> None:
    described = dataset(record_of())
    files: Mapping[str, Any] = {each["name"]: each for each in described["distribution"]}
    assert files["desk.csv"]["sha256"] == "de" * 32
    assert files["s.xlsx"]["sha256"] == "51" * 32  # one file, whose sheet May is learnt from
    assert "CC0-1.0. Not published" in files["s.xlsx"]["description"]
    assert described["rai:personalSensitiveInformation"][0] == "Consent: Everyone was asked."


def test_file_without_a_digest_is_not_described(record_of: MakeRecord) -> None:
    names = [each["name"] for each in dataset(record_of(sources={}))["distribution"]]
    assert names == ["data/datasheet.yaml", "data/summary.json"]


def test_model_is_open_and_its_tooling_is_not(record_of: MakeRecord) -> None:
    reached, missing = openness_class(record_of())
    assert reached == "III"
    assert [each.partition(":")[0] for each in missing] == ["Evaluation data"]


def test_model_on_a_closed_base_has_no_class(record_of: MakeRecord, inputs: Any) -> None:
    from dataclasses import replace

    reached, missing = openness_class(record_of(base=replace(inputs.base, licence="llama3.2")))
    assert reached == "none"
    assert missing[0].startswith("Model architecture: ")


def test_openness_form_has_the_tools_seventeen_components(record_of: MakeRecord) -> None:
    form = model_openness(record_of())
    assert len(form["release"]["components"]) == len({each.name for each in components(record_of())}) == 17
    keys = {"name", "description", "location", "license_name", "license_path"}
    assert all(each.keys() == keys for each in form["release"]["components"])
    assert form["class"] == "III"


def test_summary_of_training_content_has_the_templates_parts_in_order(record_of: MakeRecord) -> None:
    heads = [line.split(" ", 2)[1] for line in summary(record_of()).splitlines() if line.startswith("##")]
    first, second = ["1.", "1.1", "1.2", "1.3"], ["2.", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    assert heads == [*first, *second, "3.", "3.1", "3.2", "3.3"]


def test_summary_of_training_content_claims_no_compliance(record_of: MakeRecord) -> None:
    assert "no claim of compliance" in summary(record_of())


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (999_999_999, "less than 1 billion tokens"),
        (10**9, "1 billion to 10 trillion tokens"),
        (10**13 - 1, "1 billion to 10 trillion tokens"),
        (10**13, "more than 10 trillion tokens"),
    ],
)
def test_sizes_are_the_templates_ranges(tokens: int, text: str) -> None:
    assert size(tokens) == text


def test_views_in_a_bundle_are_those_of_its_record(whole: Path) -> None:
    from commonhold.publish.record import read_record

    views = views_of(read_record((whole / "record.json").read_bytes()))
    assert {path: (whole / path).read_bytes() for path in views} == views

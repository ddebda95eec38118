"""What is in a bundle, and that it is made twice alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commonhold.digests import digests_below
from commonhold.errors import DigestError, MissingInputError, RequestError
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BundleInputs

LAYOUT = [
    "README.md",
    "adapter/adapter_config.json",
    "adapter/adapter_model.safetensors",
    "adapter/second_moments.safetensors",
    "data/datasheet.yaml",
    "data/report.html",
    "data/summary.json",
    "environment/installed.json",
    "evaluation/report.html",
    "evaluation/report.md",
    "evaluation/results.json",
    "gguf/Modelfile",
    "gguf/water-desk-q8_0.gguf",
    "label.html",
    "manifest.json",
    "merged/chat_template.jinja",
    "merged/config.json",
    "merged/model.safetensors",
    "recipe/resolved.json",
    "recipe/source.yaml",
    "record.json",
    "training/log.jsonl",
    "training/summary.json",
    "views/croissant.json",
    "views/gates.intoto.json",
    "views/mlbom.cdx.json",
    "views/openness.json",
    "views/provenance.intoto.json",
    "views/training-content.md",
]


def test_bundle_has_these_files_and_no_others(whole: Path) -> None:
    assert sorted(digests_below(whole)) == LAYOUT


def test_nothing_in_the_bundle_leads_to_a_record(whole: Path) -> None:
    assert [path for path in whole.rglob("*.*") if b"secret" in path.read_bytes()] == []


def test_manifest_lists_every_other_file_with_digest_and_size(whole: Path) -> None:
    manifest = json.loads((whole / "manifest.json").read_bytes())
    assert sorted(manifest["files"]) == [name for name in LAYOUT if name != "manifest.json"]
    # sha256 of "datasheet: 1\n", by sha256sum
    datasheet = "4497ef6f033195993c9834a1a3e2f8c3a9ba0374c745ab58eaf2673d831399d3"
    assert manifest["files"]["data/datasheet.yaml"] == {"sha256": datasheet, "bytes": 13}


def test_equal_inputs_give_equal_bytes_in_another_place(
    make_inputs: Callable[[Path], BundleInputs], tmp_path: Path
) -> None:
    bundles = [assemble(make_inputs(tmp_path / name), tmp_path / name / "out") for name in ("here", "there")]
    assert bundles[0].digest == bundles[1].digest
    assert digests_below(bundles[0].path) == digests_below(bundles[1].path)


def test_time_of_publication_is_in_the_record_and_so_in_the_digest(inputs: BundleInputs, tmp_path: Path) -> None:
    later = replace(inputs, created=datetime(2026, 3, 5, tzinfo=UTC))
    first, second = assemble(inputs, tmp_path / "first"), assemble(later, tmp_path / "second")
    assert first.digest != second.digest
    changed = {name for name, sha in digests_below(first.path).items() if digests_below(second.path)[name] != sha}
    told = {"views/croissant.json", "views/openness.json", "views/training-content.md", "label.html"}
    told |= {"views/provenance.intoto.json", "views/mlbom.cdx.json"}
    assert changed == {"record.json", "manifest.json", *told}


def test_bundle_without_the_merged_model_is_whole(inputs: BundleInputs, tmp_path: Path) -> None:
    bundle = assemble(replace(inputs, merged=None), tmp_path / "out")
    assert bundle.files == 25
    assert not (bundle.path / "merged").exists()


def test_bundle_is_not_written_over_something_else(inputs: BundleInputs, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="empty folder"):
        assemble(inputs, tmp_path / "out")


def test_every_missing_input_is_named_before_anything_is_written(inputs: BundleInputs, tmp_path: Path) -> None:
    (inputs.training / "adapter/second_moments.safetensors").unlink()
    (inputs.curation / "report.html").unlink()
    with pytest.raises(MissingInputError, match=r"second_moments\.safetensors, .*report\.html"):
        assemble(inputs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_merged_model_with_a_pickle_beside_it_is_not_published(inputs: BundleInputs, tmp_path: Path) -> None:
    assert inputs.merged is not None
    (inputs.merged.folder / "training_args.bin").write_bytes(b"\x80\x04\x95")
    with pytest.raises(DigestError, match=r"merged/training_args\.bin: is a Python pickle"):
        assemble(inputs, tmp_path / "out")


def test_adapter_that_is_not_the_one_that_was_trained_is_not_published(inputs: BundleInputs, tmp_path: Path) -> None:
    moments = (inputs.training / "adapter/second_moments.safetensors").read_bytes()
    (inputs.training / "adapter/adapter_model.safetensors").write_bytes(moments)
    with pytest.raises(DigestError, match="its tensors are not those that the record names"):
        assemble(inputs, tmp_path / "out")

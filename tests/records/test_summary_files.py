"""The summaries of stages are read back as they were written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.summaries import CURATION, TRAINING

from commonhold.errors import DigestError
from commonhold.files import write_json
from commonhold.records.curation_summary import (
    CurationSummary,
    FileCount,
    read_curation_summary,
    write_curation_summary,
)
from commonhold.records.score import Evaluation, Gate, Interval, Slice, TaskResult, read_evaluation, write_evaluation
from commonhold.records.training_summary import TrainingSummary, read_training_summary, write_training_summary

TRAINED = {**TRAINING, "adapter_digest": "ad" * 32}
READERS: list[tuple[dict[str, Any], Callable[[Path], Any]]] = [
    (CURATION, read_curation_summary),
    (TRAINED, read_training_summary),
]


def given(folder: Path, value: Any) -> Path:
    write_json(folder / "summary.json", value)
    return folder


def test_a_curation_reads_back_as_it_was_written(tmp_path: Path) -> None:
    read = read_curation_summary(given(tmp_path / "a", CURATION))
    assert read.files == (FileCount("desk.csv", 60, 55), FileCount("s.xlsx#May", 40, 35))
    assert read.contributor_spread == {25: 1, 60: 1}
    assert read.asked.evaluation_overlap == "drop"
    write_curation_summary(tmp_path / "b", read)
    assert (tmp_path / "b/summary.json").read_bytes() == (tmp_path / "a/summary.json").read_bytes()


def test_a_training_reads_back_as_it_was_written(tmp_path: Path) -> None:
    read = read_training_summary(given(tmp_path / "a", TRAINED))
    assert (read.method, read.energy_kwh, read.planned_seconds) == ("sft", 0.0123, 500.0)
    write_training_summary(tmp_path / "b", read)
    assert (tmp_path / "b/summary.json").read_bytes() == (tmp_path / "a/summary.json").read_bytes()


def test_an_evaluation_reads_back_as_it_was_written(tmp_path: Path) -> None:
    part = Slice("all", 4, 0.25, 0.75, Interval(0.1, 0.6), Interval(0.3, 0.9), 0.5, Interval(-0.1, 0.8), 2, 0)
    result = TaskResult("t", "T", "exact/1", part, (replace(part, name="language=es", p=0.5),), 1, clean=part)
    made = Evaluation((result,), (Gate("t: min_tuned 0.5", "pass", "It scored 75 %."),))
    write_evaluation(tmp_path, made)
    assert read_evaluation(tmp_path) == made


@pytest.mark.parametrize(("whole", "read"), READERS)
def test_an_unknown_key_is_refused(whole: dict[str, Any], read: Callable[[Path], Any], tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=r"summary\.json: not a summary of .* \(mood: Unexpected"):
        read(given(tmp_path, {**whole, "mood": "fine"}))


@pytest.mark.parametrize(("whole", "read", "key"), [(*READERS[0], "kept"), (*READERS[1], "steps")])
def test_a_missing_key_is_refused_and_what_to_do_is_said(
    whole: dict[str, Any], read: Callable[[Path], Any], key: str, tmp_path: Path
) -> None:
    rest = {name: value for name, value in whole.items() if name != key}
    with pytest.raises(DigestError, match=rf"\({key}: Field required\).* made again with: commonhold train RECIPE"):
        read(given(tmp_path, rest))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kept": "90"}, "kept: "),
        ({"kept": True}, "kept: "),
        ({"kept": 90.5}, "kept: "),
        ({"files": [{"file": "a", "records_in": 1}]}, r"files\.0\.kept: Field required"),
        ({"steps": [{**CURATION["steps"][0], "odd": 1}]}, r"steps\.0\.odd: Unexpected"),
    ],
)
def test_a_value_of_another_kind_is_refused(change: dict[str, Any], place: str, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=rf"\({place}"):
        read_curation_summary(given(tmp_path, {**CURATION, **change}))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"kept": NaN}'])
def test_what_is_no_summary_at_all_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text(text, encoding="utf-8")
    with pytest.raises(DigestError, match="not a summary of training"):
        read_training_summary(tmp_path)


def test_only_the_first_of_many_problems_are_named(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=r"Field required and \d+ more\)"):
        read_curation_summary(given(tmp_path, {}))


def test_a_training_from_before_later_keys_is_read(tmp_path: Path) -> None:
    later = ("threads", "base", "planned_memory_bytes", "planned_seconds", "gradient_checkpointing")
    read = read_training_summary(given(tmp_path, {name: TRAINED[name] for name in TRAINED if name not in later}))
    assert (read.threads, read.base, read.planned_memory_bytes, read.planned_seconds) == (0, "", 0, 0.0)


def test_a_curation_from_before_later_keys_is_read(tmp_path: Path) -> None:
    later = ("plain", "ratings", "synthetic", "synthetic_refused")
    read = read_curation_summary(given(tmp_path, {name: CURATION[name] for name in CURATION if name not in later}))
    assert (read.plain, read.ratings, read.synthetic) == (False, {}, {})


def test_the_toy_summaries_hold_every_key() -> None:
    # Packages are written where a step comes from one, reasons where a curation is refused.
    assert sorted([*CURATION, "packages", "refused"]) == sorted(CurationSummary.__slots__)
    assert sorted(TRAINED) == sorted(TrainingSummary.__slots__)
    assert json.loads(json.dumps(CURATION)) == CURATION

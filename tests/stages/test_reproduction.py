"""A stranger with the bundle, the rows and the tasks makes the model again, and is told how near it comes."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from tests.community import rows, write_rows
from tests.stages.conftest import run
from tests.summaries import TRAINING

from commonhold.cli.reproduce_text import reproduction_text
from commonhold.errors import DigestError, MissingInputError, RequestError
from commonhold.files import read_json, write_json
from commonhold.models.adapter_difference import Difference
from commonhold.models.device import _best_processor, choose_device
from commonhold.publish.record import check_record
from commonhold.publish.record_form import GatePart, ModelRecord
from commonhold.publish.verify import verify
from commonhold.recipe.load import load_recipe
from commonhold.records.reproduction import Reproduction, ReproductionCheck
from commonhold.records.score import Evaluation, Gate
from commonhold.records.training_log import LoggedStep, logged_steps
from commonhold.records.training_summary import TrainingSummary, write_training_summary
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.reproduction import (
    InputFolders,
    _first_steps,
    _gates,
    _grade,
    _precision,
    _Published,
    _weights,
    _workers,
    reproduce,
)
from commonhold.stages.stage import Workers
from commonhold.stages.workspace import Workspace

WHAT: tuple[Literal["inputs", "curate", "steps", "weights", "gates"], ...] = (
    "inputs", "curate", "steps", "weights", "gates",
)  # fmt: skip
EQUAL = {name: ReproductionCheck(name, True, "") for name in WHAT}


@pytest.fixture
def bundle(finished: tuple[Path, RunOutcome], tmp_path: Path) -> Path:
    """The published bundle, alone in a folder of its own."""
    shutil.copytree(finished[1].artifacts["publish"].path / "bundle", tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def places(finished: tuple[Path, RunOutcome], tmp_path: Path) -> InputFolders:
    """The rows and the tasks, as somebody sent them."""
    for name in ("data", "tasks"):
        shutil.copytree(finished[0].parents[1] / name, tmp_path / "sent" / name)
    return InputFolders(Path("recipes"), tmp_path / "sent" / "data", (tmp_path / "sent" / "tasks",))


@pytest.fixture
def workspace(finished: tuple[Path, RunOutcome], tmp_path: Path) -> Workspace:
    """An empty workspace with the base model in it."""
    shutil.copytree(finished[0].parents[1] / "work" / "bases", tmp_path / "empty" / "bases")
    return Workspace(tmp_path / "empty")


def again(bundle: Path, places: InputFolders, workspace: Workspace, steps: int = 0) -> Reproduction:
    return reproduce(bundle, places, workspace, lambda _line: None, steps)


def test_in_an_empty_folder_it_comes_to_the_same_bytes(
    bundle: Path, places: InputFolders, workspace: Workspace
) -> None:
    found = again(bundle, places, workspace)
    assert (found.grade, found.model, found.diverged_at, found.same_processor) == ("R1", "water-desk", "", True)
    assert [one.what for one in found.compared] == ["inputs", "curate", "steps", "weights", "gates"]
    assert all(one.equal for one in found.compared)
    assert found.bundle_digest == verify(bundle).digest
    assert verify(bundle).record.hardware.instructions == torch.backends.cpu.get_cpu_capability()
    assert verify(bundle).record.tolerances.weights == 0.1


def test_its_first_steps_alone_are_the_published_ones(bundle: Path, places: InputFolders, workspace: Workspace) -> None:
    found = again(bundle, places, workspace, steps=2)
    assert (found.grade, found.steps) == ("R1", 2)
    assert [one.what for one in found.compared] == ["inputs", "curate", "steps"]
    assert found.compared[-1].text == "2 losses and 2 fingerprints of the adapter are equal"
    assert not list(workspace.objects.glob("train/*"))


def changed(record: ModelRecord, **parts: dict[str, Any]) -> ModelRecord:
    """A record with other values in some of its parts."""
    return record.model_copy(
        update={name: getattr(record, name).model_copy(update=values) for name, values in parts.items()}
    )


def forged(bundle: Path, **hardware: Any) -> _Published:
    """The bundle's record as if it had been made on another processor, of a recipe that left the precision to it."""
    resolved = read_json(bundle / "recipe/resolved.json")
    write_json(bundle / "recipe/resolved.json", {**resolved, "base": {**resolved["base"], "precision": "auto"}})
    record = verify(bundle).record
    return _Published(bundle, "d", changed(record, hardware=hardware), [])


def test_the_publishers_precision_is_taken(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    own = replace(choose_device(), precision="bfloat16")
    monkeypatch.setattr("commonhold.stages.reproduction.choose_device", lambda: own)
    assert _precision(forged(bundle, precision="float32"), said.append) == "float32"
    assert _precision(forged(bundle, precision="bfloat16"), said.append) == "bfloat16"
    assert said == []


def test_a_processor_that_is_slow_at_the_publishers_precision_says_so(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    own = replace(choose_device(), precision="float32")
    monkeypatch.setattr("commonhold.stages.reproduction.choose_device", lambda: own)
    assert _precision(forged(bundle, precision="bfloat16"), said.append) == "bfloat16"
    assert "which this one does many times slower than float32. With --precision float32 it is quick" in said[0]


def test_what_a_card_computed_in_is_not_taken(bundle: Path) -> None:
    assert _precision(forged(bundle, precision="float16", device="NVIDIA"), print) == "auto"
    assert _precision(forged(bundle, precision="bfloat16", device="NVIDIA"), print) == "auto"


@pytest.mark.parametrize(("precision", "threads"), [("bfloat16", 3), ("float32", 0)])
def test_the_publishers_number_of_threads_is_taken_where_it_matters(
    finished: tuple[Path, RunOutcome], bundle: Path, precision: str, threads: int
) -> None:
    published = _Published(bundle, "d", changed(verify(bundle).record, training={"threads": 3}), [])
    loaded = load_recipe(finished[0], [f"base.precision={precision}"])
    assert _workers(published, loaded, lambda _line: None) == Workers(threads=threads)


def test_a_record_from_before_threads_were_written_down_asks_for_none(
    finished: tuple[Path, RunOutcome], bundle: Path
) -> None:
    loaded = load_recipe(finished[0], ["base.precision=bfloat16"])
    written = read_json(bundle / "record.json")
    del written["training"]["threads"]
    assert _workers(_Published(bundle, "d", check_record(written), []), loaded, print) == Workers()


def test_in_bf16_the_recorded_threads_give_the_same_bytes_whatever_is_asked_for(
    fresh: Path, places: InputFolders, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = torch.get_num_threads()
    try:
        with monkeypatch.context() as patch:
            patch.setattr("commonhold.models.device._fastest", lambda _numbers, _rounds: 2)
            patch.delenv("OMP_NUM_THREADS")
            _best_processor.cache_clear()
            made = run(fresh, ("base.precision=bfloat16",))
        _best_processor.cache_clear()
        bundle = made.artifacts["publish"].path / "bundle"
        assert verify(bundle).record.training.threads == 2
        assert choose_device("bfloat16").threads == 1
        assert again(bundle, places, workspace).grade == "R1"
        assert read_json(next(workspace.objects.glob("train/*/summary.json")))["threads"] == 2
    finally:
        torch.set_num_threads(threads)


def test_other_rows_are_seen_before_anything_is_run(bundle: Path, places: InputFolders, workspace: Workspace) -> None:
    assert places.data is not None
    write_rows(places.data / "rows.csv", rows(19))
    found = again(bundle, places, workspace)
    assert (found.grade, found.diverged_at) == ("R4", "inputs")
    assert found.compared[0].text.startswith("rows.csv: other bytes than the publisher had")
    assert len(found.compared) == 1


def test_rows_that_nobody_sent_are_asked_for(bundle: Path, workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="ask its publisher for them, and name their folders with --data"):
        again(bundle, InputFolders(tmp_path / "recipes"), workspace)


def test_where_the_recipe_stood_its_own_paths_are_enough(
    finished: tuple[Path, RunOutcome], bundle: Path, workspace: Workspace
) -> None:
    assert again(bundle, InputFolders(finished[0].parent), workspace, steps=1).grade == "R1"


def test_a_changed_bundle_is_refused(bundle: Path, places: InputFolders, workspace: Workspace) -> None:
    (bundle / "training/log.jsonl").write_text('{"step": 1, "loss": 0.0}\n', encoding="utf-8")
    with pytest.raises(DigestError, match=r"training/log\.jsonl"):
        again(bundle, places, workspace)


def test_more_steps_than_there_were_are_refused(bundle: Path, places: InputFolders, workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="so its first 900 cannot be taken"):
        again(bundle, places, workspace, steps=900)


def published(bundle: Path, log: Sequence[LoggedStep] = (), **parts: dict[str, Any]) -> _Published:
    return _Published(bundle, "d", changed(verify(bundle).record, **parts), log)


LOG = logged_steps(
    [
        {"step": 1, "loss": 4.0, "adapter_digest": "a"},
        {"step": 2, "loss": 2.0, "adapter_digest": "b"},
        {"step": 2, "eval_loss": 3.0},
        {"step": 3, "loss": 1.0},
    ]
)


def test_lines_of_the_log_that_are_no_steps_do_not_count() -> None:
    assert [line.step for line in LOG] == [1, 2, 3]


def test_a_forged_loss_is_found_at_its_step(bundle: Path) -> None:
    forged = [*LOG[:2], LoggedStep(3, 0.99)]
    found = _first_steps(published(bundle, forged), LOG)
    assert found == ReproductionCheck("steps", False, "from step 3 on; the losses differ by at most 1.01%", near=True)


def test_a_forged_fingerprint_is_found_although_the_losses_agree(bundle: Path) -> None:
    forged = [LOG[0], replace(LOG[1], adapter_digest="c"), *LOG[2:]]
    assert _first_steps(published(bundle, forged), LOG).text.startswith("from step 2 on; ")


def test_losses_that_are_further_off_are_not_near(bundle: Path) -> None:
    found = _first_steps(published(bundle, LOG), [LoggedStep(1, 4.0 * 1.021)])
    assert (found.equal, found.near) == (False, False)


def test_how_far_a_loss_may_be_off_is_what_the_record_says(bundle: Path) -> None:
    found = _first_steps(published(bundle, LOG, tolerances={"loss": 0.03}), [LoggedStep(1, 4.0 * 1.021)])
    assert (found.equal, found.near) == (False, True)


@pytest.mark.parametrize(("allowed", "near"), [(0.0101, True), (0.0099, False)])
def test_how_far_weights_may_be_off_is_what_the_record_says(
    allowed: float, near: bool, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = Difference(0.01, 0.9999)
    monkeypatch.setattr("commonhold.models.adapter_difference.adapter_difference", lambda *_: apart)
    write_training_summary(tmp_path, TrainingSummary(**{**TRAINING, "adapter_digest": "b" * 64}))
    found = _weights(published(bundle, tolerances={"weights": allowed}), tmp_path)
    assert (found.equal, found.near) == (False, near)
    assert f"{allowed:g} is the published tolerance" in found.text


def test_a_log_from_before_there_were_fingerprints_is_compared_by_losses(bundle: Path) -> None:
    old = [LoggedStep(line.step, line.loss) for line in LOG]
    assert _first_steps(published(bundle, old), LOG).equal


def test_a_gate_that_says_otherwise_is_named(bundle: Path) -> None:
    gates = (Gate("desk: min_gain 0", "pass", ""), Gate("forgetting: max_loss 0.2", "pass", ""))
    said = published(bundle, evaluation={"gates": tuple(GatePart(**asdict(gate)) for gate in gates)})
    found = _gates(said, Evaluation((), (gates[0], replace(gates[1], verdict="inconclusive"))))
    assert found.text == "forgetting: max_loss 0.2 (inconclusive, was pass)"
    assert _gates(said, Evaluation((), gates)).equal


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, "R1"),
        ({"steps": {"equal": False}, "weights": {"equal": False, "near": True}}, "R2"),
        ({"steps": {"equal": False, "near": True}}, "R2"),
        ({"steps": {"equal": False}, "weights": {"equal": False}}, "R3"),
        ({"weights": {"equal": False, "near": True}, "gates": {"equal": False}}, "R4"),
        ({"gates": {"equal": False}}, "R4"),
        ({"curate": {"equal": False}}, "R4"),
        ({"inputs": {"equal": False}}, "R4"),
    ],
)
def test_the_grade_is_the_best_that_holds(changes: dict[str, dict[str, Any]], grade: str) -> None:
    assert _grade([replace(one, **changes.get(name, {})) for name, one in EQUAL.items()]) == grade


@pytest.mark.parametrize(("near", "grade"), [(True, "R2"), (False, "R4")])
def test_first_steps_alone_are_graded_by_their_losses(near: bool, grade: str) -> None:
    assert _grade([EQUAL["inputs"], EQUAL["curate"], ReproductionCheck("steps", False, "", near=near)]) == grade


def test_the_text_names_what_differs_first_and_why_it_may() -> None:
    compared = (EQUAL["inputs"], EQUAL["curate"], ReproductionCheck("steps", False, "from step 7 on"))
    text = reproduction_text(Reproduction("water", "d", "R4", 10, compared, same_processor=False))
    assert text.startswith("water: R4, not reproduced, in the first 10 steps.")
    assert "  training steps  differs  from step 7 on" in text
    assert "The publisher had another processor" in text
    assert text.endswith("The first thing that differs: training steps.")

"""Which stages run, what they leave, and that nothing is lost when one of them does not end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.community import rows, write_rows
from tests.stages.conftest import run

from commonhold.digests import digests_below
from commonhold.errors import BusyError, DigestError, GateError, NothingLeftError, RequestError
from commonhold.files import locked, read_json
from commonhold.provenance.runs import list_runs
from commonhold.publish.record import read_record
from commonhold.publish.verify import verify
from commonhold.releases.versions import candidate
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.workspace import Workspace

ALL = ("curate", "train", "evaluate", "publish")


def workspace_of(recipe: Path) -> Workspace:
    return Workspace(recipe.parents[1] / "work")


def test_a_first_run_makes_everything(finished: tuple[Path, RunOutcome]) -> None:
    assert finished[1].ran == ALL


def test_the_bundle_verifies(finished: tuple[Path, RunOutcome]) -> None:
    _, bundle = candidate(workspace_of(finished[0]), "water-desk")
    assert verify(bundle).model == "water-desk"


def test_a_second_run_with_nothing_changed_runs_no_stage(community: Path) -> None:
    assert run(community).ran == ()


def test_a_changed_task_is_looked_for_in_the_data_and_does_not_train_again(community: Path) -> None:
    items = community.parents[1] / "tasks" / "replies" / "items.csv"
    items.write_text(items.read_text(encoding="utf-8").replace("pump", "tap"), encoding="utf-8")
    assert run(community).ran == ("curate", "evaluate", "publish")


def test_a_changed_contact_runs_publication_only(community: Path) -> None:
    assert run(community, ("governance.contact=other@example.org",)).ran == ("publish",)


def test_a_changed_learning_rate_does_not_curate_again(community: Path) -> None:
    assert run(community, ("train.learning_rate=0.02",)).ran == ("train", "evaluate", "publish")


def test_a_changed_row_runs_everything(community: Path) -> None:
    write_rows(community.parents[1] / "data" / "rows.csv", rows(21))
    assert run(community).ran == ALL


def test_a_forced_stage_that_makes_the_same_lets_later_ones_stand(community: Path) -> None:
    assert run(community, force=["train"]).ran == ("train",)


def test_two_workspaces_with_other_keys_train_the_same_adapter(finished: tuple[Path, RunOutcome], fresh: Path) -> None:
    ours = read_json(finished[1].artifacts["train"].path / "summary.json")["adapter_digest"]
    theirs = run(fresh, until="train")
    assert theirs.artifacts["curate"].digest != finished[1].artifacts["curate"].digest
    assert read_json(theirs.artifacts["train"].path / "summary.json")["adapter_digest"] == ours


def test_another_seed_trains_another_adapter(finished: tuple[Path, RunOutcome], community: Path) -> None:
    other = run(community, ("seed=7",), until="train")
    assert other.artifacts["train"].digest != finished[1].artifacts["train"].digest


@pytest.mark.parametrize("stage", ALL)
def test_a_changed_byte_in_the_store_is_seen(community: Path, stage: str) -> None:
    folder = next((workspace_of(community).objects / stage).iterdir())
    victim = max(folder.rglob("*.json*"), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:-2] + b" \n")
    with pytest.raises(DigestError, match=f"--force {stage}"):
        run(community)


def test_a_second_run_on_the_same_workspace_is_refused(community: Path) -> None:
    with locked(workspace_of(community).lock, "a test"), pytest.raises(BusyError, match="--workspace"):
        run(community)


def test_a_gate_that_says_no_stops_publication_and_keeps_the_evaluation(community: Path) -> None:
    gate = ("evaluate.gates=[{task: replies, min_tuned: 1.0}]",)
    with pytest.raises(GateError, match=r"replies: "):
        run(community, gate)
    assert run(community, gate, until="evaluate").ran == ()


def test_an_undecided_gate_stops_only_where_the_recipe_says_so(community: Path) -> None:
    # Two items cannot tell whether at least 60 % are right: even none right reaches to 66 %, and both to 34 %.
    gate = "evaluate.gates=[{task: replies, min_tuned: 0.6}]"
    assert run(community, (gate,)).ran == ("evaluate", "publish")
    with pytest.raises(GateError, match=r"1 of 1 gate says no \(1 of them: not decided yet") as caught:
        run(community, (gate, "evaluate.undecided=stop"))
    assert "collect about" in str(caught.value) or "hardly settle" in str(caught.value)
    assert run(community, (gate, "evaluate.undecided=stop"), until="evaluate").ran == ()


def test_a_gate_for_a_slice_that_no_item_has_is_refused_before_anything_is_made(fresh: Path) -> None:
    with pytest.raises(RequestError, match="names the slice 'language=es', which it does not have"):
        run(fresh, ("evaluate.gates=[{task: replies, slice: language=es, min_gain: 0.0}]",))


def test_nothing_published_before_is_lost_by_a_gate(community: Path) -> None:
    before = candidate(workspace_of(community), "water-desk")
    with pytest.raises(GateError):
        run(community, ("evaluate.gates=[{task: replies, min_tuned: 1.0}]",))
    assert candidate(workspace_of(community), "water-desk") == before


def test_a_failed_stage_leaves_nothing_behind_and_is_written_down(fresh: Path) -> None:
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows(consent="no"))
    with pytest.raises(NothingLeftError):
        run(fresh)
    workspace = workspace_of(fresh)
    assert not list(workspace.objects.rglob("*"))
    assert [event.status for event in list_runs(workspace.root)[0].events] == ["failed"]


def test_every_stage_of_a_run_is_written_down_with_its_artifact(finished: tuple[Path, RunOutcome]) -> None:
    first = list_runs(workspace_of(finished[0]).root)[0]
    assert [(event.stage, event.status) for event in first.events] == [(name, "done") for name in ALL]
    assert first.status == "done"
    assert first.events[-1].figures["alias"] == "candidate"


def test_publishing_the_same_again_keeps_the_version(community: Path) -> None:
    run(community)
    assert candidate(workspace_of(community), "water-desk")[0].version == 1
    run(community, ("governance.contact=other@example.org",))
    assert candidate(workspace_of(community), "water-desk")[0].version == 2


def test_no_record_text_is_in_the_bundle(finished: tuple[Path, RunOutcome]) -> None:
    _, bundle = candidate(workspace_of(finished[0]), "water-desk")
    texts = [path.read_bytes() for path in bundle.rglob("*") if path.is_file()]
    assert texts
    assert not any(b"The well is broken" in text for text in texts)


KILLED = """
import os, signal, sys
from pathlib import Path
from commonhold import environment
environment.prepare()
from commonhold.recipe.load import load_recipe
from commonhold.stages.pipeline import run_pipeline
from commonhold.stages.workspace import Workspace

def say(text):
    print(text, flush=True)
    if text.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

recipe = Path(sys.argv[1])
run_pipeline(load_recipe(recipe, ["train.epochs=3"]), Workspace(recipe.parents[1] / "work"), say, until="train")
"""


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("near_duplicate/4", marks=pytest.mark.slow),
        pytest.param("train: started", marks=pytest.mark.slow),
        pytest.param("step 14/", marks=pytest.mark.slow),
        "curate: done",
        pytest.param("train: done", marks=pytest.mark.slow),
    ],
)
def test_a_run_killed_at_any_moment_ends_with_the_same_bytes(
    fresh: Path, moment: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(fresh), moment],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = run(fresh, ("train.epochs=3",), until="train")
    adapter = digests_below(after.artifacts["train"].path / "adapter")
    assert adapter == _uninterrupted(tmp_path_factory)
    assert list_runs(workspace_of(fresh).root)[0].status == "interrupted"


_ONCE: dict[str, dict[str, str]] = {}


def _uninterrupted(factory: pytest.TempPathFactory) -> dict[str, str]:
    from tests.community import make_community

    if "adapter" not in _ONCE:
        outcome = run(make_community(factory.mktemp("whole")), ("train.epochs=3",), until="train")
        _ONCE["adapter"] = digests_below(outcome.artifacts["train"].path / "adapter")
    return _ONCE["adapter"]


def test_a_recipe_without_merging_publishes_the_adapter_alone(community: Path) -> None:
    run(community, ("publish.merged=false",))
    _, bundle = candidate(workspace_of(community), "water-desk")
    assert not (bundle / "merged").exists()
    assert read_record((bundle / "record.json").read_bytes()).outputs.recheck == ()


def test_forms_of_the_model_are_the_one_that_was_trained(community: Path) -> None:
    run(community, ("publish.gguf=f16",))
    _, bundle = candidate(workspace_of(community), "water-desk")
    outputs = read_record((bundle / "record.json").read_bytes()).outputs
    assert outputs.gguf is not None
    assert outputs.merged is not None
    assert outputs.merged.equivalence is not None
    assert outputs.gguf.equivalence.kl == pytest.approx(outputs.merged.equivalence.kl, abs=1e-3)
    assert [task.items for task in outputs.recheck] == [2, 2]
    assert outputs.chat_template is not None
    assert outputs.chat_template.difference == ""
    assert "FROM ./water-desk-f16.gguf" in (bundle / "gguf/Modelfile").read_text(encoding="utf-8")
    assert verify(bundle).model == "water-desk"

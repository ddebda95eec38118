"""A refused curation is kept beside the store: no stage finds it, and nothing that ends early takes it for finished."""

from pathlib import Path
from unittest import mock

import pytest
from tests.community import rows, write_rows
from tests.stages.conftest import run

from commonhold.errors import NothingLeftError, RequestError
from commonhold.files import read_json
from commonhold.provenance.runs import list_runs
from commonhold.stages import store
from commonhold.stages.find_curation import find_curation, is_refused
from commonhold.stages.store import MANIFEST
from commonhold.stages.workspace import Workspace


def workspace_of(recipe: Path) -> Workspace:
    return Workspace(recipe.parents[1] / "work")


def refuse(recipe: Path) -> Path:
    """Curates rows to which nobody agreed."""
    write_rows(recipe.parents[1] / "data" / "rows.csv", rows(4, "no"))
    with pytest.raises(NothingLeftError) as caught:
        run(recipe)
    assert caught.value.attempt
    return caught.value.attempt


def test_a_refused_curation_is_no_artifact_and_ends_the_run(fresh: Path) -> None:
    attempt = refuse(fresh)
    workspace = workspace_of(fresh)
    assert attempt == workspace.refused / "curate" / "water-desk"
    assert not list(workspace.objects.glob("*/*"))
    assert not list(workspace.work.glob("*/*"))
    (last,) = list_runs(workspace.root)
    assert [(event.stage, event.status, event.artifact_path) for event in last.events] == [("curate", "failed", "")]
    manifest = read_json(attempt / MANIFEST)
    assert manifest["refused"]["run"] == last.id
    assert is_refused(find_curation(workspace))
    assert "digest" not in manifest


def test_what_was_read_is_kept_beside_it(fresh: Path) -> None:
    assert (refuse(fresh) / "inputs" / "datasheet.yaml").is_file()


def test_the_same_rows_are_refused_again_and_not_taken_from_the_store(fresh: Path) -> None:
    first = (refuse(fresh) / "report.html").read_bytes()
    assert (refuse(fresh) / "report.html").read_bytes() == first


def test_a_kill_before_the_last_rename_leaves_store_and_workspace_usable(fresh: Path) -> None:
    workspace = workspace_of(fresh)
    with mock.patch.object(store, "commit_folder", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        refuse(fresh)
    assert not list(workspace.refused.glob("*/*"))
    with pytest.raises(RequestError, match="holds no curation"):
        find_curation(workspace)
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows())
    assert run(fresh, until="curate").ran == ("curate",)


def test_a_finished_curation_stays_when_a_later_one_is_refused(fresh: Path) -> None:
    finished = run(fresh, until="curate").artifacts["curate"]
    attempt = refuse(fresh)
    workspace = workspace_of(fresh)
    assert find_curation(workspace) == attempt
    assert find_curation(workspace, refused_too=False) == finished.path
    with pytest.raises(RequestError, match="nothing is learnt from this curation"):
        find_curation(workspace, str(attempt), refused_too=False)
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows())
    again = run(fresh, until="curate")
    assert (again.ran, again.artifacts["curate"].digest) == ((), finished.digest)
    assert not attempt.exists()


def test_recipes_of_other_names_keep_their_own(fresh: Path) -> None:
    first = refuse(fresh)
    with pytest.raises(NothingLeftError) as caught:
        run(fresh, ("name=other-desk",))
    assert caught.value.attempt != first
    assert first.is_dir()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "splits"), [(1, ["train"]), (2, ["train", "validation"])])
def test_a_few_rows_go_the_whole_way(fresh: Path, number: int, splits: list[str]) -> None:
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows(number))
    made = run(fresh, ("data.test_share=0.1",)).artifacts
    assert list(read_json(made["curate"].path / "summary.json")["splits"]) == splits
    record = read_json(made["publish"].path / "bundle" / "record.json")
    gaps = [gap["what"] for gap in record["gaps"]]
    without = "validation" not in splits
    assert (record["training"]["eval_loss"] is None, "training.eval_loss" in gaps) == (without, without)

"""Versions by the names that people have for them, and where the comparison is kept."""

import json
import shutil
from pathlib import Path

import pytest
from tests.provenance.ledgers import MemoryLedger
from tests.stages.conftest import run

from commonhold.cli import main
from commonhold.errors import MissingInputError, RequestError
from commonhold.files import read_json
from commonhold.provenance.mapping import entry_of
from commonhold.provenance.pending_runs import content_digest, deliver, pending_runs
from commonhold.provenance.runs import list_runs, read_run
from commonhold.releases.compare import compare, find_version
from commonhold.releases.versions import candidate
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.workspace import Workspace


def workspace_of(recipe: Path) -> Workspace:
    return Workspace(recipe.parents[1] / "work")


@pytest.fixture(scope="module")
def made(finished: tuple[Path, RunOutcome], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two runs that differ in a row and in a gate."""
    folder = tmp_path_factory.mktemp("compared") / "community"
    shutil.copytree(finished[0].parents[1], folder)
    rows = folder / "data" / "rows.csv"
    lines = rows.read_text(encoding="utf-8").splitlines()
    rows.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    run(folder / "recipes" / "water.yaml", ("evaluate.gates=[{task: replies, max_loss: 1.0}]",))
    return folder / "work"


@pytest.fixture
def two(made: Path, tmp_path: Path) -> tuple[Workspace, str, str]:
    """A copy of it, and the ids of its runs."""
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(made, workspace.root, ignore=shutil.ignore_patterns("bases", "bundle"))
    first, second = list_runs(workspace.root)
    return workspace, first.id, second.id


def test_two_runs_differ_in_what_was_changed(two: tuple[Workspace, str, str]) -> None:
    workspace, old, new = two
    found = compare(workspace, old, new).comparison
    assert [(each.key, each.new) for each in found.recipe] == [
        ("evaluate.gates.0.max_loss", 1.0), ("evaluate.gates.0.task", "replies"),
    ]  # fmt: skip
    assert found.rows is not None
    assert (len(found.rows.added or ()), len(found.rows.removed or ())) == (0, 1)
    assert {task.task: task.overall.items for task in found.tasks} == {"replies": 2, "choices": 2}


def test_the_page_is_kept_with_the_newer_run_and_shown_by_a_tracker(two: tuple[Workspace, str, str]) -> None:
    workspace, old, new = two
    for first, second in ((old, new), (new, old)):
        compare(workspace, first, second)
    older, newer = list_runs(workspace.root)
    assert not (older.folder / "comparisons").exists()
    assert sorted(path.suffix for path in (newer.folder / "comparisons").iterdir()) == [".html", ".json"]
    shown = [path.name for folder, path in entry_of(newer).files if folder == "comparisons"]
    assert shown == [f"{old}.html", f"{old}.json"]


def test_a_tracker_hears_of_a_comparison_later_too(two: tuple[Workspace, str, str]) -> None:
    workspace, old, new = two
    ledger = MemoryLedger()
    deliver(list_runs(workspace.root), ledger)
    assert pending_runs(workspace.root, ledger.place) == ()
    before = content_digest(list_runs(workspace.root)[1])
    compare(workspace, old, new)
    newer = read_run(workspace.root / "runs" / new)
    assert content_digest(newer) != before
    assert [pending.id for pending in pending_runs(workspace.root, ledger.place)] == [new]


def test_a_release_and_its_bundle_are_found_by_the_run_that_made_them(finished: tuple[Path, RunOutcome]) -> None:
    workspace = workspace_of(finished[0])
    _, bundle = candidate(workspace, "water-desk")
    first = list_runs(workspace.root)[0].id
    for name in (
        "water-desk@1",
        "water-desk@candidate",
        str(bundle),
        first,
        first[-6:],
        f"{workspace.root}/runs/{first}",
    ):
        assert find_version(workspace, name).version.name == first, name


def test_a_bundle_from_elsewhere_tells_what_is_in_it(finished: tuple[Path, RunOutcome], tmp_path: Path) -> None:
    workspace = workspace_of(finished[0])
    _, bundle = candidate(workspace, "water-desk")
    found, newer = compare(Workspace(tmp_path / "empty"), str(bundle), str(bundle))
    assert newer is None
    assert found.old == f"water-desk ({bundle})"
    assert found.recipe == ()
    assert found.rows is not None
    assert found.rows.added is None
    assert [task.task for task in found.unpaired] == ["choices", "replies"]
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody", "nothing is called 'nobody'"),
        ("", "nothing is called ''"),
        ("water-desk@7", "water-desk: there is no version 7. There are versions 1"),
        ("other@1", "other: nothing is published yet"),
    ],
)
def test_names_that_fit_nothing_are_refused_with_those_that_do(
    finished: tuple[Path, RunOutcome], name: str, message: str
) -> None:
    with pytest.raises((RequestError, MissingInputError), match=r"Name a run|versions|is published") as caught:
        find_version(workspace_of(finished[0]), name)
    assert message in str(caught.value)


def test_a_part_of_two_ids_is_refused(two: tuple[Workspace, str, str]) -> None:
    with pytest.raises(RequestError, match="several runs go by the name 'water-desk'"):
        find_version(two[0], "water-desk")


def test_the_command_prints_text_data_and_page(
    two: tuple[Workspace, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, old, new = two
    arguments = ["compare", old, new, "--workspace", str(workspace.root)]
    assert main([*arguments, "--html", str(tmp_path / "page.html")]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"before  {old}\nafter   {new}\n")
    assert "  evaluate.gates.0.max_loss: – -> 1.0" in text
    assert "too few to judge" in text
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data == read_json(workspace.root / "runs" / new / "comparisons" / f"{old}.json")


def test_a_page_in_a_folder_that_is_not_there_is_refused_first(
    two: tuple[Workspace, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, old, new = two
    page = str(tmp_path / "none" / "page.html")
    assert main(["compare", old, new, "--workspace", str(workspace.root), "--html", page]) == 2
    assert "there is no such folder" in capsys.readouterr().err

"""A run on disk tells the truth, whatever became of the process that wrote it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commonhold
from commonhold.errors import MissingInputError, NoSpaceError, RequestError
from commonhold.provenance.runs import EVENTS, HEADER, RecipeState, Run, RunFolder, StageEvent, list_runs, read_run
from commonhold.records.artifact import Artifact
from commonhold.records.resolved_recipe import ResolvedRecipe

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
Begin = Callable[..., RunFolder]


def test_run_is_read_back_as_it_was_written(begin: Begin, workspace: Path) -> None:
    folder = workspace / ".commonhold" / "curate" / "d1"
    folder.mkdir(parents=True)
    with begin(seed=7) as run:
        made = Artifact("curate", "k1", "d1", folder)
        run.record("curate", "k1", "done", started=NOON, seconds=1.5, artifact=made, figures={"kept": 3, "note": "ñ"})
        run.finish("done", {"gates": 2})
    read = read_run(run.path)
    event = StageEvent("curate", "k1", "done", NOON, 1.5, "d1", ".commonhold/curate/d1", {"kept": 3, "note": "ñ"})
    assert read.events == (event,)
    assert (read.status, read.figures) == ("done", {"gates": 2})
    assert read.recipe.resolved.sections["seed"] == 7
    assert read.recipe.overrides == ("train.epochs=2",)
    assert read.command == ("commonhold", "run", "water.yaml")
    assert read.captured.machine.processor == "AMD EPYC"
    assert read.captured.machine.gpus == ()
    assert (read.workspace, read.folder) == (workspace, run.path)


def test_run_id_has_the_time_the_recipe_and_six_digits(begin: Begin) -> None:
    with begin() as run:
        pass
    time_of_day, name, digits = run.id[:15], run.id[16:-7], run.id[-6:]
    assert datetime.strptime(time_of_day, "%Y%m%d-%H%M%S").replace(tzinfo=UTC) <= datetime.now(UTC)
    assert name == "water-desk"
    assert int(digits, 16) >= 0


def test_runs_are_listed_oldest_first(begin: Begin, workspace: Path) -> None:
    ids = []
    for _ in range(5):
        with begin() as run:
            ids.append(run.id)
    assert [run.id for run in list_runs(workspace)] == ids


def test_workspace_without_runs_has_none(workspace: Path) -> None:
    assert list_runs(workspace) == ()


def test_folder_whose_process_died_before_the_header_is_not_a_run(begin: Begin, workspace: Path) -> None:
    with begin() as run:
        pass
    (run.path / HEADER).unlink()
    assert list_runs(workspace) == ()
    with pytest.raises(MissingInputError, match="there is no run here"):
        read_run(run.path)


def test_times_are_kept_in_utc(begin: Begin) -> None:
    with begin() as run:
        local = datetime(2025, 3, 4, 14, tzinfo=timezone(timedelta(hours=2)))
        run.record("train", "k", "done", started=local, seconds=0.0)
    assert json.loads((run.path / EVENTS).read_text().splitlines()[0])["started"] == "2025-03-04T12:00:00+00:00"


def test_time_without_a_zone_is_refused(begin: Begin) -> None:
    with begin() as run, pytest.raises(ValueError, match="time zone"):
        run.record("train", "k", "done", started=NOON.replace(tzinfo=None), seconds=0.0)


def test_artifact_outside_the_workspace_is_refused(begin: Begin, tmp_path: Path) -> None:
    with begin() as run, pytest.raises(ValueError, match="subpath"):
        run.record("train", "k", "done", started=NOON, seconds=0.0, artifact=Artifact("train", "k", "d", tmp_path))


def test_artifact_is_placed_in_a_workspace_named_relatively(
    workspace: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin() as first:
        captured = read_run(first.path).captured
    monkeypatch.chdir(workspace.parent)
    run = RunFolder.create(Path("workspace"), RecipeState("r", "0", ResolvedRecipe({})), [], captured)
    with run:
        made = Artifact("train", "k", "d", workspace / "store" / "d")
        run.record("train", "k", "done", started=NOON, seconds=0.0, artifact=made)
    assert read_run(run.path).events[0].artifact_path == "store/d"


@pytest.mark.parametrize(("value", "word"), [(float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "-inf")])
def test_diverged_figure_is_kept_as_a_word(begin: Begin, value: float, word: str) -> None:
    with begin() as run:
        run.record("train", "k", "done", started=NOON, seconds=0.0, figures={"loss": value})
    assert read_run(run.path).events[0].figures == {"loss": word}


def test_run_in_progress_is_running_and_has_no_end(begin: Begin) -> None:
    with begin() as run:
        run.record("curate", "k", "done", started=NOON, seconds=1.0)
        read = read_run(run.path)
        assert (read.status, read.ended, len(read.events)) == ("running", None, 1)
    assert read_run(run.path).status == "done"


def test_error_in_the_block_makes_the_run_failed_and_says_why(begin: Begin) -> None:
    with pytest.raises(NoSpaceError), begin() as run:
        raise NoSpaceError("the disk is full")
    read = read_run(run.path)
    assert (read.status, read.figures) == ("failed", {"error": "NoSpaceError: the disk is full"})


def test_ctrl_c_makes_the_run_interrupted(begin: Begin) -> None:
    with pytest.raises(KeyboardInterrupt), begin() as run:
        raise KeyboardInterrupt
    assert read_run(run.path).status == "interrupted"


def test_own_word_on_the_end_is_not_overruled(begin: Begin) -> None:
    with contextlib.suppress(RequestError), begin() as run:
        run.finish("interrupted")
        raise RequestError("later")
    assert read_run(run.path).status == "interrupted"


def test_nothing_is_added_to_a_finished_run(begin: Begin) -> None:
    with begin() as run:
        run.finish("done")
        with pytest.raises(ValueError, match="is finished"):
            run.record("train", "k", "done", started=NOON, seconds=0.0)


def test_killed_process_leaves_an_interrupted_run_with_every_line_it_wrote(workspace: Path) -> None:
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from commonhold.provenance.capture import capture\n"
        "from commonhold.provenance.runs import RecipeState, RunFolder\n"
        "from commonhold.records.resolved_recipe import ResolvedRecipe\n"
        "run = RunFolder.create(Path(sys.argv[1]), RecipeState('r', '0', ResolvedRecipe({})), [], capture())\n"
        "started = datetime(2025, 3, 4, 12, tzinfo=UTC)\n"
        "run.record('curate', 'k', 'done', started=started, seconds=60.0)\n"
        "print(run.path, flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(commonhold.__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(workspace)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        assert read_run(path).status == "running"
        process.send_signal(signal.SIGKILL)
    read = read_run(path)
    assert read.status == "interrupted"
    assert [event.stage for event in read.events] == ["curate"]
    assert read.ended == datetime(2025, 3, 4, 12, 1, tzinfo=UTC)


def _three_stages(begin: Begin) -> RunFolder:
    with begin() as run:
        for stage in ("curate", "train", "evaluate"):
            run.record(stage, "k", "done", started=NOON, seconds=0.0, figures={"note": "¿qué?"})
    return run


@given(data=st.data())
def test_torn_last_line_is_ignored(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = (
        b'{"kind": "finish", "status": "done", "ended": "2025-03-04T12:00:00+00:00", "figures": {"n": "\xc3\xb1"}}\n'
    )
    cut = data.draw(st.integers(0, len(whole) - 1))
    folder = tmp_path_factory.mktemp("workspace") / "runs" / "r"
    folder.mkdir(parents=True)
    header = {
        "id": "r",
        "started": "2025-03-04T11:00:00+00:00",
        "recipe": {"name": "r", "sha256": "", "resolved": {}, "overrides": []},
        "command": [],
        "code": {"version": "", "source_sha256": "", "commit": "", "dirty": None},
        "environment": dict.fromkeys(("python", "operating_system", "packages", "packages_sha256", "variables"), ""),
        "machine": {
            **dict.fromkeys(("processor", "instructions", "threads", "memory_bytes", "gpu_driver"), ""),
            "gpus": [],
        },
    }
    (folder / HEADER).write_text(json.dumps(header))
    (folder / EVENTS).write_bytes(whole[:cut])
    assert read_run(folder).status == "interrupted"
    (folder / EVENTS).write_bytes(whole)
    assert read_run(folder).status == "done"


def test_unreadable_line_before_the_last_is_refused_with_its_number(begin: Begin) -> None:
    run = _three_stages(begin)
    lines = (run.path / EVENTS).read_bytes().splitlines(keepends=True)
    (run.path / EVENTS).write_bytes(lines[0] + b'{"kind": "sta\n' + lines[2])
    with pytest.raises(RequestError, match=r"events\.jsonl: line 2 is not readable"):
        read_run(run.path)


def test_header_of_another_form_is_refused(begin: Begin) -> None:
    run = _three_stages(begin)
    (run.path / HEADER).write_text('{"id": "r"}')
    with pytest.raises(RequestError, match=r"run\.json"):
        read_run(run.path)


def test_full_disk_leaves_no_half_line(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin()
    run.record("curate", "k", "done", started=NOON, seconds=0.0)
    write = os.write

    def write_a_little(handle: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", no_space)
        return write(handle, data[:10])

    def no_space(handle: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write_a_little)
    with pytest.raises(NoSpaceError):
        run.record("train", "k", "done", started=NOON, seconds=0.0)
    monkeypatch.undo()
    run.record("evaluate", "k", "done", started=NOON, seconds=0.0)
    run.finish("done")
    assert [event.stage for event in read_run(run.path).events] == ["curate", "evaluate"]


def test_run_that_only_reused_did_no_work(whole_run: Callable[..., Run]) -> None:
    assert whole_run(status="reused").worked is False
    assert whole_run(status="done").worked is True


def test_recording_a_run_that_reused_everything_looks_at_nothing_twice(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def noted(path: Path) -> bytes:
        read.append(path)
        with path.open("rb") as stream:
            return stream.read()

    monkeypatch.setattr(Path, "read_bytes", noted)
    monkeypatch.setattr(Path, "read_text", lambda path, *_, **__: noted(path).decode())
    with begin() as run:
        for stage in ("curate", "train", "evaluate", "publish"):
            run.record(stage, "k", "reused", started=NOON, seconds=0.0)
    assert [event.status for event in read_run(run.path).events] == ["reused"] * 4
    assert len(read) == len(set(read))

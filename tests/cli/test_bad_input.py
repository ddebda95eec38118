"""What goes wrong for a person is one message with place, cause and remedy, and the right exit code."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.community import RECIPE, TOY_BASE, make_community, rows, write_rows

from commonhold.cli import main
from commonhold.files import locked


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community that has not run."""
    return make_community(tmp_path_factory.mktemp("template")).parents[1]


@pytest.fixture
def recipe(template: Path, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    shutil.copytree(template, tmp_path / "community")
    return tmp_path / "community" / "recipes" / "water.yaml"


class Said:
    """Runs a command and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, command: str, recipe: Path, *more: str) -> tuple[int, str]:
        code = main([command, str(recipe), *more, "--workspace", str(recipe.parents[1] / "work")])
        error = self._capsys.readouterr().err
        assert "Traceback" not in error
        return code, error


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command in this process."""
    return Said(capsys)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    return path.read_text(encoding="utf-8").splitlines().index(text) + 1


def test_an_unknown_key_names_the_nearest(recipe: Path, said: Said) -> None:
    edit(recipe, "{rank: 4,", "{rnak: 4,")
    code, error = said("check", recipe)
    line = line_of(recipe, "  lora: {rnak: 4, alpha: 8}")
    assert code == 2
    assert f"{recipe}:{line} train.lora.rnak: unknown key; did you mean 'rank'? " in error
    assert "commonhold explain train.lora" in error


def test_a_wrong_type_names_line_and_value(recipe: Path, said: Said) -> None:
    edit(recipe, "epochs: 1", "epochs: many")
    code, error = said("check", recipe)
    assert code == 2
    assert f"{recipe}:{line_of(recipe, '  epochs: many')} train.epochs: this should be a whole number" in error


def test_all_the_problems_of_all_the_files_come_at_once(recipe: Path, said: Said) -> None:
    edit(recipe.parents[1] / "data" / "datasheet.yaml", "licence:", "license:")
    edit(recipe.parents[1] / "tasks" / "choices" / "items.csv", "Which is wet?,a,", "Which is wet?,f,")
    edit(recipe, f"id: {TOY_BASE}", "id: smolm3-3b")
    code, error = said("check", recipe)
    assert code == 2
    assert "did you mean 'licence'?" in error
    assert "items.csv:2" in error
    assert "did you mean 'smollm3-3b'?" in error


def test_a_missing_recipe(tmp_path: Path, said: Said) -> None:
    code, error = said("check", tmp_path / "nowhere.yaml")
    assert code == 2
    assert "nowhere.yaml: there is no such file" in error


def test_a_missing_data_file(recipe: Path, said: Said) -> None:
    (recipe.parents[1] / "data" / "rows.csv").unlink()
    for command in ("check", "curate", "train"):
        code, error = said(command, recipe)
        assert code == 2
        assert "datasheet.yaml:10 files.0.path: there is no file 'rows.csv' in " in error


def test_a_missing_data_folder(recipe: Path, said: Said) -> None:
    edit(recipe, "folder: ../data", "folder: ../date")
    code, error = said("check", recipe)
    assert code == 2
    assert "date" in error


def test_a_file_in_another_encoding_than_declared_names_line_and_remedy(recipe: Path, said: Said) -> None:
    data = recipe.parents[1] / "data" / "rows.csv"
    edit(data.with_name("datasheet.yaml"), "{path: rows.csv}", "{path: rows.csv, encoding: utf-8}")
    data.write_bytes(data.read_bytes() + b"W99,p1,\xe1rbol ca\xeddo,The mill desk,yes\n")
    code, error = said("curate", recipe)
    assert code == 2
    assert f"{data}:22" in error
    assert "windows-1252" in error


def test_ragged_rows_are_named_and_wait_in_a_repair_file(recipe: Path, said: Said) -> None:
    data = recipe.parents[1] / "data" / "rows.csv"
    data.write_text(data.read_text(encoding="utf-8") + "W98,p1,three cells\nW99,p1,a,b,yes,six\n", encoding="utf-8")
    code, error = said("curate", recipe)
    assert code == 0
    assert "2 rows of rows.csv cannot be read and were left out: rows.csv:22 (3 cells where the header has 5)" in error
    (repair,) = (recipe.parents[1] / "work" / "objects" / "curate").glob("*/repair/rows.repair.csv")
    assert "three cells" in repair.read_text(encoding="utf-8")


def test_a_file_of_which_no_row_can_be_read_has_all_of_them_named(recipe: Path, said: Said) -> None:
    data = recipe.parents[1] / "data" / "rows.csv"
    data.write_text("Entry,Who,Message,Reply,OK?\nW98,p1,three cells\nW99,p1,a,b,yes,six\n", encoding="utf-8")
    code, error = said("curate", recipe)
    assert code == 2
    assert f"{data}:2 row 2: 3 cells where the header has 5" in error
    assert f"{data}:3 row 3: 6 cells where the header has 5" in error
    (repair,) = (recipe.parents[1] / "work" / "refused" / "curate").glob("*/repair/rows.repair.csv")
    assert "three cells" in repair.read_text(encoding="utf-8")


def test_no_consent_anywhere(recipe: Path, said: Said) -> None:
    write_rows(recipe.parents[1] / "data" / "rows.csv", rows(consent=""))
    code, error = said("curate", recipe)
    assert code == 2
    assert "consent" in error
    assert "20" in error


def test_no_row_left(recipe: Path, said: Said) -> None:
    code, error = said("curate", recipe, "--set", "data.min_words=500", "--set", "data.max_words=600")
    assert code == 2
    assert "data.min_words" in error


def test_an_empty_validation_split_is_told_and_no_mistake(recipe: Path, said: Said) -> None:
    write_rows(recipe.parents[1] / "data" / "rows.csv", rows(1))
    code, error = said("curate", recipe)
    assert code == 0
    assert "there is no validation split" in error


def test_a_base_that_is_not_here_says_what_to_fetch_and_where_to_put_it(recipe: Path, said: Said) -> None:
    edit(recipe, f"id: {TOY_BASE}", "id: smollm3-3b")
    code, error = said("train", recipe)
    assert code == 2
    assert "HuggingFaceTB/SmolLM3-3B" in error
    assert "a07cc9a04f16550a088caea529712d1d335b0ac1" in error
    assert str(recipe.parents[1] / "work" / "bases" / "smollm3-3b") in error


def test_a_corrupted_base_is_a_digest_error(recipe: Path, said: Said) -> None:
    assert said("train", recipe, "--set", "train.max_tokens=32")[0] == 2  # pins the base, then finds every row too long
    weights = recipe.parents[1] / "work" / "bases" / TOY_BASE / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    code, error = said("train", recipe)
    assert code == 4
    assert f"{weights}: sha256 is" in error


def test_too_many_long_examples(recipe: Path, said: Said) -> None:
    code, error = said("train", recipe, "--set", "train.max_tokens=32")
    assert code == 2
    assert "Raise train.max_tokens" in error


def test_a_second_run_on_the_same_workspace(recipe: Path, said: Said) -> None:
    with locked(recipe.parents[1] / "work" / "workspace.lock", "a test"):
        code, error = said("train", recipe)
    assert code == 2
    assert "--workspace" in error


def test_a_gate_that_says_no_has_its_own_exit_code(recipe: Path, said: Said) -> None:
    code, error = said("train", recipe, "--set", "evaluate.gates=[{task: replies, min_tuned: 1.0}]")
    assert code == 3
    assert "not published" in error
    assert "report.html" in error


def test_serving_what_was_never_published(recipe: Path, said: Said) -> None:
    code, error = said("serve", recipe)
    assert code == 2
    assert "water-desk: nothing is published yet" in error


def test_a_full_disk_loses_nothing(recipe: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync
    left = [3]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        code, error = said("curate", recipe)
    assert code == 2
    assert "the disk is full" in error
    assert said("curate", recipe)[0] == 0


def test_a_workspace_that_may_not_be_written(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = recipe.parents[1] / "work" / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    code = main(["curate", str(recipe), "--workspace", str(blocked)])
    assert code == 2
    assert "Traceback" not in capsys.readouterr().err


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "commonhold", *arguments]


def test_ctrl_c_is_a_message_and_130(recipe: Path) -> None:
    with subprocess.Popen(
        _command("train", str(recipe), "--workspace", str(recipe.parents[1] / "work"), "--set", "train.epochs=100"),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        heard = []
        for line in process.stderr:
            heard.append(line)
            if "training on" in line:
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130, (heard, rest)
    assert "stopped. What was finished is kept" in rest
    assert "Traceback" not in rest


def test_help_answers_without_heavy_libraries() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "commonhold", "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Exit codes" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not {"pydantic", "yaml", "torch", "numpy"} & loaded


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(":", "", 3),
        lambda text: "- " + text,
        lambda text: text + "\n\x00",
        lambda _: "",
        lambda text: text.replace("seed", "\tseed"),
    ],
)
def test_a_damaged_recipe_never_shows_a_traceback(recipe: Path, said: Said, spoil: Callable[[str], str]) -> None:
    damaged = spoil(RECIPE)
    recipe.write_text(damaged, encoding="utf-8")
    code, error = said("check", recipe)
    assert (code, bool(error)) == ((2, True) if damaged != RECIPE else (0, False))

"""What a shell offers at the Tab key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem, ShellComplete

from commonhold.cli import main
from commonhold.cli.app import PROGRAM, app
from commonhold.cli.completion import INSTRUCTION


def offered(line: str) -> list[CompletionItem[str]]:
    """What is offered for the last word of a line."""
    *before, last = line.split(" ")
    return ShellComplete(app, {}, PROGRAM, INSTRUCTION).get_completions(before, last)


def names(line: str) -> list[str]:
    return [each.value for each in offered(line) if each.type == "plain"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tra", ["train", "track"]),
        ("eval p", ["preview", "pack"]),
        ("--workspace ws eval pa", ["pack"]),
        ("curate sh", ["show"]),
        ("train r.yaml --force ", ["curate", "train", "evaluate", "publish"]),
        ("train r.yaml --force ev", ["evaluate"]),
        ("keygen k.pem --for ", ["steward", "publisher"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("train r.yaml --wor", ["--workers", "--workspace"]),
        ("curate --ray", ["--ray-address"]),
        ("--wor", ["--workspace"]),
        ("zz", []),
    ],
)
def test_names_options_and_choices_are_completed(line: str, expected: list[str]) -> None:
    assert names(line) == expected


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("train rec", "file"),
        ("curate my", "file"),
        ("curate r.yaml --workspace w", "dir"),
        ("--workspace w", "dir"),
        ("eval --workspace ", "dir"),
        ("eval check ta", "dir"),
        ("eval pack run --out o", "dir"),
        ("verify --stewards G", "file"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(line: str, kind: str) -> None:
    assert [each.type for each in offered(line)] == [kind]


def test_after_curate_come_its_commands_and_files() -> None:
    kinds = [each.type for each in offered("curate ")]
    assert kinds[0] == "file"  # bash forgets what came before it
    assert {"show", "why-dropped"} <= set(names("curate "))


def in_bash(tmp_path: Path, line: str) -> list[str]:
    """Sources the script in bash and completes the last word of a line."""
    program = tmp_path / "commonhold"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m commonhold "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    words = line.split(" ")
    typed = f"""
        source <(commonhold completion bash) || exit 1
        complete -p commonhold >/dev/null || exit 1
        COMP_WORDS=({" ".join(words)}) COMP_CWORD={len(words) - 1}
        _commonhold_completion commonhold
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(["bash", "--norc", "-c", typed], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_bash_completes_a_command(tmp_path: Path) -> None:
    assert in_bash(tmp_path, "commonhold trai") == ["train"]
    assert in_bash(tmp_path, "commonhold tr") == ["train", "track"]
    assert in_bash(tmp_path, "commonhold curate why") == ["why-dropped"]


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("zsh", "compdef _commonhold_completion commonhold"),
        ("fish", "complete --no-files --command commonhold"),
        ("bash", "complete -o nosort -F _commonhold_completion commonhold"),
    ],
)
def test_each_shell_gets_its_script(shell: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert line in script
    assert f"{INSTRUCTION}={shell}_complete" in script


def test_the_page_shows_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["completion", "--help"]) == 0
    page = capsys.readouterr().out
    for end in ("bash >> ~/.bashrc", "zsh >> ~/.zshrc", "fish > ~/.config/fish/completions/commonhold.fish"):
        assert f"commonhold completion {end}\n" in page


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "csh"]) == 2
    assert "SHELL: 'csh' is not one of 'bash', 'zsh', 'fish'" in capsys.readouterr().err

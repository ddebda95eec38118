"""What differs from the commit is shown, unless it looks like a secret or is too large."""

import subprocess
from pathlib import Path

import pytest

from commonhold.provenance.code_patch import MAX_BYTES, dirty_patch


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Toy", "-c", "user.email=toy@water.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A package in a git work tree, as it was committed."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text("ONE = 1\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin")
    return folder


def test_code_as_committed_has_no_patch(code: Path) -> None:
    assert dirty_patch(code) == ("", "")


def test_changed_and_new_files_are_shown(code: Path) -> None:
    (code / "__init__.py").write_text("ONE = 2\n", encoding="utf-8")
    (code / "new.py").write_text("TWO = 2\n", encoding="utf-8")
    lines = dirty_patch(code).text.splitlines()
    assert [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-ONE = 1",
        "+ONE = 2",
        "+TWO = 2",
    ]
    assert "+++ b/new.py" in lines


def test_patch_is_applied_by_git(code: Path) -> None:
    (code / "__init__.py").write_text("ONE = 2\n", encoding="utf-8")
    patch = code.parent / "changes.txt"
    patch.write_text(dirty_patch(code).text, encoding="utf-8")
    git(code.parent, "checkout", "-q", "--", "package")
    git(code.parent, "apply", str(patch))
    assert (code / "__init__.py").read_text(encoding="utf-8") == "ONE = 2\n"


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN EC PRIVATE KEY-----",
        "hf_abcdefghijklmnopqrstuvwxyz",
        "AKIAABCDEFGHIJKLMNOP",
        "password = 'open sesame'".replace(" s", "-s"),
        '"api_key": "0123456789abcdef"',
    ],
)
def test_what_looks_like_a_secret_is_kept_back(code: Path, secret: str) -> None:
    (code / "new.py").write_text(f"{secret}\n", encoding="utf-8")
    found = dirty_patch(code)
    assert found.text == ""
    assert "looks like a password or key" in found.withheld


@pytest.mark.parametrize("harmless", ["password = ask()", "hf_token", "sk-short", "# the private key stays at home"])
def test_words_about_secrets_are_none(code: Path, harmless: str) -> None:
    (code / "new.py").write_text(f"{harmless}\n", encoding="utf-8")
    assert harmless in dirty_patch(code).text


def test_large_difference_is_kept_back(code: Path) -> None:
    (code / "new.py").write_text("x\n" * (MAX_BYTES // 3 - 100), encoding="utf-8")
    assert dirty_patch(code).text
    (code / "new.py").write_text("x\n" * (MAX_BYTES // 3), encoding="utf-8")
    assert "larger than 1 MiB" in dirty_patch(code).withheld


def test_code_outside_git_has_no_patch(tmp_path: Path) -> None:
    assert dirty_patch(tmp_path) == ("", "")

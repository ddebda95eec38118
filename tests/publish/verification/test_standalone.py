"""The verifier as one file says what commonhold says, and needs nothing but Python."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.publish.verification.handing_out import QUORUM, Keys

from commonhold.publish.standalone import standalone_text
from commonhold.publish.verify import verify

SHIPPED = Path(__file__).parents[3] / "deploy" / "verifier" / "verify_commonhold.py"


class Ran(NamedTuple):
    code: int
    said: str
    complained: str


def run(*words: object, program: Path = SHIPPED) -> Ran:
    """The shipped file in a Python of its own, without packages, environment or the present folder."""
    command = [sys.executable, "-I", "-S", str(program), *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
    assert "Traceback" not in ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def trusted(keys: Keys, tmp_path: Path) -> Sequence[object]:
    """What a stranger got at the community's office, as options."""
    (tmp_path / "publisher.pub").write_text(keys.publisher.public.pem, encoding="utf-8")
    stewards = {"quorum": QUORUM, "stewards": [each._asdict() for each in keys.signatories]}
    (tmp_path / "stewards.json").write_text(json.dumps(stewards), encoding="utf-8")
    return "--key", tmp_path / "publisher.pub", "--stewards", tmp_path / "stewards.json", "--promoted"


def test_the_shipped_file_is_the_one_that_the_code_makes() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == standalone_text(), (
        "run: commonhold verify --standalone-to deploy/verifier/verify_commonhold.py"
    )


def test_it_imports_the_standard_library_only() -> None:
    names = set()
    for node in ast.walk(ast.parse(standalone_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).split(".")[0])
    assert len(names) > 15
    assert names <= set(sys.stdlib_module_names)


def test_a_stranger_with_the_file_and_the_keys_sees_who_stands_behind_it(
    handed_whole: Path, trusted: Sequence[object], keys: Keys
) -> None:
    ran = run(handed_whole, *trusted)
    assert ran.code == 0, ran
    assert "2 of 3 stewards approved it" in ran.said
    assert f"the holder of the key {keys.publisher.public.fingerprint[:12]}… has signed exactly these files" in ran.said


def test_it_finds_what_commonhold_finds(handed_whole: Path, keys: Keys, trusted: Sequence[object]) -> None:
    ours = verify(handed_whole, trust=keys.trust)
    theirs = json.loads(run(handed_whole, *trusted, "--json").said)
    assert theirs["sound"] is True
    assert (theirs["bundle_sha256"], theirs["files"], theirs["bytes"]) == (ours.digest, ours.files, ours.bytes)
    # Only commonhold itself knows what a model card has to say.
    assert set(ours.proven) - set(theirs["proven"]) == {
        "the model card, the label and the other views say what the record says"
    }
    assert set(theirs["proven"]) <= set(ours.proven)


def test_a_changed_byte_ends_with_code_4_and_is_named(handed: Path, trusted: Sequence[object]) -> None:
    path = handed / "bundle/adapter/adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    ran = run(handed, *trusted)
    assert ran.code == 4
    assert "bundle/adapter" not in ran.complained
    assert "  adapter/adapter_model.safetensors: sha256 is " in ran.said
    assert "Do not use it" in ran.said
    assert json.loads(run(handed, "--json").said)["sound"] is False


def test_a_dropped_approval_ends_with_code_4(handed: Path) -> None:
    (handed / "attestations/approvals/ana.json").unlink()
    assert run(handed).code == 4


def test_an_archive_is_taken_too(handed_whole: Path, trusted: Sequence[object], tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "model"), "zip", handed_whole)
    assert run(archive, *trusted).code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        ([".", "--key", "nonsense"], "a public key is written ed25519:"),
        ([".", "--stewards", "nowhere"], "No such file"),
        ([], "the following arguments are required: target"),
    ],
)
def test_a_wrong_request_ends_with_code_2(words: Sequence[str], message: str) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert message in ran.complained


def test_two_things_with_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.publish.standalone.MODULES", ("digests.py", "seeds.py", "files.py"))
    with pytest.raises(ValueError, match="which the one file does not have under that name"):
        standalone_text()
    monkeypatch.setattr("commonhold.publish.standalone.MODULES", ("publish/gaps.py", "publish/wording.py"))
    with pytest.raises(ValueError, match=r"stands in|does not have"):
        standalone_text()

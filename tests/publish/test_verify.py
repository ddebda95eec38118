"""Whatever is changed in a bundle is noticed, and every change is told."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.digests import canonical_json
from commonhold.errors import DigestError, MissingInputError
from commonhold.publish.allowed_files import look_through
from commonhold.publish.bundle import assemble
from commonhold.publish.inputs import BundleInputs
from commonhold.publish.manifest import FILE_NAME, manifest_bytes
from commonhold.publish.verify import Verification, verify


def names(bundle: Path) -> list[str]:
    """Every file of the toy bundle."""
    return sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())


@pytest.fixture
def bundle(whole: Path, tmp_path: Path) -> Path:
    """A copy of the toy bundle, to change."""
    return Path(shutil.copytree(whole, tmp_path / "bundle"))


def problems(bundle: Path) -> list[str]:
    """What a check finds wrong, a line each."""
    with pytest.raises(DigestError) as caught:
        verify(bundle)
    assert caught.value.exit_code == 4
    return [line.strip() for line in str(caught.value).splitlines()[1:-1]]


def rewrite_manifest(bundle: Path) -> None:
    """What someone does who changes a file and knows how bundles are checked."""
    files = {name: seen for name, seen in look_through(bundle).files.items() if name != FILE_NAME}
    (bundle / FILE_NAME).write_bytes(manifest_bytes(files))


def test_whole_bundle_passes_and_says_what_that_proves(whole: Path) -> None:
    found = verify(whole)
    assert (found.model, found.files) == ("water-desk", 28)
    assert found.digest == json.loads((whole / FILE_NAME).read_bytes())["bundle_sha256"]
    assert "the model card, the label and the other views say what the record says" in found.proven
    assert found.not_checkable[0] == "who made it: the bundle is not signed"


def test_expected_digest_is_compared(whole: Path) -> None:
    digest = verify(whole).digest
    found: Verification = verify(whole, digest)
    assert found.proven[-1] == "it is the bundle with the digest that was expected"
    assert not any("exchanged as a whole" in line for line in found.not_checkable)
    with pytest.raises(DigestError, match=f"digest is {digest}, but {'0' * 64} was expected"):
        verify(whole, "0" * 64)


@settings(max_examples=3)
@given(share=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_any_changed_byte_of_any_file_is_noticed(whole: Path, share: float, mask: int) -> None:
    assert len(names(whole)) == 29
    for name in names(whole):
        path = whole / name
        before = path.read_bytes()
        place = int(share * len(before))
        try:
            path.write_bytes(before[:place] + bytes([before[place] ^ mask]) + before[place + 1 :])
            assert any(line.startswith(name) for line in problems(whole))
        finally:
            path.write_bytes(before)
    assert verify(whole)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\n", lambda data: data[:0]])
def test_shorter_longer_and_empty_files_are_noticed(change: Callable[[bytes], bytes], bundle: Path) -> None:
    for name in names(bundle):
        before = (bundle / name).read_bytes()
        (bundle / name).write_bytes(change(before))
        assert any(line.startswith(name) for line in problems(bundle))
        (bundle / name).write_bytes(before)


def test_any_missing_file_is_noticed(bundle: Path, tmp_path: Path) -> None:
    for name in names(bundle):
        (bundle / name).rename(tmp_path / "away")
        assert f"{name}: missing" in problems(bundle)
        (tmp_path / "away").rename(bundle / name)


@pytest.mark.parametrize("name", ["extra.json", ".hidden.json", ".git/hooks.txt", "adapter/.x/y.md", "merged/a/b.json"])
def test_file_that_nobody_listed_is_noticed(name: str, bundle: Path) -> None:
    (bundle / name).parent.mkdir(parents=True, exist_ok=True)
    (bundle / name).write_text("{}", encoding="utf-8")
    assert f"{name}: is not in the manifest" in problems(bundle)


def test_all_problems_are_told_at_once(bundle: Path) -> None:
    (bundle / "data/summary.json").unlink()
    (bundle / "extra.txt").write_text("x", encoding="utf-8")
    (bundle / "README.md").write_text("# Another", encoding="utf-8")
    told = problems(bundle)
    assert "data/summary.json: missing" in told
    assert "extra.txt: is not in the manifest" in told
    assert any(line.startswith("README.md: has 9 bytes, but the manifest says ") for line in told)


def test_files_that_changed_places_are_noticed(bundle: Path) -> None:
    first, second = bundle / "evaluation/report.md", bundle / "evaluation/report.html"
    texts = first.read_bytes(), second.read_bytes()
    first.write_bytes(texts[1])
    second.write_bytes(texts[0])
    assert len(problems(bundle)) >= 2


def test_link_to_an_equal_file_is_refused(bundle: Path, tmp_path: Path) -> None:
    path = bundle / "training/log.jsonl"
    path.rename(tmp_path / "log.jsonl")
    path.symlink_to(tmp_path / "log.jsonl")
    assert "training/log.jsonl: is a link; a bundle holds files only" in problems(bundle)


def test_link_to_a_folder_is_refused(bundle: Path, tmp_path: Path) -> None:
    (bundle / "more").symlink_to(tmp_path)
    assert "more: is a link; a bundle holds files only" in problems(bundle)


def test_pipe_is_refused_and_not_read(bundle: Path) -> None:
    os.mkfifo(bundle / "pipe.json")
    assert "pipe.json: is no plain file" in problems(bundle)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("adapter/model.bin", b"x", "files of this kind are not allowed"),
        ("run.py", b"print()", "files of this kind are not allowed"),
        ("Makefile", b"all:", "files of this kind are not allowed"),
        ("WEIGHTS.SAFETENSORS", b"x", "files of this kind are not allowed"),
        ("a.json", b"\x80\x04\x95\x00", "is a Python pickle, which executes what it reads"),
        ("a.safetensors", b"\x80\x02}q\x00.", "is a Python pickle, which executes what it reads"),
        ("a.safetensors", b"PK\x03\x04" + b"\0" * 40, "is a zip archive"),
        ("a.md", b"PK\x03\x04rest", "is a zip archive"),
        ("a.txt", b"\x7fELFrest", "is a program"),
        ("a.txt", b"caf\xe9", "is not text in UTF-8"),
        ("a.txt", b"caf\xc3", "is not text in UTF-8"),
        ("a.html", b"a\0b", "holds a zero byte, which text does not"),
        ("a b.txt", b"x", "has a name outside letters, digits, dot, hyphen and underscore"),
        ("caf\u00e9.txt", b"x", "has a name outside letters, digits, dot, hyphen and underscore"),
        ("readme.md", b"x", "differs from 'README.md' in capitals only"),
    ],
)
def test_foreign_file_is_refused_even_when_the_manifest_lists_it(
    name: str, content: bytes, problem: str, bundle: Path
) -> None:
    (bundle / name).write_bytes(content)
    rewrite_manifest(bundle)
    assert any(problem in line for line in problems(bundle))


def test_name_that_would_write_to_the_terminal_is_shown_harmless(bundle: Path) -> None:
    (bundle / "a\x1b[31m\n.txt").write_bytes(b"x")
    told = problems(bundle)
    assert any(line.startswith(r"'a\x1b[31m\n.txt'") for line in told)
    assert not any("\x1b" in line for line in told)


def test_file_is_held_against_the_record_when_the_manifest_was_rewritten(bundle: Path) -> None:
    path = bundle / "evaluation/results.json"
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.05"))
    rewrite_manifest(bundle)
    assert problems(bundle) == ["evaluation/results.json: is not the file that the record names"]


def test_file_that_no_record_names_is_refused_when_the_manifest_lists_it(bundle: Path) -> None:
    (bundle / "merged/added.json").write_text("{}", encoding="utf-8")
    rewrite_manifest(bundle)
    assert problems(bundle) == ["merged/added.json: is not the file that the record names"]


def test_card_that_says_something_else_than_the_record_is_told(bundle: Path) -> None:
    path = bundle / "README.md"
    path.write_text(path.read_text(encoding="utf-8").replace("75 %", "99 %"), encoding="utf-8")
    rewrite_manifest(bundle)
    found = verify(bundle)
    assert not any("say what the record says" in line for line in found.proven)
    assert any(line.startswith("README.md: this version") for line in found.not_checkable)


def test_record_with_a_key_twice_is_refused(bundle: Path) -> None:
    path = bundle / "record.json"
    path.write_bytes(path.read_bytes().replace(b'"record_version":1', b'"record_version":2,"record_version":1'))
    rewrite_manifest(bundle)
    assert any(
        line.startswith("record.json: not readable as JSON: it has the key 'record_version' twice")
        for line in problems(bundle)
    )


def test_record_of_an_unknown_form_is_refused_with_its_place(bundle: Path) -> None:
    path = bundle / "record.json"
    record = json.loads(path.read_bytes())
    record["evaluation"]["tasks"][0]["items"] = -1
    path.write_bytes(canonical_json(record))
    rewrite_manifest(bundle)
    assert any(line.startswith("record.json evaluation.tasks.0.items: ") for line in problems(bundle))


@pytest.mark.parametrize("name", ["record.json", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"null", b"[]", b"NaN", b'{"files": {"a": 1}}', b"\xff"])
def test_anything_in_place_of_record_or_manifest_is_a_problem_and_no_crash(
    name: str, content: bytes, bundle: Path
) -> None:
    (bundle / name).write_bytes(content)
    assert any(line.startswith(name) for line in problems(bundle))


def test_folder_that_is_not_there_is_the_askers_mistake(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no such folder"):
        verify(tmp_path / "nowhere")


def test_empty_folder_is_no_bundle(tmp_path: Path) -> None:
    assert "manifest.json: missing" in problems(tmp_path)


def test_copy_that_keeps_hard_links_is_still_the_bundle(inputs: BundleInputs, tmp_path: Path) -> None:
    made = assemble(inputs, tmp_path / "made")
    shutil.copytree(made.path, tmp_path / "linked", copy_function=os.link)
    assert verify(tmp_path / "linked").digest == made.digest


def test_record_with_a_space_too_many_is_refused(bundle: Path) -> None:
    path = bundle / "record.json"
    path.write_bytes(path.read_bytes().replace(b'"record_version":1', b'"record_version": 1'))
    rewrite_manifest(bundle)
    assert any(line.startswith("record.json: not canonical JSON") for line in problems(bundle))


def test_bundle_inside_what_was_handed_out_finds_its_attestations(bundle: Path) -> None:
    (bundle.parent / "attestations").mkdir()
    (bundle.parent / "attestations/model.sig").write_bytes(b"{}")
    assert problems(bundle) == ["model.sig: is no Sigstore bundle of version 0.3"]

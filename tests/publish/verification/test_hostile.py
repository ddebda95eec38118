"""Bundles and archives that were made to harm are refused, each in words of its own, and nothing is written or run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.publish.verification.handing_out import files_of
from tests.publish.verification.hostile_archives import ARCHIVES, ArchiveCase
from tests.publish.verification.hostile_folders import FOLDERS, KEEPS_MANIFEST, Case

from commonhold.publish.allowed_files import look_through
from commonhold.publish.manifest import FILE_NAME, manifest_bytes
from commonhold.publish.verification.archives import unpacked
from commonhold.publish.verification.command import inspect_target
from commonhold.publish.verification.findings import Trust


@pytest.fixture
def bundle(whole: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the toy bundle, to spoil."""
    yield Path(shutil.copytree(whole, tmp_path / "bundle"))
    shutil.rmtree(tmp_path / "bundle")  # a terabyte that takes no room still frightens other tools


def problems(target: Path) -> list[str]:
    return inspect_target(target, Trust()).findings.problems


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_a_hostile_folder_is_refused_in_words_of_its_own(case: Case, bundle: Path) -> None:
    case.spoil(bundle)
    if case.name not in KEEPS_MANIFEST:
        files = {name: seen for name, seen in look_through(bundle).files.items() if name != FILE_NAME}
        (bundle / FILE_NAME).write_bytes(manifest_bytes(files))
    told = problems(bundle)
    assert any(case.trouble in line for line in told), told


@pytest.mark.parametrize("case", ARCHIVES, ids=lambda case: case.name)
def test_a_hostile_archive_is_refused_and_writes_nothing(case: ArchiveCase, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    archive = tmp_path / "in" / "model.archive"
    archive.write_bytes(case.make())
    told = problems(archive)
    assert len(told) == 1
    assert case.trouble in told[0]
    assert list(tmp_path.rglob("*")) == [tmp_path / "in", archive]


def test_the_corpus_is_large_and_no_two_cases_share_their_words() -> None:
    cases: tuple[Case | ArchiveCase, ...] = (*FOLDERS, *ARCHIVES)
    assert len(cases) == 149
    assert len({case.name for case in cases}) == len(cases)
    assert len({case.trouble for case in cases}) >= 120


@pytest.mark.parametrize("form", ["zip", "tar", "gztar"])
@pytest.mark.parametrize("inside", [".", "water-desk"])
def test_an_archive_of_a_sound_copy_is_sound(form: str, inside: str, handed_whole: Path, tmp_path: Path) -> None:
    root = handed_whole if inside == "." else handed_whole.parent
    packed = [path.name for path in root.iterdir()] if inside == "." else [handed_whole.name]
    archive = shutil.make_archive(str(tmp_path / "copy"), form, root, None if inside == "." else packed[0])
    found = inspect_target(Path(archive), Trust())
    assert found.findings.problems == []
    assert len(found.files) == len(files_of(handed_whole / "bundle")) - 1  # the manifest counts the others


def test_an_archive_is_unpacked_where_nobody_else_looks_and_removed(handed_whole: Path, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "copy"), "zip", handed_whole))
    with unpacked(archive) as folder:
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_changed_byte_in_an_archive_is_noticed(handed_whole: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(handed_whole, tmp_path / "copy"))
    path = copy / "bundle/evaluation/report.md"
    path.write_bytes(b"C" + path.read_bytes()[1:])
    assert problems(Path(shutil.make_archive(str(tmp_path / "packed"), "zip", copy)))

"""The wheel: what strangers' type checkers and package indexes see."""

import email
import subprocess
import sys
import sysconfig
import zipfile
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPOSITORY = "https://github.com/commonhold/commonhold"
CONSUMER = """from pathlib import Path
from commonhold.digests import sha256_file
digest: {kind} = sha256_file(Path("x"))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is installed, built by the backend that pyproject names."""
    folder = tmp_path_factory.mktemp("wheel")
    program = f"import hatchling.build; hatchling.build.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def type_check(wheel: Path, kind: str, folder: Path, *left_out: str) -> str:
    """What mypy says to a stranger's file in an environment with this wheel."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages, [name for name in archive.namelist() if name not in left_out])
    (folder / "consumer.py").write_text(CONSUMER.format(kind=kind), encoding="utf-8")
    options = ["--strict", "--cache-dir", str(folder / "cache"), "--python-executable", str(folder / "venv/bin/python")]
    command = [sys.executable, "-m", "mypy", *options, "consumer.py"]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False).stdout


def test_a_consumer_of_the_wheel_sees_types(wheel: Path, tmp_path: Path) -> None:
    assert "Success" in type_check(wheel, "str", tmp_path)


def test_a_consumer_of_the_wheel_sees_wrong_types(wheel: Path, tmp_path: Path) -> None:
    assert 'expression has type "str", variable has type "int"' in type_check(wheel, "int", tmp_path)


def test_without_the_marker_types_would_not_be_seen(wheel: Path, tmp_path: Path) -> None:
    assert "py.typed" in type_check(wheel, "str", tmp_path, "commonhold/py.typed")


def test_the_wheel_holds_the_styles_and_pages_of_reports(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    pages = [path for path in (ROOT / "pipeline").rglob("templates/*") if path.is_file()]
    assert len(pages) > 8
    assert {path.relative_to(ROOT / "pipeline").as_posix() for path in pages} <= names


def test_an_index_is_told_where_the_project_lives(metadata: Message) -> None:
    urls = dict(line.split(", ", 1) for line in metadata.get_all("Project-URL", []))
    assert set(urls) == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    assert all(url == REPOSITORY or url.startswith(f"{REPOSITORY}/") for url in urls.values())
    files = [url.partition("/blob/main/")[2] for url in urls.values() if "/blob/main/" in url]
    assert len(files) == 2
    assert all((ROOT / file).is_file() for file in files)


def test_the_words_of_the_field_find_the_package(metadata: Message) -> None:
    words = set(str(metadata["Keywords"]).split(","))
    assert {"civic-tech", "dataset-curation", "data-provenance", "fine-tuning", "lora", "qlora", "sbom"} <= words


def test_the_classifiers_name_the_pythons_that_are_allowed(metadata: Message) -> None:
    named = {line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if "Python :: 3." in line}
    assert named == {"3.11", "3.12", "3.13"}
    assert str(metadata["Requires-Python"]) == "<3.14,>=3.11"

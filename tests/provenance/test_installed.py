"""What is installed is known by version, licence and files, wherever it is installed."""

from pathlib import Path

from commonhold.provenance.installed import installed


def package(folder: Path, name: str, version: str, metadata: str = "", record: str = "") -> None:
    place = folder / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    text = f"Metadata-Version: 2.4\nName: {name}\n{metadata}\n\nLicense: no head\n"
    (place / "METADATA").write_text(text, encoding="utf-8")
    if record:
        (place / "RECORD").write_text(record, encoding="utf-8")


def test_licence_is_the_expression_then_the_classifier_then_the_word(tmp_path: Path) -> None:
    package(tmp_path, "Toy_One", "1", "License-Expression: MIT\nLicense: Other")
    package(tmp_path, "two", "2", "Classifier: License :: OSI Approved :: Apache Software License\nLicense: Other")
    package(tmp_path, "three", "3", "License: BSD")
    package(tmp_path, "four", "4")
    found = {name: entry.licence for name, entry in installed([tmp_path]).items()}
    assert found == {"toy-one": "MIT", "two": "Apache Software License", "three": "BSD", "four": ""}


def test_files_are_the_same_in_another_folder_and_order(tmp_path: Path) -> None:
    lines = ["toy.py,sha256=aa,3", "toy/more.py,sha256=bb,4"]
    package(tmp_path / "a", "toy", "1", record="\n".join([*lines, "../../bin/toy,sha256=11,9", "x.pyc,,"]))
    package(tmp_path / "b", "toy", "1", record="\n".join([*lines[::-1], "toy-1.dist-info/INSTALLER,sha256=22,3"]))
    package(tmp_path / "c", "toy", "1", record="\n".join([lines[0], "toy/more.py,sha256=cc,4"]))
    here, there, other = (installed([tmp_path / each])["toy"].files_sha256 for each in "abc")
    assert here == there != other


def test_package_without_a_list_of_files_says_so(tmp_path: Path) -> None:
    package(tmp_path, "toy", "1")
    assert installed([tmp_path])["toy"].files_sha256 == ""


def test_first_folder_wins(tmp_path: Path) -> None:
    package(tmp_path / "a", "toy", "1")
    package(tmp_path / "b", "toy", "2")
    assert installed([tmp_path / "a", tmp_path / "b", tmp_path / "gone"])["toy"].version == "1"

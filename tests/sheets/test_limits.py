import random
import zipfile
from pathlib import Path

import pytest
from tests.sheets.made import source

from commonhold.errors import FormError
from commonhold.sheets import limits
from commonhold.sheets.limits import check_archive
from commonhold.sheets.source import Source


def pack(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def packed(path: Path, parts: dict[str, bytes]) -> Source:
    return source(pack(path, parts))


def test_what_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1 << 20)
    check_archive(packed(tmp_path / "a.xlsx", {"xl/big": bytes(1 << 20)}))
    with pytest.raises(FormError, match=r"more than 1 MB when unpacked\. Save the rows as CSV"):
        check_archive(packed(tmp_path / "b.xlsx", {"xl/big": bytes((1 << 20) + 1)}))


def test_what_unpacks_to_many_times_its_size_is_refused_once_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "a.xlsx", {"xl/big": bytes(1 << 20)})
    check_archive(source(path))
    monkeypatch.setattr(limits, "FREE_BYTES", (1 << 20) - 1)
    check_archive(packed(tmp_path / "b.xlsx", {"xl/media/picture": random.Random(1).randbytes(1 << 20)}))
    with pytest.raises(FormError, match="times its size, as no real file does"):
        check_archive(source(path))


def test_too_many_parts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PARTS", 2)
    check_archive(packed(tmp_path / "a.xlsx", dict.fromkeys("ab", b"")))
    with pytest.raises(FormError, match="3 files are packed in it, more than 2"):
        check_archive(packed(tmp_path / "b.xlsx", dict.fromkeys("abc", b"")))


def test_xml_with_entities_of_its_own_is_refused(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'
    with pytest.raises(FormError, match=r"word/document\.xml declares entities"):
        check_archive(packed(tmp_path / "a.docx", {"word/document.xml": laughs}))
    check_archive(packed(tmp_path / "b.docx", {"word/media/picture.txt": laughs}))

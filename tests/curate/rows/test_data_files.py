"""The files that a datasheet names."""

from pathlib import Path

import pytest

from commonhold.curate.rows.data_files import expand, open_rows
from commonhold.curate.rows.datasheet import DataFile, read_datasheet
from commonhold.errors import FormError, MissingInputError
from commonhold.sheets.source import SourceFolder


def test_folders_and_patterns_stand_for_their_documents_in_order(tmp_path: Path) -> None:
    (tmp_path / "docs" / "old").mkdir(parents=True)
    for name in ("b.docx", "a.pdf", "old/c.HTML", "~$b.docx", "notes.txt", "photo.png", "d.docx"):
        (tmp_path / "docs" / name).write_text("x")
    (tmp_path / "docs" / "e.docx").symlink_to("/etc/hostname")
    names = [file.path for file in expand(tmp_path, DataFile(path="docs/"))]
    assert names == ["docs/a.pdf", "docs/b.docx", "docs/d.docx", "docs/notes.txt", "docs/old/c.HTML"]
    assert [file.path for file in expand(tmp_path, DataFile(path="docs/*.docx"))] == ["docs/b.docx", "docs/d.docx"]
    assert [file.path for file in expand(tmp_path, DataFile(path="docs/x.pdf"))] == ["docs/x.pdf"]
    with pytest.raises(MissingInputError, match=r"docs/\*\.pdx?f?.*no file matches"):
        expand(tmp_path / "docs", DataFile(path="docs/*.pdf"))


def test_messages_name_the_shown_folder_and_never_the_copy(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    folder = SourceFolder(tmp_path / "copy", Path("ours/records"))
    (tmp_path / "copy" / "rows.csv").write_text("")
    (tmp_path / "copy" / "datasheet.yaml").write_text("datasheet: 2\n")
    for read in (
        lambda: open_rows(folder, DataFile(path="rows.csv")),
        lambda: open_rows(folder, DataFile(path="other.csv")),
        lambda: expand(folder, DataFile(path="*.pdf")),
        lambda: read_datasheet(folder),
    ):
        with pytest.raises((FormError, MissingInputError), match=r"^ours/records/") as caught:
            read()
        assert str(tmp_path) not in str(caught.value)

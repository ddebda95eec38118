from pathlib import Path

from tests.sheets.made import source

from commonhold.sheets.open_rows import FileSettings, open_rows
from commonhold.sheets.plain_text import MOST_CHARACTERS
from commonhold.sheets.row import Row

Found = list[tuple[int, str, str]]


def read(path: Path, text: str | bytes, encoding: str | None = None) -> Found:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    rows = list(open_rows(source(path), FileSettings(encoding)).rows)
    assert all(isinstance(row, Row) for row in rows)
    return [(row.number, row.cells["heading"], row.cells["text"]) for row in rows if isinstance(row, Row)]


def test_markdown_is_read_heading_by_heading_with_the_lines_on_which_they_stand(tmp_path: Path) -> None:
    text = "Before.\n\n# Water #\n\nOne.\n\nTwo.\n## Leaks\nThree.\n"
    assert read(tmp_path / "a.md", text) == [(1, "", "Before."), (3, "Water", "One.\n\nTwo."), (8, "Leaks", "Three.")]


def test_what_looks_like_a_heading_and_is_none_stays_text(tmp_path: Path) -> None:
    text = "#tag\n    # code\n####### seven\n```\n# a comment\n```\n"
    assert read(tmp_path / "a.md", text) == [(1, "", text.strip())]


def test_a_text_file_has_no_headings(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "# One\n\nTwo\n") == [(1, "", "# One\n\nTwo")]


def test_a_text_file_in_another_encoding_is_read_as_the_datasheet_says(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "Pagué".encode("windows-1252"), "windows-1252") == [(1, "", "Pagué")]


def test_a_book_without_headings_is_several_rows_cut_between_paragraphs(tmp_path: Path) -> None:
    paragraph = "word " * (MOST_CHARACTERS // 5 + 1) + "\n"
    found = read(tmp_path / "a.txt", f"{paragraph}\nlast words\n")
    assert [(number, len(text)) for number, _, text in found] == [(1, len(paragraph.strip())), (2, len("last words"))]

"""Every old encoding that can hold a sentence, in 36 languages: guessed right, by the languages that are declared."""

from pathlib import Path

import pytest
from tests.sheets.made import cells, read, source
from tests.sheets.sentences import SENTENCES

from commonhold.errors import FormError
from commonhold.sheets.encoding_guess import PRIORS
from commonhold.sheets.encodings import Encoding, find_encoding
from commonhold.sheets.open_rows import FileSettings, open_rows

ENCODINGS = tuple(name for names in PRIORS.values() for name in names)
MOST_WRONG = {"few": 8, "many": 1}
"""Of 672 and 504 files: sentences with one accented letter that is another frequent one in another encoding."""


def found(path: Path, data: bytes, *languages: str) -> Encoding:
    """How a file is decoded."""
    path.write_bytes(data)
    return find_encoding(source(path), None, languages)


@pytest.mark.parametrize(("which", "length"), [(0, "few"), (1, "many")])
def test_most_files_are_read_as_they_were_written(tmp_path: Path, which: int, length: str) -> None:
    wrong = []
    files = 0
    for language, sentences in SENTENCES.items():
        text = f"id,prompt,answer\n1,{sentences[which].replace(',', ' ')},ok\n"
        for encoding in ENCODINGS:
            try:
                data = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            files += 1
            name = found(tmp_path / "rows.csv", data, language, "en").name
            wrong += [(language, encoding, name)] if data.decode(name, "replace") != text else []
    assert files > 500
    assert len(wrong) <= MOST_WRONG[length], wrong


NAMES = ("Niccolò", "Forlì", "Perù", "Mondovì", "Cefalù", "Cantù", "Santhià", "Patanè", "Viganò", "Scalzì")


WITH_CAPITALS = ("latin-1", "cp1252", "iso8859-15", "mac_roman", "cp850")  # cp437 has no accented capitals but É


@pytest.mark.parametrize(
    ("encoding", "change"),
    [*((name, str) for name in (*WITH_CAPITALS, "cp437")), *((n, str.upper) for n in WITH_CAPITALS)],
)
def test_a_list_of_accented_names_keeps_its_letters(tmp_path: Path, encoding: str, change: type[str]) -> None:
    names = [change(name) for name in NAMES]
    data = "\n".join(("name", *names)).encode(encoding)
    assert data.decode(found(tmp_path / "rows.csv", data, "it").name).splitlines()[1:] == names


def test_the_guess_is_told_with_letters_and_another_encoding_to_name(tmp_path: Path) -> None:
    guess = found(tmp_path / "rows.csv", "q,a\nGdzie jest żółw?,Tu\n".encode("cp1250"), "pl").guess
    assert str(guess).startswith(
        "the file is not UTF-8; it was read as cp1250, the best guess, with letters such as ż ó ł. "
        "If these letters are wrong, name its encoding in datasheet.yaml (encoding: "
    )


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"\xef\xbb\xbfq,a\nse\xc3\xb1or,x\nni\xf1o,x\n", ["señor"]),
        ("q,a\nseñor,x\nniño,x\n".encode("utf-16").replace("ni".encode("utf-16-le"), b"n\0\0\xd8"), ["señor"]),
    ],
)
def test_a_byte_mark_with_one_wrong_byte_costs_one_row(tmp_path: Path, data: bytes, kept: list[str]) -> None:
    (tmp_path / "rows.csv").write_bytes(data)
    rows, bad = read(tmp_path / "rows.csv", ("q",))
    assert [row.cells["q"] for row in rows] == kept
    assert len(bad) == 1
    assert "not readable as utf-" in bad[0].problem


def test_rows_that_another_program_appended_go_to_repair(tmp_path: Path) -> None:
    good = "".join(f"¿Dónde está el señor Núñez {number}?,Mañana\n" for number in range(20))
    (tmp_path / "rows.csv").write_bytes(f"q,a\n{good}".encode() + "El niño,así\n".encode("cp1252"))
    rows, bad = read(tmp_path / "rows.csv", ("q",))
    assert (len(rows), [row.number for row in bad]) == (20, [22])


def test_the_encoding_that_a_refusal_names_is_the_one_that_works(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes("q,a\nGdzie jest żółw i łódź?,Tu\n".encode("cp1250"))
    with pytest.raises(FormError, match=r"rows\.csv:2: byte 0xbf is not readable as utf-8") as caught:
        open_rows(source(tmp_path / "rows.csv"), FileSettings(encoding="utf-8", languages=("pl",)))
    named = str(caught.value).rpartition("encoding: ")[2].removesuffix(")")
    assert [row["q"] for row in cells(tmp_path / "rows.csv", encoding=named)] == ["Gdzie jest żółw i łódź?"]


def test_a_mark_of_utf_8_is_no_part_of_the_header_whatever_is_declared(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"\xef\xbb\xbfq,a\n" + "niño,x\n".encode("cp1252"))
    opened = open_rows(source(tmp_path / "rows.csv"), FileSettings(encoding="windows-1252"))
    assert opened.columns == ("q", "a")

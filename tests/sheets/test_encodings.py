from pathlib import Path

import pytest
from tests.sheets.made import cells, opened, read, source

from commonhold.errors import FormError
from commonhold.sheets.encodings import find_encoding

SPANISH = "Mensaje,Respuesta\n" + 3 * "¿Dónde está el señor Núñez?,Mañana vendrá el niño pequeño\n"
POLISH = "Pytanie,Odpowiedz\nGdzie jest książka o żółwiach?,Leży na półce obok łóżka i źródła\n" * 5
JAPANESE = "質問,答え\n図書館は何時に開きますか,午前九時に開館します\n" * 5


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_the_text_comes_back_from_every_encoding_that_sheet_programs_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(SPANISH.encode(encoding))
    assert cells(path, ("Mensaje",))[0] == {
        "Mensaje": "¿Dónde está el señor Núñez?",
        "Respuesta": "Mañana vendrá el niño pequeño",
    }


@pytest.mark.parametrize(("text", "encoding"), [(POLISH, "cp1250"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp")])
def test_other_alphabets_are_guessed_with_a_warning_that_names_the_guess(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode(encoding))
    found = find_encoding(source(path))
    assert path.read_bytes().decode(found.name) == text
    assert f"read as {found.name}" in str(found.guess)
    assert str(found.guess) in opened(path).warnings


@pytest.mark.parametrize(
    "text",
    [
        "Français déjà vu à la bibliothèque, où est-ce ? L’été",
        "La gestión gubernamental, la administración y el niño pequeño",
        "Schöne Grüße aus München",
        "Não há órgãos, só coração",
        "Smørrebrød på Ærø",
    ],
)
def test_short_texts_of_western_europe_are_windows_1252(tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"q,a\n{text}\n".encode("cp1252"))
    assert find_encoding(source(tmp_path / "rows.csv")).name == "cp1252"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Příliš žluťoučký kůň úpěl ďábelské ódy, řekl Dvořák a šel dál", "cp1250"),
        ("Mała głowa, duży kłopot", "cp1250"),
        ("Zażółć gęślą jaźń, powiedział łagodnie", "cp1250"),
        ("Şimdi nerede olduğunu bilmiyorum, İstanbul'da çığ düştü", "cp1254"),
    ],
)
def test_their_neighbours_in_the_east_are_not(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"q,a\n{text}\n".encode(encoding))
    assert find_encoding(source(tmp_path / "rows.csv")).name != "cp1252"


@pytest.mark.parametrize("data", [b"", b"a,b\n", "a,ñ\n".encode(), "\ufeffa,b\n".encode()])
def test_utf_8_is_no_guess_and_gives_no_warning(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "rows.csv").write_bytes(data)
    assert find_encoding(source(tmp_path / "rows.csv")).guess is None


def test_a_declared_encoding_that_does_not_fit_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n" * 300_000 + "ñ,b\n".encode("cp1252"))  # in the second of the chunks that are read
    with pytest.raises(FormError, match=r"rows\.csv:300001: byte 0xf1 is not readable as utf-8.*name its encoding"):
        find_encoding(source(path), "utf-8")


def test_a_file_that_breaks_off_in_a_letter_is_refused_when_its_mark_says_utf_16(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes("a,b".encode("utf-16")[:-1])
    with pytest.raises(FormError, match="not readable as utf-16"):
        find_encoding(source(tmp_path / "rows.csv"))


def test_one_damaged_row_in_utf_8_costs_only_that_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("q,a\nseñor,sí\naño,más\n".encode() + b"ni\xf1o,x\n" + "después,té\n".encode())
    rows, bad = read(path, ("q",))
    assert [row.cells["q"] for row in rows] == ["señor", "año", "después"]
    assert [(row.number, row.cells, row.problem) for row in bad] == [
        (4, ("ni\ufffdo", "x"), "letters that are not readable as utf-8"),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04rest", r"not a text file\. Give it its right ending: \.xlsx"),
        (b"%PDF-1.4", r"right ending: \.pdf"),
        (b"\xff\x00\xfe\x00\xff" * 50, "zero bytes"),
    ],
)
def test_files_that_are_no_text_are_named_as_what_they_are(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "rows.csv").write_bytes(data)
    with pytest.raises(FormError, match=told):
        find_encoding(source(tmp_path / "rows.csv"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("1,Où est la mairie ?,près de l'église", "mac_roman"),
        ("1,Wo ist die Straßenbahn nach Köln?,Über die Brücke", "cp850"),
        ("1,Gdzie jest książka o żółwiach?,Leży na półce obok łóżka", "iso8859-2"),
        ("1,Kde je příští zastávka?,Na náměstí", "cp1250"),
        ("1,Kütüphane nerede?,Okulun yanında", "cp1254"),
        ("1,Πού είναι;,Εδώ", "iso8859-7"),
        ("1,Άνοιξε η βιβλιοθήκη;,Όχι ακόμα", "cp1253"),
        ("1,Где вода?,Здесь", "koi8-r"),
        ("1,Где вода?,Здесь", "cp1251"),
        ("1,Де знаходиться криниця?,Біля школи", "cp1251"),
        ("1,איפה נמצאת הספרייה?,ליד בית הספר", "cp1255"),
        ("1,أين توجد المكتبة العامة؟,بجانب المدرسة", "cp1256"),
        ("1,도서관은 몇 시에 열립니까?,오전 아홉 시", "cp949"),
        ("1,图书馆几点开门？,早上九点开门", "gb18030"),
        ("1,ห้องสมุดอยู่ที่ไหน,อยู่ข้างโรงเรียน", "cp874"),
    ],
)
def test_one_short_row_tells_its_alphabet(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(f"id,prompt,answer\n{text}\n".encode(encoding))
    found = find_encoding(source(path))
    assert path.read_bytes().decode(found.name).splitlines()[1] == text
    assert found.guess is not None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Где вода?,Здесь", "أين الماء؟,هنا", "ตลาดเปิดเมื่อไร,วันศุกร์", "井戸は一つ,二つ"])
def test_utf_16_without_a_mark_is_found_in_every_alphabet(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"q,a\n{text}\n{text}\n".encode(encoding))
    found = find_encoding(source(tmp_path / "rows.csv"))
    assert (found.name, str(found.guess)) == (encoding, f"read as {encoding} without a byte-order mark")


def test_a_zero_byte_makes_no_utf_16_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes("q,a\nseñor,s\0í\n".encode())
    assert find_encoding(source(tmp_path / "rows.csv")).name == "utf-8"


@pytest.mark.parametrize("text", ["It’s “fine” – really…", "5 € a day", "20 °C"])
def test_english_with_curly_quotes_is_windows_1252(tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"q,a\n1,{text}\n".encode("cp1252"))
    assert find_encoding(source(tmp_path / "rows.csv")).name == "cp1252"


@pytest.mark.parametrize("good", ["é", "ñandú Café", "Ж"])
def test_one_wrong_byte_leaves_the_other_letters_alone(tmp_path: Path, good: str) -> None:
    (tmp_path / "rows.csv").write_bytes(f"q,a\n{good},b\n".encode() + b"x\xe9y,c\n")
    rows, bad = read(tmp_path / "rows.csv", ("q",))
    assert [row.cells["q"] for row in rows] == [good]
    assert [row.problem for row in bad] == ["letters that are not readable as utf-8"]

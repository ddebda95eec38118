"""Packs as files: sealed, read again, and refused when something was changed."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluate.people.makers import OTHER_SECRET, draw, make_scores

from commonhold.errors import DigestError, MissingInputError, RequestError
from commonhold.evaluate.people.draw import Drawn
from commonhold.evaluate.people.pack_files import harmless_cell, read_key, read_pack, write_pack


@pytest.fixture
def drawn() -> Drawn:
    """A pack of six items."""
    return draw(make_scores(6))


@pytest.fixture
def written(drawn: Drawn, tmp_path: Path) -> Path:
    """The pack as files, its key beside it."""
    write_pack(drawn, tmp_path / "pack", tmp_path / "key.json")
    return tmp_path / "pack"


def change(file: Path, edit: Any) -> None:
    data = json.loads(file.read_text(encoding="utf-8"))
    edit(data)
    file.write_text(json.dumps(data), encoding="utf-8")


def test_a_pack_and_its_key_read_back_as_they_were(drawn: Drawn, written: Path) -> None:
    pack = read_pack(written)
    assert pack == drawn.pack
    assert read_key(written.parent / "key.json", pack) == drawn.key


def test_only_its_owner_may_read_the_key(written: Path) -> None:
    assert (written.parent / "key.json").stat().st_mode & 0o777 == 0o600


def test_the_folder_for_people_holds_no_part_of_the_key(drawn: Drawn, written: Path) -> None:
    for file in sorted(written.iterdir()):
        text = file.read_text(encoding="utf-8")
        assert drawn.key.secret.hex() not in text
        assert '"tuned"' not in text
    assert [file.name for file in sorted(written.iterdir())] == ["pack.json", "rate.csv", "rate.html"]


def test_a_changed_question_is_seen(written: Path) -> None:
    change(written / "pack.json", lambda data: data["questions"][0].update(a="better"))
    with pytest.raises(DigestError, match="changed after the pack was made"):
        read_pack(written)


def test_sides_exchanged_in_the_key_are_seen(drawn: Drawn, written: Path) -> None:
    def exchange(data: Any) -> None:
        first = data["questions"][0]
        first["tuned"] = "B" if first["tuned"] == "A" else "A"

    change(written.parent / "key.json", exchange)
    with pytest.raises(DigestError, match="not the key that pack"):
        read_key(written.parent / "key.json", drawn.pack)


def test_another_packs_key_is_seen(drawn: Drawn, tmp_path: Path) -> None:
    write_pack(draw(make_scores(6), OTHER_SECRET), tmp_path / "other", tmp_path / "other.json")
    with pytest.raises(DigestError, match="not the key that pack"):
        read_key(tmp_path / "other.json", drawn.pack)


def test_a_secret_of_another_length_is_refused_although_its_seal_would_fit(drawn: Drawn, written: Path) -> None:
    # HMAC fills a short key up with zeros, so that two secrets would make one seal.
    change(written.parent / "key.json", lambda data: data.update(secret=data["secret"] + "00"))
    with pytest.raises(DigestError):
        read_key(written.parent / "key.json", drawn.pack)


def test_the_seal_changes_with_the_secret_so_that_sides_cannot_be_tried_out(drawn: Drawn) -> None:
    other = draw(make_scores(6), OTHER_SECRET)
    assert drawn.pack.seal != other.pack.seal
    assert len(drawn.pack.seal) == 64


def test_the_key_may_not_lie_in_the_folder_that_people_get(drawn: Drawn, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="must not lie in the folder that people get"):
        write_pack(drawn, tmp_path / "pack", tmp_path / "pack" / "key.json")
    assert not (tmp_path / "pack").exists()


def test_a_key_is_not_overwritten_by_another_packs(written: Path) -> None:
    with pytest.raises(RequestError, match="there is a key already"):
        write_pack(draw(make_scores(6), OTHER_SECRET), written, written.parent / "key.json")


def test_missing_files_are_named(drawn: Drawn, tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no pack here"):
        read_pack(tmp_path)
    with pytest.raises(MissingInputError, match="there is no key here"):
        read_key(tmp_path / "key.json", drawn.pack)


@pytest.mark.parametrize("text", ["[]", "{}", "{", '{"secret": "xyz"}', '{"secret": 3}', "\xff"])
def test_a_file_that_is_no_key_is_refused_in_words(text: str, drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "key.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(RequestError, match="not the key of a pack"):
        read_key(tmp_path / "key.json", drawn.pack)


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", '{"questions": [{"id": "q1"}]}'])
def test_a_file_that_is_no_pack_is_refused_in_words(text: str, tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match="not the record of a pack"):
        read_pack(tmp_path)


def test_the_table_opens_in_spreadsheet_programs_and_runs_nothing(tmp_path: Path) -> None:
    drawn = draw([replace(score, tuned_output=f"={score.item_id}") for score in make_scores(3)], repeat_share=0.0)
    write_pack(drawn, tmp_path / "pack", tmp_path / "key.json")
    data = (tmp_path / "pack" / "rate.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == [question.id for question in drawn.pack.questions]
    assert {row["verdict"] for row in rows} == {""}
    tuned = {
        row["reply_a" if sealed.tuned == "A" else "reply_b"]
        for row, sealed in zip(rows, drawn.key.questions, strict=True)
    }
    assert tuned == {"'=i00", "'=i01", "'=i02"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("-3 degrees", "'-3 degrees"), ("@x", "'@x"), ("a=b", "a=b"), ("", ""), ("\t=1", "'\t=1")],
)
def test_cells_that_would_be_formulas_begin_with_an_apostrophe(text: str, cell: str) -> None:
    assert harmless_cell(text) == cell


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not harmless_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_packs_id_is_no_number_to_a_spreadsheet(drawn: Drawn) -> None:
    assert drawn.pack.id.startswith("p")
    assert len(drawn.pack.id) == 16

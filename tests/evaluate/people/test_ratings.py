"""What comes back from people: read as they meant it, or refused with place, cause and remedy."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluate.people.makers import draw, make_scores, write_ratings
from tests.sheets.made import book

from commonhold.errors import FormError, MissingInputError
from commonhold.evaluate.people.pack import VERDICTS
from commonhold.evaluate.people.pack_files import SHEET_COLUMNS, write_pack
from commonhold.evaluate.people.page import page_words
from commonhold.evaluate.people.ratings import read_ratings

DRAWN = draw(make_scores(6), asks_right=True)
PACK = DRAWN.pack


def sheet(file: Path, *rows: str, header: str = "pack,rater,question,verdict,a_right,b_right,comment") -> Path:
    """A table as a spreadsheet program saves it; `PACK` stands for the pack's id."""
    file.write_text("\n".join([header, *rows]).replace("PACK", PACK.id) + "\n", encoding="utf-8-sig")
    return file


def wrong(*files: Path) -> list[str]:
    with pytest.raises(FormError) as raised:
        read_ratings(files, PACK)
    return str(raised.value).splitlines()


def test_what_the_page_saved_reads_back(tmp_path: Path) -> None:
    answer = {"question": "q1", "verdict": "B", "a_right": "no", "b_right": "unsure", "comment": 'x, "y"'}
    file = write_ratings(tmp_path / "a.json", DRAWN, {}, rater=" Otter ", answers=[answer])
    (rating,) = read_ratings([file], PACK)
    assert (rating.rater, rating.question, rating.verdict) == ("Otter", "q1", "B")
    assert (rating.a_right, rating.b_right, rating.comment) == (False, None, 'x, "y"')


def test_a_table_filled_in_by_hand_reads_as_it_was_meant(tmp_path: Path) -> None:
    rows = (
        "PACK,Otter,q1,a,YES,no,",
        "PACK,,q2,both good,,,ok",
        "PACK,,q3,Igual de malas,sí,Incorrecta,",
        "PACK,,q4,,,,",
    )
    first, second, third = read_ratings([sheet(tmp_path / "a.csv", *rows)], PACK)
    assert (first.verdict, first.a_right, first.b_right) == ("A", True, False)
    assert (second.rater, second.verdict, second.comment) == ("Otter", "both_good", "ok")
    assert (third.verdict, third.a_right, third.b_right) == ("both_bad", True, False)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_any_countrys_spreadsheet_program_are_read(delimiter: str, tmp_path: Path) -> None:
    header = "pack,rater,question,verdict".replace(",", delimiter)
    file = sheet(tmp_path / "a.csv", "PACK,Otter,q1,B".replace(",", delimiter), header=header)
    assert [rating.verdict for rating in read_ratings([file], PACK)] == ["B"]


def test_the_table_that_was_given_out_can_be_filled_in(tmp_path: Path) -> None:
    write_pack(DRAWN, tmp_path / "pack", tmp_path / "key.json")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "pack" / "rate.csv").read_text(encoding="utf-8-sig"))))
    rows[0] |= {"rater": "Wren", "verdict": "cannot judge"}
    text = io.StringIO()
    writer = csv.DictWriter(text, SHEET_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "wren.csv").write_text(text.getvalue(), encoding="utf-8")
    (rating,) = read_ratings([tmp_path / "wren.csv"], PACK)
    assert (rating.rater, rating.question, rating.verdict) == ("Wren", "q1", "cannot_judge")


@pytest.mark.parametrize("tag", sorted(page_words()))
@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_pages_own_words_are_verdicts_in_every_language(tag: str, verdict: str, tmp_path: Path) -> None:
    file = sheet(tmp_path / "a.csv", f"PACK,Otter,q1,{page_words()[tag][verdict]},,,")
    assert [rating.verdict for rating in read_ratings([file], PACK)] == [verdict]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")), st.sampled_from(VERDICTS))
def test_any_comment_comes_back_from_both_kinds_of_file(comment: str, verdict: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        answers = [{"question": "q1", "verdict": verdict, "comment": comment}]
        one = write_ratings(Path(folder) / "a.json", DRAWN, {}, rater="a", answers=answers)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([("pack", "rater", "question", "verdict", "comment"), (PACK.id, "b", "q1", verdict, comment)])
        other = Path(folder) / "b.csv"
        other.write_text(text.getvalue(), encoding="utf-8", newline="")
        first, second = read_ratings([one, other], PACK)
    assert (first.verdict, first.comment) == (verdict, comment)
    assert (second.verdict, second.comment) == (verdict, comment.strip())


def test_all_the_mistakes_of_all_the_files_come_at_once(tmp_path: Path) -> None:
    lines = wrong(
        sheet(
            tmp_path / "a.csv",
            "PACK,,q1,A,,,",
            "PACK,Otter,q2,C,,,",
            "PACK,,q9,A,,,",
            "PACK,,q3,,yes,,",
            "PACK,,q4,A,maybe,,",
        ),
        write_ratings(tmp_path / "b.json", DRAWN, {"q1": "left"}),
    )
    said = [line.split(": ", 1)[0].rsplit("/", 1)[1] for line in lines]
    assert said == [
        "a.csv:2 row 2, column rater",
        "a.csv:3 row 3, column verdict",
        "a.csv:5 row 5, column verdict",
        "a.csv:6 row 6, column a_right",
        "b.json answers.0.verdict",
        "a.csv:4 row 4",
    ]
    assert "'C' is no verdict. Write one of: A, B, both good, both bad, cannot judge" in lines[1]
    assert "the pack has no question 'q9'. Take the id from rate.csv, such as q01" in lines[5]


def test_answers_to_another_pack_are_named_with_both(tmp_path: Path) -> None:
    for file in (
        write_ratings(tmp_path / "a.json", DRAWN, {"q1": "A"}, pack="p0"),
        sheet(tmp_path / "a.csv", "p0,Otter,q1,A,,,"),
    ):
        (line,) = wrong(file)
        assert f"these answers are for pack p0, not for {PACK.id}. Leave the file out, or name its own pack" in line


def test_a_ragged_row_is_named(tmp_path: Path) -> None:
    (line,) = wrong(sheet(tmp_path / "a.csv", "PACK,Otter,q1,A,,,", "PACK,Otter,q2,A"))
    assert "a.csv:3 row 3: 4 cells where the header has 7" in line


def test_a_misspelt_column_is_named_with_the_right_one(tmp_path: Path) -> None:
    first, second = wrong(sheet(tmp_path / "a.csv", "PACK,Otter,q1,A", header="pack,rater,question,verdit"))
    assert "column verdit: unknown column; did you mean 'verdict'?" in first
    assert "column verdict: the column is missing" in second


def test_the_same_file_given_twice_is_one_message(tmp_path: Path) -> None:
    one = write_ratings(tmp_path / "a.json", DRAWN, {"q1": "A", "q2": "B"})
    two = write_ratings(tmp_path / "again.json", DRAWN, {"q1": "A", "q2": "B", "q3": "B"})
    (line,) = wrong(one, two)
    assert "'heron' answered 2 questions already in " in line
    assert "a.json, q1 among them. Leave out the older answers" in line


def test_a_question_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    (line,) = wrong(sheet(tmp_path / "a.csv", "PACK,Otter,q1,A,,,", "PACK,Otter,q1,B,,,"))
    assert "a.csv:3 row 3: 'Otter' answered 1 question already, q1 among them" in line


def test_two_people_may_answer_the_same_question(tmp_path: Path) -> None:
    files = [write_ratings(tmp_path / f"{name}.json", DRAWN, {"q1": "A"}, rater=name) for name in ("a", "b")]
    assert len(read_ratings(files, PACK)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "a.json:1: not readable as JSON"),
        ("[]", "not a file of ratings"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"ratings": 2, "pack": "p", "rater": "r", "answers": []}', "ratings: this should be 1"),
        ('{"ratings": 1, "pack": "p", "rater": " ", "answers": []}', "rater: this is empty"),
        ('{"ratings": 1, "rater": "r", "answers": []}', "pack: this key is missing"),
        ('{"ratings": 1, "pack": "p", "rater": "r", "answers": [], "mark": 1}', "mark: unknown key"),
    ],
)
def test_a_damaged_file_is_refused_in_words(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    (line,) = wrong(tmp_path / "a.json")
    assert said in line


def test_a_table_in_an_old_encoding_is_read_and_the_guess_told(tmp_path: Path) -> None:
    text = f"pack;rater;question;verdict;a_right\n{PACK.id};Nutria;q1;A;sí\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    told: list[str] = []
    (rating,) = read_ratings([tmp_path / "a.csv"], PACK, lambda note: told.append(note.message))
    assert (rating.verdict, rating.a_right) == ("A", True)
    assert told == [
        "the file is not UTF-8; it was read as cp1252, the best guess; look whether these are right: sí",
        "the cells are separated by a semicolon, not a comma",
    ]


def test_a_table_that_is_no_text_says_how_to_save_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\x00\xfe\x00\xff" * 50)
    (line,) = wrong(tmp_path / "a.csv")
    assert line.endswith("Save it as CSV in UTF-8")


def test_a_workbook_with_answers_is_read(tmp_path: Path) -> None:
    rows = [("pack", "rater", "question", "verdict", "a_right"), (PACK.id, "Otter", "q1", "both bad", True)]
    (rating,) = read_ratings([book(tmp_path / "a.xlsx", {"rate": rows})], PACK)
    assert (rating.verdict, rating.a_right, rating.place, rating.line) == ("both_bad", True, "row 2", 0)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no such file"):
        read_ratings([tmp_path / "a.json"], PACK)


def test_an_unfilled_table_holds_no_answers(tmp_path: Path) -> None:
    assert read_ratings([sheet(tmp_path / "a.csv", "PACK,Otter,q1,,,,")], PACK) == ()

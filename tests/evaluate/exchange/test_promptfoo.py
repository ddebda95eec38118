"""promptfoo's tests as items: what is carried over judges alike, the rest is listed."""

import re
from pathlib import Path

import pytest

from commonhold.cli import main
from commonhold.errors import FormError, RequestError
from commonhold.evaluate.exchange.carried import Carried, ReplyChecks, write_carried
from commonhold.evaluate.exchange.promptfoo import read_promptfoo
from commonhold.evaluate.exchange.promptfoo_checks import add_check
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers.checks import Checks
from commonhold.evaluate.tasks import load_tasks


def judged(check: str, output: str) -> float:
    wanted = ReplyChecks()
    assert add_check(wanted, check) == ""
    cells = wanted.cells()
    item = Item(
        id="1",
        prompt="p",
        answer=cells["answer"],
        regex=tuple(wanted.patterns),
        json_schema=cells["json_schema"],
        refuse={"yes": True, "no": False}.get(cells["refuse"]),
    )
    assert list(Checks().complaints(item)) == []
    return Checks().score(item, output)


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        ("Paris", "paris.", "Paris, Texas"),
        ("equals: Paris", "Paris", "It is Paris"),
        ("equals: a|b", "a|b", "a"),
        ("not-equals: Paris", "It is Paris", " Paris\n"),
        ("contains: refund", "refunds", "Refund"),
        ("contains: not:ok", "say not:ok", "ok"),
        ("contains: 1+1 (two)", "so 1+1 (two)!", "11 two"),
        ("icontains: refund", "REFUNDED", "return"),
        ("not-contains: sorry", "Sorry", "so sorry"),
        ("not-icontains: sorry", "fine", "SORRY"),
        ("contains-all: a, b", "b a", "a"),
        ("icontains-all: A, B", "ba", "a"),
        ("contains-any: x, y", "y", "z"),
        ("icontains-any: X, Y", "y", "z"),
        ("not-contains-any: x, y", "z", "zy"),
        ("starts-with: Yes", "Yes, of course", "Oh Yes"),
        ("not-starts-with: Yes", "Oh Yes", "Yes"),
        (r"regex: \d{3}", "ext 204", "ext 20"),
        (r"not-regex: ^\d", "a1", "1a"),
        ("is-json", '{"a": 1}', "a: 1"),
        ('is-json: {"required": ["a"]}', '{"a": 1}', "{}"),
        ("is-refusal", "I cannot help with that.", "Sure."),
        ("not-is-refusal", "Sure.", "I cannot help with that."),
        ("Note: this is plain text", "note: this is plain text", "this is plain text"),
    ],
)
def test_a_check_judges_as_promptfoo_does(check: str, right: str, wrong: str) -> None:
    assert judged(check, right) == 1.0
    assert judged(check, wrong) == 0.0


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("levenshtein(5): Paris", "a distance in letters has no scorer; chrf/1 comes closest"),
        ("similar(0.8): hello", "it asks another model"),
        ("llm-rubric: is kind", "it asks another model; kept in the column rubric for people"),
        ("grade: is kind", "it asks another model; kept in the column rubric for people"),
        ("javascript: output.length < 10", "it runs a program"),
        ("fn: output", "it runs a program"),
        ("file://check.py", "it runs a program"),
        ("latency: 200", "it does not judge the words of the reply"),
        ("contains-json", "take a task of its own with scorer contains_json/1"),
        ("not-is-json", "that a reply is no JSON cannot be asked for"),
        ("not-contains-all: a, b", "that not all of several texts are there cannot be asked for"),
        ("regex: (?=a)", "the pattern '(?=a)' is not usable: RE2 cannot look ahead (?=…)"),
        ("contains:", "it names no text"),
    ],
)
def test_what_cannot_be_carried_over_has_a_reason(check: str, reason: str) -> None:
    wanted = ReplyChecks()
    assert add_check(wanted, check) == reason
    assert not wanted.is_checked


def test_two_texts_cannot_both_be_the_reply() -> None:
    wanted = ReplyChecks(answers=["a"])
    assert add_check(wanted, "equals: b") == "the reply cannot equal two texts"


def read(path: Path, text: str, template: str = "") -> Carried:
    path.write_text(text, encoding="utf-8")
    return read_promptfoo(path, template)


TABLE = """\
question,language,__expected1,__expected2,__description,__metric,author
Capital of France?,en,icontains: paris,llm-rubric: is polite,capitals,accuracy,me
Sum?,en,levenshtein(2): four,,,,me
,,,,,,
Hi?,es,"contains-any: hola, buenas",,,,me
"""


def test_rows_become_items_and_everything_else_is_listed(tmp_path: Path) -> None:
    carried = read(tmp_path / "tests.csv", TABLE, "{{question}}")
    assert [dict(row) for row in carried.checked] == [
        {
            "id": "row-2", "prompt": "Capital of France?", "source": "capitals", "language": "en", "answer": "",
            "regex": "(?i)paris", "json_schema": "", "refuse": "", "rubric": "is polite",
        },
        {
            "id": "row-5", "prompt": "Hi?", "source": "", "language": "es", "answer": "", "regex": "hola|buenas",
            "json_schema": "", "refuse": "", "rubric": "",
        },
    ]  # fmt: skip
    assert [row["id"] for row in carried.unjudged] == ["row-3"]
    assert [f"{left.location}: {left.what}" for left in carried.left] == [
        "column __metric: left out",
        "column author: left out",
        "row 2, column __expected2: llm-rubric: is polite",
        "row 3, column __expected1: levenshtein(2): four",
        "row 3: kept in unjudged.csv",
    ]


def test_what_was_carried_over_is_a_task(tmp_path: Path) -> None:
    carried = read(tmp_path / "tests.csv", TABLE, "{{question}}")
    (folder,) = write_carried(carried, tmp_path / "capitals")
    (task,) = load_tasks([folder])
    assert [item.id for item in task.items] == ["row-2", "row-5"]
    assert task.scorer == "checks/1"
    assert "row-3" in (folder / "unjudged.csv").read_text(encoding="utf-8")
    with pytest.raises(RequestError, match="capitals is there already and not empty"):
        write_carried(carried, folder)


def test_a_prompt_is_made_of_several_columns_and_its_frame(tmp_path: Path) -> None:
    table = "text,to,__prefix,__suffix,__expected\nhello,Spanish,Please:,Thanks.,hola\n"
    carried = read(tmp_path / "tests.csv", table, "Translate {{ text }} into {{to}}.")
    assert carried.checked[0]["prompt"] == "Please: Translate hello into Spanish. Thanks."


def test_several_columns_need_a_prompt(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"could come from several columns: text, to\. Say how it is made: --prompt"):
        read(tmp_path / "tests.csv", "text,to,__expected\na,b,c\n")


def test_a_prompt_of_unknown_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="--prompt names no column called 'txt'"):
        read(tmp_path / "tests.csv", "text,to,__expected\na,b,c\n", "{{txt}}")


def test_a_file_without_anything_to_judge_makes_no_task(tmp_path: Path) -> None:
    carried = read(tmp_path / "tests.csv", "q,__expected\n")
    with pytest.raises(RequestError, match="nothing in this file can become an item"):
        write_carried(carried, tmp_path / "empty")


def test_a_folder_that_cannot_be_a_tasks_is_refused(tmp_path: Path) -> None:
    carried = read(tmp_path / "tests.csv", "q,__expected\na,b\n")
    with pytest.raises(RequestError, match=r"'My Tests' cannot be a task's name: .* Try 'my-tests'"):
        write_carried(carried, tmp_path / "My Tests")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('"He said "hi" to me",contains: hi\n', ":2 row 2: there is text between a closing quotation mark and a comma"),
        (
            '"unfinished,contains: a\nb,contains: b\n',
            ":2 row 2: a quotation mark opens in this row",
        ),
        ("first, with comma,contains: a\n", ":2 row 2: 3 cells where the header has 2"),
        ("Hi?,contains: a,\n", ":2 row 2: 3 cells where the header has 2"),
        ("only a question\n", ":2 row 2: 1 cells where the header has 2"),
    ],
)
def test_a_damaged_row_is_an_error_with_its_line(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(FormError) as caught:
        read(tmp_path / "tests.csv", f"query,__expected\n{rows}")
    assert [told in str(problem) for problem in caught.value.problems] == [True]


def test_all_damaged_rows_are_told_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests.csv").write_text('query,__expected\na, b,c\nfine,contains: a\n"open,d\nx\n', encoding="utf-8")
    assert main(["eval", "import", str(tmp_path / "tests.csv"), "--to", str(tmp_path / "task")]) == 2
    said = capsys.readouterr()
    assert re.findall(r"tests\.csv:(\d+)", said.err) == ["2", "4", "5"]
    assert "carried over" not in said.out
    assert not (tmp_path / "task").exists()


def test_an_encoding_that_was_guessed_is_listed(tmp_path: Path) -> None:
    (tmp_path / "tests.csv").write_bytes("query,__expected\nWhere is the café?,contains: here\n".encode("cp1252"))
    carried = read_promptfoo(tmp_path / "tests.csv")
    assert carried.checked[0]["prompt"] == "Where is the café?"
    assert [left.what for left in carried.left] == [
        "the file is not UTF-8; it was read as cp1252, the best guess; look whether these are right: café"
    ]

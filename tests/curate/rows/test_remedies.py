"""What a message about a file says to do is done here as it is printed, and the file is then read."""

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import read_kept
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.method_needs import refuse_if_empty
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.errors import FormError

SHEET = """\
datasheet: 1
title: Toy desk
description: Messages to a desk that does not exist.
licence: CC0-1.0
contact: desk@toy.example
withdrawal: Write to the contact.
collected: {{from: 2026-01-01, to: 2026-02-01, method: made for tests}}
languages: [{language}]
region: US
files: [{{path: {file}{settings}}}]
columns: {{{columns}}}
consent: {{basis: Made up., all_rows: true}}
"""


def write(folder: Path, file: str, columns: str, settings: str = "", language: str = "en") -> None:
    """A datasheet for one file."""
    text = SHEET.format(file=file, columns=columns, settings=settings, language=language)
    (folder / "datasheet.yaml").write_text(text, encoding="utf-8")


def curated(folder: Path) -> tuple[list[Record], Sequence[str]]:
    """The records of a folder, and the warnings."""
    data = read_community(folder)
    out = folder.parent / f"out-{len(list(folder.parent.iterdir()))}"
    reading = read_all(data, RecordMaker(data.form, b"key", date(2026, 6, 1)), Inline(), out, 100)
    return [record for shard in reading.shards for record in read_kept(shard)], reading.warnings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of records."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_that_is_named_settles_it(folder: Path, delimiter: str) -> None:
    (folder / "rows.csv").write_text(f"q{delimiter}a\nIs it open?{delimiter}Yes\n")
    write(folder, "rows.csv", "prompt: q, completion: a")
    _, (warning,) = curated(folder)
    remedy = warning.partition("write in datasheet.yaml: ")[2]
    write(folder, "rows.csv", "prompt: q, completion: a", f", {remedy}")
    records, warnings = curated(folder)
    assert ([record.prompt for record in records], warnings) == (["Is it open?"], ())


@pytest.mark.parametrize("written", ["'\\t'", '""', '";;"', '"\\n"'])
def test_a_delimiter_that_is_not_one_character_is_refused_with_the_way_to_write_a_tab(
    folder: Path, written: str
) -> None:
    (folder / "rows.csv").write_text("q\ta\nx\ty\n")
    write(folder, "rows.csv", "prompt: q, completion: a", f", delimiter: {written}")
    with pytest.raises(FormError, match=r'a tab is written "\\t", in double quotation marks') as caught:
        curated(folder)
    named = re.findall(r'tab is written ("\S+"),', str(caught.value))[0]
    write(folder, "rows.csv", "prompt: q, completion: a", f", delimiter: {named}")
    assert [record.prompt for record in curated(folder)[0]] == ["x"]


@pytest.mark.parametrize("name", ["Answers", "Ana's rows", "a\\b", "yes", "1", "[x]", "a: b", "# x", "Zoë"])
def test_the_sheet_that_is_named_is_the_one_that_is_read(folder: Path, name: str) -> None:
    book = openpyxl.Workbook()
    for title, text in (("First", "one"), (name.translate(str.maketrans("\\[]:", "____")), "two")):
        page = book.create_sheet(title)
        page.append(["q", "a"])
        page.append([text, "reply"])
    del book["Sheet"]
    book.save(folder / "rows.xlsx")
    write(folder, "rows.xlsx", "prompt: q, completion: a")
    _, (warning,) = curated(folder)
    remedy = warning.partition("write in datasheet.yaml: ")[2]
    write(folder, "rows.xlsx", "prompt: q, completion: a", f", {remedy}")
    assert [record.prompt for record in curated(folder)[0]] == ["two"]


def test_the_other_encoding_that_is_named_is_taken(folder: Path) -> None:
    (folder / "rows.csv").write_bytes("q,a\nGdzie jest żółw?,Tu\n".encode("cp1250"))
    write(folder, "rows.csv", "prompt: q, completion: a", language="pl")
    (record,), (warning,) = curated(folder)
    assert record.prompt == "Gdzie jest żółw?"
    (named,) = re.findall(r"in datasheet\.yaml \((encoding: \S+)\)", warning)
    write(folder, "rows.csv", "prompt: q, completion: a", f", {named}")
    assert len(curated(folder)[0]) == 1


TURNS = [("user", "Open?"), ("assistant", "Yes."), ("user", "Dogs?"), ("assistant", "No.")]
FORMS = {
    "messages": [{"role": role, "content": text} for role, text in TURNS],
    "conversations": [{"from": {"user": "human", "assistant": "gpt"}[role], "value": text} for role, text in TURNS],
}


@pytest.mark.parametrize("key", FORMS)
def test_conversations_are_named_and_read_as_the_message_says(folder: Path, key: str) -> None:
    (folder / "rows.jsonl").write_text(json.dumps({key: FORMS[key]}) + "\n")
    write(folder, "rows.jsonl", f"prompt: {key}, completion: {key}")
    with pytest.raises(FormError, match=f"'{key}' of rows.jsonl holds whole conversations") as caught:
        curated(folder)
    with pytest.raises(FormError, match="holds whole conversations"):
        refuse_if_empty(read_community(folder), "sft")
    columns = re.findall(r"write (prompt: \S+) and (completion: \S+);", str(caught.value))[0]
    write(folder, "rows.jsonl", ", ".join(columns))
    (record,), _ = curated(folder)
    assert (record.prompt, record.completion) == ("Open?", "Yes.")


def test_nested_keys_are_named_for_the_columns_that_are_not_there(folder: Path) -> None:
    row = {"id": "1", "data": {"rating": 1}, "snapshot": {"chat": {"messages": FORMS["messages"][:2]}}}
    (folder / "rows.json").write_text(json.dumps([row]))
    write(folder, "rows.json", "prompt: prompt, completion: completion, rating: rating")
    with pytest.raises(FormError) as caught:
        curated(folder)
    meant = re.findall(r"columns\.(\w+): .* did you mean '(\S+)'\?", str(caught.value))
    write(folder, "rows.json", ", ".join(f"{key}: {path}" for key, path in meant))
    (record,), _ = curated(folder)
    assert (record.prompt, record.completion, record.rating) == ("Open?", "Yes.", "up")


def test_a_transcript_is_never_learnt_as_an_echo(folder: Path) -> None:
    (folder / "t.csv").write_text("conversation,turn,role,text\n0,0,user,Open?\n0,1,assistant,Yes.\n")
    write(folder, "t.csv", "prompt: text, completion: text")
    with pytest.raises(FormError, match=r"its own echo; t\.csv looks like a transcript.*conversation, turn, role"):
        curated(folder)


def test_one_column_for_message_and_reply_is_refused_in_any_table(folder: Path) -> None:
    (folder / "t.csv").write_text("q,a\nOpen?,Yes.\n")
    write(folder, "t.csv", "prompt: q, completion: q")
    with pytest.raises(FormError, match="Name the column with the replies as completion"):
        curated(folder)
    write(folder, "t.csv", "prompt: q, completion: a")
    assert curated(folder)[1] == ()


ALPACA = '{"instruction": "Sort this", "input": "Case %s", "output": "Reply"}\n'


def test_instruction_and_input_are_one_message(folder: Path) -> None:
    (folder / "rows.jsonl").write_text("".join(ALPACA % case for case in ("1", "2", "")))
    write(folder, "rows.jsonl", "prompt: [instruction, input], completion: output")
    records, (warning,) = curated(folder)
    assert [record.prompt for record in records] == ["Sort this\n\nCase 1", "Sort this\n\nCase 2", "Sort this\n\nCase "]
    assert warning.startswith("rows.jsonl: 3 rows have text in several of the columns 'instruction', 'input'")


@pytest.mark.parametrize(
    ("names", "row", "prompt"),
    [
        (["q_v1", "q_v2"], ["", "new"], "new"),
        (["q_v1", "q_v2"], ["old", ""], "old"),
        (["q", "group/q"], ["same", "same"], "same"),
        (["q (en)", "q (es)"], ["Open?", "¿Abre?"], "Open?"),
        (["q_en", "q_es"], ["", "¿Abre?"], "¿Abre?"),
        (["q::English (en)", "q::Español (es)"], ["Open?", "¿Abre?"], "Open?"),
        (["subject", "body"], ["Pool", "Is it open?"], "Pool\n\nIs it open?"),
    ],
)
def test_versions_and_translations_of_a_message_are_not_joined(
    folder: Path, names: list[str], row: list[str], prompt: str
) -> None:
    (folder / "rows.csv").write_text(f"{','.join(names)},a\n{','.join(row)},Yes\n", encoding="utf-8")
    write(folder, "rows.csv", f"prompt: {json.dumps(names)}, completion: a")
    assert [record.prompt for record in curated(folder)[0]] == [prompt]

"""JSON as programs export it: lists, lists inside objects, keys inside keys, choices and conversations."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sheets.made import cells, opened, read

from commonhold.errors import FormError

ROWS = [{"q": "Is it open?", "a": "Yes"}, {"q": "And on Sunday?", "a": "No"}]


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.ndjson"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=1),
        "\ufeff" + json.dumps(ROWS, indent=2),
        "\n".join(map(json.dumps, ROWS)),
        "\n\n" + "\r\n\r\n".join(map(json.dumps, ROWS)) + "\n",
        ",\n".join(map(json.dumps, ROWS)) + ",\n",
        "\n".join(json.dumps(row, indent=2) for row in ROWS),
        json.dumps(ROWS, indent=1).replace("}\n]", "},\n]"),
        json.dumps({"count": 2, "tags": ["x"], "results": ROWS}, indent=2),
    ],
)
def test_every_layout_of_the_same_rows_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert cells(tmp_path / name, ("q",), ("a",)) == ROWS


def test_a_list_inside_an_object_is_said_to_be_the_one_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps({"page": 1, "results": ROWS}))
    assert opened(tmp_path / "rows.json").warnings == ("the rows were taken from the list under 'results'",)


def test_of_two_lists_inside_an_object_none_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps({"a": ROWS, "b": ROWS}, indent=1))
    with pytest.raises(FormError, match="this is one object, and no list of objects is in it, or several"):
        opened(tmp_path / "rows.json")


@pytest.mark.parametrize(
    ("row", "path", "text"),
    [
        ({"data": {"text": "x"}}, "data.text", "x"),
        ({"data.text": "x", "data": {"text": "y"}}, "data.text", "x"),
        ({"a.b": {"c": "x"}}, "a.b.c", "x"),
        ({"a": [{"b": ["x"]}]}, "a.0.b", "x"),
        ({"a": [{"b": ["x", "y"]}]}, "a.0.b.1", "y"),
        ({"a": {"n": 1.50}}, "a.n", "1.5"),
        ({"a": {"n": False}}, "a.n", "false"),
        ({"a": {"n": None}}, "a.n", ""),
        ({"label": {"choices": ["soon", "never"]}}, "label", "soon; never"),
        ({"value": {"choices": ["soon", "never"]}}, "value.choices", "soon; never"),
    ],
)
def test_a_path_leads_to_a_text(tmp_path: Path, row: Any, path: str, text: str) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    assert cells(tmp_path / "rows.jsonl", (path,))[0][path] == text


def test_a_path_that_a_row_lacks_is_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": {"b": "x"}}\n{"a": {}}\n{"a": null}\n{"a": [7]}\n')
    assert [row.cells.get("a.b", "") for row in read(tmp_path / "rows.jsonl", ("a.b",))[0]] == ["x", "", "", ""]


def chosen(*choices: str, **more: Any) -> dict[str, Any]:
    """An annotation of Label Studio."""
    return {"result": [{"value": {"choices": list(choices)}, "from_name": "label", "type": "choices"}], **more}


@pytest.mark.parametrize(
    ("annotations", "reply"),
    [
        ([chosen("soon")], "soon"),
        ([chosen("soon", "urgent")], "soon; urgent"),
        ([chosen("soon"), chosen("soon")], "soon"),
        ([chosen("soon"), chosen("later", was_cancelled=True)], "soon"),
        ([chosen("soon"), chosen("later", ground_truth=True)], "later"),
        ([{"result": [{"value": {"text": ["by hand"]}, "from_name": "reply"}]}], "by hand"),
        ([{"result": []}], ""),
        ([], ""),
    ],
)
def test_what_people_chose_in_label_studio_is_the_cell(tmp_path: Path, annotations: Any, reply: str) -> None:
    rows = [{"data": {"text": "Who mends it?"}, "annotations": annotations}]
    (tmp_path / "export.json").write_text(json.dumps(rows))
    assert cells(tmp_path / "export.json", ("data.text",), ("annotations",))[0]["annotations"] == reply


def test_two_people_who_chose_differently_make_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([{"annotations": [chosen("soon"), chosen("later")]}]))
    (bad,) = read(tmp_path / "export.json", ("annotations",))[1]
    assert bad.problem.startswith("people chose differently ('soon', 'later'): decide in Label Studio")


TALK = [("system", "Be kind."), ("user", "Open?"), ("assistant", "Yes."), ("user", "Dogs?"), ("assistant", "No.")]


@pytest.mark.parametrize(
    ("turns", "asks", "replies"),
    [
        ([{"role": role, "content": text} for role, text in TALK], "user", "assistant"),
        ([{"role": role, "content": [{"type": "text", "text": text}]} for role, text in TALK], "user", "assistant"),
        (
            [
                {"from": "gpt", "value": "Hello"},
                {"from": "human", "value": "Open?"},
                {"from": "gpt", "value": "Yes."},
            ],
            "human",
            "gpt",
        ),
    ],
)
def test_of_a_conversation_the_first_message_and_the_reply_to_it(
    tmp_path: Path, turns: Any, asks: str, replies: str
) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"talk": turns}) + "\n")
    names = (f"talk.{asks}",), (f"talk.{replies}",)
    (row,) = cells(tmp_path / "rows.jsonl", *names)
    assert [row[name] for (name,) in names] == ["Open?", "Yes."]
    assert "only the first message and the reply to it" in opened(tmp_path / "rows.jsonl", *names[0]).warnings[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1', "a comma or a closing bracket is missing"),
        ('{"a" 1}', "a colon is missing"),
        ("{a: 1}", "a key in quotation marks"),
        ('{"a": "x}', "a quotation mark opens a text and is never closed"),
        ('{"a": }', "a value is missing"),
        ('{"a": "\\q"}', "a backslash is before a letter"),
        ('{"a": "\\u12"}', "four hexadecimal digits are missing"),
        ('{"a": 1} x', "more text is after the end"),
        ('{"a": "\t"}', "a line break or a tab is inside a text"),
    ],
)
def test_what_is_wrong_with_json_is_told_in_plain_words(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "rows.jsonl").write_text(f'{{"a": "fine"}}\n{text}\n')
    (bad,) = read(tmp_path / "rows.jsonl", ("a",))[1]
    assert told in bad.problem

"""YAML of the strict kind: what is read, what is refused, and on which line."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import FormError, MissingInputError
from commonhold.forms import MAX_FORM_BYTES, parse_yaml, read_text, read_yaml


def _problem(text: str) -> str:
    with pytest.raises(FormError) as caught:
        parse_yaml(text, "x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("NO", "NO"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("007", 7),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1e-3", 0.001),
        ("1.0e-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.2.3", "1.2.3"),
        ("2026-03-01", "2026-03-01"),
        ('"3"', "3"),
        ("'true'", "true"),
        ("- 1", [1]),
        ("{a: [1, b]}", {"a": [1, "b"]}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_a_value_is_what_it_looks_like(written: str, value: object) -> None:
    read = parse_yaml(written, "x.yaml").data if written else parse_yaml("a:", "x.yaml").data["a"]
    assert (type(read), read) == (type(value), value)


def test_a_file_without_anything_is_a_form_without_keys() -> None:
    assert parse_yaml("# only a comment\n", "x.yaml").data == {}


def test_every_key_and_item_has_its_line() -> None:
    lines = parse_yaml("a: 1\nb:\n  # a comment\n  c: [x,\n      y]\n  d:\n    - e: 1\n    - e: 2\n", "x.yaml").lines
    expected = {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 4,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "d"): 6,
        ("b", "d", 0): 7,
        ("b", "d", 0, "e"): 7,
        ("b", "d", 1): 8,
        ("b", "d", 1, "e"): 8,
    }
    assert lines == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3: key 'a' appears twice. Keep one of the two"),
        ("s:\n  a: 1\n  a: 1", "x.yaml:3 s: key 'a' appears twice. Keep one of the two"),
        ("a: &x 1\nb: *x", "x.yaml:2: aliases (*name) are not allowed. Write the value out"),
        ("&x [*x]", "x.yaml:1: aliases (*name) are not allowed. Write the value out"),
        (
            "a: 1\nb: !!python/name:os.system",
            "x.yaml:2: the tag !!python/name:os.system is not allowed",
        ),
        ("a: !!int x", "x.yaml:1: the tag !!int is not allowed. Remove it"),
        ("a: !shop {b: 1}", "x.yaml:1: the tag !shop is not allowed. Remove it"),
        ("a: !!set [b]", "x.yaml:1: the tag !!set is not allowed. Remove it"),
        ("? [a, b]\n: 1", "x.yaml:1: a list or section cannot be a key. Use a word"),
        ("a: 1\n\tb: 2", "x.yaml:2: not readable as YAML"),
        ("a: [1", "x.yaml:1: not readable as YAML"),
        (
            "a: b: c",
            "x.yaml:1: not readable as YAML: a second colon is in the line, or the line is indented differently",
        ),
        (
            "a: 1\n---\nb: 2",
            "x.yaml:2: not readable as YAML: a second document begins, or text follows the end. Keep one form",
        ),
        ("a: 1\nb: \x07", "x.yaml:2: not readable as YAML: the character U+0007 is not allowed. Remove it"),
        ('a: "\\ud83d"', "x.yaml:1 a: half a character: an escape such as \\ud83d is alone"),
        ('"\\ud83d": 1', "x.yaml:1: half a character: an escape such as \\ud83d is alone"),
        ("a: " + "9" * 5000, "x.yaml:1 a: a number of 5000 digits is too long"),
        ("a: 1e999", "x.yaml:1 a: 1e999 is too large a number"),
        ("[" * 5000, "x.yaml:1: lists or sections nested over 32 levels deep"),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, message: str) -> None:
    assert _problem(text).startswith(message)


def test_thirty_two_levels_are_not_too_deep_and_one_more_is() -> None:
    assert parse_yaml("[" * 32 + "]" * 32, "x.yaml").data
    assert "nested over 32 levels" in _problem("[" * 33 + "]" * 33)


def test_many_short_lists_are_not_deep() -> None:
    assert parse_yaml("[" + "[1]," * 100 + "]", "x.yaml").data == [[1]] * 100


@given(st.text(alphabet=st.sampled_from("ab01: -[]{},\n\"'\\#&*!|>%@`~?.eE+_ux\t\r\ufeff\u2028é😀\x00")))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    with contextlib.suppress(FormError):
        document = parse_yaml(text, "x.yaml")
        json.dumps(document.data, allow_nan=False).encode()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_json_is_read_as_json_reads_it(value: dict[str, Any]) -> None:
    assert parse_yaml(json.dumps(value), "x.yaml").data == value


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfname: a\r\n")
    assert read_yaml(tmp_path / "x.yaml").data == {"name": "a"}


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=re.escape(f"{tmp_path / 'x.yaml'}: there is no such file")):
        read_yaml(tmp_path / "x.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no such file"):
        read_text(tmp_path)


def test_a_form_of_exactly_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"#" * MAX_FORM_BYTES)
    assert read_yaml(file).data == {}
    file.write_bytes(b"#" * (MAX_FORM_BYTES + 1))
    with pytest.raises(FormError, match="1,048,577 bytes, more than 1,048,576"):
        read_yaml(file)


def test_a_wrong_byte_is_told_with_its_line_and_the_likely_remedy(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a\nb\ncaf\xe9\n")
    with pytest.raises(FormError, match=r"x\.csv:3: byte 0xe9 is not readable as utf-8\. Save the file as UTF-8"):
        read_text(tmp_path / "x.csv")

"""A form that is broken in any way is refused in words of ours, with its place and a remedy."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic_core._pydantic_core import list_all_errors
from tests.community import DATASHEET, RECIPE

from commonhold.curate.privacy.community_patterns import read_patterns
from commonhold.curate.rights.governance import read_governance_file
from commonhold.curate.rows.datasheet import read_datasheet
from commonhold.curate.text.flagged_words import read_flagged_words
from commonhold.errors import FormError, RequestError
from commonhold.evaluate.tasks import load_tasks
from commonhold.forms import read_yaml
from commonhold.recipe.load import load_recipe

RULES = """\
governance: 1
stewards:
  - name: Ana Bello
    contact: ana@toy.example
    public_key: ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC-BY-SA-4.0]
retention_days: 365
labels:
  - code: TK NC
    words: Not for sale.
redress: Write to the council.
reviewed: 2026-01-01
review_days: 365
"""
TASK = """\
task: 1
name: water
title: Water
description: Which is wet?
kind: generate
scorer: include/1
system_prompt: recipe
max_new_tokens: 8
licence: CC0-1.0
"""
WORDS = """\
flagged_words: 1
title: Words
source: The desk
languages: [en]
action: flag
words: [swamp]
"""
PATTERNS = """\
patterns: 1
kinds:
  - name: member
    placeholder: MEMBER
    tier: certain
    regex: 'M[0-9]{4}'
    matches: [M1234]
    near_misses: [M12]
"""
KINDS = frozenset({"email"})


def _read_recipe(file: Path) -> None:
    load_recipe(file)


def _read_datasheet(file: Path) -> None:
    read_datasheet(file.parent)


def _read_rules(file: Path) -> None:
    read_governance_file(file)


def _read_task(file: Path) -> None:
    load_tasks([file.parent])


def _read_words(file: Path) -> None:
    read_flagged_words(file)


def _read_patterns(file: Path) -> None:
    read_patterns(file, KINDS)


FORMS: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "recipe": ("water.yaml", RECIPE, _read_recipe),
    "datasheet": ("datasheet.yaml", DATASHEET, _read_datasheet),
    "rules": ("GOVERNANCE.yaml", RULES, _read_rules),
    "task": ("task.yaml", TASK, _read_task),
    "words": ("words.yaml", WORDS, _read_words),
    "patterns": ("patterns.yaml", PATTERNS, _read_patterns),
}
VALUES = (
    *("", "''", "7", "-1", "0", "1e3", "true", "null", "[]", "{}", "[1, {a: b}]", "{a: 1}", "\t", "@x", "%x", "`x`"),
    *("*x", "&x", "!x", "!!int 3", "'x", '"x', '"\\q"', "[a", "{a: b", "a: b", "|x", "> x", "- a", "x" * 5000, "1e999"),
    *("2026-13-45", "'2026-02-30'", '"\\ud83d"', "9" * 400, ",", "]", "}", "? a", "<<: *x", "'a' b", "_", "http:x"),
)
# What libraries say of themselves: pydantic's own sentences, PyYAML's, zipfile's, json's, RE2's.
_TEMPLATES = [str(each["message_template_python"]) for each in list_all_errors()]
_SENTENCES = [re.split(r"\{[^}]*\}", text)[0].strip().casefold() for text in _TEMPLATES]
FORBIDDEN = (
    *(text for text in _SENTENCES if len(text) > 12),
    *("string should", "tuple should", "input should", "should match pattern", "valid integer", "unable to parse"),
    *("cannot start any token", "mapping values", "block end", "block mapping", "flow sequence", "flow mapping"),
    *("scanning", "while parsing", "composing", "simple key", "node content", "stream", "expecting", "delimiter:"),
    *("month must be", "day is out of range", "isoformat", "codec", "0x80: invalid", "eocd", "(signature", "traceback"),
    *("tag:yaml", "nonetype", "keyerror", "valueerror", "object has no", "value error"),
)


def complaint(read: Callable[[Path], None], file: Path) -> str | None:
    """What is said of a form; none where nothing is wrong with it."""
    try:
        read(file)
    except RequestError as error:
        problems = error.problems if isinstance(error, FormError) else ()
        for problem in problems:
            assert problem.message
            assert problem.remedy or "did you mean" in problem.message, str(problem)
        return str(error)
    return None


def _spoilt(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        before, after = lines[:number], lines[number + 1 :]
        key, colon, value = line.partition(":")
        changed = [f"{key}: {each}" for each in VALUES] if colon else []
        changed += [f"\t{line}", f" {line}", f"{line}\n{line}", key, line.replace(key.strip(), "zzz", 1), f"{line} # x"]
        changed += [
            f"{line}\x07",
            f"{line}\0",
            f"{key}x{colon}{value}",
            f"{key}{colon}{value.strip()}",
            "---",
            "%YAML 2",
        ]
        for each in (*changed, ""):
            yield "\n".join((*before, each, *after)) + "\n"


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_right_is_read(form: str, tmp_path: Path) -> None:
    name, text, read = FORMS[form]
    (tmp_path / name).write_text(text, encoding="utf-8")
    said = complaint(read, tmp_path / name)
    assert said is None or "items" in said


@pytest.mark.parametrize("form", FORMS)
def test_no_library_speaks_however_a_line_is_spoilt(form: str, tmp_path: Path) -> None:
    name, text, read = FORMS[form]
    (tmp_path / "items.csv").write_text("id,prompt,answer\n1,Which is wet?,water\n", encoding="utf-8")
    refused = 0
    for spoilt in _spoilt(text):
        (tmp_path / name).write_bytes(spoilt.encode())
        said = complaint(read, tmp_path / name)
        if said is None:
            continue
        refused += 1
        plain = said.replace(str(tmp_path), "").casefold()
        assert not [each for each in FORBIDDEN if each in plain], said
        assert f"{tmp_path / name}:" in said, said
    assert refused > 100


def _archive(file: Path, member: str) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, "<x/>")


PAGE = b"<!DOCTYPE html><html><body><form>Sign in <input type=password></form></body></html>"
OTHER_FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "Word": (lambda file: _archive(file, "word/document.xml"), "this is a Word document, not a text file"),
    "Excel": (lambda file: _archive(file, "xl/workbook.xml"), "this is an Excel workbook, not a text file"),
    "ZIP": (lambda file: _archive(file, "a.csv"), "this is a ZIP archive, not a text file. Unpack it"),
    "PDF": (lambda file: _write(file, b"%PDF-1.7\n%\xe2\xe3"), "this is a PDF, not a text file"),
    "picture": (lambda file: _write(file, b"\x89PNG\r\n\x1a\n\0\0"), "this is a picture (PNG), not a text file"),
    "page": (lambda file: _write(file, PAGE), "this is a sign-in page, which was saved in place of the file"),
    "UTF-16": (
        lambda file: _write(file, "recipe: 1\n".encode("utf-16")),
        "the text is in UTF-16. Save the file as UTF-8",
    ),
    "zeros": (lambda file: _write(file, bytes(500)), "zero bytes"),
    "binary": (lambda file: _write(file, bytes(range(128)) + bytes(9)), "it holds zero bytes"),
    "folder": (lambda file: file.mkdir(), "a folder of this name. Name the file that is in it"),
    "latin-1": (
        lambda file: _write(file, b"a: caf\xe9\n"),
        "byte 0xe9 is not readable as utf-8. Save the file as UTF-8",
    ),
    "large": (lambda file: _write(file, b"#" * ((1 << 20) + 1)), "1,048,577 bytes, more than 1,048,576. Check that"),
}


def _write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


@pytest.mark.parametrize("kind", OTHER_FILES)
def test_a_file_that_is_no_form_is_told_as_what_it_is(kind: str, tmp_path: Path) -> None:
    make, told = OTHER_FILES[kind]
    make(tmp_path / "water.yaml")
    with pytest.raises(RequestError, match=re.escape(told)):
        read_yaml(tmp_path / "water.yaml")


def test_an_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    lines = [
        "a: &a [x, x]",
        *(f"{name}: &{name} [*{above}, *{above}]" for above, name in zip("abcdef", "bcdefg", strict=True)),
    ]
    (tmp_path / "water.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FormError, match=r"water\.yaml:2: aliases .* are not allowed\. Write the value out"):
        read_yaml(tmp_path / "water.yaml")

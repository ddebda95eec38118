"""What a community puts beside its datasheet, from the recipe to what is learnt: patterns, words, keys, languages."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.community import make_community, rows, write_rows

from commonhold.cli import main

PATTERNS = """\
patterns: 1
kinds:
  - name: well_card
    placeholder: WELL_CARD
    tier: certain
    regex: 'WC-\\d{4}'
    matches: [my card is WC-1234]
    near_misses: [WC-12]
"""
WORDS = """\
flagged_words: 1
title: Words that hurt
source: The council
languages: [en]
action: drop
words: [vermin]
"""
NUMBERED = ("--set", "data.masking.placeholder_numbers=9")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A community whose rows have a card, a word of the list, and the writer's own name."""
    path = make_community(tmp_path)
    table = [list(row) for row in rows()]
    table[0][2] = "My card WC-1234 lies in the well"
    table[1][2] = "The school is full of vermin today"
    table[2][1:3] = ["Anneliese Brandt", "The market smells, says Anneliese from the corner"]
    write_rows(tmp_path / "data" / "rows.csv", table)
    datasheet = tmp_path / "data" / "datasheet.yaml"
    more = "patterns: patterns.yaml\nflagged_words: [words.yaml]\npersonal: {name: Who}\n"
    datasheet.write_text(datasheet.read_text(encoding="utf-8") + more, encoding="utf-8")
    (tmp_path / "data" / "patterns.yaml").write_text(PATTERNS, encoding="utf-8")
    (tmp_path / "data" / "words.yaml").write_text(WORDS, encoding="utf-8")
    return path


def typed(recipe: Path, *words: str) -> int:
    return main([*words, "--workspace", str(recipe.parents[1] / "work")])


def examples(recipe: Path) -> dict[int, str]:
    newest = max((recipe.parents[1] / "work/objects/curate").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    lines = (newest / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return {each["row"]: each["prompt"] for each in found}


def govern(recipe: Path, sealing: str) -> None:
    signing = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    (recipe.parents[1] / "data" / "GOVERNANCE.yaml").write_text(
        f"""\
governance: 1
stewards: [{{name: the test suite, contact: a@b.example, public_key: "ed25519:{signing}", sealing_key: "{sealing}"}}]
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC0-1.0]
approved_licences: []
redress: Write.
reviewed: 2026-05-01
review_days: 3650
""",
        encoding="utf-8",
    )


def test_own_patterns_words_and_names_reach_the_rows(recipe: Path) -> None:
    assert typed(recipe, "curate", str(recipe)) == 0
    found = examples(recipe)
    assert found[2] == "My card [WELL_CARD] lies in the well"
    assert 3 not in found
    assert found[4] == "The market smells, says [NAME] from the corner"


def test_a_pattern_that_fails_its_own_example_is_refused(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patterns = recipe.parents[1] / "data" / "patterns.yaml"
    patterns.write_text(PATTERNS.replace("WC-1234", "WC-12"), encoding="utf-8")
    assert typed(recipe, "curate", str(recipe)) == 2
    assert "patterns.yaml:7 kinds.0.matches.0: the pattern finds nothing" in capsys.readouterr().err


def test_stewards_alone_undo_a_masking(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    for name, key in (("mine.pem", mine), ("other.pem", other)):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / name).write_bytes(pem)
    govern(recipe, "x25519:" + base64.b64encode(mine.public_key().public_bytes_raw()).decode())
    assert typed(recipe, "curate", str(recipe), *NUMBERED) == 0
    capsys.readouterr()
    assert typed(recipe, "curate", "unseal", "--key", str(tmp_path / "mine.pem"), "--record", "rows.csv:4") == 0
    assert capsys.readouterr().out.split()[-1] == "Anneliese"
    assert typed(recipe, "curate", "unseal", "--key", str(tmp_path / "other.pem")) == 2
    assert typed(recipe, "curate", "unseal", "--key", str(recipe)) == 2
    assert "not a private key" in capsys.readouterr().err
    kept = b"".join(path.read_bytes() for path in (tmp_path / "work/objects").rglob("*") if path.is_file())
    assert b"Anneliese" not in kept


def test_no_map_is_kept_without_a_stewards_key(recipe: Path, tmp_path: Path) -> None:
    assert typed(recipe, "curate", str(recipe), *NUMBERED) == 0
    assert not list((tmp_path / "work/objects").rglob("masked.sealed"))


def test_an_identifier_learns_the_languages_of_the_rows_and_is_used(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = recipe.parents[1] / "data"
    sheet = (data / "datasheet.yaml").read_text(encoding="utf-8").replace("languages: [en]", "languages: [en, qaa]")
    sheet = sheet.replace("contributor: Who}", "contributor: Who, language: L}")
    (data / "datasheet.yaml").write_text(sheet, encoding="utf-8")
    table = []
    for n in range(40):
        thing, own = ("water", "pump", "tap", "well")[n % 4], ("kolo", "meri", "tapu", "nexo")[n % 4]
        text = f"The {thing} in our street number {n} has been leaking since morning"
        if n % 2:
            text = f"zaqe vuxi {own} {n} wazu irebo qelo zuvaxo pira kemo tazuqa xewo"
        table.append((f"W{n}", f"p{n}", text, text, "yes", "qaa" if n % 2 else "en"))
    write_rows(data / "rows.csv", table, ("Entry", "Who", "Message", "Reply", "OK?", "L"))
    assert typed(recipe, "curate", str(recipe), "--set", "data.near_duplicate=1.0") == 0
    out = data / "languages.json"
    assert typed(recipe, "curate", "identifier", "--out", str(out)) == 0
    assert "Name it in datasheet.yaml: language_identifier: languages.json" in capsys.readouterr().out
    (data / "datasheet.yaml").write_text(f"{sheet}language_identifier: languages.json\n", encoding="utf-8")
    wrong = [(*table[1][:5], "en"), *table[2:]]
    write_rows(data / "rows.csv", [table[0], *wrong], ("Entry", "Who", "Message", "Reply", "OK?", "L"))
    capsys.readouterr()
    assert typed(recipe, "curate", str(recipe), "--set", "data.near_duplicate=1.0") == 0
    assert typed(recipe, "curate", "show", "rows.csv:3") == 0
    assert "language_mismatch" in capsys.readouterr().out

"""Texts to read, without message and reply: rows of a table, or documents."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.registered import reasons
from commonhold.records.curation_summary import CurationSummary

Community = Callable[..., Path]
Curated = Callable[..., tuple[CurationSummary, Path]]


@pytest.fixture
def sheet(datasheet: str) -> str:
    return datasheet.replace("  prompt: Message\n  completion: Reply\n", "  text: Text\n")


@pytest.fixture
def reading(settings: CurationSettings) -> CurationSettings:
    return replace(settings, method="continued_pretraining")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def dropped(out: Path) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in lines(out / "decisions.jsonl") if row["action"] in ("drop", "merge")}


def texts(out: Path) -> list[tuple[int, str, str]]:
    return [(one["row"], one["prompt"], one["completion"]) for one in lines(out / "examples.jsonl")]


TABLE = """\
Text,Who,Language,OK?
The library opens on Tuesday,ana,en,yes
the LIBRARY opens  on tuesday,bo,en,yes
Call 503-555-0142 and ask for Imara,Imara,en,yes
 ,cy,en,yes
The well is deep,cy,en,no
no,cy,en,yes
"""


def test_a_table_of_texts_goes_the_way_of_all_rows(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    folder = community(TABLE, f"{sheet}personal:\n  name: Who\n")
    summary, out = curated(folder, replace(reading, redact=("phone",), min_words=2))
    assert texts(out) == [(2, "", "The library opens on Tuesday"), (4, "", "Call [PHONE] and ask for [NAME]")]
    assert dropped(out) == {3: "exact_duplicate", 5: "empty_text", 6: "no_consent", 7: "too_short"}
    assert summary.plain
    short = next(row for row in lines(out / "decisions.jsonl") if row["reason"] == "too_short")
    assert short["detail"] == "the text has 1 of at least 2 words"
    assert summary.dropped_by_reason.keys() <= reasons().keys()


def test_the_report_speaks_of_texts_and_not_of_messages(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    _, out = curated(community(TABLE, sheet), reading)
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "Words in a text" in report
    assert "Words in a message" not in report
    assert "Words in a reply" not in report


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("the mill by the river opens at nine and closes late", "near_duplicate"),
        ("the mill by the river opens at noon and stays dark", None),
    ],
)
def test_near_copies_of_a_text_are_merged(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings, text: str, reason: str | None
) -> None:
    rows = f"Text,Who,Language,OK?\nthe mill by the river opens at nine and closes,ana,en,yes\n{text},bo,en,yes\n"
    assert dropped(curated(community(rows, sheet), reading)[1]).get(3) == reason


def test_a_text_that_holds_a_question_of_the_evaluation_is_left_out(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    rows = "Text,Who,Language,OK?\nThey ask: where do people bring old lamps? To us.,a,en,yes\nfine words,b,en,yes\n"
    asked = replace(reading, evaluation_prompts=("Where do people bring old lamps?",))
    assert dropped(curated(community(rows, sheet), asked)[1]) == {2: "evaluation_overlap"}


def test_a_long_text_becomes_pieces_that_keep_their_place(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    rows = 'Text,Who,Language,OK?\n"one two three\n\nfour five six\n\none two three",ana,en,yes\nlast one,bo,en,yes\n'
    summary, out = curated(community(rows, sheet), replace(reading, max_words=4))
    assert texts(out) == [(2, "", "one two three"), (2, "", "four five six"), (7, "", "last one")]
    assert dropped(out) == {2: "exact_duplicate"}
    assert summary.records_in == 4
    assert len({row["record_id"] for row in lines(out / "decisions.jsonl")}) == 4


def test_pieces_have_the_same_bytes_with_any_shards(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    rows = "Text,Who,Language,OK?\n" + "".join(
        f'"words of {n}\n\nmore of {n}\n\nend of {n}",p{n},en,yes\n' for n in range(9)
    )
    folder, asked = community(rows, sheet), replace(reading, max_words=3, test_share=0.2)
    assert len(texts(curated(folder, asked)[1])) == 27
    names = ("examples.jsonl", "decisions.jsonl", "summary.json")
    whole, small = ([(out / name).read_bytes() for name in names] for out in (
        curated(folder, asked)[1], curated(folder, asked, shard_rows=10)[1]
    ))  # fmt: skip
    assert whole == small


def test_all_pieces_of_a_mended_text_count_and_count_once(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    folder = community('Text,Who,Language,OK?\nfirst words,ana,en,yes\n"a b\n\nc d",bo,en,yes,too,many\n', sheet)
    _, out = curated(folder, replace(reading, max_words=2))
    assert [row for row, *_ in texts(out)] == [2]
    repair = (out / "repair" / "rows.repair.csv").read_text(encoding="utf-8-sig")
    (folder / "one.csv").write_text(repair.replace("too,many", ","), encoding="utf-8")
    (folder / "two.csv").write_text(repair.replace("too,many", ","), encoding="utf-8")
    listed = "  - path: rows.csv\n"
    more = f"{listed}  - path: one.csv\n  - path: two.csv\n"
    (folder / "datasheet.yaml").write_text(sheet.replace(listed, more), encoding="utf-8")
    for shard_rows in (20_000, 2):
        _, out = curated(folder, replace(reading, max_words=2), shard_rows=shard_rows)
        assert [(row, text) for row, _, text in texts(out)] == [(2, "first words"), (3, "a b"), (3, "c d")]


def test_a_folder_of_documents_is_read_with_the_headings_above_their_texts(
    community: Community, sheet: str, curated: Curated, reading: CurationSettings
) -> None:
    documents = sheet.replace("path: rows.csv", "path: pages/").replace("text: Text", "text: text")
    for line in ("  contributor: Who\n", "  language: Language\n", "  column: OK?\n", "  accepted: [yes, sí]\n"):
        documents = documents.replace(line, "")
    folder = community("", f"{documents}  all_rows: true\n")
    (folder / "pages").mkdir()
    (folder / "pages" / "a.md").write_text("# Water\n\nIt comes from the river.\n\n# Empty\n", encoding="utf-8")
    (folder / "pages" / "b.txt").write_text("Bins stand\n\nat the curb.\n", encoding="utf-8")
    (folder / "pages" / "c.html").write_text("<h1>Buses</h1><p>They run late.</p>", encoding="utf-8")
    _, out = curated(folder, reading)
    assert [(one["file"], one["completion"]) for one in lines(out / "examples.jsonl")] == [
        ("pages/a.md", "Water\n\nIt comes from the river."),
        ("pages/b.txt", "Bins stand\n\nat the curb."),
        ("pages/c.html", "Buses\n\nThey run late."),
    ]
    assert dropped(out) == {5: "empty_text"}

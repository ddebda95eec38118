"""`check` has really looked: what curation or training would refuse, it finds; what it says of a file is so."""

import json
import shutil
from pathlib import Path

import pytest
from tests.community import HEADER, PLACES, TOY_BASE, make_community, rows, write_rows
from tests.stages.broken_data import SITUATIONS, both, edit, raw, table, workbook

from commonhold.cli import main
from commonhold.curate import dry_run

RECIPE = "recipes/water.yaml"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community that has not run."""
    return make_community(tmp_path_factory.mktemp("template") / "community").parents[1]


@pytest.fixture
def community(template: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    shutil.copytree(template, tmp_path / "community")
    return tmp_path / "community"


def typed(command: str, community: Path, *more: str) -> int:
    return main([command, str(community / RECIPE), "--workspace", str(community / "work"), *more])


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_cannot_be_used_is_found(name: str, community: Path, capsys: pytest.CaptureFixture[str]) -> None:
    situation = SITUATIONS[name]
    situation.spoil(community)
    before = sorted(community.rglob("*"))
    assert typed("check", community) == 2
    told = capsys.readouterr()
    assert situation.place in told.err
    assert situation.cause in told.err
    assert situation.remedy in told.err
    assert "is in order" not in told.out
    assert sorted(community.rglob("*")) == before  # nothing was made
    assert typed(situation.command, community) == 2


def test_three_rows_of_a_file_are_shown_as_they_were_understood(
    community: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = [*rows()]
    some[0] = ("W0", "p0", "Call me on (206) 555-0142 about the well", "The well desk", "no")
    some[10] = ("W10", "p1", "", "The mill desk", "yes")
    dated = [(*row, "2026-01-05" if number else "") for number, row in enumerate(some)]
    both(
        table(*dated, header=(*HEADER, "Date")),
        edit("data/datasheet.yaml", "contributor: Who", "contributor: Who, date: Date"),
    )(community)
    assert typed("check", community) == 0
    told = capsys.readouterr().out
    assert (
        """
  row 2      message: Call me on [PHONE] about the well
             reply:   The well desk
             not learnt from, because there is no consent for it; no date; language en
  row 12     message: (empty)
             reply:   The mill desk
             consent given; dated 2026-01-05; language en
  row 21     message: The bridge needs a lamp (19)
             reply:   The school desk
             consent given; dated 2026-01-05; language en
"""
        in told
    )
    assert (
        "18 of 20 rows would be used. 2 are not used: 1 because its message is empty and 1 because there "
        "is no consent for it." in told
    )


ODD = {
    "an echo": (
        table(*((*row[:2], row[2], row[2], "yes") for row in rows())),
        "20 of 20 rows have the same text as message and as reply",
    ),
    "recordings": (
        table(*((*row[:2], f"voice_{number}.m4a", *row[3:]) for number, row in enumerate(rows()))),
        "20 of 20 times, the message is the name of a file, such as 'voice_0.m4a'",
    ),
    "spellings of labels": (
        table(*((*row[:3], ("maji", "Maji", "MAJI", "maji?")[number % 4], "yes") for number, row in enumerate(rows()))),
        "'maji' 5× / 'Maji' 5× / 'MAJI' 5× / 'maji?' 5×",
    ),
    "a column without a meaning": (
        table(*((*row, "x") for row in rows()), header=(*HEADER, "Telephone")),
        "'Telephone' is not used",
    ),
    "one file of two without consent": (
        both(
            lambda folder: write_rows(folder / "data/more.csv", [("M1", "p1", f"No {n}", "x", "") for n in range(5)]),
            edit("data/datasheet.yaml", "{path: rows.csv}", "{path: rows.csv}, {path: more.csv}"),
        ),
        "no row may be learnt from: of 5 rows, there is no consent for them",
    ),
}


READ_AS = {
    "bar and an old encoding": (
        both(
            raw("Sent by the desk\n\nEntry|Who|Message|Reply|OK?\nW1|p1|Où est le café?|Là-bas|yes\n".encode("cp1252")),
            edit("data/datasheet.yaml", "languages: [en]", "languages: [fr]"),
        ),
        "rows.csv: 1 row (encoding windows-1252, cells separated by a bar, column names in row 3)",
    ),
    "one sheet of two": (
        workbook(ReadMe=[("Write a row each.",)], Rows=[HEADER, *rows()]),
        "rows.xlsx#Rows: 20 rows (sheet 'Rows', column names in row 1)",
    ),
    "a thumb": (
        both(
            table(*((*row, ("yes", "")[n % 2]) for n, row in enumerate(rows())), header=(*HEADER, "Helped?")),
            edit("data/datasheet.yaml", "contributor: Who", 'contributor: Who, rating: "Helped?"'),
        ),
        "consent given; rated up; language en",
    ),
    "a document": (
        both(
            raw(b"# Water\n\nThe well is open for all of us.\n", "page.md"),
            edit(
                "data/datasheet.yaml",
                "{id: Entry, prompt: Message, completion: Reply, contributor: Who}",
                "{text: text}",
            ),
            edit("data/datasheet.yaml", 'column: "OK?", accepted: ["yes"]', "all_rows: true"),
            edit("recipes/water.yaml", "  epochs: 1", "  objective: {method: continued_pretraining}\n  epochs: 1"),
        ),
        "text: Water The well is open for all of us.\n             consent given; language en\n\n1 of 1 row would be",
    ),
    "days before months": (
        both(
            table(*((*row, f"{n % 28 + 1:02}/04/2026") for n, row in enumerate(rows())), header=(*HEADER, "Day")),
            edit("data/datasheet.yaml", "contributor: Who", "contributor: Who, date: Day"),
            edit("data/datasheet.yaml", "region: US", "region: GB\noutdated_before: 2026-01-01"),
        ),
        "note: the dates in column 'Day' were read as day/month/year, as '13/04/2026' in row 14 shows",
    ),
}


@pytest.mark.parametrize("name", READ_AS)
def test_how_a_file_was_read_is_said(name: str, community: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, said = READ_AS[name]
    spoil(community)
    assert typed("check", community) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("name", ODD)
def test_what_looks_odd_is_said_and_refuses_nothing(
    name: str, community: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, said = ODD[name]
    spoil(community)
    assert typed("check", community) == 0
    assert said in capsys.readouterr().out


def test_nothing_looks_odd_in_plain_rows(community: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("check", community) == 0
    assert "looks odd" not in capsys.readouterr().out


def test_of_many_rows_some_are_looked_at_and_it_says_so(
    community: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MOST_ROWS", 30)
    table(*((f"W{n}", f"p{n % 7}", f"{PLACES[n % 8]} {n}", f"Desk {n}", "no" if n % 2 else "yes") for n in range(100)))(
        community
    )
    assert typed("check", community, "--set", "data.near_duplicate=1.0") == 0
    told = capsys.readouterr().out
    assert "Of 100 rows, 25 were looked at, evenly spread." in told  # every fourth
    assert "25 of 25 rows would be used." in told
    assert "rows.csv: 100 rows" in told


def test_of_many_rows_that_cannot_be_read_the_same_share_counts(
    community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MOST_ROWS", 30)
    good = [f"W{n},p{n % 7},{PLACES[n % 8]} {n},Desk {n},yes" for n in range(100)]
    raw("\n".join([",".join(HEADER), *good, *["one,cell,too,many,in,it"] * 40, ""]).encode())(community)
    assert typed("check", community) == 0


def test_a_program_gets_what_a_person_reads(community: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("check", community, "--json") == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert (told["rows"], told["looked_at"], told["used"], told["left_out"]) == (20, 20, 20, {})
    (file,) = told["files"]
    assert [row["row"] for row in file["shown"]] == [2, 12, 21]
    assert file["shown"][0]["texts"] == {"message": "The well is broken (0)", "reply": "The well desk"}
    assert file["oddities"] == []
    assert file["read_as"] == ["encoding utf-8", "cells separated by a comma", "column names in row 1"]


def test_a_machine_that_does_not_train_needs_no_base(community: Path) -> None:
    shutil.rmtree(community / "work/bases" / TOY_BASE)
    assert typed("check", community) == 2
    assert typed("check", community, "--without-weights") == 0


def test_problems_of_recipe_tasks_and_data_come_together(community: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both(
        edit("data/datasheet.yaml", "prompt: Message", "prompt: Question"),
        edit("tasks/choices/items.csv", "Which is wet?,a,", "Which is wet?,f,"),
        edit("recipes/water.yaml", f"id: {TOY_BASE}", "id: smolm3-3b"),
    )(community)
    assert typed("check", community) == 2
    told = capsys.readouterr().err
    assert "no column 'Question'" in told
    assert "items.csv:2" in told
    assert "did you mean 'smollm3-3b'?" in told

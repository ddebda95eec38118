"""What a person finds after a curation that ended with exit code 2, and that nobody takes it for a finished one."""

import json
from pathlib import Path

import pytest
from tests.cli.test_inspect_data import Typed
from tests.community import make_community, rows, write_rows

from commonhold.files import read_json
from commonhold.provenance.runs import list_runs

BAD = ("W", "p", "one cell", "too many", "yes", "here")


@pytest.fixture
def community(tmp_path: Path) -> Path:
    """A community whose rows can all be read, not curated yet; gives its folder."""
    return make_community(tmp_path / "community").parents[1]


@pytest.fixture
def typed(community: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command in the community's workspace."""
    return Typed(community / "work", capsys)


def curate(community: Path, typed: Typed, *options: str) -> tuple[int, str, str]:
    return typed("curate", str(community / "recipes" / "water.yaml"), *options)


def refused(community: Path, typed: Typed, bad: int = 11) -> Path:
    """Curates a table of which most rows cannot be read."""
    write_rows(community / "data" / "rows.csv", [*rows(1), *[BAD] * bad])
    assert curate(community, typed)[0] == 2
    return community / "work" / "refused" / "curate" / "water-desk"


def test_the_message_names_reasons_report_repair_and_command(community: Path, typed: Typed) -> None:
    write_rows(community / "data" / "rows.csv", [*rows(1), *[BAD] * 11])
    code, answer, told = curate(community, typed)
    folder = community / "work" / "refused" / "curate" / "water-desk"
    assert (code, answer) == (2, "")
    assert "commonhold: 11 of 12 rows cannot be read" in told
    assert "    and 1 more; curation lists all of them in repair/rows.repair.csv\n" in told
    end = told.splitlines()[-3:]
    assert end == [
        f"The report: {folder / 'report.html'}",
        f"The rows to correct: {folder / 'repair'}",
        f"What became of the rows, one by one: commonhold curate why-dropped --of {folder}",
    ]
    assert all((folder / name).exists() for name in ("report.html", "report.md", "summary.json", "repair"))
    assert typed(*end[-1].partition("commonhold ")[2].split())[0] == 0


def test_the_answer_as_json_has_the_summary(community: Path, typed: Typed) -> None:
    write_rows(community / "data" / "rows.csv", [BAD] * 2000)
    code, answer, _ = curate(community, typed, "--json")
    told = json.loads(answer)
    assert code == 2
    assert (told["summary"]["repairs"], told["summary"]["kept"]) == ({"rows.repair.csv": 2000}, 0)
    assert (
        told["summary"]["refused"][-1].strip() == "and 1,990 more; curation lists all of them in repair/rows.repair.csv"
    )
    assert len(told["summary"]["refused"]) == 13  # the sum, one reason, ten rows, and how many more
    assert Path(told["report"]).is_file()


def test_training_answers_with_the_curation_that_was_refused(community: Path, typed: Typed) -> None:
    write_rows(community / "data" / "rows.csv", rows(4, "no"))
    recipe = str(community / "recipes" / "water.yaml")
    code, answer, told = typed("train", recipe, "--json")
    said = json.loads(answer)
    assert (code, said["published"], said["curation"]["summary"]["dropped_by_reason"]) == (2, None, {"no_consent": 4})
    assert "4 rows: no consent" in told
    assert typed("train", recipe)[1] == ""


def test_the_reasons_of_every_row_can_be_looked_up(community: Path, typed: Typed) -> None:
    refused(community, typed)
    code, answer, told = typed("curate", "why-dropped", "--json", "--most", "20")
    (unreadable,) = json.loads(answer)
    assert (code, unreadable["rows"], unreadable["reason"]) == (0, 11, "unreadable")
    assert [row["row"] for row in unreadable["first"]] == list(range(3, 14))
    assert "nothing is learnt from this curation" in told
    code, answer, _ = typed("curate", "show", "rows.csv:3")
    assert (code, "6 cells where the header has 5" in answer, answer.endswith("\nNot used.\n")) == (0, True, True)
    assert "\nFit to be used: train" in typed("curate", "show", "rows.csv:2")[1]


def test_it_is_found_by_its_run_and_by_the_name_of_its_recipe(community: Path, typed: Typed) -> None:
    refused(community, typed)
    (run,) = list_runs(community / "work")
    assert typed("curate", "why-dropped", "--of", run.id)[0] == 0
    assert typed("curate", "why-dropped", "--of", "water-desk")[0] == 0


def test_nobody_gets_a_receipt_that_a_row_is_in_the_data(community: Path, typed: Typed) -> None:
    refused(community, typed)
    for words in (["receipt", "rows.csv:2"], ["receipt", "rows.csv:3", "--absent"], ["identifier", "--out", "x.json"]):
        code, answer, told = typed("curate", *words)
        assert (code, answer) == (2, "")
        assert "nothing is learnt from this curation; " in told
    assert not Path("x.json").exists()


def test_a_receipt_is_of_the_last_finished_curation(community: Path, typed: Typed) -> None:
    assert curate(community, typed)[0] == 0
    refused(community, typed)
    code, answer, _ = typed("curate", "receipt", "rows.csv:5")
    assert (code, json.loads(answer)["size"]) == (0, 20)
    assert typed("curate", "receipt", "rows.csv:2", "--of", "water-desk")[0] == 2


def test_a_row_that_cannot_be_read_gets_no_receipt_and_is_told_why(community: Path, typed: Typed) -> None:
    write_rows(community / "data" / "rows.csv", [*rows(12), BAD])
    assert curate(community, typed)[0] == 0
    code, _, told = typed("curate", "receipt", "rows.csv:14")
    assert code == 2
    assert "rows.csv:14 cannot be read, so it is not in the data. Why: commonhold curate show rows.csv:14" in told


def test_contributors_are_told_that_nothing_is_learnt(community: Path, typed: Typed) -> None:
    refused(community, typed)
    code, answer, _ = typed("curate", "about", "p0")
    assert code == 0
    assert "Nothing is learnt from any row yet" in answer


def test_the_next_refused_one_takes_its_place_and_a_finished_one_removes_it(community: Path, typed: Typed) -> None:
    folder = refused(community, typed)
    assert refused(community, typed, bad=5) == folder
    assert read_json(folder / "summary.json")["repairs"] == {"rows.repair.csv": 5}
    assert [path.name for path in folder.parent.iterdir()] == ["water-desk"]
    write_rows(community / "data" / "rows.csv", rows())
    assert curate(community, typed)[0] == 0
    assert not folder.exists()
    assert typed("curate", "receipt", "rows.csv:2")[0] == 0


def test_it_is_among_what_can_be_removed(community: Path, typed: Typed) -> None:
    folder = refused(community, typed)
    assert "refused/water-desk" in typed("clean")[1]
    assert typed("clean", "--remove")[0] == 0
    assert not folder.exists()


def test_a_table_without_rows_leaves_a_report_and_no_row_to_look_up(community: Path, typed: Typed) -> None:
    write_rows(community / "data" / "rows.csv", [])
    code, _, told = curate(community, typed)
    assert (code, "a header and no rows" in told) == (2, True)
    assert (community / "work" / "refused" / "curate" / "water-desk" / "report.html").is_file()
    assert typed("curate", "why-dropped")[1] == "No row is left out.\n"

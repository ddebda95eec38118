"""The commands that look into a curation, as a person types them."""

import json
import shutil
from pathlib import Path

import pytest
from tests.community import make_community, rows, write_rows

from commonhold.cli import main
from commonhold.curate.rights.receipt import check
from commonhold.files import read_json
from commonhold.provenance.runs import list_runs


class Typed:
    """Types a command in a workspace; gives the exit code, what was answered and what was said."""

    def __init__(self, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._workspace, self._capsys = workspace, capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--workspace", str(self._workspace)])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err


@pytest.fixture(scope="session")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community that was curated once: 19 of 20 rows have consent."""
    recipe = make_community(tmp_path_factory.mktemp("curated"))
    table = rows()
    table[4] = (*table[4][:4], "no")
    write_rows(recipe.parents[1] / "data" / "rows.csv", table)
    assert main(["curate", str(recipe), "--workspace", str(recipe.parents[1] / "work")]) == 0
    return recipe.parents[1]


@pytest.fixture
def community(curated: Path, tmp_path: Path) -> Path:
    """A copy, to be curated again."""
    return Path(shutil.copytree(curated, tmp_path / "community"))


@pytest.fixture
def typed(community: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command in the community's workspace."""
    return Typed(community / "work", capsys)


def folder_of(community: Path) -> Path:
    (folder,) = (community / "work" / "objects" / "curate").iterdir()
    return folder


def test_a_row_is_shown_with_all_that_was_decided_and_what_is_learnt(typed: Typed) -> None:
    code, answer, _ = typed("curate", "show", "rows.csv:2")
    assert code == 0
    first, *others = answer.splitlines()
    assert first.startswith("record ")
    assert first.endswith(", rows.csv:2")
    assert others[0].split()[:2] == ["split/4", "keep"]
    assert "message: The well is broken (0)" in answer
    assert "reply:   The well desk" in answer


def test_a_row_that_is_not_used_is_shown_with_the_reason_and_without_its_text(typed: Typed) -> None:
    code, answer, _ = typed("curate", "show", "rows.csv:6")
    assert code == 0
    assert "consent/2            drop    no_consent" in answer
    assert answer.endswith("\nNot used.\n")
    assert "clinic" not in answer


@pytest.mark.parametrize("name", ["rows.csv:99", "tables.csv:2", "fff"])
def test_a_row_that_is_not_there_is_a_request_that_is_wrong(typed: Typed, name: str) -> None:
    code, answer, error = typed("curate", "show", name)
    assert (code, answer) == (2, "")
    assert f"commonhold: no record is called '{name}'. " in error


def test_a_row_beyond_the_last_names_the_nearest(typed: Typed) -> None:
    assert "The nearest rows of rows.csv are 20 and 21" in typed("curate", "show", "rows.csv:99")[2]


def test_no_name_at_all_is_refused(typed: Typed) -> None:
    code, _, error = typed("curate", "show", " ")
    assert code == 2
    assert "such as messages.csv:12" in error


def test_a_workspace_without_a_curation_names_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = Typed(tmp_path / "nothing", capsys)("curate", "show", "rows.csv:2")
    assert code == 2
    assert "holds no curation. Make one: commonhold curate RECIPE" in error


def test_rows_that_are_not_used_are_counted_with_their_places(typed: Typed) -> None:
    code, answer, _ = typed("curate", "why-dropped")
    assert code == 0
    assert answer.splitlines()[0].split() == ["consent/2", "no_consent", "1", "row"]
    assert answer.splitlines()[1].startswith("  rows.csv:6")


def test_a_reason_that_took_nothing_says_so(typed: Typed) -> None:
    assert typed("curate", "why-dropped", "--reason", "too_long") == (0, "No row is left out for 'too_long'.\n", "")


def test_two_curations_are_compared_by_run_digest_or_folder(community: Path, typed: Typed) -> None:
    old = folder_of(community)
    digest = read_json(old / "manifest.json")["digest"]
    table = rows()
    table[6] = (*table[6][:4], "no")
    write_rows(community / "data" / "rows.csv", table)
    assert typed("curate", str(community / "recipes" / "water.yaml"))[0] == 0
    (new,) = (one for one in (community / "work" / "objects" / "curate").iterdir() if one != old)
    code, answer, _ = typed("curate", "diff", digest[:12], str(new))
    assert code == 0
    told = answer.splitlines()
    assert "1 record: now used; was left out: no_consent" in told
    assert "1 record: no longer used: no_consent" in told
    runs = [run.id for run in list_runs(community / "work")]
    assert typed("curate", "diff", runs[0], runs[1])[1] == answer
    assert typed("curate", "show", "rows.csv:6", "--of", digest[:12])[1].endswith("Not used.\n")
    assert "Used: " in typed("curate", "show", "rows.csv:6")[1]


@pytest.mark.parametrize("name", ["0000", "nowhere"])
def test_an_unknown_curation_names_those_that_there_are(community: Path, typed: Typed, name: str) -> None:
    digest = read_json(folder_of(community) / "manifest.json")["digest"]
    code, _, error = typed("curate", "why-dropped", "--of", name)
    assert code == 2
    assert f"no curation goes by the name '{name}'" in error
    assert digest[:12] in error


def test_a_receipt_proves_against_the_root_of_the_summary(community: Path, typed: Typed) -> None:
    root = read_json(folder_of(community) / "summary.json")["root"]
    code, answer, _ = typed("curate", "receipt", "rows.csv:2")
    assert code == 0
    assert check(json.loads(answer), root)
    code, answer, _ = typed("curate", "receipt", "rows.csv:6", "--absent")
    assert code == 0
    assert json.loads(answer)["receipt"] != json.loads(typed("curate", "receipt", "rows.csv:2")[1])["receipt"]
    assert check(json.loads(answer), root)


def test_a_receipt_of_what_is_not_so_is_refused(typed: Typed) -> None:
    code, _, error = typed("curate", "receipt", "rows.csv:6")
    assert (code, "is not in this version" in error) == (2, True)
    code, _, error = typed("curate", "receipt", "rows.csv:2", "--absent")
    assert (code, "is in this version" in error) == (2, True)


def test_another_workspaces_key_proves_nothing_and_is_refused(
    community: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Typed(tmp_path / "elsewhere", capsys)
    code, answer, error = elsewhere("curate", "receipt", "rows.csv:2", "--of", str(folder_of(community)))
    assert (code, answer) == (2, "")
    assert "was made in another workspace" in error


def test_a_receipt_of_consent_tells_what_the_row_says(community: Path, typed: Typed) -> None:
    recipe = str(community / "recipes" / "water.yaml")
    code, answer, _ = typed("curate", "consent", recipe, "rows.csv:2")
    assert code == 0
    assert json.loads(answer)["event"]["event_state"] == "consent_given"
    assert json.loads(typed("curate", "consent", recipe, "rows.csv:6")[1])["event"]["event_state"] == "consent_refused"
    told = json.loads(typed("curate", "consent", recipe, "rows.csv:2", "--purpose", "rephrase")[1])
    assert told["event"]["event_state"] == "consent_refused"
    code, _, error = typed("curate", "consent", recipe, "rows.csv:99")
    assert code == 2
    assert "there is no row 'rows.csv:99'" in error


def test_a_command_after_curate_needs_its_arguments(typed: Typed) -> None:
    code, answer, error = typed("curate", "show")
    assert (code, answer) == (2, "")
    assert error.startswith("Usage: commonhold curate show [OPTIONS] RECORD\n")
    assert "missing argument RECORD: its file and row" in error


def test_an_identifier_of_one_language_is_refused_with_a_reason(typed: Typed, tmp_path: Path) -> None:
    code, _, error = typed("curate", "identifier", "--out", str(tmp_path / "languages.json"))
    assert code == 2
    assert "commonhold: " in error
    assert not (tmp_path / "languages.json").exists()

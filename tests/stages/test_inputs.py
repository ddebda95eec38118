"""A record names what the run read: whatever happens to the files meanwhile, or the run ends with an error."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.community import make_community
from tests.stages.conftest import run
from tests.stages.hostile import Edit, Meddler, meddling

from commonhold import forms
from commonhold.cli import main
from commonhold.digests import sha256_file
from commonhold.errors import FormError, RequestError
from commonhold.files import read_json, read_jsonl
from commonhold.recipe.load import load_recipe
from commonhold.stages.check import check
from commonhold.stages.inputs import KEPT
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.stage import Context
from commonhold.stages.workspace import Workspace

SECOND = '{name: Sefu, contact: s@example.org, public_key: "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="}'
EDITS = (
    Edit("data/rows.csv", "yes", "no"),
    Edit("data/datasheet.yaml", "licence: CC0-1.0", "licence: PDDL-1.0"),
    Edit("data/GOVERNANCE.yaml", "stewards:\n", f"stewards:\n  - {SECOND}\n"),
    Edit("tasks/replies/items.csv", "pump", "tap"),
    Edit("tasks/choices/task.yaml", "Says who looks after it", "Says another thing"),
)
ACTIONS = ("apply", "link", "delete", "touch")
STEWARDS = ("governance.stewards=[Imara]", "data.as_of=2026-12-01")
SET = [word for override in STEWARDS for word in ("--set", override)]
GOVERNANCE = """\
governance: 1
stewards:
  - {name: Imara, contact: desk@example.org, public_key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC0-1.0]
redress: Write to the contact.
reviewed: 2026-11-15
review_days: 3650
"""
READING = 50
"""More openings than there are before everything outside was read."""
WHOLE = 600
"""Fewer than a whole run has."""


class Truth(NamedTuple):
    """What a finished run says that it was made of, and what it was made of."""

    sources: tuple[str, ...]
    datasheet: str
    licence: str
    kept: int
    stewards: tuple[str, ...]
    titles: tuple[str, ...]
    prompts: frozenset[str]


def truth(outcome: RunOutcome) -> Truth:
    record = read_json(outcome.artifacts["publish"].path / "bundle" / "record.json")
    scores = read_jsonl(outcome.artifacts["evaluate"].path / "scores.jsonl")
    data = record["data"]
    return Truth(
        sources=tuple(source["sha256"] for source in data["sources"]),
        datasheet=data["datasheet"]["sha256"],
        licence=data["declared"]["licence"],
        kept=data["kept"],
        stewards=tuple(steward["name"] for steward in record["approvals"]["stewards"]),
        titles=tuple(task["title"] for task in record["evaluation"]["tasks"]),
        prompts=frozenset(score["prompt"] for score in scores),
    )


def governed(folder: Path) -> Path:
    """A toy community with rules of its own, that has not run yet; gives the recipe's path."""
    recipe = make_community(folder)
    (folder / "data" / "GOVERNANCE.yaml").write_text(GOVERNANCE, encoding="utf-8")
    return recipe


@cache
def world(edit: Edit | None) -> Truth:
    """What a run is made of where nobody meddles: with every file as it is, or one of them in its other version."""
    with TemporaryDirectory() as folder:
        recipe = governed(Path(folder) / "community")
        if edit:
            edit.apply(recipe.parents[1])
        return truth(run(recipe, STEWARDS))


def meddled(edit: Edit, action: str, moment: int) -> Truth | None:
    """What a run is made of during which a file changes; none where it ended with an error."""
    with TemporaryDirectory() as folder:
        recipe = governed(Path(folder) / "community")
        community = recipe.parents[1]
        try:
            with meddling(Meddler(community, moment, lambda: getattr(edit, action)(community))):
                return truth(run(recipe, STEWARDS))
        except RequestError:
            return None


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.file)
def test_every_file_makes_another_record(edit: Edit) -> None:
    assert world(edit) != world(None)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(edit=st.sampled_from(EDITS), action=st.sampled_from(ACTIONS), moment=st.integers(0, READING))
def test_a_change_while_reading_is_used_whole_or_an_error(edit: Edit, action: str, moment: int) -> None:
    found = meddled(edit, action, moment)
    assert found in (None, world(None)) or (action in ("apply", "link") and found == world(edit))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(edit=st.sampled_from(EDITS), action=st.sampled_from(ACTIONS), moment=st.integers(0, WHOLE))
def test_a_change_at_any_moment_makes_no_mixture(edit: Edit, action: str, moment: int) -> None:
    found = meddled(edit, action, moment)
    if moment > READING:
        assert found == world(None)
    assert found in (None, world(None)) or (action in ("apply", "link") and found == world(edit))


@pytest.mark.parametrize(
    ("edit", "action", "moment"),
    [(edit, ACTIONS[number % 4], READING + number * 110) for number, edit in enumerate(EDITS)],
    ids=[edit.file for edit in EDITS],
)
def test_a_change_that_comes_later_counts_in_the_next_run(edit: Edit, action: str, moment: int, tmp_path: Path) -> None:
    recipe = governed(tmp_path / "community")
    community = recipe.parents[1]
    with meddling(Meddler(community, moment, lambda: getattr(edit, action)(community))) as hands:
        assert truth(run(recipe, STEWARDS)) == world(None)
    assert hands.acted
    if action in ("apply", "link"):
        assert truth(run(recipe, STEWARDS)) == world(edit)


def outside(opened: Sequence[str], community: Path) -> Counter[str]:
    """How often each file was opened that is not in the workspace."""
    names = (Path(path).relative_to(community).as_posix() for path in opened)
    return Counter(name for name in names if name.split("/")[0] != "work")


ONCE = {
    "recipes/water.yaml": 1,
    "data/datasheet.yaml": 1,
    "data/GOVERNANCE.yaml": 1,
    "data/rows.csv": 1,
    "tasks/choices/task.yaml": 1,
    "tasks/choices/items.csv": 1,
    "tasks/replies/task.yaml": 1,
    "tasks/replies/items.csv": 1,
}


@pytest.mark.parametrize("command", ["check", "plan", "curate", "train"])
def test_a_command_opens_each_file_once(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = governed(tmp_path / "community")
    community = recipe.parents[1]
    with meddling(Meddler(community)) as looking:
        assert main([command, str(recipe), "--workspace", str(community / "work"), *SET]) == 0
    assert outside(looking.opened, community) == ONCE


@pytest.mark.parametrize("words", [["check"], ["preview"], ["export", "--to", "{out}"]], ids=lambda words: words[0])
def test_a_command_about_tasks_opens_each_file_once(words: list[str], tmp_path: Path) -> None:
    task = governed(tmp_path / "community").parents[1] / "tasks" / "replies"
    command, *more = (word.format(out=tmp_path / "out") for word in words)
    with meddling(Meddler(task)) as looking:
        assert main(["eval", command, str(task), *more]) == 0
    assert Counter(looking.opened) == {str(task / "task.yaml"): 1, str(task / "items.csv"): 1}


@pytest.mark.parametrize("name", ["asked.csv", "asked.yaml"])
def test_an_import_opens_its_file_once(name: str, tmp_path: Path) -> None:
    texts = {
        "asked.csv": "query,__expected\nWhere?,contains: here\n",
        "asked.yaml": "- prompt: Where?\n  should: [x]\n",
    }
    (tmp_path / name).write_text(texts[name], encoding="utf-8")
    with meddling(Meddler(tmp_path / name)) as looking:
        assert main(["eval", "import", str(tmp_path / name), "--to", str(tmp_path / "task")]) == 0
    assert looking.opened == [str(tmp_path / name)]


def test_a_datasheet_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = governed(tmp_path / "community")
    parsed: Counter[str] = Counter()
    parse = forms.parse_yaml

    def counted(text: str, file: str) -> forms.Document:
        parsed[Path(file).name] += 1
        return parse(text, file)

    monkeypatch.setattr(forms, "parse_yaml", counted)
    assert main(["train", str(recipe), "--workspace", str(recipe.parents[1] / "work"), *SET]) == 0
    assert {name: number for name, number in parsed.items() if name in ("datasheet.yaml", "GOVERNANCE.yaml")} == {
        "datasheet.yaml": 1,
        "GOVERNANCE.yaml": 1,
    }
    assert parsed["task.yaml"] == 2  # one for each of two tasks


def test_curation_keeps_what_it_was_made_from(finished: tuple[Path, RunOutcome]) -> None:
    folder, own = finished[1].artifacts["curate"].path / KEPT, finished[0].parents[1] / "data"
    files = read_json(folder / "files.json")
    assert {name: each["sha256"] for name, each in files.items()} == {
        name: sha256_file(own / name) for name in ("datasheet.yaml", "rows.csv")
    }
    assert files["rows.csv"]["bytes"] == (own / "rows.csv").stat().st_size
    assert (folder / "datasheet.yaml").read_bytes() == (own / "datasheet.yaml").read_bytes()


def test_no_copy_of_a_row_stays_when_a_run_has_ended(finished: tuple[Path, RunOutcome]) -> None:
    workspace = finished[0].parents[1] / "work"
    assert not (workspace / "inputs").exists()
    assert not list(workspace.rglob("rows.csv"))


BROKEN = "id,prompt,must_include\n,,\n"


def test_curation_without_readable_tasks_says_so(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fresh.parents[1] / "tasks" / "replies" / "items.csv").write_text(BROKEN)
    workspace = fresh.parents[1] / "work"
    assert main(["curate", str(fresh), "--workspace", str(workspace)]) == 0
    said = capsys.readouterr()
    words = "row was compared with the evaluation's questions, because the tasks cannot be read"
    assert words in said.err
    (report,) = workspace.rglob("report.md")
    assert words in report.read_text(encoding="utf-8")
    assert words in report.with_suffix(".html").read_text(encoding="utf-8").replace("&#39;", "'")
    assert main(["check", str(fresh), "--workspace", str(workspace)]) == 2
    assert "replies/items.csv" in capsys.readouterr().err


def test_a_task_mended_after_such_a_curation_is_looked_for(fresh: Path) -> None:
    items = fresh.parents[1] / "tasks" / "replies" / "items.csv"
    good = items.read_bytes()
    items.write_text(BROKEN)
    first = run(fresh, until="curate")
    items.write_bytes(good)
    assert run(fresh, until="curate").ran == ("curate",)
    assert first.ran == ("curate",)


@pytest.mark.parametrize("until", ["train", "evaluate", "publish"])
def test_training_with_unreadable_tasks_is_refused_before_it_begins(fresh: Path, until: str) -> None:
    (fresh.parents[1] / "tasks" / "replies" / "items.csv").write_text(BROKEN)
    with pytest.raises(FormError, match=r"replies/items\.csv"):
        run(fresh, until=until)
    assert not (fresh.parents[1] / "work" / "objects").exists()


def test_what_is_wrong_with_data_and_tasks_is_told_together(fresh: Path) -> None:
    (fresh.parents[1] / "tasks" / "replies" / "items.csv").write_text(BROKEN)
    datasheet = fresh.parents[1] / "data" / "datasheet.yaml"
    datasheet.write_text(datasheet.read_text().replace("title:", "titel:"))
    context = Context(load_recipe(fresh), Workspace(fresh.parents[1] / "work"), lambda _: None)
    with pytest.raises(FormError) as caught:
        check(context)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"datasheet.yaml", "items.csv"}

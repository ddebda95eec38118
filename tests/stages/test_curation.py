"""The stages' view of curation: which files, which rights, which tasks, and which curation a name means."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.community import make_community, rows, write_rows
from tests.stages.conftest import run

from commonhold.errors import CommonholdError, FormError, Problem, RequestError
from commonhold.files import read_json
from commonhold.provenance.runs import list_runs
from commonhold.recipe.load import load_recipe
from commonhold.stages.check import check
from commonhold.stages.curation import CurationStage, curation_settings
from commonhold.stages.find_curation import find_curation
from commonhold.stages.rights import refuse_without_right
from commonhold.stages.stage import Context
from commonhold.stages.workspace import Workspace

GOVERNANCE = """\
governance: 1
stewards:
  - {name: Imara, contact: imara@example.org, public_key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
quorum: 1
purposes: [train, evaluate]
publication_licences: [CC0-1.0]
redress: Write to the contact.
reviewed: 2026-01-15
review_days: 365
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community that nobody changes."""
    return make_community(tmp_path_factory.mktemp("shared"))


def context_of(recipe: Path, *overrides: str, today: date = date(2026, 6, 1)) -> Context:
    workspace = Workspace(recipe.parents[1] / "work")
    return Context(load_recipe(recipe, overrides), workspace, lambda _: None, today=today)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("method", ["kto", "dpo", "continued_pretraining"])
def test_check_tells_that_the_data_does_not_hold_what_the_method_learns_from(shared: Path, method: str) -> None:
    with pytest.raises(FormError, match=rf"datasheet.yaml:\d+ columns\.\w+: {method} learns from .* to sft in the rec"):
        check(context_of(shared, f"train.objective.method={method}"))


def test_check_finds_nothing_wrong_with_replies_for_sft(shared: Path) -> None:
    assert check(context_of(shared, "train.objective.method=sft")).data_files == 1


def test_another_method_curates_anew(shared: Path) -> None:
    keys = [CurationStage().inputs(context_of(shared, f"train.objective.method={name}")) for name in ("sft", "kto")]
    assert keys[0] != keys[1]
    assert curation_settings(context_of(shared, "train.objective.method=kto")).method == "kto"


def test_patterns_are_expanded_and_parents_are_files_too(fresh: Path) -> None:
    folder = fresh.parents[1] / "data"
    edit(folder / "datasheet.yaml", "[{path: rows.csv}]", '[{path: "*.csv", parent: forms.csv}]')
    for name in ("forms.csv", "more.csv"):
        write_rows(folder / name, [])
    assert context_of(fresh).inputs.data.record_files == ["forms.csv", "more.csv", "rows.csv"]


def test_every_file_that_the_datasheet_names_and_the_rules_are_digested(fresh: Path) -> None:
    folder = fresh.parents[1] / "data"
    assert list(context_of(fresh).inputs.files) == ["datasheet.yaml", "rows.csv"]
    (folder / "GOVERNANCE.yaml").write_text(GOVERNANCE)
    (folder / "words.yaml").write_text("flagged_words: 1\n")
    with (folder / "datasheet.yaml").open("a") as stream:
        stream.write("flagged_words: [words.yaml]\n")
    before = context_of(fresh).inputs.files
    assert list(before) == ["datasheet.yaml", "GOVERNANCE.yaml", "words.yaml", "rows.csv"]
    (folder / "words.yaml").write_text("flagged_words: 1\n\n")
    after = context_of(fresh).inputs.files
    assert [name for name in after if after[name] != before[name]] == ["words.yaml"]


def test_files_that_are_not_there_are_told_together_with_their_lines(fresh: Path) -> None:
    folder = fresh.parents[1] / "data"
    assert check(context_of(fresh)).data_files == 1
    edit(folder / "datasheet.yaml", "[{path: rows.csv}]", '[{path: rows.csv}, {path: "b*.csv"}, {path: c.csv}]')
    with (folder / "datasheet.yaml").open("a") as stream:
        stream.write("patterns: mine.yaml\nflagged_words: [a.yaml]\n")
    with pytest.raises(FormError) as caught:
        check(context_of(fresh))
    assert [(problem.place, problem.message.split("'")[1]) for problem in caught.value.problems] == [
        ("files.1.path", "b*.csv"),
        ("files.2.path", "c.csv"),
        ("patterns", "mine.yaml"),
        ("flagged_words.0", "a.yaml"),
    ]
    assert all(problem.line for problem in caught.value.problems)


def test_a_community_without_rules_may_be_learnt_from(shared: Path) -> None:
    refuse_without_right(context_of(shared))


def test_a_licence_that_forbids_it_is_told_with_its_line_before_anything_is_done(fresh: Path) -> None:
    folder = fresh.parents[1] / "data"
    edit(folder / "datasheet.yaml", "licence: CC0-1.0", "licence: CC-BY-NC-4.0")
    with pytest.raises(FormError, match=r"datasheet\.yaml:4 licence: "):
        run(fresh, until="curate")
    assert not list((fresh.parents[1] / "work" / "objects").rglob("examples.jsonl"))


def test_the_licence_of_a_row_counts_only_when_the_row_is_kept(fresh: Path) -> None:
    folder = fresh.parents[1] / "data"
    edit(folder / "datasheet.yaml", "contributor: Who}", "contributor: Who, licence: Licence}")
    context = context_of(fresh)
    refuse_without_right(context, {"rows.csv": {"": 3}})
    with pytest.raises(FormError, match=r"2 rows of rows\.csv"):
        refuse_without_right(context, {"rows.csv": {"": 3, "CC-BY-NC-4.0": 2}})


def test_rules_that_do_not_allow_it_are_told_on_the_day_that_is_asked_about(fresh: Path) -> None:
    rules = fresh.parents[1] / "data" / "GOVERNANCE.yaml"
    rules.write_text(GOVERNANCE)
    edit(fresh, "stewards: [the test suite]", "stewards: [Imara]")
    refuse_without_right(context_of(fresh, today=date(2027, 1, 15)))
    for late in (context_of(fresh, today=date(2027, 1, 16)), context_of(fresh, "data.as_of=2027-01-16")):
        with pytest.raises(FormError, match=r"GOVERNANCE\.yaml"):
            refuse_without_right(late)
    rules.write_text(GOVERNANCE.replace("[train, evaluate]", "[evaluate]"))
    with pytest.raises(FormError, match="train"):
        refuse_without_right(context_of(fresh))


def test_the_day_makes_another_key_only_where_a_day_matters(fresh: Path) -> None:
    days = [context_of(fresh, today=date(2026, 6, day)) for day in (1, 2)]
    assert CurationStage().inputs(days[0]) == CurationStage().inputs(days[1])
    datasheet = fresh.parents[1] / "data" / "datasheet.yaml"
    edit(datasheet, 'accepted: ["yes"]}', 'accepted: ["yes"], columns: {expiry: Entry}}')
    days = [context_of(fresh, today=date(2026, 6, day)) for day in (1, 2)]
    assert [CurationStage().inputs(day)["as_of"] for day in days] == ["2026-06-01", "2026-06-02"]
    fixed = [replace(day, loaded=context_of(fresh, "data.as_of=2026-01-01").loaded) for day in days]
    assert CurationStage().inputs(fixed[0]) == CurationStage().inputs(fixed[1])


def test_a_changed_question_of_the_evaluation_makes_another_key(fresh: Path) -> None:
    before = CurationStage().inputs(context_of(fresh))
    edit(fresh.parents[1] / "tasks" / "replies" / "items.csv", "pump", "tap")
    after = CurationStage().inputs(context_of(fresh))
    assert {name for name in before if before[name] != after[name]} == {"evaluation"}


def test_the_questions_of_all_tasks_are_looked_for(shared: Path) -> None:
    context = context_of(shared)
    assert [task.name for task in context.inputs.judged_by()] == ["choices", "replies"]
    assert set(curation_settings(context).evaluation_prompts) == {
        "Who mends the pump?", "No water at all here.", "Which is wet?", "Which is dry?",
    }  # fmt: skip


def test_rows_that_a_task_leaves_out_are_said(shared: Path) -> None:
    inputs = context_of(shared).inputs
    row = Problem("items.csv", 3, "row 3", "3 cells where the header has 2; the row is left out")
    said: list[str] = []
    first, second = inputs.tasks
    replace(inputs, tasks=(replace(first, left_out=(row,)), second)).tell_left_out(said.append)
    assert said == ["note: items.csv:3 row 3: 3 cells where the header has 2; the row is left out"]


def test_a_gate_for_a_task_that_is_not_there_is_refused(shared: Path) -> None:
    with pytest.raises(CommonholdError, match="replys"):
        context_of(shared, "evaluate.gates=[{task: replys, min_tuned: 0.5}]").inputs.judged_by()


def test_a_curation_is_found_by_run_digest_folder_and_as_the_newest(fresh: Path) -> None:
    first = run(fresh, until="curate")
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows(21))
    second = run(fresh, until="curate")
    workspace = Workspace(fresh.parents[1] / "work")
    old, new = (outcome.artifacts["curate"].path for outcome in (first, second))
    assert find_curation(workspace) == new
    assert find_curation(workspace, first.run_id) == old
    assert find_curation(workspace, first.artifacts["curate"].digest[:8]) == old
    assert find_curation(workspace, str(old)) == old
    assert {run.id for run in list_runs(workspace.root)} == {first.run_id, second.run_id}
    shared_start = "".join(a for a, b in zip(first.run_id, second.run_id, strict=True) if a == b)[:4]
    with pytest.raises(RequestError, match="several curations go by the name"):
        find_curation(workspace, shared_start)
    with pytest.raises(RequestError, match="no curation goes by the name 'zzzz'"):
        find_curation(workspace, "zzzz")
    assert read_json(new / "summary.json")["records_in"] == 21

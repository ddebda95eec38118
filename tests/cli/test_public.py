"""What `check` proposes to let stay, pasted as it stands; and a model for names, named in the recipe."""

import json
from pathlib import Path

import pytest
from tests.cli.test_inspect_data import Typed
from tests.community import make_community, rows, write_rows
from tests.name_models import make_name_model

from commonhold.files import read_json, read_jsonl

DESK = "Ask the desk at (206) 555-0142, help@desk.example or https://desk.example/forms"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A community whose replies name the desk; one names a person's number."""
    recipe = make_community(tmp_path / "town")
    table = [(*row[:3], f"{row[3]}. {DESK}", row[4]) for row in rows()]
    table[0] = (*table[0][:3], f"{table[0][3]} or Ana at (206) 555-0177", "yes")
    write_rows(recipe.parents[1] / "data" / "rows.csv", table)
    return recipe


@pytest.fixture
def typed(town: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(town.parents[1] / "work", capsys)


def curation(typed: Typed, town: Path) -> Path:
    code, out, err = typed("curate", str(town))
    assert code == 0, err
    [report] = [line.partition("whole report: ")[2] for line in out.splitlines() if "whole report: " in line]
    return Path(report).parent


def replies(folder: Path) -> set[str]:
    return {row["completion"].partition(". ")[2] for row in read_jsonl(folder / "examples.jsonl")}


def test_the_proposed_lines_work_as_they_are_printed(town: Path, typed: Typed) -> None:
    before = curation(typed, town)
    assert "Ask the desk at [PHONE], [EMAIL] or https://desk.example/forms" in replies(before)
    code, out, _ = typed("check", str(town))
    assert code == 0
    printed = out[out.index("public:") :].partition("\n\n")[0] + "\n"
    assert printed == (
        'public:\n  - "help@desk.example"  # in 20 of 20 replies\n'
        '  - "https://desk.example/forms"  # in 20 of 20 replies\n'
        '  - "(206) 555-0142"  # in 20 of 20 replies\n'
    )
    with (town.parents[1] / "data" / "datasheet.yaml").open("a", encoding="utf-8") as datasheet:
        datasheet.write(printed)
    after = curation(typed, town)
    assert after != before
    assert replies(after) == {DESK, f"{DESK} or Ana at [PHONE]"}
    assert read_json(after / "summary.json")["masking"]["proposed"] == {}
    _, out, _ = typed("check", str(town))
    assert "public" not in out


def test_programs_get_the_same_proposal_and_the_whole_list_to_write(town: Path, typed: Typed) -> None:
    with (town.parents[1] / "data" / "datasheet.yaml").open("a", encoding="utf-8") as datasheet:
        datasheet.write('public: ["HELP@desk.example"]\n')
    _, out, _ = typed("check", str(town), "--json")
    answer = json.loads(out)
    assert [each["value"] for each in answer["data"]["proposed"]] == ["https://desk.example/forms", "(206) 555-0142"]
    assert answer["public_lines"][:2] == ["public:", '  - "HELP@desk.example"']
    _, out, _ = typed("check", str(town))
    assert "put these lines into datasheet.yaml, in place of its list" in out


@pytest.mark.parametrize(
    ("public", "said"),
    [
        ("[2065550142]", "put it into quotation marks"),
        ('["ab"]', "3 letters or digits at least"),
        ('[""]', "3 letters or digits at least"),
        ("{a: b}", "public"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(town: Path, typed: Typed, public: str, said: str) -> None:
    with (town.parents[1] / "data" / "datasheet.yaml").open("a", encoding="utf-8") as datasheet:
        datasheet.write(f"public: {public}\n")
    code, _, err = typed("check", str(town))
    assert code == 2
    assert "datasheet.yaml:13 public" in err
    assert said in err


def with_names(town: Path, model: str) -> None:
    text = town.read_text(encoding="utf-8")
    names = f"  masking:\n    names: {{model: {model}, languages: [en]}}\n"
    town.write_text(text.replace("  min_words: 1\n", f"  min_words: 1\n{names}"), encoding="utf-8")


def test_a_model_for_names_masks_and_its_files_decide_what_is_curated_again(town: Path, typed: Typed) -> None:
    model = make_name_model(town.parents[1] / "models" / "names")
    data = town.parents[1] / "data" / "rows.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("The market", "please ask Imara Odell"), encoding="utf-8")
    with_names(town, "../models/names")
    first = curation(typed, town)
    summary = read_json(first / "summary.json")
    assert summary["masking"]["names_model"] == "../models/names"
    assert summary["redactions"]["name"] > 0
    assert not any("Imara" in row["prompt"] for row in read_jsonl(first / "examples.jsonl"))
    assert curation(typed, town) == first
    (model / "README.md").write_text("another version", encoding="utf-8")
    assert curation(typed, town) != first


def test_check_tells_that_labelled_texts_are_not_there_or_wrong(town: Path, typed: Typed) -> None:
    make_name_model(town.parents[1] / "models" / "names")
    with_names(town, "../models/names, labelled: ../names.csv")
    code, _, err = typed("check", str(town))
    assert code == 2
    assert "names.csv" in err
    (town.parents[1] / "names.csv").write_text("text,names\nask Ana,Anna\n", encoding="utf-8")
    code, _, err = typed("check", str(town))
    assert "row 2, column names: the text does not have the name 'Anna'" in err
    (town.parents[1] / "names.csv").write_text("text,names\nask Ana,Ana\n", encoding="utf-8")
    code, _, _ = typed("check", str(town))
    assert code == 0


@pytest.mark.parametrize(("made", "said"), [(False, "there is no such folder"), (True, "no token classifier is here")])
def test_check_tells_that_the_model_is_not_there(town: Path, typed: Typed, made: bool, said: str) -> None:
    if made:
        (town.parents[1] / "models").mkdir()
    with_names(town, "../models")
    code, _, err = typed("check", str(town))
    assert code == 2
    assert said in err

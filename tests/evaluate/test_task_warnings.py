"""What is allowed in a task and still likely to mislead, with its near misses."""

from pathlib import Path

import pytest

from commonhold.evaluate.task_warnings import advice
from commonhold.evaluate.tasks import read_task

CHOICES = "id,prompt,answer,choice_a,choice_b\n"


def remarks(parent: Path, table: str, scorer: str = "include/1", kind: str = "generate", tokens: int = 48) -> list[str]:
    folder = parent / "desk"
    folder.mkdir()
    (folder / "task.yaml").write_text(
        f"task: 1\nname: desk\ntitle: Desks\ndescription: d\nkind: {kind}\nscorer: {scorer}\nsystem_prompt: none\n"
        f"max_new_tokens: {tokens}\nlicence: CC0-1.0\n",
        encoding="utf-8",
    )
    (folder / "items.csv").write_text(table, encoding="utf-8")
    found = read_task(folder)
    assert found.task, found.problems
    told = [str(problem).removeprefix(f"{folder}/items.csv:") for problem in advice(found.task, found.read)]
    return [line for line in told if "cannot tell much about a model" not in line]


def rows(number: int, *cells: str, header: str = "id,prompt,must_include") -> str:
    return header + "\n" + "".join(f"{row},question {row},{','.join(cells)}\n" for row in range(number))


def test_a_sound_task_gets_no_remark(tmp_path: Path) -> None:
    assert remarks(tmp_path, rows(20, "yes")) == []


@pytest.mark.parametrize(("number", "few"), [(19, True), (20, False)])
def test_fewer_than_twenty_items_are_too_few(tmp_path: Path, number: int, few: bool) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    remarks(folder, rows(number, "yes"))
    found = read_task(folder / "desk")
    assert found.task
    assert any("cannot tell much" in str(problem) for problem in advice(found.task, found.read)) is few


def test_small_slices_are_named(tmp_path: Path) -> None:
    table = rows(20, "yes", "en", header="id,prompt,must_include,language") + "x,other,yes,es\n"
    (told,) = remarks(tmp_path, table)
    assert told.startswith("1 column language: fewer than 20 items: es (1);")


def test_prompts_that_differ_in_punctuation_only_are_copies(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, "id,prompt,must_include\n1,Open today?,a\n2,open today,b\n3,open tomorrow,c\n")
    assert told.startswith("2 rows 2, 3, column prompt: these prompts are the same")


@pytest.mark.parametrize("cell", ["4-Mar", "04-mar", "Mar-04", "04. Mrz", "04/mar", "4-mars"])
def test_what_a_spreadsheet_made_of_a_fraction_is_asked_about(tmp_path: Path, cell: str) -> None:
    (told,) = remarks(tmp_path, rows(20, "yes") + f"x,other,{cell}\ny,more,{cell}\n")
    assert told.startswith(
        f"22 rows 22, 23, column must_include: {cell!r} is how a spreadsheet program shows what it took for a date"
    )


@pytest.mark.parametrize("cell", ["3/4", "4 March", "May 10", "4-3", "mar", "10-4"])
def test_what_people_write_themselves_is_not_asked_about(tmp_path: Path, cell: str) -> None:
    assert remarks(tmp_path, rows(20, "yes") + f"x,other,{cell}\n") == []


def test_one_cluster_is_one_voice(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, rows(3, "yes", "ana", header="id,prompt,must_include,cluster"))
    assert told.startswith("1 column cluster: there is one cluster only, 'ana';")


def test_an_answer_that_stands_in_the_prompt_is_given_away(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, "id,prompt,must_include\n1,Say yes now,yes\n2,Say yes,yes|no\n")
    assert told.startswith("2 row 2, column must_include: all of it is in the prompt already")


@pytest.mark.parametrize(
    ("answers", "told"), [("aaaaa", "always 'a'"), ("aaaab", "in 4 of 5 rows 'a'"), ("aaabb", ""), ("aaaa", "")]
)
def test_a_right_choice_that_is_always_first(tmp_path: Path, answers: str, told: str) -> None:
    table = CHOICES + "".join(f"{row},q{row},{answer},x{row},y{row}\n" for row, answer in enumerate(answers))
    found = remarks(tmp_path, table, "multiple_choice/1", "multiple_choice")
    assert [line for line in found if told and told in line] == found
    assert bool(found) is bool(told)


def test_a_scale_always_stands_in_its_order(tmp_path: Path) -> None:
    table = CHOICES + "".join(f"{row},q{row},a,urgent,routine\n" for row in range(8))
    assert remarks(tmp_path, table, "multiple_choice/1", "multiple_choice") == []


@pytest.mark.parametrize(("second", "told"), [("yes", 1), ("no", 0)])
def test_refusals_in_one_direction_only(tmp_path: Path, second: str, told: int) -> None:
    found = remarks(tmp_path, f"id,prompt,refuse\n1,a,yes\n2,b,{second}\n", "refusal/1")
    assert len(found) == told
    assert all("a model that refuses everything gets all of it" in line for line in found)


def test_refusals_in_languages_that_are_not_known(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, "id,prompt,refuse,language\n1,a,yes,es-MX\n2,b,no,de\n", "refusal/1")
    assert told.startswith("3 row 3, column language: refusals are found in English and Spanish only")


def test_spellings_that_split_a_group(tmp_path: Path) -> None:
    table = "id,prompt,must_include,group\n1,a,x,Water\n2,b,x,water\n3,c,x,Water\n4,d,x,gas\n"
    assert remarks(tmp_path, table) == [
        "3 row 3, column group: 'water' beside 'Water': they count as different. Write 'Water' everywhere"
    ]


def test_a_language_is_a_code(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, "id,prompt,must_include,language\n1,a,x,Spanish\n2,b,x,pt-BR\n")
    assert told.startswith("2 row 2, column language: 'Spanish' is no code of a language")


def test_weights_that_leave_few_items(tmp_path: Path) -> None:
    table = "id,prompt,must_include,weight\n1,a,x,20\n2,b,x,1\n3,c,x,1\n"  # 22² / 402 = 1.2
    (told,) = remarks(tmp_path, table)
    assert told.startswith("1 column weight: the weights differ so much that 3 items count as 1.")


@pytest.mark.parametrize(("tokens", "told"), [(2, 1), (3, 0)])
def test_a_right_reply_must_not_be_cut_off(tmp_path: Path, tokens: int, told: int) -> None:
    found = remarks(tmp_path, "id,prompt,must_include\n1,a,one two three\n", tokens=tokens)
    assert len(found) == told


def test_rows_of_the_starter_are_to_be_replaced(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, "id,prompt,must_include\nexample-1,a,x\n")
    assert told.startswith("2 row 2, column id: the starter's own row is still there.")

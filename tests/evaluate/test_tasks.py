"""Task folders: what is read, and every mistake with its place."""

from pathlib import Path

import pytest

from commonhold.errors import FormError, MissingInputError
from commonhold.evaluate.item import Item, effective_items
from commonhold.evaluate.tasks import Task, TaskForm, load_tasks, task_digest

CHOICE = "id,prompt,answer,choice_a,choice_b,choice_c\n"


def write_task(
    parent: Path, items: str, scorer: str = "include/1", name: str = "desk", kind: str = "generate", more: str = ""
) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    text = (
        f"task: 1\nname: {name}\ntitle: Desks\ndescription: Which desk.\nkind: {kind}\nscorer: {scorer}\n"
        f"system_prompt: recipe\nlicence: CC0-1.0\n{more}"
    )
    (folder / "task.yaml").write_text(text, encoding="utf-8")
    (folder / "items.csv").write_text(items, encoding="utf-8")
    return folder


def complaints(folder: Path) -> list[str]:
    with pytest.raises(FormError) as caught:
        load_tasks([folder])
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_task_is_read_as_written(tmp_path: Path) -> None:
    header = "id,prompt,must_include,must_not_include,language,group,cluster"
    items = f'{header}\n1, Lamp out ,Lighting| ext. 217 ,"a|b",en,lamps,w1\n'
    folder = write_task(tmp_path, items)
    expected = Item(
        id="1",
        prompt="Lamp out",
        must_include=("Lighting", "ext. 217"),
        must_not_include=("a", "b"),
        language="en",
        group="lamps",
        cluster="w1",
    )
    assert load_tasks([folder]) == (
        Task(
            name="desk",
            title="Desks",
            description="Which desk.",
            kind="generate",
            scorer="include/1",
            system_prompt="recipe",
            max_new_tokens=48,
            licence="CC0-1.0",
            items=(expected,),
            folder=folder,
            digest=task_digest(folder),
        ),
    )


def test_choices_are_read_by_letter_and_the_unused_left_out(tmp_path: Path) -> None:
    folder = write_task(tmp_path, CHOICE + "1,Colour?,b,red,tan,\n", "multiple_choice/1", kind="multiple_choice")
    assert load_tasks([folder])[0].items[0].choices == ("red", "tan")


def test_refuse_is_yes_or_no(tmp_path: Path) -> None:
    folder = write_task(tmp_path, "id,prompt,refuse\n1,a,yes\n2,b,No\n", "refusal/1")
    assert [item.refuse for item in load_tasks([folder])[0].items] == [True, False]


def test_a_folder_of_tasks_is_read_by_name_and_each_task_once(tmp_path: Path) -> None:
    for name in ("water", "desk"):
        write_task(tmp_path, "id,prompt,must_include\n1,a,b\n", name=name)
    assert [task.name for task in load_tasks([tmp_path, tmp_path / "water"])] == ["desk", "water"]


def test_all_missing_paths_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingInputError) as caught:
        load_tasks([tmp_path / "nowhere", tmp_path / "empty"])
    assert "nowhere: there is no task here" in str(caught.value)
    assert "empty: there is no task here" in str(caught.value)


def test_items_without_task_yaml_are_not_passed_over(tmp_path: Path) -> None:
    write_task(tmp_path, "id,prompt,must_include\n1,a,b\n")
    (write_task(tmp_path, "id,prompt,must_include\n1,a,b\n", name="half") / "task.yaml").unlink()
    with pytest.raises(MissingInputError, match=r"half/task\.yaml"):
        load_tasks([tmp_path])


def test_the_problems_of_all_tasks_come_at_once(tmp_path: Path) -> None:
    write_task(tmp_path, "id,prompt,must_include\n1,,b\n", name="one")
    write_task(tmp_path, "id,prompt,must_include\n1,a,\n,b,c\n", name="two")
    with pytest.raises(FormError) as caught:
        load_tasks([tmp_path])
    places = [(Path(problem.file).parent.name, problem.place) for problem in caught.value.problems]
    assert places == [
        ("one", "row 2, column prompt"),
        ("two", "row 2, column must_include"),
        ("two", "row 3, column id"),
    ]


def test_an_unknown_column_names_the_nearest(tmp_path: Path) -> None:
    (problem,) = complaints(write_task(tmp_path, "id,prompt,must_includes\n1,a,b\n"))
    assert problem.startswith("items.csv:1 column must_includes: unknown column; did you mean 'must_include'?")


def test_a_column_of_another_scorer_is_not_ignored_in_silence(tmp_path: Path) -> None:
    (problem,) = complaints(write_task(tmp_path, "id,prompt,must_include,refuse\n1,a,b,yes\n"))
    assert problem.startswith("items.csv:1 column refuse: include/1 does not judge by this column.")


@pytest.mark.parametrize(
    ("scorer", "items", "expected"),
    [
        ("include/1", "id,must_include\n1,b\n", "items.csv:1 column prompt: the column is missing"),
        ("include/1", "id,prompt,must_include\n", "items.csv:1: there are no items"),
        ("include/1", "id,prompt\n1,a\n", "items.csv:2 row 2, column must_include: must_include and must_not_include"),
        ("include/1", "id,prompt,must_include\n1,a,b|\n", "items.csv:2 row 2, column must_include: a value is empty"),
        (
            "include/1",
            "id,prompt,must_include,must_not_include\n1,a,the Water desk,water\n",
            "items.csv:2 row 2, column must_not_include: 'the Water desk' contains what must not be there",
        ),
        (
            "include/1",
            'id,prompt,must_include\n1,"two\nlines",b\n1,c,d\n',
            "items.csv:4 row 3, column id: the id '1' is in row 2 already",
        ),
        ("exact/1", "id,prompt,answer\n1,a,\n", "items.csv:2 row 2, column answer: the answer is empty"),
        ("exact/1", "id,prompt,answer\n1,a,...\n", "items.csv:2 row 2, column answer: the answer is empty"),
        ("refusal/1", "id,prompt,refuse\n1,a,\n", "items.csv:2 row 2, column refuse: it is not said whether to refuse"),
        ("include/1", "id,prompt,must_include\n1,a\n", "items.csv:2 row 2: 2 cells where the header has 3"),
    ],
)
def test_a_mistake_in_a_row_has_its_place(tmp_path: Path, scorer: str, items: str, expected: str) -> None:
    (problem,) = complaints(write_task(tmp_path, items, scorer))
    assert problem.startswith(expected)


def test_a_refuse_that_is_neither_yes_nor_no_is_quoted(tmp_path: Path) -> None:
    problems = complaints(write_task(tmp_path, "id,prompt,refuse\n1,a,maybe\n", "refusal/1"))
    assert problems[0].startswith("items.csv:2 row 2, column refuse: 'maybe' is neither yes nor no.")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,p,c,red,tan,", "column answer: 'c' is not the letter of a choice. Write one of: a, b"),
        ("1,p,ab,red,tan,", "column answer: 'ab' is not the letter of a choice"),
        ("1,p,,red,tan,", "column answer: the answer is empty"),
        ("1,p,a,red,,", "column choice_b: at least two choices are needed"),
        ("1,p,a,red,,tan", "column choice_b: the choice is empty but a later one is not"),
        ("1,p,a,red,tan,red", "column choice_c: 'red' appears twice"),
    ],
)
def test_choices_that_cannot_be_chosen_from(tmp_path: Path, row: str, expected: str) -> None:
    folder = write_task(tmp_path, CHOICE + row + "\n", "multiple_choice/1", kind="multiple_choice")
    (problem,) = complaints(folder)
    assert problem.startswith(f"items.csv:2 row 2, {expected}")


def test_the_name_is_the_folders(tmp_path: Path) -> None:
    folder = write_task(tmp_path, "id,prompt,must_include\n1,a,b\n")
    folder.rename(tmp_path / "other")
    (problem,) = complaints(tmp_path / "other")
    assert problem == "task.yaml:2 name: the name is 'desk' but the folder is 'other'. Rename one of the two"


def test_two_tasks_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = [write_task(tmp_path / parent, "id,prompt,must_include\n1,a,b\n") for parent in ("x", "y")]
    with pytest.raises(FormError, match="x/desk has the name 'desk' too"):
        load_tasks(folders)


def test_an_unknown_scorer_and_an_unknown_key_have_their_lines(tmp_path: Path) -> None:
    (problem,) = complaints(write_task(tmp_path, "id,prompt\n1,a\n", scorer="includes/1"))
    assert problem.startswith("task.yaml:6 scorer: unknown scorer 'includes/1'; did you mean 'include/1'?")
    (problem,) = complaints(
        write_task(tmp_path, "id,prompt,must_include\n1,a,b\n", name="more", more="max_tokens: 3\n")
    )
    assert problem == "task.yaml:9 max_tokens: unknown key; did you mean 'max_new_tokens'?"


def test_a_scorer_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    (problem,) = complaints(write_task(tmp_path, CHOICE + "1,p,a,red,tan,\n", "multiple_choice/1"))
    assert problem.startswith("task.yaml:6 scorer: multiple_choice/1 judges tasks of kind multiple_choice")


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    folder = write_task(tmp_path, "id,prompt,must_include\n1,a,b\n")
    before = task_digest(folder)
    assert task_digest(folder) == before
    (folder / "items.csv").write_text("id,prompt,must_include\n1,a,c\n", encoding="utf-8")
    assert task_digest(folder) != before


def test_the_new_columns_are_read(tmp_path: Path) -> None:
    header = "id,prompt,must_include,region,severity,weight,rubric\n"
    row = '1,a,b,north,High,"1,5","Says it is free [charter, 4]\nIs kind"\n'
    (item,) = load_tasks([write_task(tmp_path, header + row)])[0].items
    assert (item.region, item.severity, item.weight) == ("north", "high", 1.5)
    assert item.rubric == ("Says it is free [charter, 4]", "Is kind")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("weight", "0", "'0' is no weight. Write a number above 0 and up to 1,000"),
        ("weight", "-1", "'-1' is no weight."),
        ("weight", "1001", "'1001' is no weight."),
        ("weight", "much", "'much' is no weight."),
        ("severity", "bad", "'bad' is no severity. Write one of: low, medium, high, critical"),
        ("group", "#NAME?", "the spreadsheet program wrote #NAME? in place of the text."),
        ("source", "2.04E+10", "2.04E+10 is how a spreadsheet program shortens a long number."),
    ],
)
def test_cells_that_mean_nothing(tmp_path: Path, column: str, cell: str, expected: str) -> None:
    (problem,) = complaints(write_task(tmp_path, f"id,prompt,must_include,{column}\n1,a,b,{cell}\n"))
    assert problem.startswith(f"items.csv:2 row 2, column {column}: {expected}")


@pytest.mark.parametrize("weight", ["0.5", "1000", "1,25", "2", " 3 "])
def test_weights_that_are_some(tmp_path: Path, weight: str) -> None:
    load_tasks([write_task(tmp_path, f'id,prompt,must_include,weight\n1,a,b,"{weight}"\n')])


@pytest.mark.parametrize("cell", ["Yes ", "y", "TRUE", " YES"])
def test_yes_is_written_in_several_ways(tmp_path: Path, cell: str) -> None:
    (item,) = load_tasks([write_task(tmp_path, f"id,prompt,refuse\n1,a,{cell}\n", "refusal/1")])[0].items
    assert item.refuse is True


def test_all_the_mistakes_of_a_table_come_at_once_also_below_a_misspelt_column(tmp_path: Path) -> None:
    problems = complaints(write_task(tmp_path, "id,prompt,must_inclde\n1,,b\n1,c,d\n3,e,\n"))
    assert [problem.partition(": ")[0] for problem in problems] == [
        "items.csv:1 column must_inclde",
        "items.csv:2 row 2, column prompt",
        "items.csv:3 row 3, column id",
        "items.csv:4 row 4, column must_include",
    ]


def test_mistakes_of_form_and_table_come_together(tmp_path: Path) -> None:
    problems = complaints(write_task(tmp_path, "id,prompt,must_include\n1,,b\n", more="colour: red\n"))
    assert [problem.partition(":")[0] for problem in problems] == ["task.yaml", "items.csv"]


@pytest.mark.parametrize(("rows", "told"), [(5, 5), (6, 1)])
def test_one_mistake_in_many_rows_is_told_once(tmp_path: Path, rows: int, told: int) -> None:
    folder = write_task(tmp_path, "id,prompt\n" + "".join(f"{number},a\n" for number in range(rows)))
    problems = complaints(folder)
    assert len(problems) == told
    if told == 1:
        assert problems[0].startswith("items.csv:2 rows 2, 3, 4 and 3 others, column must_include: ")


def test_an_empty_column_of_another_scorer_does_no_harm(tmp_path: Path) -> None:
    load_tasks([write_task(tmp_path, "id,prompt,must_include,refuse\n1,a,b,\n")])


def test_the_choice_that_was_written_out_is_named_by_its_letter(tmp_path: Path) -> None:
    folder = write_task(tmp_path, CHOICE + "1,p,tan,red,tan,\n", "multiple_choice/1", kind="multiple_choice")
    (problem,) = complaints(folder)
    assert problem.endswith("'tan' is not the letter of a choice. Write one of: a, b; 'tan' is choice b")


def test_two_tables_are_one_too_many_and_other_files_are_named(tmp_path: Path) -> None:
    folder = write_task(tmp_path, "id,prompt,must_include\n1,a,b\n")
    (folder / "items.jsonl").write_text('{"id": "1", "prompt": "a", "must_include": "b"}\n', encoding="utf-8")
    with pytest.raises(MissingInputError, match=r"items\.csv and items\.jsonl are both there"):
        load_tasks([folder])
    (folder / "items.csv").unlink()
    assert load_tasks([folder])[0].items[0].must_include == ("b",)
    (folder / "items.jsonl").rename(folder / "items.numbers")
    with pytest.raises(MissingInputError, match=r"items\.numbers: this kind of file is not read"):
        load_tasks([folder])


def test_a_text_file_is_a_table_only_where_there_is_no_other(tmp_path: Path) -> None:
    folder = write_task(tmp_path, "id,prompt,must_include\n1,a,b\n")
    (folder / "items.txt").write_text("id\tprompt\tmust_include\n2\tc\td\n", encoding="utf-16")
    assert [item.id for item in load_tasks([folder])[0].items] == ["1"]
    (folder / "items.csv").unlink()
    assert [item.id for item in load_tasks([folder])[0].items] == ["2"]


def test_a_task_has_at_most_twelve_keys() -> None:
    assert len(TaskForm.model_fields) <= 12


@pytest.mark.parametrize(
    ("weights", "effective"), [((1.0,) * 10, 10.0), ((1.0,) * 9 + (10.0,), 361 / 109), ((2.0, 2.0), 2.0), ((), 0.0)]
)
def test_uneven_weights_count_as_fewer_items(weights: tuple[float, ...], effective: float) -> None:
    assert effective_items(weights) == pytest.approx(effective)

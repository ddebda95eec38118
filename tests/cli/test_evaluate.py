"""Writing a task from the command line, as a person does who has never seen one."""

from pathlib import Path

import pytest

from commonhold.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["eval", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_new_task_passes_the_check_with_things_to_look_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-task"
    code, out, _ = run(capsys, "new", folder, "--kind", "multiple_choice")
    assert (code, f"Then: commonhold eval check {folder}" in out) == (0, True)
    code, out, err = run(capsys, "check", folder)
    assert (code, err) == (0, "")
    assert out.endswith(f"{folder} is in order: 2 items, multiple_choice/1, 3 things to look at\n")


def test_three_mistakes_are_told_at_once_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-task"
    run(capsys, "new", folder)
    table = folder / "items.csv"
    table.write_bytes("id;prompt;must_inclde;refuse\n1;Öffnungszeiten?;neun;yes\n1;Wo?;;\n".encode("cp1252"))
    code, out, err = run(capsys, "check", folder)
    assert code == 2
    assert "look whether these are right: Öffnungszeiten" in out
    lines = err.removeprefix("commonhold: ").replace(f"{table}:", "").splitlines()
    expected = [
        "1 column must_inclde: unknown column; did you mean 'must_include'? Rename it in the first row",
        "1 column refuse: include/1 does not judge by this column. Remove it,",
        "3 row 3, column id: the id '1' is in row 2 already. Give it another",
        "3 row 3, column must_include: must_include and must_not_include are both empty. Write what",
    ]
    assert [line.startswith(begin) for line, begin in zip(lines, expected, strict=True)] == [True] * 4
    table.write_bytes("id;prompt;must_include\n1;Öffnungszeiten?;neun\n2;Wo?;Rathaus\n".encode("utf-8-sig"))
    assert run(capsys, "check", folder)[0] == 0


def test_a_ragged_row_is_named_wherever_the_task_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-task"
    run(capsys, "new", folder)
    (folder / "items.csv").write_text("id,prompt,must_include\n1,Where?,here\n2,Who, then?,me\n", encoding="utf-8")
    row = f"look at  {folder / 'items.csv'}:3 row 3: 4 cells where the header has 3; the row is left out."
    code, out, err = run(capsys, "check", folder)
    assert (code, err, out.count(row)) == (0, "", 1)
    assert "is in order: 1 item," in out
    code, _, err = run(capsys, "preview", folder)
    assert (code, err.count(row)) == (0, 1)


def test_all_the_tasks_of_a_folder_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        run(capsys, "new", tmp_path / name)
        (tmp_path / name / "items.csv").write_text("id,prompt,must_include\n1,,a\n", encoding="utf-8")
    code, _, err = run(capsys, "check", tmp_path)
    assert code == 2
    assert [place in err for place in ("one/items.csv:2 row 2", "two/items.csv:2 row 2")] == [True, True]


def test_a_reply_of_ones_own_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "new", tmp_path / "my-task")
    code, out, _ = run(capsys, "preview", tmp_path / "my-task", "--answer", "Streets, ext. 204", "--answer", "Water")
    assert code == 0
    assert out.splitlines()[-5:] == [
        "1.00  right         Streets, ext. 204",
        "0.00  wrong         Water",
        "                    lacks 'Streets'",
        "                    lacks 'ext. 204'",
        "                    has 'Water'",
    ]


def test_what_an_import_leaves_out_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "tests.csv"
    table.write_text("q,__expected\nCapital?,contains: Paris\nKind?,llm-rubric: kind\n", encoding="utf-8")
    code, out, _ = run(capsys, "import", table, "--to", tmp_path / "capitals")
    assert code == 0
    assert "not carried over  row 3, column __expected: llm-rubric: kind: it asks another model" in out
    assert "1 item with checks, 0 with an ideal reply, 1 for people only (unjudged.csv)" in out
    assert run(capsys, "check", tmp_path / "capitals")[0] == 0


def test_a_blueprint_is_imported_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.yml").write_text("- prompt: a\n  should:\n    - $contains: b\n", encoding="utf-8")
    assert run(capsys, "import", tmp_path / "b.yml", "--to", tmp_path / "blue")[0] == 0
    code, out, _ = run(capsys, "export", tmp_path / "blue", "--to", tmp_path / "out")
    assert (code, out.splitlines()[0]) == (0, str(tmp_path / "out" / "blue.yaml"))

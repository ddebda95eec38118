from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from commonhold.curate.rows.datasheet import read_datasheet
from commonhold.errors import FormError, MissingInputError


def problems(folder: Path) -> str:
    with pytest.raises(FormError) as caught:
        read_datasheet(folder)
    return str(caught.value)


def test_a_whole_datasheet_is_read(community: Callable[..., Path]) -> None:
    form = read_datasheet(community("")).form
    assert form.title == "Toy desk"
    assert form.collected.start == date(2026, 1, 1)
    assert form.consent.accepted == ("yes", "sí")
    assert form.files[0].path == "rows.csv"
    assert form.region == ("US",)


def test_a_datasheet_may_name_several_regions(community: Callable[..., Path], datasheet: str) -> None:
    text = datasheet.replace("region: US", "region: [US, ES, US]")
    assert read_datasheet(community("", text)).form.region == ("US", "ES")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("column: OK?\n  accepted: [yes, sí]", "all_rows: true\n  column: OK?", "exactly one of 'column'"),
        ("column: OK?\n  accepted: [yes, sí]", "accepted: [yes]", "exactly one of 'column'"),
        ("  accepted: [yes, sí]\n", "", "give both or neither"),
        ("region: US", "region: usa", "two-letter country codes"),
        ("region: US", "region: XX", "two-letter country codes"),
        ("region: US", "region: [US, usa]", "'usa' is no region"),
        ("region: US", "region: []", "name at least one country"),
        ("region: US", "region: {US: ES}", "region"),
        ("from: 2026-01-01", "from: 1/1/2026", "YYYY-MM-DD"),
        ("from: 2026-01-01", "from: 2026-13-01", "the calendar has no such day"),
        ("to: 2026-02-01", "to: 2025-02-01", "is before 'from'"),
        ("- path: rows.csv", "- path: ../rows.csv", "no '..'"),
        ("- path: rows.csv", "- path: /etc/rows.csv", "no leading '/'"),
        ("- path: rows.csv", "- path: rows.doc", "save rows.doc as one of them"),
        ("- path: rows.csv", "- path: rows.csv\n    sheet: One", "remove 'sheet'"),
        ("- path: rows.csv", "- path: rows.xlsx\n    delimiter: ';'", "remove 'delimiter'"),
        ("- path: rows.csv", "- path: rows.xlsx\n    encoding: utf-8", "remove 'encoding'"),
        ("- path: rows.csv", "- path: rows.parquet\n    encoding: utf-8", "remove 'encoding'"),
        ("- path: rows.csv", "- path: rows.pdf\n    parent: a.csv", "remove 'parent'"),
        ("- path: rows.csv", "- path: rows.csv\n    parent: ../a.csv", "no '..'"),
        ("- path: rows.csv", "- path: rows/**/a.csv", "name the folder, with '/' at its end"),
        ("  prompt: Message", "  prompt: []", "columns.prompt"),
        ("  prompt: Message\n", "", "prompt missing: name the message and the reply, or name text"),
        ("  prompt: Message\n  completion: Reply\n", "", "prompt and completion missing"),
        ("  prompt: Message\n", "  text: Text\n", "a text stands alone: remove completion, or remove text"),
        ("  contributor: Who", "  text: Text\n  rating: Ok?", "remove prompt, completion, rating, or remove text"),
        ("region: US", "region: US\nrating_words: {up: ok, down: [OK]}", "'ok' is under 'up' and under 'down'"),
        ("- path: rows.csv", "- path: rows.txt\n    delimiter: ';'", "remove 'delimiter'"),
        ("- path: rows.csv", "- path: rows.csv\n    encoding: utf-99", "not an encoding of text files"),
        ("- path: rows.csv", "- path: rows.csv\n    encoding: base64", "not an encoding of text files"),
        ("- path: rows.csv", "- path: rows.csv\n    encoding: idna", "not an encoding of text files"),
        ("- path: rows.csv", "- path: rows.csv\n  - path: rows.csv", "listed twice"),
        ("languages: [en, es]", "languages: []", "list at least one"),
        ("languages: [en, es]", "languages: [English!]", "languages.0"),
        ("region: US", "region: US\noutdated_before: 2026-01-01", "needs columns.date"),
        ("title: Toy desk", "titel: Toy desk", "did you mean 'title'"),
    ],
)
def test_what_does_not_fit_is_refused(
    community: Callable[..., Path], datasheet: str, old: str, new: str, told: str
) -> None:
    assert old in datasheet
    assert told in problems(community("", datasheet.replace(old, new)))


def test_all_problems_come_at_once_with_their_lines(community: Callable[..., Path], datasheet: str) -> None:
    text = datasheet.replace("region: US", "region: us").replace("licence: CC0-1.0", "license: CC0-1.0")
    told = problems(community("", text))
    assert "datasheet.yaml:4 license: unknown key; did you mean 'licence'?" in told
    assert "datasheet.yaml:12 region:" in told


def test_a_wrong_file_does_not_make_the_list_of_files_empty(community: Callable[..., Path], datasheet: str) -> None:
    told = problems(community("", datasheet.replace("rows.csv", "rows.doc")))
    assert told.count("\n") == 0


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no such folder"):
        read_datasheet(tmp_path / "nowhere")
    with pytest.raises(MissingInputError, match="needs a datasheet"):
        read_datasheet(tmp_path)


@pytest.mark.parametrize(("written", "columns"), [("Name", ("Name",)), ("[First, Last]", ("First", "Last"))])
def test_columns_that_say_who_people_are_stand_alone_or_in_a_list(
    community: Callable[..., Path], datasheet: str, written: str, columns: tuple[str, ...]
) -> None:
    form = read_datasheet(community("", f"{datasheet}personal: {{name: {written}}}\n")).form
    assert form.personal.columns() == tuple(("name", column) for column in columns)

from collections.abc import Callable
from pathlib import Path

import pytest
from commonhold.curate.gather import Gathered, gather, read_files, settle
from tests.curate.read.made import book

from commonhold.curate.datasheet import read_datasheet
from commonhold.curate.read.repair import repair_name, write_repair
from commonhold.errors import FormError

Community = Callable[..., Path]
ROWS = "Message,Reply,Who,Language,OK?\na b c,x,Ana,en,yes\nbroken,row\nd e f,y,Bo,en,yes\n"


def gathered(folder: Path) -> Gathered:
    return gather(folder, read_datasheet(folder), b"key")


def with_repair(community: Community, datasheet: str) -> tuple[Path, Path]:
    """A community whose row 3 is broken, with the repair file listed beside its sheet."""
    folder = community(ROWS, datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: rows.repair.csv"))
    (folder / "rows.repair.csv").write_text(ROWS.splitlines()[0] + "\n")
    (part, _) = read_files(folder, read_datasheet(folder))
    write_repair(folder / repair_name(part.file), part.header, part.bad)
    return folder, folder / "rows.repair.csv"


def test_a_row_that_cannot_be_read_is_warned_of_and_the_others_are_records(community: Community) -> None:
    found = gathered(community(ROWS))
    assert [(record.row, record.prompt) for record in found.records] == [(2, "a b c"), (4, "d e f")]
    assert found.warnings == [
        "1 rows of rows.csv cannot be read and were left out: rows.csv:3 (2 cells where the header has 5)"
    ]


def test_when_no_row_can_be_read_each_is_told(community: Community) -> None:
    with pytest.raises(FormError) as caught:
        gathered(community("Message,Reply,Who,Language,OK?\na\nb,c\n"))
    assert [(problem.line, problem.message) for problem in caught.value.problems] == [
        (2, "1 cells where the header has 5"),
        (3, "2 cells where the header has 5"),
    ]


def test_a_mended_row_takes_the_place_of_the_broken_one(community: Community, datasheet: str) -> None:
    folder, repair = with_repair(community, datasheet)
    assert "1 rows of rows.repair.csv" in gathered(folder).warnings[0]  # not the same row of rows.csv again
    repair.write_text(repair.read_text(encoding="utf-8").replace("broken,row,,,", "mended,row,Cy,en,yes"), "utf-8")
    found = gathered(folder)
    assert found.warnings == []
    assert [(record.file, record.row, record.prompt) for record in found.records] == [
        ("rows.csv", 2, "a b c"),
        ("rows.csv", 4, "d e f"),
        ("rows.csv", 3, "mended"),
    ]


def test_a_row_that_was_mended_in_both_files_counts_once(community: Community, datasheet: str) -> None:
    folder, repair = with_repair(community, datasheet)
    repair.write_text(repair.read_text(encoding="utf-8").replace("broken,row,,,", "mended,row,Cy,en,yes"), "utf-8")
    (folder / "rows.csv").write_text(ROWS.replace("broken,row", "mended,row,Cy,en,yes"))
    found = gathered(folder)
    assert [record.row for record in found.records] == [2, 3, 4]
    assert len({record.record_id for record in found.records}) == 3
    assert found.warnings == ["rows.repair.csv: 1 mended rows can be read in their own file too and count once"]


def test_a_mended_row_does_not_hide_another_row_that_moved_to_its_place(community: Community, datasheet: str) -> None:
    folder, repair = with_repair(community, datasheet)
    repair.write_text(repair.read_text(encoding="utf-8").replace("broken,row,,,", "mended,row,Cy,en,yes"), "utf-8")
    (folder / "rows.csv").write_text(ROWS.replace("broken,row", "another,broken,row"))
    parts = settle(read_files(folder, read_datasheet(folder)))
    assert [bad.cells for bad in parts[0].bad] == [("another", "broken", "row")]


def test_documents_become_records_of_questions_and_answers(community: Community, datasheet: str) -> None:
    text = datasheet.replace("path: rows.csv", "path: pages/*.html").replace("Message", "heading")
    text = text.replace("Reply", "text").replace("  contributor: Who\n  language: Language\n", "")
    text = text[: text.index("  column: OK?")] + "  all_rows: true\n"
    folder = community("", text)
    (folder / "pages").mkdir()
    for name, hour in (("b", "nine"), ("a", "ten")):
        (folder / "pages" / f"{name}.html").write_text(f"<h2>When do you open?</h2><p>At {hour}.")
    assert [(record.file, record.row, record.prompt, record.completion) for record in gathered(folder).records] == [
        ("pages/a.html", 1, "When do you open?", "At ten."),
        ("pages/b.html", 1, "When do you open?", "At nine."),
    ]


def test_an_export_of_kobotoolbox_is_read_with_its_groups_versions_and_repeats(
    community: Community, datasheet: str
) -> None:
    text = datasheet.replace("path: rows.csv", "path: export.xlsx\n    sheet: talk")
    text = text.replace("prompt: Message", "prompt: [question, pregunta]").replace("Reply", "answer")
    folder = community("", text.replace("Who", "_submitted_by").replace("Language", "lang"))
    sheets = {
        "Desk": [["lang", "consent/OK?", "_submitted_by", "__version__", "_index"], ["es", "sí", "ana", "v2", 1]],
        "talk": [
            ["talk/question", "talk/pregunta", "talk/answer", "_index", "_parent_table_name", "_parent_index"],
            ["", "¿dónde?", "aquí", 1, "Desk", 1],
            ["where?", "", "here", 2, "Desk", 1],
        ],
    }
    book(folder / "export.xlsx", sheets)
    found = gathered(folder)
    assert found.warnings == []
    assert [(record.prompt, record.language, record.consent, record.row) for record in found.records] == [
        ("¿dónde?", "es", "sí", 2),
        ("where?", "es", "sí", 3),
    ]
    assert len({record.contributor for record in found.records}) == 1


def test_a_pattern_that_matches_nothing_and_a_column_that_stands_twice_are_told(
    community: Community, datasheet: str
) -> None:
    folder = community(
        "Message,Reply,Who,Language,OK?,Reply\na,b,c,en,yes,d\n",
        datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: more/*.csv"),
    )
    with pytest.raises(FormError) as caught:
        gathered(folder)
    told = str(caught.value)
    assert "rows.csv has no column 'Reply'; did you mean 'Reply (1)'?" in told
    assert "files.1.path: there is no file 'more/*.csv'" in told

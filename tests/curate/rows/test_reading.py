"""From a folder to shards of records: what is read, what is told, and rows that come back repaired."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.sheets.made import book

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import read_kept
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.reading import ReadRows, read_all
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import RecordMaker, contributor_id
from commonhold.curate.rows.repair import repair_name, write_repair
from commonhold.curate.settings import CurationSettings
from commonhold.errors import FormError
from commonhold.files import read_jsonl
from commonhold.records.curation_summary import CurationSummary

Community = Callable[..., Path]
Read = Callable[..., tuple[ReadRows, list[Record]]]
ROWS = "Message,Reply,Who,Language,OK?\na b c,x,Ana,en,yes\nbroken,row\nd e f,y,Bo,en,yes\n"
MENDED = "mended,row,Cy,en,yes"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a folder: what was found, and the records that count."""
    runs = itertools.count()

    def run(folder: Path, shard_rows: int = 20_000) -> tuple[ReadRows, list[Record]]:
        data = read_community(folder)
        maker = RecordMaker(data.form, b"key", date(2026, 6, 1))
        reading = read_all(data, maker, Inline(), tmp_path / f"read-{next(runs)}", shard_rows)
        records = [record for shard in reading.shards for record in read_kept(shard)]
        assert len(records) == reading.rows
        return reading, records

    return run


def with_repair(community: Community, read: Read, datasheet: str) -> tuple[Path, Path]:
    """A community whose row 3 is broken, with the repair file listed beside its sheet."""
    folder = community(ROWS, datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: rows.repair.csv"))
    (folder / "rows.repair.csv").write_text(ROWS.splitlines()[0] + "\n")
    first = read(folder)[0].files[0]
    write_repair(folder / repair_name(first.file), first.header, first.bad)
    return folder, folder / "rows.repair.csv"


def mend(repair: Path, row: str = MENDED) -> None:
    text = repair.read_text(encoding="utf-8")
    assert "broken,row,,," in text
    repair.write_text(text.replace("broken,row,,,", row), encoding="utf-8")


def test_a_row_that_cannot_be_read_is_warned_of_and_the_others_are_records(community: Community, read: Read) -> None:
    reading, records = read(community(ROWS))
    assert [(record.row, record.prompt) for record in records] == [(2, "a b c"), (4, "d e f")]
    assert reading.unreadable == (
        "1 row of rows.csv cannot be read and was left out: rows.csv:3 (2 cells where the header has 5). It is "
        "in repair/rows.repair.csv, with what to do",
    )


def test_when_no_row_can_be_read_each_is_still_there(community: Community, read: Read) -> None:
    reading, records = read(community("Message,Reply,Who,Language,OK?\na\nb,c\n"))
    assert records == []
    assert [(bad.origin.row, bad.problem, bad.cells) for bad in reading.bad] == [
        (2, "1 cells where the header has 5", ("a",)),
        (3, "2 cells where the header has 5", ("b", "c")),
    ]


@pytest.mark.parametrize(
    ("number", "last"), [(9, "rows.csv:12"), (10, "rows.csv:13"), (11, "rows.csv:13"), (2000, "rows.csv:13")]
)
def test_of_rows_that_cannot_be_read_the_first_ten_are_named(
    community: Community, read: Read, number: int, last: str
) -> None:
    (named,) = read(community(ROWS.replace("broken,row\n", "") + "broken\n" * number))[0].unreadable
    more = f" and {number - 10:,} more" if number > 10 else ""
    assert named.startswith(f"{number:,} rows of rows.csv cannot be read and were left out: rows.csv:4 (")
    assert named.count("rows.csv:") == min(number, 10)
    assert named.endswith(
        f"{last} (1 cells where the header has 5){more}. They are in repair/rows.repair.csv, with what to do"
    )


def test_a_mended_row_takes_the_place_of_the_broken_one(community: Community, read: Read, datasheet: str) -> None:
    folder, repair = with_repair(community, read, datasheet)
    (named,) = read(folder)[0].unreadable  # not the same row of rows.csv again
    assert "1 row of rows.repair.csv" in named
    mend(repair)
    reading, records = read(folder)
    assert (reading.warnings, reading.unreadable) == ((), ())
    assert [(record.file, record.row, record.prompt) for record in records] == [
        ("rows.csv", 2, "a b c"),
        ("rows.csv", 4, "d e f"),
        ("rows.csv", 3, "mended"),
    ]


@pytest.mark.parametrize("shard_rows", [1, 2, 20_000])
def test_a_row_that_was_mended_in_both_files_counts_once(
    community: Community, read: Read, datasheet: str, shard_rows: int
) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    (folder / "rows.csv").write_text(ROWS.replace("broken,row", MENDED))
    reading, records = read(folder, shard_rows)
    assert [record.row for record in records] == [2, 3, 4]
    assert len({record.record_id for record in records}) == 3
    assert reading.warnings == ("rows.repair.csv: 1 repaired rows can be read in their own file too and count once",)


def test_a_mended_row_that_stands_twice_in_its_repair_file_counts_once(
    community: Community, read: Read, datasheet: str
) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    lines = repair.read_text(encoding="utf-8").splitlines()
    repair.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    assert [record.row for record in read(folder)[1]] == [2, 4, 3]


def test_a_mended_row_does_not_hide_another_row_that_moved_to_its_place(
    community: Community, read: Read, datasheet: str
) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    (folder / "rows.csv").write_text(ROWS.replace("broken,row", "another,broken,row"))
    assert [bad.cells for bad in read(folder)[0].files[0].bad] == [("another", "broken", "row")]


@pytest.mark.parametrize("above", ["", "a b c,x,Ana,en,yes\ng h i,z,Cy,en,yes\n", 'a b c,"x\n",Ana,en,yes\n'])
def test_a_mended_row_counts_when_lines_above_the_broken_one_come_or_go(
    community: Community, read: Read, datasheet: str, above: str
) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    (before,) = (record.record_id for record in read(folder)[1] if record.prompt == "mended")
    header, _, *rest = ROWS.splitlines(keepends=True)
    (folder / "rows.csv").write_text(header + above + "".join(rest))
    reading, records = read(folder)
    assert reading.warnings == ()
    assert [record.record_id for record in records if record.prompt == "mended"] == [before]


def test_a_mended_row_counts_when_the_broken_one_was_deleted(community: Community, read: Read, datasheet: str) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    (folder / "rows.csv").write_text(ROWS.replace("broken,row\n", ""))
    reading, records = read(folder)
    assert [record.prompt for record in records] == ["a b c", "d e f", "mended"]
    assert reading.warnings == ()


def test_of_two_broken_rows_alike_in_turn_on_one_line_both_count_when_mended(
    community: Community, read: Read, datasheet: str
) -> None:
    folder, repair = with_repair(community, read, datasheet)
    mend(repair)
    (folder / "rows.csv").write_text(ROWS.replace("a b c,x,Ana,en,yes\nbroken,row\n", "broken,row\nanother\n"))
    bad = read(folder)[0].files[0]
    assert [row.cells for row in bad.bad] == [("another",)]
    write_repair(folder / "more.csv", bad.header, bad.bad)
    more = (folder / "more.csv").read_text(encoding="utf-8").replace("another,,,,", "another,one,Di,en,yes")
    (folder / "more.csv").write_text(more, encoding="utf-8")
    sheet = (folder / "datasheet.yaml").read_text(encoding="utf-8")
    (folder / "datasheet.yaml").write_text(sheet.replace("path: rows.csv", "path: more.csv\n  - path: rows.csv", 1))
    reading, records = read(folder)
    assert sorted(record.prompt for record in records) == ["another", "d e f", "mended"]
    assert reading.warnings == ()


def test_a_repair_file_that_curation_wrote_is_accepted_when_it_is_listed(
    community: Community,
    curated: Callable[..., tuple[CurationSummary, Path]],
    settings: CurationSettings,
    datasheet: str,
) -> None:
    folder = community(ROWS, datasheet)
    summary, out = curated(folder, settings)
    assert summary.repairs == {"rows.repair.csv": 1}
    text = (out / "repair" / "rows.repair.csv").read_text(encoding="utf-8")
    (folder / "rows.repair.csv").write_text(text.replace("broken,row,,,", MENDED), encoding="utf-8")
    listed = datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: rows.repair.csv")
    (folder / "datasheet.yaml").write_text(listed, encoding="utf-8")
    again, mended_out = curated(folder, settings)
    assert (summary.kept, again.kept) == (2, 3)
    assert again.repairs == {}
    assert not any("cannot be read" in told for told in again.warnings)
    examples = {row["row"]: row for row in read_jsonl(mended_out / "examples.jsonl")}
    assert (examples[3]["prompt"], examples[3]["file"]) == ("mended", "rows.csv")
    assert not (mended_out / "repair").exists()


def test_a_repair_file_without_a_mended_row_of_its_own_is_written_again(
    community: Community,
    curated: Callable[..., tuple[CurationSummary, Path]],
    settings: CurationSettings,
    read: Read,
    datasheet: str,
) -> None:
    folder, _ = with_repair(community, read, datasheet)
    assert curated(folder, settings)[0].repairs == {"rows.repair.repair.csv": 1}


def test_a_file_that_is_listed_by_its_name_and_by_a_pattern_is_told(
    community: Community, read: Read, datasheet: str
) -> None:
    folder = community(ROWS, datasheet.replace("path: rows.csv", 'path: rows.csv\n  - path: "*.csv"'))
    (problem,) = read(folder)[0].problems
    assert "datasheet.yaml:15 files.1.path: 'rows.csv' is listed already (files.0)" in str(problem)


def test_where_no_file_can_be_opened_it_is_an_error(community: Community, read: Read, datasheet: str) -> None:
    folder = community(ROWS, datasheet.replace("path: rows.csv", "path: slips.csv\n  - path: cards.csv"))
    with pytest.raises(FormError) as caught:
        read(folder)
    assert [problem.place for problem in caught.value.problems] == ["files.0.path", "files.1.path"]


def test_a_file_that_cannot_be_opened_is_told_beside_the_rows_of_the_others(
    community: Community, read: Read, datasheet: str
) -> None:
    folder = community(ROWS, datasheet.replace("path: rows.csv", "path: slips.csv\n  - path: rows.csv"))
    reading, records = read(folder)
    assert [problem.place for problem in reading.problems] == ["files.0.path"]
    assert [record.row for record in records] == [2, 4]


def test_documents_become_records_of_questions_and_answers(community: Community, read: Read, datasheet: str) -> None:
    text = datasheet.replace("path: rows.csv", "path: pages/*.html").replace("Message", "heading")
    text = text.replace("Reply", "text").replace("  contributor: Who\n  language: Language\n", "")
    text = text[: text.index("  column: OK?")] + "  all_rows: true\n"
    folder = community("", text)
    (folder / "pages").mkdir()
    for name, hour in (("b", "nine"), ("a", "ten")):
        (folder / "pages" / f"{name}.html").write_text(f"<h2>When do you open?</h2><p>At {hour}.")
    assert [(one.file, one.document, one.row, one.prompt, one.completion) for one in read(folder)[1]] == [
        ("pages/a.html", "pages/a.html", 1, "When do you open?", "At ten."),
        ("pages/b.html", "pages/b.html", 1, "When do you open?", "At nine."),
    ]


def test_an_export_of_kobotoolbox_is_read_with_its_groups_versions_and_repeats(
    community: Community, read: Read, datasheet: str
) -> None:
    text = datasheet.replace("path: rows.csv", "path: export.xlsx\n    sheet: talk")
    text = text.replace("prompt: Message", "prompt: [question, pregunta]").replace("Reply", "answer")
    folder = community("", text.replace("Who", "_submitted_by").replace("Language", "lang"))
    sheets = {
        "Desk": [
            ["lang", "consent/OK?", "_submitted_by", "__version__", "_index"],
            ["es", "sí", "ana", "v2", 1],
            ["en", "no", "bo", "v2", 2],
        ],
        "talk": [
            ["talk/question", "talk/pregunta", "talk/answer", "_index", "_parent_table_name", "_parent_index"],
            ["", "¿dónde?", "aquí", 1, "Desk", 1],
            ["where?", "", "here", 2, "Desk", 2],
        ],
    }
    book(folder / "export.xlsx", sheets)
    reading, records = read(folder)
    assert reading.warnings == ()
    assert [(one.prompt, one.language, one.refusal, one.row, one.contributor) for one in records] == [
        ("¿dónde?", "es", "", 2, contributor_id(b"key", "ana")),
        ("where?", "en", "no_consent", 3, contributor_id(b"key", "bo")),
    ]


def test_a_pattern_that_matches_nothing_and_a_column_that_stands_twice_are_told(
    community: Community, read: Read, datasheet: str
) -> None:
    folder = community(
        "Message,Reply,Who,Language,OK?,Reply\na,b,c,en,yes,d\n",
        datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: more/*.csv"),
    )
    with pytest.raises(FormError) as caught:
        read(folder)
    told = str(caught.value)
    assert "rows.csv has no column 'Reply'; did you mean 'Reply (1)'?" in told
    assert "files.1.path: there is no file 'more/*.csv'" in told


def test_what_a_person_wrote_instead_of_yes_is_not_repeated(community: Community, read: Read) -> None:
    _, (record,) = read(community("Message,Reply,Who,Language,OK?\na b c,x,Ana,en,ask Ana first\n"))
    assert record.refusal == "no_consent"
    assert "ask" not in record.refusal_detail


def test_what_rows_say_of_their_contributors_is_kept_with_its_kind(
    community: Community, read: Read, datasheet: str
) -> None:
    rows = "Message,Reply,Who,Language,OK?,Village\na b c,x,Ana Odell,en,yes,Lowford\nd e f,y,,en,yes,\n"
    _, records = read(community(rows, f"{datasheet}personal:\n  name: Who\n  place: Village\n"))
    assert [record.own for record in records] == ['[["name", "Ana Odell"], ["place", "Lowford"]]', ""]


def test_equal_rows_have_ids_of_their_own_that_stay_when_rows_are_added_below(community: Community, read: Read) -> None:
    header, row = "Message,Reply,Who,Language,OK?\n", "a b c,x,Ana,en,yes\n"
    first = [record.record_id for record in read(community(header + 2 * row))[1]]
    assert len(set(first)) == 2
    assert [record.record_id for record in read(community(header + 3 * row))[1]][:2] == first

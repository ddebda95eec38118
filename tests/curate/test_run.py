import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commonhold.curate.datasheet import read_datasheet
from commonhold.curate.record import Record
from commonhold.curate.run import chain, check_account, curate
from commonhold.curate.settings import Settings
from commonhold.curate.step import STEPS, Outcome, Verdict
from commonhold.curate.summary import Summary
from commonhold.errors import CommonholdError, FormError, NothingLeftError
from commonhold.records.example import Decision, Example

Community = Callable[..., Path]

ROWS = """\
Message,Reply,Who,Language,OK?
Where is the water desk?,"Desk: Water, ext. 258",Ana,en,yes
where is the  WATER desk?,"Desk: Water, ext. 258",Bo,en,yes
Call me at 555-0123 about the lamp,"Desk: Lighting, ext. 217",Ana,en,YES
Where is the water desk? And the other one?,No idea,Bo,en,no
,"Desk: Water, ext. 258",Bo,en,yes
El pÃºblico espera en la puerta,"Oficina: Records, ext. 326",Cy,ES,Sí
Do you have a map of the old town?,"Desk: Records, ext. 326",,fr,yes
"""


def run(folder: Path, settings: Settings, seed: int = 1, key: bytes = b"key") -> tuple[Summary, Path]:
    out = folder.parent / f"out-{seed}-{key.hex()}-{settings.max_records}"
    out.mkdir()
    return curate(folder, settings, key, seed, out, print), out


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_summary_counts_what_was_done(community: Community, settings: Settings) -> None:
    summary, out = run(community(ROWS), settings)
    assert (summary.records_in, summary.kept) == (7, 4)
    assert summary.dropped_by_reason == {"empty_prompt": 1, "exact_duplicate": 1, "no_consent": 1}
    assert summary.splits == {"train": 4}
    assert summary.languages == {"en": 2, "": 1, "es": 1}
    assert summary.redactions == {"phone": 1}
    assert summary.redacted_records == 1
    assert summary.licence == "CC0-1.0"
    assert sorted(summary.contributors.values()) == [1, 1, 2]
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == json.loads(json.dumps(asdict(summary)))


def test_examples_are_those_kept_in_the_order_of_the_file(community: Community, settings: Settings) -> None:
    examples = [Example(**row) for row in lines(run(community(ROWS), settings)[1] / "examples.jsonl")]
    assert [(example.row, example.prompt, example.language) for example in examples] == [
        (2, "Where is the water desk?", "en"),
        (4, "Call me at [PHONE] about the lamp", "en"),
        (7, "El público espera en la puerta", "es"),
        (8, "Do you have a map of the old town?", ""),
    ]
    assert examples[0].contributor == examples[1].contributor != examples[2].contributor
    assert examples[3].contributor == ""
    assert examples[0].cluster == examples[1].cluster == examples[0].record_id


def test_every_record_has_exactly_one_final_decision(community: Community, settings: Settings) -> None:
    decisions = [Decision(**row) for row in lines(run(community(ROWS), settings)[1] / "decisions.jsonl")]
    final = [decision for decision in decisions if decision.action != "change"]
    assert [(decision.row, decision.action, decision.step, decision.reason) for decision in final] == [
        (2, "keep", "split/1", ""),
        (3, "drop", "exact_duplicate/1", "exact_duplicate"),
        (4, "keep", "split/1", ""),
        (5, "drop", "consent/1", "no_consent"),
        (6, "drop", "empty/1", "empty_prompt"),
        (7, "keep", "split/1", ""),
        (8, "keep", "split/1", ""),
    ]
    assert [(decision.row, decision.reason) for decision in decisions if decision.action == "change"] == [
        (3, "characters_tidied"),
        (4, "personal_data_masked"),
        (7, "encoding_repaired"),
    ]
    assert final[1].detail == f"copy of {final[0].record_id}"


def test_no_output_holds_names_of_contributors_or_masked_data(community: Community, settings: Settings) -> None:
    _, out = run(community(ROWS.replace("Ana", "Anastasia Verdugo")), settings)
    for path in out.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Verdugo" not in text
        assert "555-0123" not in text


def test_the_same_input_gives_the_same_bytes(community: Community, settings: Settings, tmp_path: Path) -> None:
    folder = community(ROWS)
    outs = [tmp_path / name for name in ("one", "two")]
    for out in outs:
        out.mkdir()
        curate(folder, settings, b"key", 1, out, print)
    names = sorted(path.name for path in outs[0].iterdir())
    assert names == ["decisions.jsonl", "examples.jsonl", "report.html", "report.md", "summary.json"]
    assert all((outs[0] / name).read_bytes() == (outs[1] / name).read_bytes() for name in names)


def test_another_key_gives_other_ids(community: Community, settings: Settings) -> None:
    folder = community(ROWS)
    one, other = (lines(run(folder, settings, key=key)[1] / "examples.jsonl") for key in (b"a", b"b"))
    assert not {row["record_id"] for row in one} & {row["record_id"] for row in other}
    assert not {row["contributor"] for row in one if row["contributor"]} & {row["contributor"] for row in other}


def test_one_person_written_in_two_ways_is_one_contributor(community: Community, settings: Settings) -> None:
    rows = "Message,Reply,Who,Language,OK?\na b c,x,Ana ,en,yes\nd e f,y, ANA,en,yes\n"
    assert list(run(community(rows), settings)[0].contributors.values()) == [2]


def test_rows_that_nobody_consented_to_leave_nothing(community: Community, settings: Settings) -> None:
    rows = "Message,Reply,Who,Language,OK?\na b c,x,Ana,en,no\nd e f,y,Bo,en,\n"
    with pytest.raises(NothingLeftError, match=r"none of 2 rows has consent.*'OK\?' is one of: yes, sí.*accepted"):
        run(community(rows), settings)


def test_the_reasons_are_told_when_no_row_is_left(community: Community, settings: Settings) -> None:
    with pytest.raises(NothingLeftError, match=r"too_short 5, no_consent 1, empty_prompt 1\..*data\.min_words"):
        run(community(ROWS), replace(settings, min_words=30, max_words=40))


def test_a_header_alone_leaves_nothing(community: Community, settings: Settings) -> None:
    with pytest.raises(NothingLeftError, match="a header and no rows"):
        run(community("Message,Reply,Who,Language,OK?\n"), settings)


def test_no_more_records_are_used_than_asked_for(community: Community, settings: Settings) -> None:
    summary, _ = run(community(ROWS), replace(settings, max_records=2))
    assert summary.kept == 2
    assert summary.dropped_by_reason["not_sampled"] == 2


def test_missing_files_and_columns_are_told_together(community: Community, settings: Settings, datasheet: str) -> None:
    text = datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: slips.csv")
    folder = community(ROWS.replace("Message,", "Massage,", 1), text.replace("column: OK?", "column: Agreed"))
    with pytest.raises(FormError) as caught:
        run(folder, settings)
    told = str(caught.value)
    assert "datasheet.yaml:15 files.1.path: there is no file 'slips.csv'" in told
    assert "datasheet.yaml:17 columns.prompt: rows.csv has no column 'Message'; did you mean 'Massage'?" in told
    assert "datasheet.yaml:23 consent.column: rows.csv has no column 'Agreed'; it has 'Massage', 'Reply'" in told


def test_rows_of_every_kind_of_file_come_together(community: Community, settings: Settings, datasheet: str) -> None:
    more = "path: rows.csv\n  - path: more.jsonl\n  - path: slips.xlsx\n    sheet: Slips"
    text = datasheet.replace("path: rows.csv", more).replace("languages: [en, es]", "languages: [en]")
    folder = community("Message,Reply,Who,OK?\na b c,x,Ana,yes\n", text.replace("  language: Language\n", ""))
    (folder / "more.jsonl").write_text('{"Message": "d e f", "Reply": "y", "Who": "Bo", "OK?": "yes"}\n')
    book = openpyxl.Workbook()
    page = book.create_sheet("Slips")
    page.append(["Message", "Reply", "Who", "OK?"])
    page.append(["g h i", "z", "Cy", "yes"])
    book.save(folder / "slips.xlsx")
    summary, out = run(folder, settings)
    assert [(row["file"], row["row"], row["prompt"]) for row in lines(out / "examples.jsonl")] == [
        ("rows.csv", 2, "a b c"),
        ("more.jsonl", 1, "d e f"),
        ("slips.xlsx#Slips", 2, "g h i"),
    ]
    assert summary.languages == {"en": 3}
    assert [(count.file, count.kept) for count in summary.files] == [
        ("rows.csv", 1),
        ("more.jsonl", 1),
        ("slips.xlsx#Slips", 1),
    ]


def test_ragged_rows_of_two_files_are_told_together(community: Community, settings: Settings, datasheet: str) -> None:
    header = "Message,Reply,Who,Language,OK?\n"
    folder = community(f"{header}a\n", datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: b.csv"))
    (folder / "b.csv").write_text(f"{header}1,2,3\n")
    with pytest.raises(FormError) as caught:
        run(folder, settings)
    assert "rows.csv:2 row 2: 1 cells where the header has 5" in str(caught.value)
    assert "b.csv:2 row 2: 3 cells where the header has 5" in str(caught.value)


def test_languages_that_are_not_declared_and_ids_that_repeat_are_warned_of(
    community: Community, settings: Settings, datasheet: str
) -> None:
    summary, _ = run(community(ROWS, datasheet.replace("columns:\n", "columns:\n  id: Reply\n")), settings)
    assert any("1 rows have a language" in told and "rows.csv:8" in told for told in summary.warnings)
    assert any("3 rows share their id (column 'Reply')" in told for told in summary.warnings)


def test_replies_with_few_wordings_are_warned_of(community: Community, settings: Settings) -> None:
    rows = "Message,Reply,Who,Language,OK?\n"
    rows += "".join(f"alpha{n} beta{n} gamma{n},{reply},p{n},en,yes\n" for n, reply in enumerate("xxxyy"))
    summary, _ = run(community(rows), settings)
    assert summary.few_wordings == 1
    assert any(told.startswith("1 of 2 different replies have fewer than 3") for told in summary.warnings)


def test_every_step_is_registered_and_in_the_chain(community: Community, settings: Settings) -> None:
    assert sorted(chain(read_datasheet(community(ROWS)).form, settings, 1)) == list(STEPS)


@pytest.mark.parametrize(
    "faulty",
    [
        lambda records: Outcome(records[1:]),
        lambda records: Outcome([*records, records[0]]),
        lambda records: Outcome(records, [Verdict(records[0], "drop", "too_short")]),
        lambda records: Outcome([replace(records[0], record_id="new"), *records[1:]]),
    ],
)
def test_a_step_that_loses_doubles_or_invents_records_is_stopped(
    row: Callable[..., Record], faulty: Callable[[Sequence[Record]], Outcome]
) -> None:
    records = [row(1), row(2)]
    with pytest.raises(CommonholdError, match="This is a bug"):
        check_account("faulty/1", records, faulty(records))


def test_a_step_that_drops_or_changes_with_a_verdict_is_accepted(row: Callable[..., Record]) -> None:
    records = [row(1), row(2)]
    verdicts = [Verdict(records[0], "drop", "too_short"), Verdict(records[1], "change", "tidied")]
    check_account("right/1", records, Outcome([records[1]], verdicts))

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commonhold.curate import run
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStepResult,
    Decision,
    StepResult,
)
from commonhold.errors import CommonholdError, FormError, NothingLeftError
from commonhold.records.curation_summary import CurationSummary
from commonhold.records.example import DecisionLine, Example

Community = Callable[..., Path]
Curated = Callable[..., tuple[CurationSummary, Path]]

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


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def by_row(out: Path) -> dict[int, list[DecisionLine]]:
    found: dict[int, list[DecisionLine]] = {}
    for row in lines(out / "decisions.jsonl"):
        found.setdefault(row["row"], []).append(DecisionLine(**row))
    return found


def test_the_summary_counts_what_was_done(community: Community, curated: Curated, settings: CurationSettings) -> None:
    summary, out = curated(community(ROWS), settings)
    assert (summary.records_in, summary.kept) == (7, 4)
    assert summary.dropped_by_reason == {"empty_prompt": 1, "exact_duplicate": 1, "no_consent": 1}
    assert summary.splits == {"train": 4}
    assert summary.languages == {"en": 2, "": 1, "es": 1}
    assert summary.redactions == {"phone": 1}
    assert summary.redacted_records == 1
    assert summary.licence == "CC0-1.0"
    assert sorted(summary.contributors.values()) == [1, 1, 2]
    written = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert {**written, "packages": {}, "refused": []} == json.loads(json.dumps(asdict(summary)))
    assert not {"packages", "refused"} & written.keys()


def test_examples_are_those_kept_in_the_order_of_the_file(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    examples = [Example(**row) for row in lines(curated(community(ROWS), settings)[1] / "examples.jsonl")]
    assert [(example.row, example.prompt, example.language) for example in examples] == [
        (2, "Where is the water desk?", "en"),
        (4, "Call me at [PHONE] about the lamp", "en"),
        (7, "El público espera en la puerta", "es"),
        (8, "Do you have a map of the old town?", ""),
    ]
    assert examples[0].contributor == examples[1].contributor != examples[2].contributor
    assert examples[3].contributor == ""
    assert examples[0].cluster == examples[1].cluster == examples[0].record_id


def test_every_record_has_exactly_one_final_decision(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    decisions = [DecisionLine(**row) for row in lines(curated(community(ROWS), settings)[1] / "decisions.jsonl")]
    final = [decision for decision in decisions if decision.action != "change"]
    assert [(decision.row, decision.action, decision.step, decision.reason) for decision in final] == [
        (2, "keep", "split/4", ""),
        (3, "merge", "exact_duplicate/1", "exact_duplicate"),
        (4, "keep", "split/4", ""),
        (5, "drop", "consent/2", "no_consent"),
        (6, "drop", "empty/1", "empty_prompt"),
        (7, "keep", "split/4", ""),
        (8, "keep", "split/4", ""),
    ]
    assert [(decision.row, decision.reason) for decision in decisions if decision.action == "change"] == [
        (3, "characters_tidied"),
        (4, "likely_personal_data_masked"),
        (7, "encoding_repaired"),
    ]
    assert final[1].detail == f"copy of {final[0].record_id}"


def test_no_output_holds_names_of_contributors_or_masked_data(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    _, out = curated(community(ROWS.replace("Ana", "Anastasia Verdugo")), settings)
    for path in out.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Verdugo" not in text
        assert "555-0123" not in text


def test_the_same_input_gives_the_same_bytes(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    folder = community(ROWS)
    outs = [curated(folder, settings)[1] for _ in range(2)]
    names = sorted(path.name for path in outs[0].iterdir())
    assert names == [
        *("contributors.jsonl", "decisions.jsonl", "examples.jsonl", "report.html", "report.md", "review.jsonl"),
        "summary.json",
    ]
    assert all((outs[0] / name).read_bytes() == (outs[1] / name).read_bytes() for name in names)


def test_another_key_gives_other_ids(community: Community, curated: Curated, settings: CurationSettings) -> None:
    folder = community(ROWS)
    one, other = (lines(curated(folder, settings, key=key)[1] / "examples.jsonl") for key in (b"a", b"b"))
    assert not {row["record_id"] for row in one} & {row["record_id"] for row in other}
    assert not {row["contributor"] for row in one if row["contributor"]} & {row["contributor"] for row in other}


def test_one_person_written_in_two_ways_is_one_contributor(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    rows = "Message,Reply,Who,Language,OK?\na b c,x,Ana ,en,yes\nd e f,y, ANA,en,yes\n"
    assert list(curated(community(rows), settings)[0].contributors.values()) == [2]


def test_rows_that_nobody_consented_to_leave_nothing(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    rows = "Message,Reply,Who,Language,OK?\na b c,x,Ana,en,no\nd e f,y,Bo,en,\n"
    with pytest.raises(
        NothingLeftError, match=r"of 2 rows sent:\n  2 rows: no consent:.*'OK\?' is not one of: yes, sí.*accepted"
    ):
        curated(community(rows), settings)


def test_the_reasons_are_told_when_no_row_is_left(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    told = r"of 7 rows sent:\n  5 rows: too short \(too_short\).*data\.min_words.*\n  1 row: .*empty.*\n  1 row: no con"
    with pytest.raises(NothingLeftError, match=told):
        curated(community(ROWS), replace(settings, min_words=30, max_words=40))


def test_a_header_alone_leaves_nothing(community: Community, curated: Curated, settings: CurationSettings) -> None:
    with pytest.raises(NothingLeftError, match="a header and no rows"):
        curated(community("Message,Reply,Who,Language,OK?\n"), settings)


def test_no_more_records_are_used_than_asked_for(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    summary, _ = curated(community(ROWS), replace(settings, max_records=2))
    assert summary.kept == 2
    assert summary.dropped_by_reason["not_sampled"] == 2


def test_missing_files_and_columns_are_told_together(
    community: Community, curated: Curated, settings: CurationSettings, datasheet: str
) -> None:
    text = datasheet.replace("path: rows.csv", "path: rows.csv\n  - path: slips.csv")
    folder = community(ROWS.replace("Message,", "Massage,", 1), text.replace("column: OK?", "column: Agreed"))
    with pytest.raises(FormError) as caught:
        curated(folder, settings)
    told = str(caught.value)
    assert "datasheet.yaml:15 files.1.path: there is no file 'slips.csv'" in told
    assert "datasheet.yaml:17 columns.prompt: rows.csv has no column 'Message'; did you mean 'Massage'?" in told
    assert "datasheet.yaml:23 consent.column: rows.csv has no column 'Agreed'; it has 'Massage', 'Reply'" in told


def test_rows_of_every_kind_of_file_come_together(
    community: Community, curated: Curated, settings: CurationSettings, datasheet: str
) -> None:
    more = "path: rows.csv\n  - path: more.jsonl\n  - path: slips.xlsx\n    sheet: Slips"
    text = datasheet.replace("path: rows.csv", more).replace("languages: [en, es]", "languages: [en]")
    folder = community("Message,Reply,Who,OK?\na b c,x,Ana,yes\n", text.replace("  language: Language\n", ""))
    (folder / "more.jsonl").write_text('{"Message": "d e f", "Reply": "y", "Who": "Bo", "OK?": "yes"}\n')
    book = openpyxl.Workbook()
    page = book.create_sheet("Slips")
    page.append(["Message", "Reply", "Who", "OK?"])
    page.append(["g h i", "z", "Cy", "yes"])
    book.save(folder / "slips.xlsx")
    summary, out = curated(folder, settings)
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


def test_languages_that_are_not_declared_and_ids_that_repeat_are_warned_of(
    community: Community, curated: Curated, settings: CurationSettings, datasheet: str
) -> None:
    summary, _ = curated(community(ROWS, datasheet.replace("columns:\n", "columns:\n  id: Reply\n")), settings)
    assert any("1 rows have a language" in told and "rows.csv:8" in told for told in summary.warnings)
    assert any("3 rows share their id (column 'Reply')" in told for told in summary.warnings)


def test_replies_with_few_wordings_are_warned_of(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    rows = "Message,Reply,Who,Language,OK?\n"
    rows += "".join(f"alpha{n} beta{n} gamma{n},{reply},p{n},en,yes\n" for n, reply in enumerate("xxxyy"))
    summary, _ = curated(community(rows), settings)
    assert summary.few_wordings == 1
    assert any(told.startswith("1 of 2 different replies has fewer than 3") for told in summary.warnings)


def test_a_change_is_told_with_what_the_record_said_before_and_after(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    decisions = by_row(curated(community(ROWS), settings)[1])
    masked, kept = decisions[4]
    assert (masked.action, kept.action) == ("change", "keep")
    assert len({masked.before, masked.after, kept.before, kept.after}) == 2
    assert masked.after == kept.before == kept.after
    (refused,) = decisions[5]
    assert (len(refused.before), refused.after) == (32, "")
    tidied, merged = decisions[3]
    assert (tidied.after, merged.after) == (merged.before, "")


def test_digests_of_what_records_say_cannot_be_guessed_without_the_key(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    folder = community(ROWS)
    one, other = (by_row(curated(folder, settings, key=key)[1]) for key in (b"a", b"b"))
    assert one[2][0].before != other[2][0].before
    assert one[2][0].before == by_row(curated(folder, settings, key=b"a")[1])[2][0].before


def test_what_is_flagged_or_likely_is_listed_for_review_and_nothing_else(
    community: Community, curated: Curated, settings: CurationSettings, datasheet: str
) -> None:
    rows = "Message,Reply,Who,Language,OK?,When\nwhere is it,there,Ana,en,yes,some day\n"
    rows += "write to ana@toy.example,yes,Ana,en,yes,2026-01-03\nis it far,no,Ana,en,yes,2026-01-04\n"
    dated = datasheet.replace("  contributor: Who\n", "  contributor: Who\n  date: When\n")
    summary, out = curated(community(rows, f"{dated}outdated_before: 2025-01-01\n"), settings)
    review = [DecisionLine(**row) for row in lines(out / "review.jsonl")]
    assert [(one.row, one.step, one.action, one.reason) for one in review] == [
        (2, "outdated/2", "flag", "unreadable_date")
    ]
    assert summary.for_review == 1
    assert (review[0].before, review[0].after) == (review[0].before, review[0].before)
    assert {step.step: dict(step.flagged) for step in summary.steps if step.flagged} == {
        "outdated/2": {"unreadable_date": 1}
    }


def test_every_contributor_is_told_what_became_of_their_rows(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    _, out = curated(community(ROWS), settings)
    examples = {row["row"]: row["contributor"] for row in lines(out / "examples.jsonl")}
    told = {row["contributor"]: row for row in lines(out / "contributors.jsonl")}
    assert len(told) == 3
    ana, cy = told[examples[2]], told[examples[7]]
    assert (ana["sent"], ana["used"], ana["not_used"], ana["changed"]) == (2, 2, {}, {"likely_personal_data_masked": 1})
    assert ana["paragraph"] == (
        "Thank you for the 2 rows you sent. All of them are used. The model learns from them. In 1 row, we masked what "
        "is likely personal data, and a person should look at it. To take a row back: Write to the contact with the "
        "row's number. If you have a question or see a mistake, ask here: desk@toy.example"
    )
    assert "It is used. The model learns from it. In 1 row, we repaired letters" in cy["paragraph"]
    (bo,) = (row for who, row in told.items() if who not in examples.values())
    assert (bo["sent"], bo["used"]) == (3, 0)
    assert bo["not_used"] == {"empty_prompt": 1, "exact_duplicate": 1, "no_consent": 1}
    assert "1 because its message is empty" in bo["paragraph"]


def test_the_summary_names_a_day_only_where_one_matters(
    community: Community, curated: Curated, settings: CurationSettings, datasheet: str
) -> None:
    assert curated(community(ROWS), settings)[0].as_of == ""
    text = f"{datasheet}  columns:\n    expiry: Until\n"
    rows = "Message,Reply,Who,Language,OK?,Until\na b c,x,Ana,en,yes,2026-06-01\nd e f,y,Bo,en,yes,2026-05-31\n"
    summary, out = curated(community(rows, text), settings)
    assert summary.as_of == "2026-06-01"
    assert summary.dropped_by_reason == {"consent_expired": 1}
    assert [row["row"] for row in lines(out / "examples.jsonl")] == [2]
    assert by_row(out)[3][0].detail == "consent held until 2026-05-31"


def test_shards_of_one_row_in_which_a_step_leaves_nothing_are_no_trouble(
    community: Community, curated: Curated, settings: CurationSettings
) -> None:
    folder = community(ROWS)
    whole, parts = (curated(folder, settings, shard_rows=rows)[1] for rows in (20_000, 1))
    assert (whole / "decisions.jsonl").read_bytes() == (parts / "decisions.jsonl").read_bytes()
    assert (whole / "summary.json").read_bytes() == (parts / "summary.json").read_bytes()


def replaced(monkeypatch: pytest.MonkeyPatch, name: str, **faulty: Any) -> None:
    monkeypatch.setitem(STEPS._things, name, replace(STEPS.get(name), **faulty))


def forgetful(records: Sequence[Record]) -> StepResult:
    return StepResult(records[1:])


def test_a_step_that_loses_a_row_stops_the_curation_and_nothing_is_written(
    community: Community, curated: Curated, settings: CurationSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replaced(monkeypatch, "empty/1", make=lambda _: forgetful)
    with pytest.raises(CommonholdError, match="empty/1: 6 records went in, 5 were kept and 0 dropped"):
        curated(community(ROWS), settings)
    assert list((tmp_path / "out-0").iterdir()) == []


@pytest.mark.parametrize("items", [(1, 1), (0,)])
def test_a_step_over_all_rows_that_drops_one_twice_or_anew_stops_the_curation(
    community: Community,
    curated: Curated,
    settings: CurationSettings,
    monkeypatch: pytest.MonkeyPatch,
    items: tuple[int, ...],
) -> None:
    def first_is_out(inputs: CrossRecordInputs) -> CrossRecordStepResult:
        inputs.table.alive[0] = False
        return CrossRecordStepResult([Decision(item, "drop", "why", "") for item in items])

    replaced(monkeypatch, "exact_duplicate/1", run=first_is_out)
    with pytest.raises(CommonholdError, match=r"exact_duplicate/1: .* This is a bug"):
        curated(community(ROWS), settings)


def test_a_decision_that_gets_lost_on_the_way_stops_the_curation(
    community: Community, curated: Curated, settings: CurationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(table: RecordTable, decisions: Sequence[Decision]) -> Iterator[list[Decision]]:
        yield from ([] for _ in table.first_items)

    monkeypatch.setattr(run, "by_shard", nothing)
    with pytest.raises(CommonholdError, match="finalize: 7 records went in"):
        curated(community(ROWS), settings)

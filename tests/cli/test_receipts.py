"""Receipts as a person asks for them, also of records that were taken out, renumbered, copied or never there."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.community import DATASHEET, make_community, rows, write_rows

from commonhold.cli import main
from commonhold.curate.rights.receipt import check
from commonhold.files import read_json, read_jsonl
from commonhold.strict_json import JsonObject

Rows = Sequence[tuple[str, ...]]


class Desk:
    """A community whose rows are curated again and again in one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.recipe, self._capsys = make_community(folder), capsys
        self.data, self.workspace = folder / "data", folder / "work"
        (self.data / "datasheet.yaml").write_text(DATASHEET, encoding="utf-8")

    def typed(self, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--workspace", str(self.workspace)])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    def curate(self, table: Rows) -> dict[str, str]:
        """The ids of the rows by their entries."""
        write_rows(self.data / "rows.csv", [*table])
        assert self.typed("curate", str(self.recipe))[0] == 0
        return {each["entry"]: each["record_id"] for each in read_jsonl(self.newest / "decisions.jsonl")}

    @property
    def newest(self) -> Path:
        folders = (self.workspace / "objects" / "curate").iterdir()
        return max(folders, key=lambda folder: (folder / "manifest.json").stat().st_mtime_ns)

    def absent(self, record: str) -> str:
        """Why an absence is refused."""
        code, answer, error = self.typed("curate", "receipt", record, "--absent")
        assert (code, answer) == (2, "")
        return error

    def proven(self, record: str, *words: str) -> JsonObject:
        code, answer, _ = self.typed("curate", "receipt", record, *words)
        assert code == 0
        receipt: JsonObject = json.loads(answer)
        assert check(receipt, read_json(self.newest / "summary.json")["root"])
        return receipt


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """An empty desk."""
    return Desk(tmp_path, capsys)


def renumbered(row: tuple[str, ...], entry: str) -> tuple[str, ...]:
    return (entry, *row[1:])


def test_a_row_that_was_taken_out_is_absent_by_its_id_and_its_entry(desk: Desk) -> None:
    ids = desk.curate(rows())
    others = desk.curate([row for row in rows() if row[0] != "W4"])
    assert others == {entry: record_id for entry, record_id in ids.items() if entry != "W4"}
    assert (
        desk.proven(ids["W4"], "--absent")
        == desk.proven("W4", "--absent")
        == desk.proven(ids["W4"].upper(), "--absent")
    )
    assert desk.proven("W5")["record_id"] == ids["W5"]
    assert "A row that was taken out is called by its entry or its id" in desk.absent("rows.csv:21")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda row: renumbered(row, "W99"), "what it says is in this version as record"),
        (lambda row: renumbered(row, ""), "what it says is in this version as record"),
        (
            lambda row: (row[0], row[1], row[2].upper(), f"  {row[3]}", row[4]),
            "is in this version. Ask for its receipt",
        ),
        (lambda row: ("W99", row[1], row[2].upper(), row[3], row[4]), "what it says is in this version as record"),
        (lambda row: ("W99", "somebody else", *row[2:]), "what it says is in this version as record"),
        (lambda row: (row[0], row[1], "Corrected", *row[3:]), "is in this version. Ask for its receipt"),
    ],
    ids=["other number", "no number", "capitals", "number and capitals", "other giver", "correction"],
)
def test_a_row_that_is_still_there_is_not_proved_absent(
    desk: Desk, change: Callable[[tuple[str, ...]], tuple[str, ...]], why: str
) -> None:
    ids = desk.curate(rows())
    desk.curate([change(row) if row[0] == "W4" else row for row in rows()])
    error = desk.absent(ids["W4"])
    assert why in error
    assert ids["W4"] in error


def test_a_copy_that_counts_elsewhere_is_not_proved_absent(desk: Desk) -> None:
    table = [*rows(), renumbered(rows()[4], "W99")]
    ids = desk.curate(table)
    error = desk.absent(ids["W99"])
    assert f"record {ids['W99']} (rows.csv:22 in curation " in error
    assert f"what it says is in this version as record {ids['W4']} (rows.csv:6). Take that row out and" in error
    assert desk.proven(ids["W4"])["record_id"] == ids["W4"]  # one remedy
    desk.curate(rows()[:4] + rows()[5:])  # the other one
    assert desk.proven(ids["W99"], "--absent")


def test_an_entry_that_other_ids_had_formerly_is_not_proved_absent(desk: Desk) -> None:
    table = rows()
    desk.curate(table)
    old = desk.newest
    formerly = "f" * 32
    for name in ("decisions.jsonl", "examples.jsonl"):
        text = (old / name).read_text(encoding="utf-8")
        (old / name).write_text(text.replace(desk_id(old, "W4"), formerly), encoding="utf-8")
    table[4] = (*table[4][:2], "All of it is corrected", "and this too", "yes")
    ids = desk.curate(table)
    assert f"its entry W4 is in this version as record {ids['W4']} (rows.csv:6)" in desk.absent(formerly)


def desk_id(folder: Path, entry: str) -> str:
    (record_id,) = {row["record_id"] for row in read_jsonl(folder / "decisions.jsonl") if row["entry"] == entry}
    return str(record_id)


def test_of_two_different_rows_with_one_entry_one_can_be_taken_out(desk: Desk) -> None:
    table = [*rows(), renumbered(rows(25)[24], "W4")]
    desk.curate(table)
    (first, _), (second, _) = [
        (row["record_id"], row["row"]) for row in read_jsonl(desk.newest / "examples.jsonl") if row["entry"] == "W4"
    ]
    assert f"'W4' may be any of {first}, {second}. Name one of them" in desk.typed("curate", "receipt", "W4")[2]
    desk.curate(table[:-1])
    assert desk.proven(second, "--absent")
    assert "what it says is in this version" in desk.absent(first)


@pytest.mark.parametrize("name", ["0" * 32, "0" * 31 + "G", "W77"])
def test_a_record_that_never_was_is_not_proved_absent(desk: Desk, name: str) -> None:
    desk.curate(rows())
    error = desk.absent(name)
    assert ("no curation here knows record 0000" in error) == (name == "0" * 32)
    assert ("no record is called" in error) == (name != "0" * 32)


def test_where_the_earlier_curation_is_gone_its_receipt_tells_what_it_was(desk: Desk, tmp_path: Path) -> None:
    ids = desk.curate(rows())
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(desk.proven(ids["W4"])), encoding="utf-8")
    assert "is in this version" in desk.absent(str(receipt))
    assert desk.typed("clean", "--remove")[0] == 0
    desk.curate([renumbered(row, "W99") if row[0] == "W4" else row for row in rows()])
    assert "RECEIPT.json --absent" in desk.absent(ids["W4"])
    assert "what it says is in this version as record" in desk.absent(str(receipt))
    desk.curate([row for row in rows() if row[0] != "W4"])
    assert desk.proven(str(receipt), "--absent")["record_id"] == ids["W4"]


@pytest.mark.parametrize("change", [{"salt": "0" * 64}, {"record_id": "0" * 32}, {"content": 7}, {"receipt": "other"}])
def test_a_receipt_that_this_workspace_did_not_give_is_refused(desk: Desk, tmp_path: Path, change: JsonObject) -> None:
    ids = desk.curate(rows())
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps({**desk.proven(ids["W4"]), **change}), encoding="utf-8")
    assert "not a receipt of inclusion that this workspace gave" in desk.absent(str(receipt))
    receipt.write_text("{", encoding="utf-8")
    assert "cannot be read as a receipt" in desk.absent(str(receipt))


def test_number_licence_and_consent_go_with_the_row_to_examples_and_every_decision(desk: Desk) -> None:
    sheet = DATASHEET.replace("contributor: Who", "contributor: Who, licence: Licence").replace(
        "[{path: rows.csv}]", "[{path: rows.csv, licence: CC-BY-4.0}]"
    )
    sheet = sheet.replace(
        'accepted: ["yes"]', 'accepted: ["yes"], purposes: {publish_text: {column: Show, accepted: ["yes"]}}'
    )
    (desk.data / "datasheet.yaml").write_text(sheet, encoding="utf-8")
    header = "Entry,Who,Message,Reply,OK?,Licence,Show"
    lines = [
        header,
        "RB-0042,Ana,where is the mill,by the bridge,yes,CC0-1.0,yes",
        "RB-0043,Bo,when is it open,at nine,no,,no",
    ]
    lines += [f"RB-{n},p{n},The {n} lamps of street {n} are out,Desk {n} sees to it,yes,," for n in range(100, 120)]
    (desk.data / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    published = desk.recipe.read_text(encoding="utf-8").replace("licence: CC0-1.0", "licence: CC-BY-4.0")
    desk.recipe.write_text(published, encoding="utf-8")
    code, _, error = desk.typed("curate", str(desk.recipe))
    assert code == 0, error
    told = ("entry", "licence", "purposes")
    examples = [tuple(row[name] for name in told) for row in read_jsonl(desk.newest / "examples.jsonl")]
    assert examples[0] == ("RB-0042", "CC0-1.0", ["train", "evaluate", "publish_text"])
    assert examples[1] == ("RB-100", "CC-BY-4.0", ["train", "evaluate"])
    decisions = [tuple(row[name] for name in told) for row in read_jsonl(desk.newest / "decisions.jsonl")]
    assert ("RB-0043", "CC-BY-4.0", []) in decisions
    assert all(entry for entry, _, _ in decisions)


def test_a_row_is_shown_by_its_entry_with_what_goes_with_it(desk: Desk) -> None:
    ids = desk.curate(rows())
    code, answer, _ = desk.typed("curate", "show", "W4")
    assert code == 0
    assert answer.startswith(f"record {ids['W4']}, rows.csv:6\n")
    assert "\nentry: W4; licence: CC0-1.0; may be used to: train, evaluate\n" in answer


def test_two_curations_without_a_common_id_are_said_to_be_strangers(desk: Desk) -> None:
    desk.curate(rows())
    old = desk.newest
    desk.curate([renumbered(row, f"X{number}") for number, row in enumerate(rows())])
    assert "No record of the one has its id in the other" in desk.typed("curate", "diff", old.name, desk.newest.name)[1]
    half = desk.newest
    desk.curate([renumbered(row, f"Y{number}" if number else "X0") for number, row in enumerate(rows())])
    assert "No record" not in desk.typed("curate", "diff", half.name, desk.newest.name)[1]

"""A curation whose rows cannot be learnt from says why, and what became of every row is written down all the same."""

import csv
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.curate.conftest import DATASHEET

from commonhold.curate.inspect.records import not_used, outcomes, unreadable
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.repair import UNREADABLE_ROWS
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings
from commonhold.errors import FormError, NothingLeftError, Problem, RequestError
from commonhold.records.curation_summary import CurationSummary, read_curation_summary

HEADER = "Message,Reply,Who,Language,OK?\n"
GOOD = "Where is the lamp {n} of street {n}?,At gate {n} of the {n} desk,p{n},en,yes\n"
KINDS = {
    "good": GOOD,
    "copy": "Where is the water desk?,On the left,Ana,en,yes\n",
    "bad": "one,cell,too,many,yes,{n}\n",
    "no consent": "May I ask {n}?,Yes {n},Bo,en,no\n",
    "empty": ",On the left {n},Cy,en,yes\n",
}
WRITTEN = {"contributors.jsonl", "decisions.jsonl", "examples.jsonl", "report.html", "report.md", "review.jsonl"}


class Ended(NamedTuple):
    """How a curation ended, and what it left."""

    error: RequestError | None
    out: Path
    summary: CurationSummary


Run = Callable[..., Ended]


def ended(folder: Path, settings: CurationSettings, rows: str, datasheet: str = DATASHEET, **more: str) -> Ended:
    """Curates rows.csv in a folder of its own, beside other files."""
    data, out = folder / "data", folder / "out"
    for each in (data, out):
        each.mkdir()
    (data / "datasheet.yaml").write_text(datasheet, encoding="utf-8")
    for name, text in {"rows": rows, **more}.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    error = None
    try:
        curate(CurationJob(read_community(data), settings, b"key", 1, folder / "work"), out, lambda _line: None)
    except RequestError as caught:
        error = caught
        assert error.attempt == out
    return Ended(error, out, read_curation_summary(out))


def table(kinds: Sequence[str]) -> str:
    return HEADER + "".join(KINDS[kind].format(n=number) for number, kind in enumerate(kinds))


def accounted(out: Path) -> list[int]:
    """The row of every decision and of every row that could not be read."""
    return sorted(each.row for each in [*outcomes(out), *unreadable(out)])


@given(kinds=st.lists(st.sampled_from(list(KINDS)), max_size=14), share=st.sampled_from([0.0, 0.1, 0.5]))
@hypothesis_settings(max_examples=25, deadline=None)
def test_however_it_ends_every_row_is_accounted_for_and_a_report_is_there(kinds: list[str], share: float) -> None:
    settings = replace(SETTINGS, validation_share=share, test_share=share)
    with tempfile.TemporaryDirectory() as folder:
        error, out, summary = ended(Path(folder), settings, table(kinds))
        assert {path.name for path in out.iterdir()} >= WRITTEN
        assert accounted(out) == list(range(2, 2 + len(kinds)))
        assert summary.sent == len(kinds)
        bad = kinds.count("bad")
        assert sum(summary.repairs.values()) == bad == sum(1 for _ in unreadable(out))
        assert (out / "repair" / "rows.repair.csv").exists() is (bad > 0)
        left_out = sum(entry.number for entry in not_used(out).values())
        assert left_out == len(kinds) - summary.kept
        # One of the copies is used, and every good row; too many rows that cannot be read refuse the others.
        usable = kinds.count("good") + min(1, kinds.count("copy"))
        assert summary.kept == usable
        assert (error is None) is (usable > 0 and bad * 2 <= len(kinds))
        told = str(error).replace(f"{folder}/data/", "")
        assert summary.refused == (tuple(told.splitlines()) if error else ())
        assert "Send more different rows" not in str(error)


SETTINGS = CurationSettings(
    redact=("email",), min_words=1, max_words=400, near_duplicate=1.0, validation_share=0.0, test_share=0.0
)


@pytest.mark.parametrize(("good", "refused"), [(10, False), (9, True)])
def test_more_than_half_of_the_rows_that_cannot_be_read_refuse_the_others(
    tmp_path: Path, good: int, refused: bool
) -> None:
    error, _, summary = ended(tmp_path, SETTINGS, table(["bad"] * 10 + ["good"] * good))
    assert (error is not None, summary.kept) == (refused, good)
    if error:
        first, second, *_ = str(error).splitlines()
        assert first.startswith("10 of 19 rows cannot be read, which is more than half")
        assert second.startswith("  10 rows: cannot be read.")


def test_the_reasons_are_counted_the_most_frequent_first_with_remedies(tmp_path: Path) -> None:
    rows = table([*["no consent"] * 3, *["bad"] * 2, "empty", *["good"] * 4])
    error, _, _ = ended(tmp_path, replace(SETTINGS, min_words=30, max_words=40), rows)
    told = [line for line in str(error).splitlines() if not line.startswith("    ")]
    assert told[0] == "no row is left to learn from, of 10 rows sent:"
    assert [line.partition(":")[0] for line in told[1:]] == ["  4 rows", "  3 rows", "  2 rows", "  1 row"]
    assert "data.min_words" in told[1]
    assert "consent.accepted in datasheet.yaml" in told[2]
    assert "how to fix" in told[3]


@pytest.mark.parametrize(("number", "named", "last"), [
    (1, 1, "    curation lists all of them in repair/rows.repair.csv"),
    (10, 10, "    curation lists all of them in repair/rows.repair.csv"),
    (11, 10, "    and 1 more; curation lists all of them in repair/rows.repair.csv"),
    (2000, 10, "    and 1,990 more; curation lists all of them in repair/rows.repair.csv"),
])  # fmt: skip
def test_the_first_ten_rows_are_named_and_then_how_many_more_and_where(
    tmp_path: Path, number: int, named: int, last: str
) -> None:
    error, out, summary = ended(tmp_path, SETTINGS, table(["bad"] * number))
    assert str(error).count(f"    {tmp_path}/data/rows.csv:") == named
    assert str(error).splitlines()[-1] == last
    assert str(error).replace(f"{tmp_path}/data/", "").splitlines() == list(summary.refused)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in report
    assert last.strip()[1:] in report
    assert report.count("6 cells where the header has 5") == named
    with (out / "repair" / "rows.repair.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == number


def test_what_is_in_the_list_of_unreadable_rows_names_no_cell(tmp_path: Path) -> None:
    _, out, _ = ended(tmp_path, SETTINGS, table(["bad"]))
    assert "too,many" not in (out / UNREADABLE_ROWS).read_text(encoding="utf-8")
    (row,) = unreadable(out)
    assert (row.file, row.row, row.reason) == ("rows.csv", 2, "unreadable")


def test_a_header_alone_leaves_a_report_too(tmp_path: Path) -> None:
    error, out, summary = ended(tmp_path, SETTINGS, HEADER)
    assert isinstance(error, NothingLeftError)
    assert (summary.sent, [each.file for each in summary.files]) == (0, ["rows.csv"])
    assert "a header and no rows" in (out / "report.html").read_text(encoding="utf-8")


def test_a_missing_file_does_not_hide_what_became_of_the_rows_of_another(tmp_path: Path) -> None:
    sheet = DATASHEET.replace("path: rows.csv", "path: slips.csv\n  - path: rows.csv")
    error, out, summary = ended(tmp_path, SETTINGS, table(["good", "bad"]), sheet)
    assert isinstance(error, FormError)
    assert [problem.place for problem in error.problems] == ["files.0.path"]
    assert accounted(out) == [2, 3]
    assert [warning[:32] for warning in summary.warnings] == ["1 row of rows.csv cannot be read"]


def test_a_file_without_the_columns_does_not_hide_the_rows_of_another(tmp_path: Path) -> None:
    sheet = DATASHEET.replace("path: rows.csv", "path: rows.csv\n  - path: slips.csv")
    error, out, _ = ended(tmp_path, SETTINGS, table(["good", "good"]), sheet, slips="Massage,Reply\na,b\n")
    assert "slips.csv" in str(error)
    assert accounted(out) == [2, 3]


def test_licences_of_rows_that_forbid_it_leave_a_report(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "data" / "datasheet.yaml").write_text(DATASHEET, encoding="utf-8")
    (tmp_path / "data" / "rows.csv").write_text(table(["good"]), encoding="utf-8")
    problem = Problem("recipe.yaml", 3, "publish.licence", "it forbids that", "Take another one")
    data = read_community(tmp_path / "data")
    job = CurationJob(data, SETTINGS, b"key", 1, tmp_path / "work", forbids=lambda _licences: [problem])
    with pytest.raises(FormError, match="it forbids that") as caught:
        curate(job, tmp_path / "out", lambda _line: None)
    assert caught.value.attempt == tmp_path / "out"
    assert "it forbids that" in read_curation_summary(tmp_path / "out").refused[0]


def test_kto_with_one_thumb_says_what_took_the_others(tmp_path: Path) -> None:
    sheet = DATASHEET.replace("  language: Language", "  rating: Language")
    rows = HEADER + "a b c,x y,Ana,up,yes\nd e f,z w,Bo,down,no\n"
    error, _, summary = ended(tmp_path, replace(SETTINGS, method="kto"), rows, sheet)
    assert summary.kept == 1
    assert "none has a thumb down" in str(error)
    assert "the answer in column 'OK?' is not one of" in str(error)


def test_rows_that_were_put_right_are_learnt_from_when_their_file_is_listed(tmp_path: Path) -> None:
    error, out, _ = ended(tmp_path, SETTINGS, table(["bad"] * 11 + ["good"]))
    assert error is not None
    with (out / "repair" / "rows.repair.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *sent = csv.reader(stream)
    # The cell too many, as the person takes it out; each message its own.
    repaired = [[*row[:3], f"lamp {row[-1]} of street {row[-1]}", *row[4:-1], ""] for row in sent]
    (tmp_path / "again").mkdir()
    with (tmp_path / "again.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *repaired])
    sheet = DATASHEET.replace("path: rows.csv", "path: rows.csv\n  - path: mended.csv")
    rows = table(["bad"] * 11 + ["good"])
    mended = (tmp_path / "again.csv").read_text(encoding="utf-8")
    error, out, summary = ended(tmp_path / "again", SETTINGS, rows, sheet, mended=mended)
    assert error is None
    assert (summary.sent, summary.kept, summary.repairs) == (12, 12, {})
    assert accounted(out) == list(range(2, 14))

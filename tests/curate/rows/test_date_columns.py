"""In which order the dates of a column were written, and what is told where it cannot be known."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.sheets.made import book

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import read_kept
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.date_columns import find_dates
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.errors import FormError

Community = Callable[..., Path]
Dated = Callable[..., Path]
SETTLE = ". To settle it, write under columns: date_order: dmy"


def rows(*days: str) -> str:
    return "Message,Reply,Who,Language,OK?,Day\n" + "".join(f'm {n},r,a,en,yes,"{day}"\n' for n, day in enumerate(days))


@pytest.fixture
def dated(community: Community, datasheet: str) -> Dated:
    """A community whose rows are left out when they are old; `order` is what it says of its dates."""

    def write(*days: str, region: str = "GB", order: str = "") -> Path:
        said = f"  date: Day\n  date_order: {order}\n" if order else "  date: Day\n"
        form = datasheet.replace("region: US", f"region: {region}").replace("columns:\n", f"columns:\n{said}")
        return community(rows(*days), form + "outdated_before: 2026-04-01\n")

    return write


def read(folder: Path) -> tuple[list[Record], tuple[str, ...]]:
    data = read_community(folder)
    maker = RecordMaker(data.form, b"key", date(2026, 6, 1))
    with TemporaryDirectory() as work:
        reading = read_all(data, maker, Inline(), Path(work) / "read", 100)
        return [record for shard in reading.shards for record in read_kept(shard)], reading.warnings


def days(folder: Path) -> list[str]:
    return [record.date for record in read(folder)[0]]


def problem(folder: Path) -> str:
    with pytest.raises(FormError) as caught:
        read(folder)
    (told,) = caught.value.problems
    assert told.place.endswith("columns.date_order")
    assert told.line
    return f"{told.message}. {told.remedy}"


@pytest.mark.parametrize(
    ("other", "order", "first"),
    [("13/04/2026", "day/month/year", "2026-04-02"), ("4/13/26", "month/day/year", "2026-02-04")],
)
def test_one_day_after_the_twelfth_tells_the_order_of_the_column(
    dated: Dated, other: str, order: str, first: str
) -> None:
    folder = dated("02/04/2026", other)
    assert days(folder) == [first, "2026-04-13"]
    assert read(folder)[1] == (
        f"rows.csv: the dates in column 'Day' were read as {order}, as {other!r} in row 3 shows",
    )


@pytest.mark.parametrize(("region", "day"), [("GB", "2026-04-12"), ("US", "2026-12-04")])
def test_a_column_that_shows_nothing_is_read_as_is_usual_in_the_region(dated: Dated, region: str, day: str) -> None:
    folder = dated("12/04/2026", region=region)
    assert days(folder) == [day]
    assert f"as is usual in {region}, though nothing in the column shows it. To settle it" in read(folder)[1][0]


def test_where_the_order_cannot_be_known_it_is_asked_and_the_answer_counts(dated: Dated) -> None:
    assert problem(dated("02/04/2026", region="CA")) == (
        "whether '02/04/2026' in row 2 of rows.csv is day/month/year or month/day/year cannot be known: no date in "
        "column 'Day' shows it. Write under columns: date_order: dmy (or mdy)"
    )
    assert days(dated("02/04/2026", region="CA", order="dmy")) == ["2026-04-02"]
    assert days(dated("02/04/2026", region="CA", order="mdy")) == ["2026-02-04"]


def test_nothing_is_asked_where_every_date_says_itself_what_it_is(dated: Dated) -> None:
    folder = dated("2026-04-02", "3 de mayo de 2026", "46114", "5/5/2026", region="CA")
    assert days(folder) == ["2026-04-02", "2026-05-03", "2026-04-02", "2026-05-05"]
    assert read(folder)[1] == (
        "rows.csv: 1 date in column 'Day' is written as a spreadsheet program's number of a day",
    )


def test_two_orders_in_a_column_are_a_mistake_and_the_remedy_reads_the_most(dated: Dated) -> None:
    mixed = "13/04/2026", "04/25/2026", "14/04/2026"
    assert problem(dated(*mixed)) == (
        "column 'Day' of rows.csv has dates in two orders: '13/04/2026' (row 2) and '04/25/2026' (row 3). Correct the "
        "dates, or write under columns: date_order: dmy; then those that do not fit are not read"
    )
    folder = dated(*mixed, order="dmy")
    assert days(folder) == ["2026-04-13", "04/25/2026", "2026-04-14"]
    assert read(folder)[1] == (
        "rows.csv: 1 date in column 'Day' cannot be read (row 3); such rows are kept, and listed for review",
    )


def test_dates_that_cannot_be_read_and_empty_cells_are_counted(dated: Dated) -> None:
    assert read(dated("2026-04-02", "last week", "", "31/02/2026", "2569-04-02", ""))[1] == (
        "rows.csv: 3 dates in column 'Day' cannot be read (rows 3, 5, 6); such rows are kept, and listed for review",
        "rows.csv: 2 cells in column 'Day' are empty; such rows are kept, and listed for review",
    )


def test_points_between_the_parts_mean_that_the_day_comes_first(dated: Dated) -> None:
    assert days(dated("02.04.2026", region="CA")) == ["2026-04-02"]
    assert days(dated("04.13.2026", "02.04.2026", region="CA")) == ["2026-04-13", "2026-02-04"]


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [(("26/04/19",), "2019-04-26"), (("26/04/19", "99/04/19"), "2026-04-19"), (("26/04/19", "1/4/19"), "2019-04-26")],
)
def test_years_of_two_digits_are_read_by_the_column(dated: Dated, cells: tuple[str, ...], read_as: str) -> None:
    assert days(dated(*cells))[0] == read_as


def test_another_sheet_of_the_same_community_tells_the_order(dated: Dated, tmp_path: Path) -> None:
    folder = dated("13/04/2026", region="CA")
    (folder / "more.csv").write_text(rows("02/04/2026"), encoding="utf-8")
    form = folder / "datasheet.yaml"
    form.write_text(form.read_text().replace("  - path: rows.csv\n", "  - path: more.csv\n  - path: rows.csv\n"))
    assert days(folder) == ["2026-04-02", "2026-04-13"]
    assert read(folder)[1][0] == (
        "more.csv: the dates in column 'Day' were read as day/month/year, as in rows.csv" + SETTLE
    )


def test_without_rows_that_depend_on_dates_none_is_looked_at(community: Community, datasheet: str) -> None:
    folder = community(rows("02/04/2026"), datasheet.replace("columns:\n", "columns:\n  date: Day\n"))
    assert days(folder) == ["02/04/2026"]
    assert read(folder)[1] == ()


def consented(datasheet: str, said: str, region: str = "CA") -> str:
    form = datasheet.replace("region: US", f"region: {region}")
    return form + f"  columns:\n    {said}\n"


@pytest.mark.parametrize(("also", "refusal"), [("13/12/2026", "consent_expired"), ("12/13/2026", "")])
def test_consent_ends_by_the_order_of_its_column(community: Community, datasheet: str, also: str, refusal: str) -> None:
    folder = community(rows("07/05/2026", also), consented(datasheet, "expiry: Day"))
    assert read(folder)[0][0].refusal == refusal  # on 1 June: over since 7 May, or valid until 5 July


def test_consent_whose_end_cannot_be_known_is_asked_and_the_answer_counts(community: Community, datasheet: str) -> None:
    told = problem(community(rows("07/05/2026"), consented(datasheet, "expiry: Day")))
    assert told.endswith("Write under consent.columns: date_order: dmy (or mdy)")
    for order, refusal in (("mdy", ""), ("dmy", "consent_expired"), ("day_first", "consent_expired")):
        form = consented(datasheet, f"expiry: Day\n    date_order: {order}")
        assert read(community(rows("07/05/2026"), form))[0][0].refusal == refusal


def test_the_last_day_of_consent_is_read_like_the_dates_of_the_rows(dated: Dated) -> None:
    folder = dated("07/05/2026", region="CA", order="dmy")
    form = folder / "datasheet.yaml"
    form.write_text(form.read_text().replace("  accepted:", "  columns: {expiry: Day}\n  accepted:"))
    assert read(folder)[0][0].refusal == "consent_expired"


@pytest.fixture
def dated_book(dated: Dated) -> Callable[..., Path]:
    """The same in a workbook."""

    def write(*cells: object) -> Path:
        folder = dated("x", region="CA")
        head = ["Message", "Reply", "Who", "Language", "OK?", "Day"]
        rows = [[f"m {number}", "r", "a", "en", "yes", cell] for number, cell in enumerate(cells)]
        book(folder / "rows.xlsx", {"S": [head, *rows]})
        form = folder / "datasheet.yaml"
        form.write_text(form.read_text().replace("rows.csv", "rows.xlsx"))
        return folder

    return write


def test_a_date_of_a_spreadsheet_is_never_in_doubt(dated_book: Callable[..., Path]) -> None:
    folder = dated_book(date(2026, 4, 2))
    assert (days(folder), read(folder)[1]) == (["2026-04-02"], ())


@pytest.mark.parametrize(("stored", "told"), [(date(2026, 4, 12), True), (date(2026, 4, 13), False)])
def test_days_that_a_program_may_have_taken_for_months_are_told(
    dated_book: Callable[..., Path], stored: date, told: bool
) -> None:
    warnings = read(dated_book(date(2026, 2, 4), stored, "13/04/2026", "14/04/2026"))[1]
    swapped = "rows.xlsx: all 2 dates in column 'Day' that the program stored as a date have a day up to the 12th, and "
    swapped += "those after the 12th are texts: it may have taken days for months. Compare some with their source"
    assert (swapped in warnings) is told


def test_a_file_that_cannot_be_read_is_left_for_its_reader(dated: Dated) -> None:
    folder = dated("02/04/2026", region="CA")
    (folder / "rows.csv").write_bytes(b"")
    data = read_community(folder)
    assert find_dates(data, Inline())["rows.csv"].notes == ()
    with pytest.raises(FormError, match="the file is empty"):
        read(folder)

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rights.written_dates import DateOrder, written_date

MARCH_FOUR = date(2026, 3, 4)
ORDERS: tuple[DateOrder, ...] = ("year_first", "month_first", "day_first")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-03-04", "year_first"),
        ("2026-03-04", "day_first"),
        (" 2026/3/4 ", "year_first"),
        ("2026-03-04T10:22:05.000+03:00", "year_first"),
        ("3/4/2026 10:22:05", "month_first"),
        ("3/4/2026 10:22 PM", "month_first"),
        ("4/3/2026", "day_first"),
        ("04.03.2026", "day_first"),
    ],
)
def test_a_day_is_read_in_its_declared_order(text: str, order: DateOrder) -> None:
    assert written_date(text, order) == MARCH_FOUR


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "spring",
        "2026",
        "46085",
        "3/4/26",
        "2026-02-30",
        "2026-03-041",
        "2026-3/4",
        "٢٠٢٦-٠٣-٠٤",
        "2026-03-04 no",
        "2026-03-04 10:22 UTC",
    ],
)
def test_other_dates_are_not_guessed(text: str, order: DateOrder) -> None:
    assert written_date(text, order) is None


@pytest.mark.parametrize(
    ("text", "order"), [("3/25/2026", "day_first"), ("25/3/2026", "month_first"), ("3/4/2026", "year_first")]
)
def test_a_date_in_another_order_is_not_turned_round(text: str, order: DateOrder) -> None:
    assert written_date(text, order) is None


@given(st.dates(), st.sampled_from(ORDERS))
def test_every_iso_day_reads_as_itself(day: date, order: DateOrder) -> None:
    assert written_date(day.isoformat(), order) == day


@given(st.text(), st.sampled_from(ORDERS))
def test_no_text_breaks_the_reader(text: str, order: DateOrder) -> None:
    assert isinstance(written_date(text, order), date | None)

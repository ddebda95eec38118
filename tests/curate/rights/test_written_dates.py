from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rights.date_habits import DateOrder, usual_order
from commonhold.curate.rights.month_names import month_names, plain_name
from commonhold.curate.rights.written_dates import ORDERS, DateReader, is_serial, iso_day, readings

MARCH_FOUR = date(2026, 3, 4)
LANGUAGES = ("es-MX", "de", "fr", "cs", "ru", "hi", "ar", "hu", "lt", "vi", "th", "ja", "ko")


def read(text: str, order: DateOrder | None = None, languages: tuple[str, ...] = LANGUAGES) -> date | None:
    return DateReader(order, languages).read(text)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-03-04", "ymd"),
        ("2026-03-04", "dmy"),
        ("2026-03-04", None),
        (" 2026/3/4 ", "ymd"),
        ("2026-03-04T10:22:05.000+03:00", "ymd"),
        ("2026-03-04 10:22 UTC", "ymd"),
        ("3/4/2026 10:22:05", "mdy"),
        ("3/4/2026 10:22 PM", "mdy"),
        ("3/4/2026, 10:22:09 p. m.", "mdy"),
        ("2026/03/04 9:03:12 AM GMT+2", "mdy"),
        ("2026/3/4 下午 3:04:05", None),
        ("4/3/2026", "dmy"),
        ("04.03.2026", "dmy"),
        ("4. 3. 2026", "dmy"),
        ("4/3/26", "dmy"),
        ("26-03-04", "ymd"),
        ("٠٤/٠٣/٢٠٢٦", "dmy"),
        ("４/３/２０２６", "dmy"),
        ("2026\u201303\u201304", None),
    ],
)
def test_a_day_in_figures_is_read_in_its_order(text: str, order: DateOrder | None) -> None:
    assert read(text, order) == MARCH_FOUR


@pytest.mark.parametrize(
    "text",
    [
        "4 March 2026",
        "4 Mar 2026",
        "4-Mar-26",
        "March 4, 2026",
        "4th of March, 2026",
        "Wed, 4 Mar 2026 10:22:05 GMT",
        "Wed Mar 04 2026 10:22:05 GMT+0200 (CEST)",
        "Wed Mar  4 10:22:05 UTC 2026",
        "4 de marzo de 2026",
        "4. März 2026",
        "4. Marz 2026",
        "4 mars 2026",
        "4. března 2026",
        "4 марта 2026 г.",
        "4 मार्च 2026",
        "٤ مارس ٢٠٢٦",
        "2026. március 4.",
        "2026 m. kovo 4 d.",
        "ngày 4 tháng 3 năm 2026",
        "2026年3月4日(水)",
        "2026년 3월 4일",
        "46085",
        "46085.75",
        "20260304",
    ],
)
@pytest.mark.parametrize("order", [*ORDERS, None])
def test_a_day_that_says_its_month_needs_no_order(text: str, order: DateOrder | None) -> None:
    assert read(text, order) == MARCH_FOUR


@pytest.mark.parametrize("order", [*ORDERS, None])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "spring",
        "2026",
        "12",
        "March 2026",
        "4 March",
        "before 4 March 2026",
        "4 Nomonth 2026",
        "2026-02-30",
        "2026-03-041",
        "2026-3/4",
        "2026-03-04 no",
        "1/2/3",
        "4/3/126",
        "0026-03-04",
        "4 มีนาคม 2569",
        "2569-03-04",
        "1404-12-13",
        "1447/9/15",
        "25568",
        "73051",
        "460850",
    ],
)
def test_other_dates_are_not_guessed(text: str, order: DateOrder | None) -> None:
    assert read(text, order) is None


@pytest.mark.parametrize(("text", "order"), [("3/25/2026", "dmy"), ("25/3/2026", "mdy"), ("3/4/2026", "ymd")])
def test_a_date_in_another_order_is_not_turned_round(text: str, order: DateOrder) -> None:
    assert read(text, order) is None


def test_without_an_order_a_date_that_may_be_two_days_is_not_read() -> None:
    assert read("3/4/2026") is None
    assert read("3/25/2026") == date(2026, 3, 25)
    assert read("5/5/2026") == date(2026, 5, 5)


def test_a_year_that_means_no_end_is_read() -> None:
    assert (read("9999-12-31"), read("2199-12-31"), read("2200-01-01")) == (date.max, date(2199, 12, 31), None)


@pytest.mark.parametrize(("text", "year"), [("1/1/68", 2068), ("1/1/69", 1969), ("1/1/00", 2000)])
def test_two_digits_of_a_year_are_read_by_the_rule_of_posix(text: str, year: int) -> None:
    assert read(text, "dmy") == date(year, 1, 1)


def test_months_are_known_in_the_declared_languages_and_in_english() -> None:
    assert read("4 mars 2026", languages=("fr",)) == MARCH_FOUR
    assert read("4 mars 2026", languages=("cs",)) is None
    assert read("4 March 2026", languages=("cs",)) == MARCH_FOUR


def test_a_name_that_means_two_months_in_the_declared_languages_is_none() -> None:
    assert (month_names(("hr",))["listopad"], month_names(("cs",))["listopad"]) == (10, 11)
    assert "listopad" not in month_names(("hr", "cs"))


@pytest.mark.parametrize("language", ["es", "tr", "hi", "th", "zu", "yo", "ar"])
def test_every_name_of_a_month_is_written_as_names_are_compared(language: str) -> None:
    names = month_names((language,))
    assert set(names.values()) == set(range(1, 13))
    assert [name for name in names if plain_name(name) != name] == []


def test_the_first_and_last_number_of_a_day_are_1970_and_2099() -> None:
    assert [is_serial(text) for text in ("25568", "25569", "73050", "73051", "46085.5", "46085.x")] == [
        *(False, True, True, False, True, False)
    ]
    assert (read("25569"), read("73050")) == (date(1970, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("region", "order"), [("GB", "dmy"), ("MX", "dmy"), ("US", "mdy"), ("CA", None), ("PH", None), ("JP", None)]
)
def test_the_order_of_a_country_is_known_where_it_has_one(region: str, order: DateOrder | None) -> None:
    assert usual_order([region]) == order


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from([*ORDERS, None]))
def test_every_iso_day_reads_as_itself(day: date, order: DateOrder | None) -> None:
    assert read(day.isoformat(), order) == iso_day(day.isoformat()) == day


@given(st.text() | st.from_regex(r"[0-9/.\- a-zA-Z年月日]{0,20}"))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert all(isinstance(day, date) for day in readings(text, LANGUAGES).values())

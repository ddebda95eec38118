import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.sheets.number_codes import is_understood, number_as_shown, whole_number
from commonhold.sheets.time_codes import is_time_code, time_as_shown

PHONE = "[<=9999999]###-####;(###) ###-####"
ACCOUNTING = '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (2139, "00000", "02139"),
        (18, '"ext. "000', "ext. 018"),
        (123456789, "000-00-0000", "123-45-6789"),
        (5551234, PHONE, "555-1234"),
        (2065551234, PHONE, "(206) 555-1234"),
        (2065550106, "(000) 000-0000", "(206) 555-0106"),
        (21391234, "[<=99999]00000;00000-0000", "02139-1234"),
        (4111111111111111, "0000 0000 0000 0000", "4111 1111 1111 1111"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (12000, '#,##0,"k"', "12k"),
        (0.456, "0%", "46%"),
        (0.456, "0.0%", "45.6%"),
        (-3.5, "0.00", "-3.50"),
        (-3.5, "#,##0.00_);(#,##0.00)", "(3.50)"),
        (-0.001, "0.00", "0.00"),
        (2.5, "0", "3"),
        (5, "0.##", "5"),
        (0.5, "#.##", ".5"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (1234.5, ACCOUNTING, "$1,234.50"),
        (0, ACCOUNTING, "$-"),
        (0, '0;-0;"none"', "none"),
        (5, "[Red]0", "5"),
        (7, 'General" km"', "7 km"),
        (15, '0" °C"', "15 °C"),
    ],
)
def test_a_number_has_the_form_of_its_code(value: float, code: str, text: str) -> None:
    assert number_as_shown(float(value), code) == text


@pytest.mark.parametrize("code", ["General", "@", "", "yyyy-mm-dd", "# ?/?", "0.00E+00", "hh:mm", "[DBNum1]0", ";;;"])
def test_a_number_whose_code_is_not_understood_keeps_its_digits(code: str) -> None:
    assert number_as_shown(45000.0, code) is None


def test_codes_that_change_nothing_are_not_looked_for() -> None:
    assert [is_understood(code) for code in ("General", "@", "yyyy", "00000", '"a"0')] == [False] * 3 + [True] * 2


@pytest.mark.parametrize(
    ("value", "text"), [(4111111111111111.0, "4111111111111111"), (1.2345678901234567e19, "12345678901234567000")]
)
def test_a_whole_number_has_all_its_digits(value: float, text: str) -> None:
    assert whole_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?.,%;-()"[]@_*\\ aE/', max_size=20))
def test_no_code_breaks_the_reader(value: float, code: str) -> None:
    assert isinstance(number_as_shown(value, code), str | None)


@given(st.integers(0, 99_999))
def test_five_zeros_are_five_digits(number: int) -> None:
    assert number_as_shown(float(number), "00000") == f"{number:05}"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (dt.time(9, 0), "hh:mm", "09:00"),
        (dt.time(9, 0), "h:mm", "9:00"),
        (dt.time(9, 0, 7), "[$-409]h:mm:ss AM/PM;@", "9:00:07 AM"),
        (dt.time(21, 5), "h:mm AM/PM", "9:05 PM"),
        (dt.time(0, 30), "h:mm AM/PM", "12:30 AM"),
        (dt.time(12, 30), "h:mm AM/PM", "12:30 PM"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (dt.timedelta(minutes=90), "[mm]:ss", "90:00"),
        (dt.time(9, 5), 'h" h "mm', "9 h 05"),
    ],
)
def test_a_time_has_the_form_of_its_code(value: dt.time | dt.timedelta, code: str, text: str) -> None:
    assert time_as_shown(value, code) == text


@pytest.mark.parametrize("code", ["yyyy-mm-dd hh:mm", "mmm", "mm", "General", "0.00", "hhh:mm"])
def test_a_code_with_more_than_a_time_is_not_one_of_a_time(code: str) -> None:
    assert not is_time_code(code)
    assert time_as_shown(dt.time(9, 0), code) is None

import contextlib

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonhold.curate.privacy.phone import find_phones, is_surely_of_no_length


def found(text: str, *regions: str) -> list[tuple[str, str]]:
    return [(text[start:end], tier) for start, end, tier in find_phones(text, regions)]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("call (503) 222-3456 now", "US", "(503) 222-3456"),
        ("00 254 20 2222222?", "KE", ""),
        ("piga 0712 345 678", "KE", "0712 345 678"),
        ("+254 712 345 678", "", "+254 712 345 678"),
        ("llama al 55 1234 5678", "MX", "55 1234 5678"),
        ("98765 43210", "IN", "98765 43210"),
        ("Tel. 030/12345678", "DE", "030/12345678"),
        ("06 12 34 56 78", "FR", "06 12 34 56 78"),
        ("(11) 96123-4567", "BR", "(11) 96123-4567"),
        ("8 (71234) 5 67 89", "KZ", "8 (71234) 5 67 89"),
        ("x 503-222-3456 x123", "US", "503-222-3456 x123"),
    ],
)
def test_a_number_of_the_plan_is_certain(text: str, region: str, number: str) -> None:
    if number:
        assert found(text, *filter(None, [region])) == [(number, "certain")]
    else:
        assert [tier for _, tier in found(text, region)] == ["likely"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("desk (503-222-3456) now", ["503-222-3456"]),
        ("desk ((503) 222-3456)", ["(503) 222-3456"]),
        ("desk (503 222-3456", ["503 222-3456"]),
        ("(503) 222-3456/(503) 222-3457", ["(503) 222-3456", "(503) 222-3457"]),
        ("(503) 222-3456 / (503) 222-3457", ["(503) 222-3456", "(503) 222-3457"]),
        ("(206) 555-0177/(206) 555-0142", ["(206) 555-0177", "(206) 555-0142"]),
    ],
)
def test_brackets_around_a_number_and_slashes_between_two_stay(text: str, numbers: list[str]) -> None:
    assert [number for number, _ in found(text, "US")] == numbers


def test_a_number_of_another_country_is_likely() -> None:
    assert found("0712 345 678", "US") == [("0712 345 678", "likely")]
    assert found("0712 345 678", "US", "KE") == [("0712 345 678", "certain")]


@pytest.mark.parametrize("text", ["011 15-2345-6789", "254 712-345-678", "91 98123-45678", "(011) 15 2345-6789"])
def test_the_code_of_an_area_or_country_is_a_part_of_the_number(text: str) -> None:
    assert found(f"at {text}.", "JP") == [(text, "likely")]


def test_a_short_number_counts_behind_a_word_for_phones_only() -> None:
    assert found("my cell: 5550123", "US") == [("5550123", "likely")]
    assert found("my total: 5550123", "US") == []


@pytest.mark.parametrize(
    "text",
    [
        "3.14159265358",
        "1.250.000 personas",
        "9783161484100",
        "ISBN-10: 99921-58-10-7",
        "503 2 2 2 3456",
        "97203-1234",
        "1990 2000",
        "2000-10-12T20:49:24",
        "12000000 mg",
        "97201-1234",
        "call 1-800-CDC-INFO",
        "call 1-800-273-TALK",
        "45.512345, -122.658722",
        "12500 34000 22100 11800",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert found(text, "US") == []


def test_numbers_in_a_long_row_are_told_apart_by_the_plan() -> None:
    assert found("503 222 3456 971 222 3456 1", "US") == [("503 222 3456", "certain"), ("971 222 3456", "certain")]


def test_a_postcode_in_front_is_not_a_part_of_the_number() -> None:
    assert found("97201 503-222-3456", "US") == [("503-222-3456", "certain")]


@given(
    st.sampled_from(["US", "AG", "GB", "DE", "IT", "AR", "BR", "MX", "IN", "KE", "HU", "KZ"]),
    st.sampled_from(["", "0", "1", "00", "011", "15", "06", "8", "44"]),
    st.text("0123456789", min_size=7, max_size=15),
)
@example("AG", "", "4641234")  # a short one, which the plan of Antigua makes whole
@example("AR", "0", "11152345678")
def test_what_is_told_by_its_length_alone_is_in_no_plan(region: str, prefix: str, digits: str) -> None:
    text = f"{prefix}{digits}"
    with contextlib.suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(text, region)
        assert not (phonenumbers.is_valid_number(number) and is_surely_of_no_length(text, region))


def test_a_length_tells_something() -> None:
    assert is_surely_of_no_length("4594 5282 9378", "US")
    assert not is_surely_of_no_length("011 44 20 7946 0958", "US")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.curate.settings import PersonalData

ALL: tuple[PersonalData, ...] = ("email", "phone", "id_number", "payment_card")


def masked(text: str, region: str = "US", kinds: tuple[PersonalData, ...] = ALL) -> str:
    return Redactor(RedactionSettings(kinds, (region,))).redact(text).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ana.lopez+desk@mail.riverbend.example.", "write to [EMAIL]."),
        ("'ana@riverbend.example' or bo@x.org", "'[EMAIL]' or [EMAIL]"),
        ("mailto:ana@riverbend.example- thanks", "mailto:[EMAIL]- thanks"),
        ("jos\u00e9@espa\u00f1a.example", "[EMAIL]"),
        (f"{'a' * 80}@x.example", f"{'a' * 16}[EMAIL]"),
    ],
)
def test_email_addresses_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["meet @ 5.30", "@riverbend on the web", "3 @ $2.50", "a@b", "name@ example.org"])
def test_at_signs_alone_are_not_email_addresses(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 503-555-0123.", "call [PHONE]."),
        ("call 555-0100 or 555.0199", "call [PHONE] or [PHONE]"),
        ("(503) 555-0142", "[PHONE]"),
        ("5035550123 is my cell", "[PHONE] is my cell"),
        ("+52 55 1234 5678", "[PHONE]"),
        ("tel:+1-503-555-0123", "tel:[PHONE]"),
        ("in 97201 call 555-0123", "in 97201 call [PHONE]"),
        ("8am-5pm 555-0123", "8am-5pm [PHONE]"),
        ("5 0 3 5 5 5 0 1 2 3", "[PHONE]"),
        ("on 3/14/2025 from 503-555-0123", "on 3/14/2025 from [PHONE]"),
        ("pay $20, then 503 555 0123", "pay $20, then [PHONE]"),
        ("٥٠٣٥٥٥٠١٢٣", "[PHONE]"),
    ],
)
def test_phone_numbers_are_masked_also_those_reserved_for_examples(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Desk: Streets, ext. 204",
        "call 911 or 311, or 911/311",
        "2025-03-14 10:30",
        "3/14/2025 and 03-14-2025 and 14.03.2025",
        "2024-2025",
        "$1,250,000.00 or $1250000",
        "1250000 pesos, 1.250.000 dollars",
        "1315 Oak Street, Apt 204, Riverbend 97201-1234",
        "case 2024-001234",
        "12 and 13, 14; 15 days, 48 hours",
        "dose 3 5 11 5 21 5",
        "555-012",
    ],
)
def test_numbers_that_are_no_phone_numbers_stay(text: str) -> None:
    assert masked(text) == text


def test_postcodes_stay_in_countries_with_short_phone_numbers() -> None:
    assert masked("10115 Berlin, Haus 1234", region="DE") == "10115 Berlin, Haus 1234"


def test_dates_and_years_stay_in_countries_with_phone_numbers_of_eight_digits() -> None:
    assert masked("2025-03-14, 2024-2025, 22 12 34 56", region="NO") == "2025-03-14, 2024-2025, [PHONE]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my ssn is 000-12-3456", "my ssn is [ID]"),
        ("987-65-4320, thanks", "[ID], thanks"),
        ("666 12 3456", "[ID]"),
        ("SSN: 900123456", "SSN: [ID]"),
        ("mi seguro social es 900123456", "mi seguro social es [ID]"),
    ],
)
def test_social_security_numbers_are_masked_also_those_never_issued(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["987-65-43210", "1987-65-4320", "987-65 4320", "parcel 900123456", "97201-1234"])
def test_numbers_that_only_resemble_social_security_numbers_stay(text: str) -> None:
    assert masked(text, kinds=("id_number",)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111", "[CARD]"),
        ("4111-1111-1111-1111.", "[CARD]."),
        ("4111111111111111", "[CARD]"),
        ("3782 822463 10005", "[CARD]"),
        ("4111 1111 1111 1111 12/28", "[CARD] 12/28"),
        ("4111 1111 1111 1111 4242 4242 4242 4242", "[CARD] [CARD]"),
    ],
)
def test_payment_cards_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["4111 1111 1111 1112", "0000 0000 0000 0000", "4111 1111 1111", "v4111111111111111"])
def test_digits_with_a_wrong_check_digit_length_or_beginning_are_no_cards(text: str) -> None:
    assert masked(text, kinds=("payment_card",)) == text


def test_only_the_kinds_asked_for_are_masked() -> None:
    text = "555-0123 or ana@x.example"
    assert masked(text, kinds=("email",)) == "555-0123 or [EMAIL]"
    assert masked(text, kinds=()) == text


def test_two_kinds_in_one_text_are_counted_apart() -> None:
    finds = Redactor(RedactionSettings(ALL, ("US",))).redact("555-0123, 555-0124, ana@x.example").finds
    assert [find.kind for find in finds] == ["phone", "phone", "email"]


@given(st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=("Nd", "Cs"), exclude_characters="@")))
def test_text_without_digits_and_at_signs_is_never_changed(text: str) -> None:
    assert masked(text) == text


@given(st.text("ab ,.;", max_size=30), st.integers(100, 199), st.text("ab ,.;", max_size=30))
def test_a_reserved_phone_number_is_found_between_any_words(before: str, line: int, after: str) -> None:
    assert f"555-0{line}" not in masked(f"{before} 555-0{line} {after}")

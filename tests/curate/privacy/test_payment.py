import pytest

from commonhold.curate.privacy.payment import find_cards, find_ibans, has_issuer, is_card

# Test numbers that the issuers publish; none is an account.
CARDS = {
    "Visa": "4111 1111 1111 1111",
    "Visa, 13": "4222222222222",
    "Mastercard": "5555555555554444",
    "Mastercard, 2-series": "2223003122003222",
    "American Express": "3782 822463 10005",
    "Diners Club": "3056 930902 5904",
    "Discover": "6011111111111117",
    "JCB": "3530 1113 3330 0000",
    "Maestro": "6759649826438453",
    "UnionPay": "6200000000000005",
    "Mir": "2200000000000004",
}


@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS.keys())
def test_cards_of_every_issuer_are_certain(number: str) -> None:
    text = f"card {number}, thanks"
    assert [(text[start:end], tier) for start, end, tier in find_cards(text)] == [(number, "certain")]


@pytest.mark.parametrize(
    "number", ["4111111111111110", "4111 1111 1111 1110", "5555555555554440", "6200000000000010000"]
)
def test_a_card_that_a_spreadsheet_cut_off_after_15_digits_is_likely(number: str) -> None:
    text = f"card {number}, thanks"
    assert [(text[start:end], tier) for start, end, tier in find_cards(text)] == [(number, "likely")]


@pytest.mark.parametrize("number", ["4111111111111113", "1111111111111110", "378282246310000", "422222222222220"])
def test_other_numbers_without_a_check_digit_are_no_cards(number: str) -> None:
    assert list(find_cards(f"no. {number}")) == []


def test_a_right_check_digit_without_an_issuer_is_likely() -> None:
    assert [tier for *_, tier in find_cards("9000 0000 0000 0001")] == ["likely"]


@pytest.mark.parametrize("digits", ["424242424242", "0000000000000000", "4111111111111112", "42424242424242424242"])
def test_wrong_length_beginning_or_check_digit_is_no_card(digits: str) -> None:
    assert not is_card(digits)


@pytest.mark.parametrize("digits", ["4" * 14, "51" + "0" * 13, "34" + "0" * 14])
def test_an_issuer_has_numbers_of_its_own_lengths_only(digits: str) -> None:
    assert not has_issuer(digits)


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("2220" + "0" * 12, False), ("2221" + "0" * 12, True), ("2720" + "0" * 12, True), ("2721" + "0" * 12, False)],
)
def test_both_ends_of_a_range_of_prefixes_belong_to_it(digits: str, expected: bool) -> None:
    assert has_issuer(digits) is expected


# The examples of the IBAN registry.
@pytest.mark.parametrize(
    "number",
    [
        "GB29 NWBK 6016 1331 9268 19",
        "gb29nwbk60161331926819",
        "DE89370400440532013000",
        "NO93 8601 1117 947",
        "MT84MALT011000012345MTLCAST001S",
        "FR14 2004 1010 0505 0001 3M02 606",
    ],
)
def test_account_numbers_are_found_also_before_other_words(number: str) -> None:
    text = f"pay to {number} today or call 1234"
    assert [text[start:end] for start, end, _ in find_ibans(text)] == [number]


@pytest.mark.parametrize(
    "text",
    ["GB28 NWBK 6016 1331 9268 19", "XX29NWBK60161331926819", "DE8937040044053201300", "AGB29NWBK60161331926819"],
)
def test_a_wrong_check_digit_country_or_length_is_no_account(text: str) -> None:
    assert list(find_ibans(text)) == []

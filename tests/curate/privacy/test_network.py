import pytest

from commonhold.curate.privacy.network import find_ips, find_url_secrets


def ips(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], tier) for start, end, tier in find_ips(text)]


def secrets(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in find_url_secrets(text)]


@pytest.mark.parametrize(
    "address",
    ["10.218.6.131", "203.0.113.7", "2001:db8::8a2e:370:7334", "3b20:9a3a:1b2f:7ce:9ef1:4787:85fc:261e", "fe80::1"],
)
def test_addresses_are_certain(address: str) -> None:
    assert ips(f"from {address}, and") == [(address, "certain")]


def test_four_small_numbers_may_be_a_section() -> None:
    assert ips("see 3.2.1.4") == [("3.2.1.4", "likely")]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "255.255.255.0",
        "0.0.0.0",
        "::1",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "version 10.2.3.44",
        "12:30:45",
        "std::string",
        "abc::def",
        "a1::",
        "at 10:30:00-11:00:00",
        "x10.2.3.44",
        "10.2.3.44-b",
    ],
)
def test_what_is_nobodys_address_stays(text: str) -> None:
    assert ips(text) == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://ana:s3cret@host.example/x", "ana:s3cret"),
        ("https://host.example/x?id=3&access_token=abc123def&z=1", "abc123def"),
        ("https://host.example/#sid=0123456789", "0123456789"),
        ("https://host.example/reset/0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F", "0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F"),
        (
            "bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.abc-def_123",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.abc-def_123",
        ),
    ],
)
def test_what_opens_a_door_is_found_and_the_rest_of_the_address_is_not(text: str, secret: str) -> None:
    assert secrets(text) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "https://host.example/page?q=monkey&monkey=bananas",
        "https://host.example/?token=abc",
        "https://host.example/a-very-long-title-of-a-page-without-any-number-in-it",
        "https://host.example/file/0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F.pdf",
        "and/or/0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F",
        "https://host.example/user@home",
    ],
)
def test_ordinary_addresses_stay(text: str) -> None:
    assert secrets(text) == []

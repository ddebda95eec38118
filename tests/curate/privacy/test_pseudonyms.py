import pytest

from commonhold.curate.privacy.pseudonyms import Pseudonyms, same_value


@pytest.mark.parametrize(
    ("label", "one", "other"),
    [
        ("PHONE", "+1 503 555 0123", "(503) 555-0123"),
        ("PHONE", "503-555-0123 x12", "5035550123"),
        ("NAME", "María López", "MARIA  LOPEZ"),
        ("ADDRESS", "12 Oak Street", "12 oak street,"),
        ("CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("EMAIL", "Ana@X.example", "ana@x.example"),
    ],
)
def test_two_spellings_of_a_value_have_one_pseudonym(label: str, one: str, other: str) -> None:
    names = Pseudonyms(b"key")
    assert names.pseudonym(label, one) == names.pseudonym(label, other)


def test_other_values_labels_and_keys_have_other_pseudonyms() -> None:
    names = Pseudonyms(b"key")
    ids = {
        names.pseudonym("PHONE", "503-555-0123"),
        names.pseudonym("PHONE", "503-555-0124"),
        names.pseudonym("ID", "503-555-0123"),
        Pseudonyms(b"kez").pseudonym("PHONE", "503-555-0123"),
    }
    assert len(ids) == 4


def test_numbers_stay_in_their_range_and_use_all_of_it() -> None:
    names = Pseudonyms(b"key", numbers=5)
    assert {names.number("PHONE", str(5550000 + line)) for line in range(200)} == {1, 2, 3, 4, 5}


def test_a_number_never_changes() -> None:
    # HMAC-SHA-256 under "key" of ["pseudonym/1","NAME","ana"]: first 128 bits modulo 20, plus one.
    assert Pseudonyms(b"key").number("NAME", "Ana") == int("9abcba0258a81a183bae9dfd97563adc", 16) % 20 + 1


@pytest.mark.parametrize(("key", "numbers"), [(b"", 20), (b"key", 0), (b"key", 10**9)])
def test_no_key_or_no_numbers_is_refused(key: bytes, numbers: int) -> None:
    with pytest.raises(ValueError, match="pseudonyms need a key"):
        Pseudonyms(key, numbers)


def test_the_key_is_never_shown() -> None:
    assert "secret" not in repr(Pseudonyms(b"secret"))


def test_half_a_character_is_no_reason_to_stop() -> None:
    assert len(Pseudonyms(b"key").pseudonym("NAME", "a\ud83d")) == 32
    assert same_value("PHONE", "٠٧١٢") == "0712"

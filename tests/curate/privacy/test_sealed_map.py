from collections import Counter
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.privacy.sealed_map import MapEntry, new_private_key, public_key, seal, unseal
from commonhold.errors import DigestError, RequestError

ENTRIES = (
    MapEntry("record-1", "[NAME-3]", "own_name", "ab" * 16, "Ana López"),
    MapEntry("record-2", "[PHONE-1]", "phone", "cd" * 16, "503-555-0123"),
)
ANA, BO, EVE = (new_private_key() for _ in range(3))
SEALED = seal(ENTRIES, [public_key(ANA), public_key(BO)])


@pytest.mark.parametrize("key", [pytest.param(ANA, id="Ana"), pytest.param(BO, id="Bo")])
def test_every_steward_opens_the_map_alone(key: bytes) -> None:
    assert unseal(SEALED, key) == ENTRIES


def test_nobody_else_does() -> None:
    with pytest.raises(RequestError, match="does not open"):
        unseal(SEALED, EVE)


def test_nothing_of_an_entry_can_be_read_in_the_file() -> None:
    for secret in ("Ana López".encode(), b"503-555", b"[NAME-3]", b"record-1", b"abababab", public_key(ANA)):
        assert secret not in SEALED


def test_without_a_key_there_is_no_map() -> None:
    with pytest.raises(RequestError, match="without a steward's public key"):
        seal(ENTRIES, [])


@pytest.mark.parametrize("place", [0, 17, 18, 60, 100, 170, 180, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    damaged = bytearray(SEALED)
    damaged[place] ^= 1
    for key in (ANA, BO):
        with pytest.raises((DigestError, RequestError)):
            unseal(bytes(damaged), key)


def test_a_damaged_payload_is_not_blamed_on_the_key() -> None:
    with pytest.raises(DigestError, match="changed or damaged"):
        unseal(SEALED[:-1], ANA)


@given(st.binary(max_size=300))
def test_other_files_are_told_from_maps(data: bytes) -> None:
    with pytest.raises(DigestError):
        unseal(data, ANA)


@given(st.integers(0, len(SEALED) - 1))
def test_a_part_of_a_map_is_none(length: int) -> None:
    with pytest.raises(DigestError):
        unseal(SEALED[:length], ANA)


@given(st.lists(st.builds(MapEntry, st.text(), st.text(), st.text(), st.text(), st.text()), max_size=5))
def test_what_was_sealed_comes_out(entries: list[MapEntry]) -> None:
    opened = unseal(seal(entries, [public_key(ANA)]), ANA)
    assert Counter(map(astuple, opened)) == Counter(map(astuple, entries))


def test_a_map_is_sealed_differently_every_time() -> None:
    again = seal(ENTRIES, [public_key(ANA), public_key(BO)])
    assert again != SEALED
    assert len(again) == len(SEALED)


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(RequestError, match="has 32 bytes"):
        seal(ENTRIES, [key])
    with pytest.raises(RequestError, match="has 32 bytes"):
        unseal(SEALED, key)


def test_a_point_of_small_order_is_no_key() -> None:
    with pytest.raises(RequestError, match="not a steward's public key"):
        seal(ENTRIES, [bytes(32)])


def test_the_public_key_is_that_of_the_standard() -> None:
    # RFC 7748, section 6.1: Alice's key pair.
    private = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    assert public_key(private).hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"


def test_an_entry_does_not_show_its_value() -> None:
    assert "Ana" not in repr(ENTRIES[0])

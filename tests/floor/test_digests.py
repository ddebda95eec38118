"""Digests: equal things agree, different things do not, and the figures are those of the standards."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.digests import canonical_json, digest_of, digests_below, same_digests, sha256_bytes, sha256_file, short
from commonhold.keyed_ids import keyed_id

# FIPS 180-2, appendix B.1
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=10,
)


def test_canonical_json_sorts_keys_and_keeps_letters() -> None:
    assert canonical_json({"b": [1, 2.5, None], "a": "ñ", "A": True}) == '{"A":true,"a":"ñ","b":[1,2.5,null]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"deep": [float("-inf")]}])
def test_canonical_json_refuses_what_json_has_no_word_for(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(value)


def test_canonical_json_refuses_sets_because_they_have_no_order() -> None:
    with pytest.raises(TypeError):
        canonical_json({1, 2})


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_digest_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


@pytest.mark.parametrize(
    ("left", "right"),
    [(["ab", "c"], ["a", "bc"]), ("1", 1), (1, 1.0), (None, "null"), ([], {}), (["a", ["b"]], ["a", "b"]), (True, 1)],
)
def test_things_that_look_alike_differ(left: object, right: object) -> None:
    assert digest_of(left) != digest_of(right)


def test_sha256_of_abc_is_the_standards() -> None:
    assert sha256_bytes(b"abc") == ABC


def test_sha256_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "abc"
    file.write_bytes(b"abc")
    assert sha256_file(file) == ABC


def test_sha256_of_a_file_larger_than_a_chunk_reads_all_of_it(tmp_path: Path) -> None:
    data = b"x" * (1 << 20) + b"y"
    (tmp_path / "large").write_bytes(data)
    assert sha256_file(tmp_path / "large") == hashlib.sha256(data).hexdigest()


def test_digests_below_names_files_by_their_path_inside(tmp_path: Path) -> None:
    (tmp_path / "sub" / "empty_folder").mkdir(parents=True)
    (tmp_path / "sub" / "abc.txt").write_bytes(b"abc")
    (tmp_path / "empty.txt").write_bytes(b"")
    assert digests_below(tmp_path) == {"empty.txt": EMPTY, "sub/abc.txt": ABC}


def test_keyed_id_is_the_first_half_of_hmac_sha256() -> None:
    # echo -n '["what do ya want for nothing?"]' | openssl dgst -sha256 -hmac Jefe
    assert keyed_id(b"Jefe", "what do ya want for nothing?") == "18150a2a6e88d01f43cbd9eb14a7a725"


def test_keyed_id_differs_under_another_key() -> None:
    assert keyed_id(b"one", "text") != keyed_id(b"two", "text")


def test_keyed_id_knows_where_one_part_ends() -> None:
    assert keyed_id(b"key", "ab", "c") != keyed_id(b"key", "a", "bc")


def test_short_is_twelve_digits() -> None:
    assert short(ABC) == "ba7816bf8f01"


def test_same_digests_names_changed_missing_and_added_files() -> None:
    assert same_digests({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x", "d": "4"}) == ["b", "c", "d"]


def test_same_digests_of_equal_sides_is_empty() -> None:
    assert same_digests({"a": "1"}, {"a": "1"}) == []

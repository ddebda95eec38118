"""JSON that two readers could understand differently, or that costs them their memory, is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.strict_json import parse_json, parse_json_lines

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(value=PLAIN)
def test_plain_json_reads_as_the_library_reads_it(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")
    assert parse_json(data) == json.loads(data)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse_json(data)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both ends are fine, a crash is not


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b'{"a": 1, "a": 2}', "has the key 'a' twice"),
        (b'{"x": {"b": 1, "c": 2, "b": 1}}', "has the key 'b' twice"),
        (b"[NaN]", "holds NaN, which JSON does not know"),
        (b"-Infinity", "holds -Infinity"),
        (b"1e999", "holds the number 1e999"),
        (b"1" * 65, "holds a number of 65 characters"),
        (b"0." + b"1" * 63, "holds a number of 65 characters"),
        (b"1" * 5000, "holds a number of 5,000 characters"),
        (b"[" * 65 + b"]" * 65, "is nested more than 64 levels deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "is nested more than 64 levels deep"),
        (b"[" * 100_000, "is nested more than 64 levels deep"),
        (b"\xff", "is not text in UTF-8"),
        (b"\xef\xbb\xbf{}", "is not JSON"),
        (b'"\\ud800"', "half a character"),
        (b'{"\\udfff": 1}', "half a character"),
        (b"", "is not JSON"),
        (b"{} {}", "is not JSON: Extra data in line 1"),
        (b"[1,]", "is not JSON"),
        (b"[" + b"[]," * 2_000_001 + b"1]", "larger than any JSON here has to be"),
    ],
)
def test_trap_is_refused_with_its_own_words(data: bytes, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        parse_json(data)


@pytest.mark.parametrize(
    "data",
    [b"1" * 64, b"[" * 64 + b"]" * 64, b'"\\ud83d\\ude00"', b'{"a": {"a": 1}}', b'[{"a": 1}, {"a": 2}]', b"1e308"],
)
def test_what_only_looks_like_a_trap_is_read(data: bytes) -> None:
    assert parse_json(data) == json.loads(data)


def test_lines_are_read_one_by_one_and_a_bad_one_is_named() -> None:
    assert parse_json_lines(b'{"a": 1}\n[2]\n') == [{"a": 1}, [2]]
    with pytest.raises(ValueError, match="line 2 has the key 'a' twice"):
        parse_json_lines(b'{}\n{"a": 1, "a": 1}\n')
    with pytest.raises(ValueError, match="line 2 is not JSON"):
        parse_json_lines(b"{}\n\n{}\n")

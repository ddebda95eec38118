"""Safetensors files are read without torch, and damaged or odd ones refused."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.models import adapter
from commonhold.publish.allowed_files import look_through
from commonhold.publish.tensors import read_header, tensors_digest

TensorFile = Callable[..., bytes]


def write(folder: Path, data: bytes, name: str = "x.safetensors") -> Path:
    """A file with these bytes."""
    (folder / name).write_bytes(data)
    return folder / name


def with_header(header: Any, data: bytes = b"") -> bytes:
    """A safetensors file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(start: int, end: int, shape: Any = (1,), dtype: str = "F32") -> dict[str, Any]:
    """A header's line for one tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def test_digest_is_the_one_that_training_takes(tensor_file: TensorFile, tmp_path: Path) -> None:
    path = write(tmp_path, tensor_file({"b": [1.0, -2.5], "a": [3.0]}, {"format": "pt"}))
    assert tensors_digest([path]) == adapter.tensor_digest(path)


def test_order_and_metadata_do_not_count_but_values_do(tensor_file: TensorFile, tmp_path: Path) -> None:
    first = write(tmp_path, tensor_file({"a": [1.0], "b": [2.0]}), "1.safetensors")
    second = write(tmp_path, tensor_file({"b": [2.0], "a": [1.0]}, {"by": "me"}), "2.safetensors")
    third = write(tmp_path, tensor_file({"a": [2.0], "b": [1.0]}), "3.safetensors")
    assert tensors_digest([first]) == tensors_digest([second]) != tensors_digest([third])


@pytest.mark.parametrize("header_bytes", [0x280, 0x380, 0x480, 0x580])
def test_header_whose_length_begins_like_a_pickle_is_no_pickle(
    header_bytes: int, tensor_file: TensorFile, tmp_path: Path
) -> None:
    path = write(tmp_path, tensor_file({"a": [1.0]}, header_bytes=header_bytes))
    assert path.read_bytes()[:1] == b"\x80"
    assert look_through(tmp_path).problems == []


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", "header is longer"),
        (b"\x02\0\0", "header is longer"),
        (with_header({})[:-1], "header is longer"),
        ((1 << 62).to_bytes(8, "little") + b"{}", "header is longer"),
        (with_header(b"[]"), "not a JSON object"),
        (with_header(b" {}"), "not a JSON object"),
        (with_header(b"[" * 100_000), "nested"),
        (with_header(b'{"a": 1, "a": 2}'), "twice"),
        (with_header({"a": entry(0, 4)}, b"12345"), "belong to no tensor"),
        (with_header({"a": entry(0, 4)}, b"123"), "belong to no tensor"),
        (with_header({"a": entry(1, 5)}, b"12345"), "hole or an overlap"),
        (with_header({"a": entry(0, 4), "b": entry(2, 6)}, b"123456"), "hole or an overlap"),
        (with_header({"a": entry(0, 4, [2])}, b"1234"), "as its shape asks for"),
        (with_header({"a": entry(0, 4, [-1, -1])}, b"1234"), "no whole number"),
        (with_header({"a": entry(0, 4, [True])}, b"1234"), "no whole number"),
        (with_header({"a": entry(0, 4, dtype="O")}, b"1234"), "known type"),
        (with_header({"a": 1}), "known type"),
    ],
)
def test_file_that_is_not_whole_is_refused(data: bytes, trouble: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=trouble):
        read_header(write(tmp_path, data))


@given(data=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_as_a_wrong_value(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write(tmp_path_factory.getbasetemp(), with_header(data) if data[:1] == b"{" else data, "any.safetensors")
    with contextlib.suppress(ValueError):
        assert sum(tensor.end - tensor.start for tensor in read_header(path)) <= len(data)

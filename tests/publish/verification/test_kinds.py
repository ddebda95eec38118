"""Sound weights, pages and configurations pass; what is beside them does not."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.publish.verification.hostile_folders import gguf, number, tensor, word

from commonhold.publish.tensors import first_endless
from commonhold.publish.verification.gguf_header import read_gguf_header
from commonhold.publish.verification.kinds import trouble_with_kind
from commonhold.publish.verification.pages import trouble_with_page

BYTES = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}


def weights(path: Path, dtype: str, raw: bytes) -> Path:
    """A safetensors file with one tensor."""
    shape = [len(raw) // BYTES[dtype]]
    header = json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": [0, len(raw)]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + raw)
    return path


def finite(dtype: str, raw: bytes) -> bool:
    """What numpy says."""
    if dtype == "BF16":
        wide = np.frombuffer(raw, np.uint16).astype(np.uint32) << 16
        return bool(np.isfinite(wide.view(np.float32)).all())
    kind = {"F16": np.float16, "F32": np.float32, "F64": np.float64}[dtype]
    return bool(np.isfinite(np.frombuffer(raw, kind)).all())


@given(dtype=st.sampled_from(sorted(BYTES)), data=st.binary(max_size=64), top=st.sampled_from([0x7C, 0x7F, 0xFC, 0xFF]))
def test_numbers_that_are_none_are_those_of_numpy(
    dtype: str, data: bytes, top: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # The last byte is one of those with which NaN and infinity begin: by chance alone they would be rare.
    raw = data[: len(data) // BYTES[dtype] * BYTES[dtype]]
    raw = raw[:-1] + bytes([top]) if raw else raw
    path = weights(tmp_path_factory.getbasetemp() / "numbers.safetensors", dtype, raw)
    assert (first_endless(path) == "") is finite(dtype, raw)


@pytest.mark.parametrize(("dtype", "largest"), [("F32", "<f"), ("F64", "<d"), ("F16", "<e")])
def test_the_largest_number_is_still_one(dtype: str, largest: str, tmp_path: Path) -> None:
    most = {"F32": 3.4028234663852886e38, "F64": 1.7976931348623157e308, "F16": 65504.0}[dtype]
    raw = struct.pack(largest, most) + struct.pack(largest, -most)
    assert first_endless(weights(tmp_path / "x.safetensors", dtype, raw)) == ""


def test_a_nan_behind_a_megabyte_is_found(tmp_path: Path) -> None:
    raw = bytes((1 << 20) - 4) + struct.pack("<f", 1.0) + struct.pack("<f", float("nan"))
    assert first_endless(weights(tmp_path / "x.safetensors", "F32", raw)) == "w"


def test_a_sound_gguf_tells_its_keys_and_tensors(tmp_path: Path) -> None:
    (tmp_path / "merged").mkdir()
    texts = word("tokens") + struct.pack("<IIQ", 9, 8, 2) + word("a") + word(b"\xff")
    lists = word("scores") + struct.pack("<IIQ", 9, 6, 3) + struct.pack("<3f", 1, 2, 3)
    keys = [word("name") + struct.pack("<I", 8) + word("desk"), number("layers"), texts, lists]
    # Eight 32-bit numbers fill a step of 32 bytes; one block of Q8_0 takes 34 bytes of the next 64.
    gguf(keys, [tensor("a"), tensor("b", (32,), kind=8, offset=32)], bytes(32) + bytes(34))(tmp_path)
    found = read_gguf_header(tmp_path / "merged/model.gguf")
    assert (found.keys, found.tensors) == (("name", "layers", "tokens", "scores"), ("a", "b"))


@pytest.mark.parametrize(("extra", "sound"), [(0, True), (30, True), (31, False)])
def test_a_gguf_may_be_filled_up_to_its_next_step_and_no_further(extra: int, sound: bool, tmp_path: Path) -> None:
    (tmp_path / "merged").mkdir()
    gguf([], [tensor("b", (32,), kind=8)], bytes(34 + extra))(tmp_path)
    assert (trouble_with_kind(tmp_path / "merged/model.gguf", b"GGUF") == "") is sound


@given(data=st.binary(max_size=120))
def test_any_bytes_are_a_gguf_or_are_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0" + data)
    try:
        read_gguf_header(path)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both ends are fine, a crash is not


@pytest.mark.parametrize(
    "text",
    [
        "<p>Better.",
        "<p>&lt;script&gt; in a message of a resident",
        "<a href='https://community.example/'>page</a> <a href='#top'>up</a> <a href='mailto:a@b.example'>mail</a>",
        "<img src='data:image/png;base64,AAAA'> <svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><style>p{color:red}</style>",
        "onclick=alert(1) and javascript:alert(1), as words",
    ],
)
def test_pages_of_text_and_drawings_pass(text: str) -> None:
    assert trouble_with_page(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<script src=x>",
        "<a href='data:text/html,x'>",
        "<img src=x.png>",
        "<link rel=stylesheet href=x.css>",
        "<base href='https://x.example/'>",
        "<form action=/x>",
        "<svg><foreignObject>",
        "<use xlink:href='http://x.example/#y'>",
        "<a href='ftp://x.example/'>",
        "<p onfocus=x>",
    ],
)
def test_pages_that_do_something_are_refused(text: str) -> None:
    assert trouble_with_page(text) != ""


@pytest.mark.parametrize(
    ("config", "sound"),
    [
        ({"auto_mapping": None, "auto_map": {}, "trust_remote_code": False}, True),
        ({"model": {"auto_map": 1}}, True),
        ({"custom_pipelines": {"x": 1}}, False),
    ],
)
def test_a_configuration_may_name_what_it_does_not_use(config: object, sound: bool, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert (trouble_with_kind(tmp_path / "config.json", b"{") == "") is sound


def test_the_reports_that_the_stages_write_are_pages_of_text_and_drawings() -> None:
    house = Path(__file__).parents[3] / "pipeline" / "commonhold"
    asks = {"serve", "people"}  # pages that answer, and are in no bundle
    templates = [path for path in house.rglob("*.jinja") if ".html" in path.name and not asks & {*path.parts}]
    assert len(templates) >= 3
    for path in templates:
        assert trouble_with_page(path.read_text(encoding="utf-8")) == "", path

"""What a file of each kind must be before anybody reads it: weights are weights, JSON is JSON, and text is text."""

from pathlib import Path

from commonhold.publish.tensors import first_endless
from commonhold.publish.verification.gguf_header import read_gguf_header
from commonhold.publish.verification.pages import trouble_with_page
from commonhold.strict_json import MOST_JSON_BYTES, parse_json, parse_json_lines

WEIGHTS = ".safetensors"
GGUF = ".gguf"
TEXTS = frozenset({".json", ".jsonl", ".md", ".html", ".yaml", ".jinja", ".txt", ".toml", ".patch"})
TEXTS_WITHOUT_SUFFIX = frozenset({"LICENSE", "NOTICE", "Modelfile"})
MAGIC = {
    b"\x80": "a Python pickle, which executes what it reads",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"PK\x07\x08": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"#!": "a program",
    b"\x89HDF": "an HDF5 file, which may hold a pickle",
    b"\x93NUMPY": "a numpy file, which may hold a pickle",
}
MOST_PARSED_BYTES = MOST_JSON_BYTES
FOREIGN_CODE = ("auto_map", "auto_mapping", "custom_pipelines", "trust_remote_code")
"""Keys of a configuration for which libraries load Python from elsewhere."""


def is_text(path: Path) -> bool:
    """Whether a file of this name has to be UTF-8 text."""
    return path.suffix in TEXTS or path.name in TEXTS_WITHOUT_SUFFIX


def trouble_with_kind(path: Path, head: bytes) -> str:
    """What is wrong with the kind of a file that begins with `head`; empty for nothing.

    Raises:
        OSError: the file may not be read.
    """
    if path.suffix == WEIGHTS:
        trouble = _weights(path)
    elif path.suffix == GGUF:
        trouble = _gguf(path)
    elif is_text(path):
        trouble = _text(path)
    else:
        kinds = ", ".join(sorted({WEIGHTS, GGUF, *TEXTS, *TEXTS_WITHOUT_SUFFIX}))
        trouble = f"files of this kind are not allowed; a bundle holds {kinds}"
    # The length at the head of a safetensors file may begin as a pickle does: a header of 1,152 bytes is 80 04.
    if path.suffix != WEIGHTS or trouble:
        return next((f"is {kind}" for magic, kind in MAGIC.items() if head.startswith(magic)), trouble)
    return trouble


def _weights(path: Path) -> str:
    try:
        endless = first_endless(path)
    except ValueError as error:
        return f"is not a safetensors file: {error}"
    return f"holds a number that is none (NaN or infinite) in the tensor {endless!a}" if endless else ""


def _gguf(path: Path) -> str:
    try:
        read_gguf_header(path)
    except ValueError as error:
        return f"is not a GGUF file: {error}"
    return ""


def _text(path: Path) -> str:
    if path.suffix not in {".json", ".jsonl", ".html"}:
        return ""
    if path.stat().st_size > MOST_PARSED_BYTES:
        return f"is larger than any file of this kind has to be ({path.stat().st_size:,} bytes)"
    data = path.read_bytes()
    try:
        if path.suffix == ".html":
            return trouble_with_page(data.decode())
        value = parse_json(data) if path.suffix == ".json" else parse_json_lines(data)
    except ValueError as error:
        return str(error)
    named = [key for key in FOREIGN_CODE if isinstance(value, dict) and value.get(key)]
    return f"asks for code from elsewhere ({named[0]})" if named else ""

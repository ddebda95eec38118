"""In which encoding a text file was saved: as declared, else as found, and said when it is a guess."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from commonhold.sheets.limits import refused

CHUNK_BYTES = 1 << 16
"""So few that they are still in the processor's cache when they are decoded."""
SAMPLE_BYTES = 1 << 16
HEAD_BYTES = 4096
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the first half of it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_KINDS = (
    (b"PK\x03\x04", ".xlsx, .ods or .docx"),
    (b"%PDF-", ".pdf"),
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"PAR1", ".parquet"),
    (b"\x1f\x8b", ".gz, which must be unpacked first"),
)
LATIN = re.compile(
    r"cp(437|775|85\d|86[0135]|125[0247])|iso8859_([123459]|1\d)|latin_1|mac_(roman|latin2|iceland|turkish)|hp_.*"
)
"""Encodings with one byte a letter that charset-normalizer mistakes for each other in short texts."""
ALPHABETS = (
    *("áéíóúüñ", "àâæçéèêëîïôœùûüÿ", "äöüß", "áâãàçéêíóôõúü", "àèéìíîòóùú", "åäöé", "æøåé", "áéíóúýðþæö"),
    *("éèëïöüáóú", "àéèíïóòúüç"),
)
"""Letters beyond ASCII of Spanish, French, German, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian,
Icelandic, Dutch, Catalan: the main exemplar characters of Unicode's CLDR 45."""
SYMBOL_IN_WORD = re.compile(r"[A-Za-z](?![’·])[^\w\s\x00-\x7f][A-Za-z]|[A-Za-z][¹²³]")
SAVE_AS_UTF_8 = "Save the file as UTF-8, or name its encoding in datasheet.yaml (encoding: windows-1252)"
DAMAGED = re.compile("[\udc80-\udcff]")
BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
HEALTHY = 4
"""Readable letters beyond ASCII for every unreadable byte, from which a file is UTF-8 with damaged rows."""


class Encoding(NamedTuple):
    """How to decode a file."""

    name: str
    errors: str = "strict"
    """`surrogateescape` when some bytes are unreadable; rows with them are bad rows."""
    warning: str = ""


def find_encoding(path: Path, declared: str | None = None) -> Encoding:
    """The encoding in which the whole file can be read.

    Without a declared one: the byte-order mark, UTF-8, UTF-16 without a mark, UTF-8 with a few damaged rows, and last
    the best guess of charset-normalizer, with a warning. Its guesses among the encodings of Latin letters are weak in
    short texts, so Windows-1252 goes first when it gives the letters of one language of western Europe.

    Raises:
        FormError: it is not text, or not in the encoding that was declared or marked.
    """
    if declared is not None:
        name = "utf-8-sig" if codecs.lookup(declared).name == "utf-8" else declared
        return _checked(path, name)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for start, ending in OTHER_KINDS:
        if head.startswith(start):
            raise refused(path, "this is not a text file", f"Give it its right ending: {ending}")
    for mark, name in MARKS:
        if head.startswith(mark):
            return _checked(path, name)
    if (name := _without_mark(head)) and _fault(path, name) is None:
        return Encoding(name, warning=f"read as {name} without a byte-order mark")
    if _fault(path, "utf-8") is None:
        return Encoding("utf-8")
    if b"\0" in head:
        raise refused(path, "this is not a text file: it holds zero bytes", "Save it as CSV in UTF-8")
    return _damaged(path) or _guessed(path)


def _checked(path: Path, name: str) -> Encoding:
    fault = _fault(path, name)
    if fault is None:
        return Encoding(name)
    line, wrong = fault
    raise refused(path, f"{wrong} is not readable as {name.removesuffix('-sig')}", SAVE_AS_UTF_8, line)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    yield b""


def _fault(path: Path, name: str) -> tuple[int, str] | None:
    """The line and the wording of the first byte that cannot be decoded; absent when all can."""
    decoder = codecs.getincrementaldecoder(name)()
    before = 0
    for chunk in _chunks(path):
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            place = before + len(chunk) - len(error.object) + error.start
            return _line_at(path, place), f"byte 0x{error.object[error.start : error.start + 1].hex()}"
        except ValueError as error:
            return _line_at(path, before), str(error)
        before += len(chunk)
    return None


def _line_at(path: Path, place: int) -> int:
    """The line on which a byte stands."""
    lines, before = 1, 0
    for chunk in _chunks(path):
        lines += chunk[: max(place - before, 0)].count(b"\n")
        before += len(chunk)
    return lines


def _without_mark(head: bytes) -> str:
    """UTF-16 when every second byte is mostly zero, as it is in letters of the first 256."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 2 and odd > 0.4 * half and even < 0.02 * half:
        return "utf-16-le"
    return "utf-16-be" if half >= 2 and even > 0.4 * half and odd < 0.02 * half else ""


def _damaged(path: Path) -> Encoding | None:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk, final=not chunk)
        good += len(BEYOND_ASCII.findall(text))
        bad += len(DAMAGED.findall(text))
    if good < HEALTHY * bad:
        return None
    return Encoding(
        "utf-8", "surrogateescape", f"{bad} bytes are not readable as UTF-8; the rows with them are left out"
    )


def _guessed(path: Path) -> Encoding:
    from charset_normalizer import from_bytes

    sample = b"\n".join(_telling_lines(path))
    names = [match.encoding for match in from_bytes(sample)]
    if (not names or LATIN.fullmatch(names[0])) and _is_western(sample):
        names.insert(0, "cp1252")
    for name in names:
        if _fault(path, name) is None:
            told = f"the file is not UTF-8; it was read as {name}, the best guess. If letters look wrong, name the "
            return Encoding(name, warning=f"{told}right encoding in datasheet.yaml (encoding: windows-1252)")
    line, wrong = _fault(path, "utf-8") or (0, "the file")
    raise refused(path, f"{wrong} is not readable as utf-8, and no other encoding fits", SAVE_AS_UTF_8, line)


def _is_western(sample: bytes) -> bool:
    """Whether Windows-1252 makes of it the letters of one language of western Europe, and no symbols inside words."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = {letter for letter in text.lower() if letter > "\x7f" and letter.isalpha()} - {"ª", "º"}
    return any(letters <= set(alphabet) for alphabet in ALPHABETS) and not SYMBOL_IN_WORD.search(text)


def _telling_lines(path: Path) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, as far as a sample needs them."""
    size = 0
    with path.open("rb") as stream:
        while size < SAMPLE_BYTES and (line := stream.readline(SAMPLE_BYTES)):
            if not line.isascii():
                size += len(line)
                yield line.rstrip(b"\r\n")

"""In which encoding a text file was saved: as declared, else as found, and reported when it is a guess."""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from commonhold.sheets.encoding_guess import UNREADABLE, guess_encoding
from commonhold.sheets.guesses import ReadingGuess, damaged_bytes, other_encoding, spoken, without_mark
from commonhold.sheets.source import Source, refused
from commonhold.sheets.wrong_kind import check_kind

CHUNK_BYTES = 1 << 16
"""So few that they are still in the processor's cache when they are decoded."""
HEAD_BYTES = 4096
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the first half of it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DAMAGED = re.compile("[\udc80-\udcff]")
BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
PLAIN_SHARE = 0.02
"""Of spaces, digits and marks in a table, however foreign its letters."""
HEALTHY, HEALTHY_ELSEWHERE = 1, 4
"""For every unreadable byte so many readable letters: then a file is in an encoding, with damaged rows. In UTF-8 only
those beyond ASCII count, each of which is hardly chance."""


NO_MARK = "a file without a byte-order mark"


class Encoding(NamedTuple):
    """How to decode a file."""

    name: str
    errors: str = "strict"
    """Makes lone surrogates of bytes that are unreadable; rows with them are bad rows."""
    guess: ReadingGuess | None = None
    """Absent where the file itself says it, or a person did."""


def find_encoding(source: Source, declared: str | None = None, languages: Sequence[str] = ()) -> Encoding:
    """The encoding in which the whole file can be read, or all but a few rows of it.

    Without a declared one: the byte-order mark, UTF-8, UTF-16 without a mark, and last the best guess by the letters of
    the `languages` (BCP 47 tags; every language when none is given), with a warning.

    Raises:
        FormError: it is not text, or little of it is in the encoding that was declared.
    """
    if declared is not None:
        name = "utf-8-sig" if codecs.lookup(declared).name == "utf-8" else declared
        return _marked(source, name, languages)
    check_kind(source)
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for mark, name in MARKS:
        if head.startswith(mark):
            return _marked(source, name, languages)
    if (name := _without_mark(head)) and _fault(source, name) is None:
        return Encoding(name, guess=without_mark(name))
    if _fault(source, "utf-8") is None:
        return Encoding("utf-8")
    if b"\0" in head:
        raise refused(source, "this is not a text file: it holds zero bytes", "Save it as CSV in UTF-8")
    return _guessed(source, languages)


def _marked(source: Source, name: str, languages: Sequence[str]) -> Encoding:
    """An encoding that the file or a person names, when most of the file can be read in it."""
    fault = _fault(source, name)
    if fault is None:
        return Encoding(name)
    line, wrong = fault
    if damaged := _damaged(source, name, line):
        return damaged
    message = f"{wrong} is not readable as {name.removesuffix('-sig')}"
    settings = ""
    if wrong == NO_MARK or not name.startswith(("utf-16", "utf-32")):
        settings = source.or_name("its encoding", f"encoding: {spoken(guess_encoding(source, languages).name)}")
    raise refused(source, message, f"Save the file as UTF-8{settings}", line)


def _chunks(source: Source) -> Iterator[bytes]:
    with source.path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
    yield b""


def _fault(source: Source, name: str) -> tuple[int, str] | None:
    """The line and the wording of the first byte that cannot be decoded; absent when all can."""
    decoder = codecs.getincrementaldecoder(name)()
    before = 0
    for chunk in _chunks(source):
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            offset = before + len(chunk) - len(error.object) + error.start
            return _line_at(source, offset), f"byte 0x{error.object[error.start : error.start + 1].hex()}"
        except UnicodeError:
            return _line_at(source, before), NO_MARK
        before += len(chunk)
    return None


def _line_at(source: Source, offset: int) -> int:
    """The line on which a byte is."""
    lines, before = 1, 0
    for chunk in _chunks(source):
        lines += chunk[: max(offset - before, 0)].count(b"\n")
        before += len(chunk)
    return lines


def _without_mark(head: bytes) -> str:
    """UTF-16, when every second byte is mostly zero, as it is in letters of the first 256; or when reading it so gives
    the spaces, digits and marks of a table among readable letters, which reading it the other way round does not."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 2 and odd > 0.4 * half and even < 0.02 * half:
        return "utf-16-le"
    if half >= 2 and even > 0.4 * half and odd < 0.02 * half:
        return "utf-16-be"
    if not even + odd:
        return ""
    shares = {name: _plain_share(head, name) for name in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= PLAIN_SHARE and shares[best] > 4 * min(shares.values()) else ""


def _plain_share(head: bytes, name: str) -> float:
    """Which part of a text is ASCII; 0 when something in it is no character, or a control character."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return 0.0
    unread = any(unicodedata.category(letter) in ("Cc", "Cn", "Co", "Cs") and letter not in "\t\r\n" for letter in text)
    return 0.0 if unread or not text else sum(letter.isascii() for letter in text) / len(text)


def _damaged(source: Source, name: str, line: int) -> Encoding | None:
    """The encoding with its damaged rows; none when too much is damaged. `line` is the first that is."""
    is_utf_8 = name.startswith("utf-8")
    errors = "surrogateescape" if is_utf_8 else UNREADABLE
    decoder = codecs.getincrementaldecoder(name)(errors)
    good = bad = 0
    for chunk in _chunks(source):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError:
            return None
        wrong = len(DAMAGED.findall(text))
        good += len(BEYOND_ASCII.findall(text)) if is_utf_8 else len(text) - wrong
        bad += wrong
    if good < (HEALTHY if is_utf_8 else HEALTHY_ELSEWHERE) * bad:
        return None
    return Encoding(name, errors, damaged_bytes(name.removesuffix("-sig"), bad, line))


def _guessed(source: Source, languages: Sequence[str]) -> Encoding:
    line, _ = _fault(source, "utf-8") or (0, "")
    guess = guess_encoding(source, languages)
    if guess.name == "utf-8":
        damaged = _damaged(source, "utf-8", line)
        return damaged or Encoding("utf-8", "surrogateescape", damaged_bytes("utf-8", 0, line))
    errors = "strict" if _fault(source, guess.name) is None else UNREADABLE
    return Encoding(guess.name, errors, other_encoding(source, guess, line))

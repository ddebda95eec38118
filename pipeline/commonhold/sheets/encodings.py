"""In which encoding a text file was saved: as declared, else as found, and reported when it is a guess."""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from commonhold.sheets.alphabets import EAST_ASIAN, MARK_IN_WORD, PUNCTUATION, faults
from commonhold.sheets.alphabets import LATIN as LATIN_ALPHABETS
from commonhold.sheets.guesses import ReadingGuess, damaged_bytes, other_encoding, without_mark
from commonhold.sheets.source import Source, refused

CHUNK_BYTES = 1 << 16
"""So few that they are still in the processor's cache when they are decoded."""
SAMPLE_BYTES = 1 << 16
HEAD_BYTES = 4096
FEW_BYTES = 4096
"""Of a sample whose letters are looked at one by one."""
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
ONE_BYTE = (
    *("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866"),
    *("cp1253", "iso8859_7", "cp1255", "cp1256", "mac_roman", "cp850", "cp852", "mac_latin2", "mac_cyrillic"),
    *("mac_greek", "cp437"),
)
"""Encodings with one byte a letter, the more frequent ones first."""
HEBREW = "cp1255"
"""Its letters are small Cyrillic ones elsewhere; few Russian texts have none of the letters that it lacks."""
BETWEEN_CELLS = re.compile(r"[,;|\t\n\r]")
UNMARKED = re.compile(r"utf_(8|16|32)(_[bl]e)?|utf_7")
WESTERN = 10
"""So many of the Latin alphabets are those of western Europe."""
SYMBOL_IN_WORD = re.compile(r"[A-Za-z](?![’·])[^\w\s\x00-\x7f][A-Za-z]|[A-Za-z][¹²³]")
DAMAGED = re.compile("[\udc80-\udcff]")
BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
TELLING = re.compile("[A-Za-z]{0,30}[^\x00-\x7f]{1,60}[A-Za-z]{0,30}")
MOST_WORDS = 5
PLAIN_SHARE = 0.02
"""Of spaces, digits and marks in a table, however foreign its letters."""
HEALTHY = 1
"""Readable letters beyond ASCII for every unreadable byte, from which a file is UTF-8 with damaged rows."""


class Encoding(NamedTuple):
    """How to decode a file."""

    name: str
    errors: str = "strict"
    """`surrogateescape` when some bytes are unreadable; rows with them are bad rows."""
    guess: ReadingGuess | None = None
    """Absent where the file itself says it, or a person did."""


def find_encoding(source: Source, declared: str | None = None) -> Encoding:
    """The encoding in which the whole file can be read.

    Without a declared one: the byte-order mark, UTF-8, UTF-16 without a mark, UTF-8 with a few damaged rows, and last
    the best guess of charset-normalizer, with a warning. Its guesses among the encodings of Latin letters are weak in
    short texts, so Windows-1252 goes first when it gives the letters of one language of western Europe.

    Raises:
        FormError: it is not text, or not in the encoding that was declared or marked.
    """
    if declared is not None:
        name = "utf-8-sig" if codecs.lookup(declared).name == "utf-8" else declared
        return _checked(source, name)
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for start, ending in OTHER_KINDS:
        if head.startswith(start):
            raise refused(source, "this is not a text file", f"Give it its right ending: {ending}")
    for mark, name in MARKS:
        if head.startswith(mark):
            return _checked(source, name)
    if (name := _without_mark(head)) and _fault(source, name) is None:
        return Encoding(name, guess=without_mark(name))
    if _fault(source, "utf-8") is None:
        return Encoding("utf-8")
    if b"\0" in head:
        raise refused(source, "this is not a text file: it holds zero bytes", "Save it as CSV in UTF-8")
    return _damaged(source) or _guessed(source)


def _checked(source: Source, name: str) -> Encoding:
    fault = _fault(source, name)
    if fault is None:
        return Encoding(name)
    line, wrong = fault
    raise refused(source, f"{wrong} is not readable as {name.removesuffix('-sig')}", _save_as_utf_8(source), line)


def _save_as_utf_8(source: Source) -> str:
    return f"Save the file as UTF-8{source.or_name('its encoding', 'encoding: windows-1252')}"


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
        except ValueError as error:
            return _line_at(source, before), str(error)
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


def _damaged(source: Source) -> Encoding | None:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for chunk in _chunks(source):
        text = decoder.decode(chunk, final=not chunk)
        good += len(BEYOND_ASCII.findall(text))
        bad += len(DAMAGED.findall(text))
    if good < HEALTHY * bad:
        return None
    return Encoding("utf-8", "surrogateescape", damaged_bytes(bad))


def _guessed(source: Source) -> Encoding:
    from charset_normalizer import from_bytes

    line, wrong = _fault(source, "utf-8") or (0, "the file")
    sample = b"\n".join(_telling_lines(source))
    few = sample if len(sample) <= FEW_BYTES else sample[:FEW_BYTES].rpartition(b"\n")[0] or sample[:FEW_BYTES]
    names = [match.encoding for match in from_bytes(sample) if not UNMARKED.fullmatch(match.encoding)]
    if _has_only_marks(sample) or ((not names or LATIN.fullmatch(names[0])) and _is_western(sample)):
        names.insert(0, "cp1252")
    else:
        names = [*_sensible(few, names), *names]
    for name in names:
        if _fault(source, name) is None:
            words = dict.fromkeys(TELLING.findall(few.decode(name, "replace")))
            return Encoding(name, guess=other_encoding(source, name, line, list(words)[:MOST_WORDS]))
    raise refused(source, f"{wrong} is not readable as utf-8, and no other encoding fits", _save_as_utf_8(source), line)


def _sensible(sample: bytes, names: Sequence[str]) -> list[str]:
    """Encodings that give letters which go together, where the first of some names does not."""
    if _makes_sense(sample, HEBREW) and any(letter.isalpha() for letter in sample.decode(HEBREW) if letter > "\x7f"):
        return [HEBREW]
    if names and not _is_doubtful(sample.decode(names[0], "replace")):
        return []
    fitting = [name for name in ONE_BYTE if _makes_sense(sample, name)]
    return fitting or [name for name in ONE_BYTE if _makes_sense(sample, name, BETWEEN_CELLS)]


def _has_only_marks(sample: bytes) -> bool:
    """Whether Windows-1252 makes of it English with curly quotes, a euro sign and the like."""
    text = sample.decode("cp1252", "replace")
    return all(letter in PUNCTUATION for letter in text if letter > "\x7f") and not MARK_IN_WORD.search(text)


def _is_western(sample: bytes) -> bool:
    """Whether Windows-1252 makes of it the letters of one language of western Europe, and no symbols inside words."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = {letter for letter in text.lower() if letter > "\x7f" and letter.isalpha()} - {"ª", "º"}
    return any(letters <= set(alphabet) for alphabet in LATIN_ALPHABETS[:WESTERN]) and not SYMBOL_IN_WORD.search(text)


def _is_doubtful(text: str) -> bool:
    """Whether a guess gives letters that do not go together; or those of East Asia, as many short texts do."""
    return faults(text) > 0 or EAST_ASIAN.search(text) is not None


def _makes_sense(sample: bytes, name: str, between: re.Pattern[str] | None = None) -> bool:
    """Whether the text is in one language, or each part of it between some marks."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return False
    parts = {part for part in between.split(text) if not part.isascii()} if between else {text}
    return not any(map(faults, parts))


def _telling_lines(source: Source) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, as far as a sample needs them."""
    size = 0
    with source.path.open("rb") as stream:
        while size < SAMPLE_BYTES and (line := stream.readline(SAMPLE_BYTES)):
            if not line.isascii():
                size += len(line)
                yield line.rstrip(b"\r\n")

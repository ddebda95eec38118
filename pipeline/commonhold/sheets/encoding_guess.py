"""Which encoding a text is in that is not UTF-8: the one that makes the likeliest letters of its bytes."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from commonhold.sheets.likelihood import LetterLikelihood
from commonhold.sheets.source import Source

UNREADABLE = "unreadable-bytes"
"""How bytes that are no letters are decoded: as lone surrogates, by which rows with them are known."""
MOST_LETTERS = 8
"""Shown of what a guess makes."""
MOST_WORDS = 5
TELLING = re.compile("[A-Za-z]{0,30}[^\x00-\x7f\udc80-\udcff]{1,60}[A-Za-z]{0,30}")
SAMPLE_BYTES = 4096
LINE_BYTES = 1 << 11
"""Of a line, as much as a sample takes."""
PRIORS = {
    0.0: ("cp1252",),
    1.0: ("cp1250", "cp1251", "cp1254", "cp1257", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "gb18030", "cp949"),
    1.5: ("big5hkscs", "euc_jp", "cp1258", "iso8859_2", "iso8859_15", "koi8_u", "mac_roman", "cp850", "cp852", "cp866"),
    2.5: (
        *("iso8859_1", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9"),
        *("iso8859_10", "iso8859_13", "iso8859_14", "iso8859_16", "koi8_r", "cp437", "cp858", "mac_cyrillic"),
        *("mac_latin2", "mac_greek", "mac_turkish", "mac_croatian", "mac_romanian", "mac_iceland"),
    ),
    3.5: (
        *("cp737", "cp775", "cp855", "cp857", "cp860", "cp861", "cp862", "cp863", "cp865", "cp869", "cp720", "cp1125"),
        *("kz1048", "koi8_t"),
    ),
}
"""What speaks against an encoding before its letters are looked at, in nats: the rarer ones."""
UTF_8_LETTER, UTF_8_FAULT = 1.0, 8.0
"""A character of several bytes that fit is hardly chance; and of a damaged file most fit."""
MOJIBAKE = 5.5
"""Nats a byte, from which whole lines that are UTF-8 are nonsense in another encoding."""


class Guess(NamedTuple):
    """An encoding, and what it makes of the file."""

    name: str
    letters: tuple[str, ...] = ()
    """Beyond ASCII, the most frequent first."""
    words: tuple[str, ...] = ()
    """Some with such letters, as they stand in the file."""
    other: str = ""
    """The next best that makes other letters; empty when it is far behind, or there is none."""


def _unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff" * (error.end - error.start), error.end


codecs.register_error(UNREADABLE, _unreadable)


def guess_encoding(source: Source, languages: Sequence[str] = ()) -> Guess:
    """The likeliest encoding of a file that is not all UTF-8: `utf-8` where most of it is.

    `languages` are the declared ones, as BCP 47 tags.
    """
    sample, utf_8 = _sample(source)
    likelihood = LetterLikelihood(languages)
    costs: dict[str, float] = {}
    texts: dict[str, str] = {}
    for prior, names in PRIORS.items():
        for name in names:
            texts[name] = sample.decode(name, UNREADABLE)
            costs[name] = prior + likelihood.cost(texts[name])
    ranked = sorted(costs, key=lambda name: costs[name])
    best = ranked[0]
    if _damaged_cost(sample) <= costs[best]:
        return Guess("utf-8")
    if utf_8 and likelihood.cost(utf_8.decode(best, UNREADABLE)) > MOJIBAKE * sum(byte > 0x7F for byte in utf_8):
        return Guess("utf-8", other=best)
    beyond = Counter(letter for letter in texts[best] if letter > "\x7f" and not "\udc80" <= letter <= "\udcff")
    letters = tuple(letter for letter, _ in beyond.most_common(MOST_LETTERS))
    words = tuple(dict.fromkeys(TELLING.findall(texts[best])))[:MOST_WORDS]
    whole = (name for name in ranked[1:] if "\udcff" not in texts[name])
    return Guess(best, letters, words, next((name for name in whole if texts[name] != texts[best]), ""))


def _damaged_cost(sample: bytes) -> float:
    text = sample.decode("utf-8", "surrogateescape")
    faults = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return UTF_8_LETTER * (sum(letter > "\x7f" for letter in text) - faults) + UTF_8_FAULT * faults


def _sample(source: Source) -> tuple[bytes, bytes]:
    """Lines with bytes beyond ASCII: the first ones, and later ones with bytes that did not come yet; and of these
    lines those that are UTF-8."""
    lines: list[bytes] = []
    utf_8: list[bytes] = []
    seen: set[int] = set()
    size = 0
    for line in _telling_lines(source):
        fresh = {byte for byte in line if byte > 0x7F} - seen
        if size > SAMPLE_BYTES and not fresh:
            continue
        seen |= fresh
        size += len(line)
        lines.append(line)
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        utf_8.append(line)
    return b"\n".join(lines), b"\n".join(utf_8)


def _telling_lines(source: Source) -> Iterator[bytes]:
    with source.path.open("rb") as stream:
        while line := stream.readline(LINE_BYTES):
            if not line.isascii():
                yield line.rstrip(b"\r\n")

"""Characters as a person meant them: one Unicode form, plain white space, nothing that cannot be seen."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from commonhold.curate.text.mojibake import repair
from commonhold.curate.text.order import suspects

Change = Literal[
    "encoding_repaired",
    "half_characters",
    "line_ends",
    "control_characters",
    "bidi_controls",
    "invisible_characters",
    "composed",
    "white_space",
]


class Cleaned(NamedTuple):
    """A text and what was done to it."""

    text: str
    changes: tuple[Change, ...] = ()
    """Kinds of change, in the order in which they were made."""


# Scripts whose words are spelt with the joiners U+200C and U+200D: Arabic to Burmese, Khmer, Mongolian, the smaller
# scripts of South and South-East Asia, and Arabic's presentation forms.
_JOINING = (
    "\u0600-\u109f\u1780-\u180d\u180f-\u18af\u1a00-\u1c4f\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
)
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_BEFORE_JOINER = f"{_EMOJI}\u00a9\u00ae\ufe0f\U000e007f"
# Scripts without spaces, where U+200B marks the end of a word: Thai, Lao, Tibetan, Burmese, Khmer.
_UNSPACED = "\u0e00-\u109f\u1780-\u17ff"
_MONGOLIAN = "\u1820-\u18aa"

PLAIN_ASCII = bytes(range(0x20, 0x7F)) + b"\n"
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""They order what is shown and spell nothing; overrides also hide text (Boucher and Anderson 2021, CVE-2021-42574)."""
INVISIBLE = re.compile("[\u00ad\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffc\U000e0001]")
TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0020-\U000e007f]+")
"""Tag characters spell flags such as Scotland's (the group); elsewhere they hide text from the reader."""
STRAY = re.compile(
    f"(?<![{_JOINING}])\u200c(?![{_JOINING}])"
    f"|(?<![{_JOINING}{_BEFORE_JOINER}])\u200d(?![{_JOINING}])"
    f"|(?<![{_JOINING}])\u200d(?![{_JOINING}{_EMOJI}])"
    f"|(?<![{_UNSPACED}])\u200b|\u200b(?![{_UNSPACED}])"
    f"|(?<![{_MONGOLIAN}])\u180e|\u180e(?![{_MONGOLIAN}])"
)
"""Joiners and separators where no script and no emoji needs them."""
REPEATED = re.compile("([\u180e\u200b-\u200d])\\1+")
EIGHT_SPACES = " " * 8
ODD_SPACES = re.compile(r"[^\S\n ]+")


def clean(text: str) -> Cleaned:
    """Text in NFC without invisible and bidi control characters, with plain white space, rightly decoded.

    Line breaks, smart quotes, dashes and fullwidth letters stay; runs of spaces become one, runs of blank lines one.
    Joiners stay where a script or an emoji needs them (Persian, the scripts of India, family emoji), U+200B between
    letters of scripts without spaces. Half characters (lone surrogates) become U+FFFD. Cleaning twice changes nothing
    more. ASCII text that is in order costs some 8 µs a kilobyte.
    """
    if _in_order(text):
        return Cleaned(text)
    changes: list[Change] = []
    after = _tidy(_decoded(text, changes), changes)
    while not after.isascii() and (repaired := repair(after)) != after:
        # What was removed had stood between the two halves of a damaged letter.
        changes.append("encoding_repaired")
        after = _tidy(repaired, changes)
    return Cleaned(after, tuple(dict.fromkeys(changes)))


def cleaned(texts: Sequence[str]) -> dict[int, Cleaned]:
    """`clean` for a batch: by index, the texts that it changes; some 3 µs a kilobyte where it changes none."""
    looked_at = ((index, clean(texts[index])) for index in suspects(texts))
    return {index: result for index, result in looked_at if result.changes}


def _in_order(text: str) -> bool:
    """True only when `clean` would change nothing; the common case, without a regular expression."""
    if _untidy_spaces(text):
        return False
    if text.isascii():
        return not text.encode().translate(None, PLAIN_ASCII)
    plain = text.replace("\n", "")
    if "\u200c" in plain or "\u200d" in plain:
        if STRAY.search(plain) or REPEATED.search(plain):
            return False
        plain = plain.replace("\u200c", "").replace("\u200d", "")
    return _all_visible(plain) and unicodedata.is_normalized("NFC", text) and repair(text) == text


def _all_visible(text: str) -> bool:
    # Not printable are all controls, the invisible (Cf), and every space but U+0020; U+FFFC stands for a lost picture.
    return text.isprintable() and "\ufffc" not in text


def _untidy_spaces(text: str) -> bool:
    ends = text[:1] + text[-1:]
    broken = "\n" in text and (" \n" in text or "\n " in text or "\n\n\n" in text)
    return broken or "  " in text or ends != ends.strip()


def _decoded(text: str, changes: list[Change]) -> str:
    if text.isascii():
        return text
    if HALF_CHARACTERS.search(text):
        changes.append("half_characters")
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    repaired = repair(text)
    if repaired != text:
        changes.append("encoding_repaired")
    return repaired


def _tidy(text: str, changes: list[Change]) -> str:
    def apply(kind: Change, after: str) -> str:
        if after != text:
            changes.append(kind)
        return after

    if not _all_visible(text.replace("\n", "")):
        text = apply("line_ends", LINE_ENDS.sub("\n", text))
        text = apply("control_characters", CONTROLS.sub("", text))
        text = apply("bidi_controls", BIDI_CONTROLS.sub("", text))
        before = ""
        while before != text:  # composing orders accents, which may leave a joiner without its letter, and back
            before = text
            text = apply("invisible_characters", _without_invisible(text))
            text = apply("composed", unicodedata.normalize("NFC", text))
    text = apply("composed", unicodedata.normalize("NFC", text))
    return apply("white_space", _plain_spaces(text))


def _without_invisible(text: str) -> str:
    text = TAGS.sub(r"\1", INVISIBLE.sub("", text))
    return REPEATED.sub(r"\1", STRAY.sub("", REPEATED.sub(r"\1", text)))


def _plain_spaces(text: str) -> str:
    # Replacing is several times faster than one regular expression that looks at every space.
    if not text.replace("\n", "").isprintable():
        text = ODD_SPACES.sub(" ", text)
    text = text.replace(EIGHT_SPACES, " ")  # indented lines, which would be halved again and again
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()

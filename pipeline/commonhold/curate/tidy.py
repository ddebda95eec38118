"""Characters as a person meant them: Unicode in one form, wrong decoding undone, plain white space."""

import re
import unicodedata

# Zero-width joiners (U+200C, U+200D) stay: Persian, Hindi and family emoji are spelt with them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile(r"[^\S\n]+")
SPACES_AT_LINE_ENDS = re.compile(r" ?\n ?")
BLANK_LINES = re.compile(r"\n{3,}")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def tidy(text: str) -> str:
    """Text without invisible characters, in NFC, with single spaces and at most one blank line in a row.

    Line breaks stay, smart quotes and dashes stay.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = INVISIBLE.sub("", LINE_END.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    text = SPACES_AT_LINE_ENDS.sub("\n", SPACES.sub(" ", text))
    return BLANK_LINES.sub("\n\n", text).strip()


def repair_encoding(text: str) -> str:
    """Undoes UTF-8 that was read as Windows-1252 (`Ã©` for `é`), as often as it happened.

    Only when the whole text turns back into valid UTF-8, which text that was read rightly practically never does:
    one letter such as the é of `café` followed by a space is enough to stop it. A text of which only a part is
    damaged stays as it is.
    """
    while NOT_ASCII.search(text):
        try:
            text = _windows_1252(text).decode("utf-8")
        except UnicodeError:
            break
    return text


def _windows_1252(text: str) -> bytes:
    """Bytes as browsers write them (WHATWG): the five that Windows-1252 leaves undefined are control characters."""
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return b"".join(
            character.encode("latin-1" if "\x80" <= character <= "\x9f" else "cp1252") for character in text
        )

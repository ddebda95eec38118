"""Short cells as a person meant them: Unicode in one form, no invisible characters, plain white space."""

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


def without_decimals(text: str) -> str:
    """`1.00` as `1`, for a spreadsheet shows as many decimals as its cell's format says; other texts as they are."""
    whole, point, decimals = text.partition(".")
    return whole if point and decimals and not decimals.strip("0") and whole.strip("+-").isdigit() else text

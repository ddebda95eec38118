"""Text that was decoded with the wrong table (`Ã©` for `é`), put right where it is certain."""

import functools
import re
from typing import Any

# What the bytes 0x80 to 0xBF, which continue a letter in UTF-8, become in the Windows tables.
_NEXT = (
    "\u0080-\u00bf\u0104\u0105\u0118\u0119\u0122\u0123\u012e\u013d\u013e\u0141\u0142\u0152\u0153\u0156\u0157"
    "\u015a-\u0161\u0164\u0165\u0178-\u017e\u0192\u02c6\u02c7\u02d8-\u02dd\u2020-\u203a\u20ac\u2122"
)
_QUOTES = "\u2013-\u201f"
# The same for Windows-1251, where letters of Russian are among them: only two pairs in a row are a sign.
_NEXT_CYRILLIC = "[\u00a0-\u00bb\u0401-\u040f\u0451-\u045f\u0490\u0491\u2013-\u203a\u20ac\u2116\u2122]"
SUSPECT = re.compile(
    f"[\u00c2-\u00df\u0102\u0139][{_NEXT}]"
    # Portuguese capitals before a closing quote (IRMÃ”) are no sign.
    f"|(?<![A-Z\u00c0-\u00de])[\u00c2-\u00df\u0102\u0139][{_QUOTES}]|\u00c3 "
    f"|[\u00e0-\u00ef][{_NEXT}{_QUOTES}]{{2}}|[\u00f0-\u00f4\u0111][{_NEXT}{_QUOTES}]{{3}}"
    f"|(?:[\u0420\u0421]{_NEXT_CYRILLIC}){{2}}"
    # Mac Roman and the table of DOS: √© and ├⌐ for é.
    "|[\u221a\u251c\u252c\u0393][\u00a1-\u00bf\u2020-\u2310\u25ca]"
)
"""Pairs that damage leaves and languages do not use; 2 to 14 µs a kilobyte where ftfy takes 16 and more."""
LOOKING_BACK = "(?<![A-Z\u00c0-\u00de])"
"""What RE2 does not know; without it the pattern finds more."""


def repair(text: str) -> str:
    """The text as it was before it was decoded wrongly, as often as that happened; mostly the text itself.

    Only a text with a suspect pair is handed to ftfy (Speer 2019, 10.5281/zenodo.2591652), with nothing switched on
    but the decoding, and its answer is taken only when it looks less damaged and holds no new control character. A
    damaged part inside a sound text is put right too.
    """
    while not text.isascii() and _gate().Match(text.encode("utf-8", "surrogatepass")) and SUSPECT.search(text):
        repaired = _decoded_again(text)
        if repaired is None:
            break
        text = repaired
    return text


@functools.lru_cache(maxsize=1)
def _gate() -> Any:
    """Finds every suspect, and some more, several times as fast."""
    import re2

    gate = re2.Set.SearchSet()
    gate.Add(SUSPECT.pattern.replace(LOOKING_BACK, ""))
    gate.Compile()
    return gate


def _decoded_again(text: str) -> str | None:
    from ftfy import fix_encoding
    from ftfy.badness import badness

    fixed = fix_encoding(text, _settings())
    controls = any("\x80" <= character <= "\x9f" and character not in text for character in fixed)
    return fixed if badness(fixed) < badness(text) and not controls else None


@functools.lru_cache(maxsize=1)
def _settings() -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )

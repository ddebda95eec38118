"""One look at many texts at once for those whose characters may not be in order, so that the others are not touched.

RE2 goes over the texts of a batch as they are in memory; most of them hold nothing that `characters.clean` changes.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from commonhold.curate.text.mojibake import LOOKING_BACK, SUSPECT

SETTLED = (
    "\u00a1-\u00ac\u00ae-\u02ff"  # Latin, with its accents
    "\u0370-\u0373\u0375-\u037d\u037f-\u0386\u0388-\u0482\u048a-\u0590"  # Greek, Cyrillic, Armenian
    "\u05d0-\u05ff\u0606-\u060f\u061d-\u064a\u0660-\u066f\u0671-\u06d5"  # Hebrew, Arabic
    "\u0904-\u093b\u093d-\u094c\u0964-\u097f"  # Devanagari, without what joins letters
    "\u0e01-\u0e37\u0e40-\u0e47\u0e4f-\u0eb7"  # Thai, Lao
    "\u10a0-\u10ff\u1200-\u135a\u1360-\u167f"  # Georgian, Ethiopic, Cherokee
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2190-\u2328\u232b-\u2adb"  # Vietnamese, signs
    "\u3001-\u3029\u3030-\u3098\u309b-\u4dff\u4e00-\ua4ff\uac00-\ud7a3\uff01-\uffef"  # East Asia
    "\U0001f000-\U0001faff"  # emoji
)
"""Characters outside ASCII that `clean` leaves alone whatever is beside them: they are seen, and they neither
compose with another nor change their place. Many others are left alone as well; a text with one is looked at by itself.
"""
UNTIDY = "  | \n|\n |\n\n\n|^[ \n]|[ \n]$"


def suspects(texts: Sequence[str]) -> list[int]:
    """Indexes of the texts that `characters.clean` may change, and of some more."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        column = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half characters, which UTF-8 does not know
        return list(range(len(texts)))
    matches: Any = pc.match_substring_regex(column, pattern=_pattern())
    indexes: list[int] = np.flatnonzero(matches.to_numpy(zero_copy_only=False)).tolist()
    return indexes


@functools.lru_cache(maxsize=1)
def _pattern() -> str:
    damaged = SUSPECT.pattern.replace(LOOKING_BACK, "")
    return f"{UNTIDY}|[^\n -~{SETTLED}]|{damaged}"

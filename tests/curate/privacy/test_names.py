"""Pieces of names become whole names."""

import pytest

from commonhold.curate.privacy.names import whole_names


@pytest.mark.parametrize(
    ("text", "parts", "names"),
    [
        ("ask Imara Odell now", ["Im"], ["Imara"]),
        ("ask Imara Odell now", ["Im", "ell"], ["Imara Odell"]),
        ("ask Imara, Odell now", ["Imara", "Odell"], ["Imara", "Odell"]),
        ("ask Anne-Marie O'Neil", ["Anne", "Marie", "O", "Neil"], ["Anne-Marie O'Neil"]),
        ("ask J. R. Odell", ["J", "R", "Odell"], ["J. R. Odell"]),
        ("ask Imara.\nOdell", ["Imara", "Odell"], ["Imara", "Odell"]),
        ("ask  «Imara». ", ["«Imara»."], ["Imara"]),
        ("我叫李小龙。", ["李小龙"], ["李小龙"]),
        ("我叫李小龙。", ["小"], ["小"]),
        ("अनीता है", ["अनी"], ["अनीता"]),
        ("ask ... now", ["..."], []),
        ("", [], []),
    ],
)
def test_a_stretch_is_trimmed_widened_to_words_and_joined_to_its_name(
    text: str, parts: list[str], names: list[str]
) -> None:
    found, start = [], 0
    for part in parts:
        start = text.index(part, start)
        found.append((start, start + len(part)))
        start += len(part)
    assert [text[name.start : name.end] for name in whole_names(text, found)] == names

"""Folding and finding, with the near misses that substrings get wrong."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.matching import contains, fold, words


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Desk: Streets, ext. 204", "ext. 204"),
        ("DESK: STREETS,\n EXT.  204", "Desk: Streets"),
        ("call ext. 204.", "ext. 204"),
        ("open 8:00–17:00", "8:00-17:00"),
        ("water-damaged", "water"),
        ("the water's off", "water"),
        ("It’s off", "it's off"),
        ("Straße", "STRASSE"),
        ("the ﬁre desk", "fire"),
        ("１０ days", "10 days"),
        ("Después: mañana", "DESPUÉS:"),
        ("ext. 2045 or ext. 204", "ext. 204"),
        ("20, 30 and 40", "20"),
        ("กรุงเทพมหานคร", "กรุงเทพ"),
        ("水道局に電話", "水道"),
        ("서울에서", "서울"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_is_found(text: str, phrase: str) -> None:
    assert contains(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("ext. 204", "ext. 20"),
        ("ext. 204", "xt. 204"),
        ("Waterford", "Water"),
        ("Tidewater", "Water"),
        ("room 1204", "204"),
        ("20.5 dollars", "20"),
        ("1,200 dollars", "200"),
        ("at 9:30", "9"),
        ("mañana", "man"),
        ("si", "sí"),
        ("कि", "क"),
        ("", "water"),
    ],
)
def test_is_not_found(text: str, phrase: str) -> None:
    assert not contains(text, phrase)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text(), st.text(alphabet="abc 12.é", min_size=1))
def test_a_phrase_between_spaces_is_found(before: str, after: str, phrase: str) -> None:
    assert contains(f"{before} {phrase} {after}", phrase)


@given(st.text())
def test_how_unicode_is_composed_does_not_matter(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_words_leave_punctuation_out_and_split_unspaced_scripts() -> None:
    assert words("My lamp, on 5th—OUT!") == ["my", "lamp", "on", "5th", "out"]
    assert words("水道 ok") == ["水", "道", "ok"]
    assert words("…?!") == []


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_folds_alone_as_it_does_beside_other_letters(text: str) -> None:
    assert fold(f"{text}|é").removesuffix("|é").strip() == fold(text)
    assert words(f"{text} é") == [*words(text), "é"]

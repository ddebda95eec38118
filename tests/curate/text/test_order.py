"""One look at many texts passes only those that cleaning leaves as they are."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from tests.curate.text.test_characters import ODD

from commonhold.curate.text.characters import clean, cleaned
from commonhold.curate.text.order import SETTLED, suspects

ALL = "".join(map(chr, (code for code in range(0x110000) if not 0xD800 <= code < 0xE000)))


def second_halves() -> set[str]:
    """What composes with a letter before it."""
    parts = (unicodedata.decomposition(character).split() for character in ALL)
    composed = {chr(int(two[1], 16)) for two in parts if len(two) == 2 and not two[0].startswith("<")}
    return composed | set(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))  # Hangul, composed by rule


def test_settled_characters_are_seen_compose_with_none_and_keep_their_place() -> None:
    settled = re.findall(f"[{SETTLED}]", ALL)
    assert len(settled) > 40_000
    unsettled = second_halves()
    for character in settled:
        assert character.isprintable() or unicodedata.category(character) == "Cn"
        assert unicodedata.combining(character) == 0
        assert unicodedata.is_normalized("NFC", character)
        assert character not in unsettled
        assert not character.isspace()
        assert character != "\ufffc"


@given(st.lists(st.text(st.sampled_from(ODD), max_size=8) | st.text(max_size=8), max_size=4))
@example(["plain", "a  b", " a", "a\n", "a \nb", "a\n\n\nb", "a\n\nb", "Ã©", "é"])
def test_no_text_that_cleaning_changes_is_passed(texts: list[str]) -> None:
    changed = [place for place, text in enumerate(texts) if clean(text).changes]
    assert set(changed) <= set(suspects(texts))
    found = {place: each.text for place, each in cleaned(texts).items()}
    assert [found.get(place, text) for place, text in enumerate(texts)] == [clean(text).text for text in texts]


def test_texts_in_order_are_not_looked_at_one_by_one() -> None:
    assert suspects(["Where is it?\n\nThere.", "¿Dónde está?", "Где это?", "どこ", "كتاب", "👍"]) == []


def test_only_texts_that_change_are_told() -> None:
    assert {place: found.text for place, found in cleaned(["a", "b  c", "e\u0301"]).items()} == {1: "b c", 2: "é"}

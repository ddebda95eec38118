import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.text.quality import Bounds, Poor

ORDINARY = [
    "Yes",
    "No.",
    "ok thx!!",
    "👍 ok",
    "555-0142",
    "Mon-Fri 9-17, Sat 10-14",
    "09:00-12:00, 13:00-17:00 (03/05/2025)",
    "$4.50",
    "Room 214, 2nd floor",
    "See https://city.example/water for the times.",
    "HELP the water is brown again at 12 Main St since 06:30!!!",
    "الماء مقطوع منذ أمس",
    "停水了，请帮忙。",
    "ไม่มีน้ำตั้งแต่เช้า",
    "¿Dónde pago el recibo? — en la oficina 3, de 8:00 a 14:00",
    "1. Fill in form B-12\n2. Bring 2 photos\n3. Pay $15 at desk 4",
    "| day | hours |\n| Mon | 9-17 |\n| Tue | 9-17 |",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_short_rows_pass(text: str) -> None:
    assert Poor().judge(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "too_short"),
        ("?!", "too_short"),
        ("word " * 2001, "too_long"),
        ("x" * 20_001, "too_long"),
        ("0412 555 123 / 0412 555 124 / 0412 555 125 / 0412 555 126 / 0412 555 127", "mostly_digits"),
        ("٠١٢٣٤٥٦٧٨٩ " * 5, "mostly_digits"),
        ("a ===------===------===------===------===------", "mostly_symbols"),
        ("ok 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", "mostly_symbols"),
        ("https://city.example/water/outages", "mostly_links"),
        ("https://a.example/1 www.b.example/2", "mostly_links"),
    ],
)  # fmt: skip
def test_poor_texts_are_named(text: str, reason: str) -> None:
    finding = Poor().judge(text)
    assert finding is not None
    assert finding.reason == reason


def test_both_word_bounds_are_allowed_and_named() -> None:
    poor = Poor(Bounds(min_words=2, max_words=3))
    assert [poor.judge(text) for text in ("a b", "a b c")] == [None, None]
    assert poor.judge("a") == ("too_short", "1 of at least 2 words")
    assert poor.judge("a b c d") == ("too_long", "4 of at most 3 words")


def test_scripts_without_spaces_are_counted_by_letters() -> None:
    poor = Poor(Bounds(min_words=4, max_words=6))
    assert poor.judge("停水了") == ("too_short", "3 of at least 4 words")
    assert poor.judge("停水了。请帮忙") is None
    assert poor.judge("停水了请帮忙吧") == ("too_long", "7 of at most 6 words")


def test_both_character_bounds_are_allowed_and_named() -> None:
    poor = Poor(Bounds(min_characters=3, max_characters=4))
    assert [poor.judge(text) for text in ("abc", "abcd")] == [None, None]
    assert poor.judge("ab") == ("too_short", "2 of at least 3 characters")
    assert poor.judge("abcde") == ("too_long", "5 of at most 4 characters")


def test_a_share_on_the_bound_is_allowed() -> None:
    poor = Poor(Bounds(min_judged=10, max_digits=0.5, max_symbols=0.2))
    assert poor.judge("abcde12345") is None
    assert poor.judge("abcd123456") == ("mostly_digits", "60% digits, over 50%")
    assert poor.judge("abcdefgh--") is None
    assert poor.judge("abcdefg---") == ("mostly_symbols", "30% punctuation or symbols, over 20%")


def test_letters_of_every_script_are_letters() -> None:
    poor = Poor(Bounds(min_judged=5, max_symbols=0.1))
    for text in ("ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⴰⵏⴰⵡⴰⵢⵜ", "हिन्दी में लिखा", "カタカナのテキスト", "ქართული ენა", "ꦧꦱꦗꦮ ꦱꦲꦶꦏꦶ", "𞤆𞤵𞤤𞤢𞤪"):
        assert poor.judge(text) is None, text


LETTERS = st.characters(categories=("L", "Nd"))
SYMBOLS = st.sampled_from("!?-—…🎉€°¿«»、。★")


@given(st.text(LETTERS | SYMBOLS, min_size=1, max_size=80))
def test_the_fast_count_agrees_with_one_look_at_every_character(text: str) -> None:
    bounds = Bounds(min_words=0, min_judged=1, max_digits=0.3, max_symbols=0.3, max_links=1)
    kinds = [unicodedata.category(character)[0] for character in text]
    finding = Poor(bounds).judge(text)
    if kinds.count("N") / len(kinds) > 0.3:
        expected: str | None = "mostly_digits"
    else:
        expected = "mostly_symbols" if (kinds.count("P") + kinds.count("S")) / len(kinds) > 0.3 else None
    assert (finding.reason if finding else None) == expected

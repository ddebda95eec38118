from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.privacy.boundary_matrix import OWN, REGIONS, VALUES, WORDS, cells, near_misses

from commonhold.curate.privacy.boundaries import is_whole_number, is_whole_word, plain, touching_before, touching_behind
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor

REDACTOR = Redactor(RedactionSettings(regions=REGIONS))
JAPANESE = Redactor(RedactionSettings(regions=("JP",)))
MISSES = {
    ("Latin", "coordinates"): 6,
    ("Latin", "date of birth"): 4,
    ("Latin", "declared name"): 3,
    ("Latin", "declared number"): 2,
    ("Latin", "e-mail"): 6,  # masked, and the word beside it too
    ("Latin", "identity number"): 4,
    ("Latin", "labelled number"): 6,
}
"""What is not masked, or not it alone, by script and kind; all others are."""
WRONG = {("Latin", "version"): 4}
"""What is masked and should stay."""
ASIAN_NUMBERS = {
    "JP": ("090-1234-5678", "09012345678", "+81 90 1234 5678", "電話は", "です"),
    "CN": ("131 2345 6789", "13123456789", "+86 131 2345 6789", "电话", "谢谢"),
    "KR": ("010-1234-5678", "01012345678", "+82 10 1234 5678", "전화는", "입니다"),
    "TW": ("0912-345-678", "0912345678", "+886 912 345 678", "電話是", "謝謝"),
    "HK": ("5123 4567", "51234567", "+852 5123 4567", "電話", "號"),
    "TH": ("081-234-5678", "0812345678", "+66 81 234 5678", "โทร", "ค่ะ"),
    "IN": ("98123 45678", "9812345678", "+91 98123 45678", "मेरानंबर", "है"),
    "IL": ("050-234-5678", "0502345678", "+972 50 234 5678", "ל", "בערב"),
    "SA": ("050 123 4567", "0501234567", "+966 50 123 4567", "بـ", "شكرا"),
}
"""Grouped, plain and with its country's code; words that touch it."""


def test_personal_data_that_touches_letters_is_masked_alone_and_whole() -> None:
    found = list(cells())
    missed = [cell for cell in found if not cell.masked.fullmatch(REDACTOR.redact(cell.text, OWN).text)]
    assert len(found) == 37 * 3 * 2 * 16 + 21 * 3 * 16
    assert Counter((cell.script, cell.kind) for cell in missed) == MISSES
    assert len(missed) / len(found) < 0.01


@pytest.mark.parametrize("kind", sorted({kind for _, kind in MISSES}))
def test_a_miss_beside_latin_letters_is_none_beside_a_space(kind: str) -> None:
    redacted = REDACTOR.redact(f"servus {VALUES[kind]} servus", OWN)
    assert redacted.text == f"servus {redacted.text[7:-7]} servus"
    assert len(redacted.finds) == 1


def test_numbers_that_are_nobodys_stay_beside_letters() -> None:
    tried = list(near_misses())
    masked = [each for each in tried if REDACTOR.redact(each.text, OWN).text != each.text]
    assert Counter((each.script, each.kind) for each in masked) == WRONG


@pytest.mark.parametrize("region", sorted(ASIAN_NUMBERS))
@pytest.mark.parametrize("side", ["before", "after", "both"])
@pytest.mark.parametrize("form", [0, 1, 2], ids=["grouped", "plain", "country_code"])
def test_a_phone_number_beside_the_letters_of_its_country_is_masked(region: str, form: int, side: str) -> None:
    *numbers, before, after = ASIAN_NUMBERS[region]
    before, after = before if side != "after" else "", after if side != "before" else ""
    redacted = Redactor(RedactionSettings(regions=(region,))).redact(f"{before}{numbers[form]}{after}")
    assert redacted.text == f"{before}[PHONE]{after}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("電話は090-1234-5678です", "電話は[PHONE]です"),
        ("カードは4111111111111111です", "カードは[CARD]です"),
        ("卡4111-1111-1111-1111号", "卡[CARD]号"),
        ("卡号4111-1111-1111-1112号", "卡号4111-1111-1111-1112号"),
        ("اتصل بـ01001234567 بعد", "اتصل بـ[PHONE] بعد"),
        ("WhatsApp0712345678 please", "WhatsApp[PHONE] please"),
        ("tlf612345678", "tlf[PHONE]"),
        ("TEL03-1234-5678FAX03-1234-5679", "TEL[PHONE]FAX[PHONE]"),
        ("生年月日：平成2年1月2日です", "生年月日：[BIRTH_DATE]です"),
        ("Tel.:0712345678", "Tel.:[PHONE]"),
        ("call0712345678now", "call[PHONE]now"),
        ("llámame al612345678", "llámame al[PHONE]"),
        ("DNI12345678Z", "DNI[ID]"),
        ("ＴＥＬ：０９０−１２３４−５６７８", "ＴＥＬ：[PHONE]"),
        ("（０３）１２３４−５６７８まで", "[PHONE]まで"),
        ("090－1234－5678", "[PHONE]"),
        ("090ー1234ー5678", "[PHONE]"),
        ("+81\u200b90\u200b1234\u200b5678", "[PHONE]"),
        ("\u200f050-234-5678\u200fבערב", "\u200f[PHONE]\u200fבערב"),
        ("0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "[PHONE]"),
        ("𝟎𝟗𝟎-𝟏𝟐𝟑𝟒-𝟓𝟔𝟕𝟖", "[PHONE]"),
        ("ana＠x．example", "[EMAIL]"),
        ("宛先はana@x.exampleへ", "宛先は[EMAIL]へ"),
        ("почта:дом@пример.рф", "почта:[EMAIL]"),
        ("++81 90-1234-5678", "+[PHONE]"),
        ("_0712345678_", "_[PHONE]_"),
    ],
)
def test_what_touches_a_number_is_told_from_it(text: str, masked: str) -> None:
    assert JAPANESE.redact(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "AB12345678901",
        "SKU0712345678",
        "order0712345678",
        "v20240712345678",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "550e8400-e29b-41d4-a716-446655440000",
        "https://x.example/item0712345678",
        "https://x.example/a/b?id=0712345678x",
        "dGhpcyBpcyAxMjM0NTY3ODkwMTIz",
        "rs1234567890",
        "BRCA12345678",
        "IMG_20250314_123456.jpg",
        "IMG1234567890.jpg",
        "35.008 31.354",
        "3.14159265",
        "1 234 567",
        "300 000 000",
        "10.1000/182",
        "CVE-2024-12345678",
        "追跡番号1234-5678-9012",
        "TEL12ABFAX0312345679",
        "NDC 50242-040-62",
        "0002-8215-01",
        "1250000km",
        "12345678901bytes",
        "0x1234567890ab",
    ],
)
def test_codes_with_letters_and_digits_stay(text: str) -> None:
    for each in (text, f"これは{text}です", f"هو{text}هنا"):
        assert JAPANESE.redact(each).text == each


def test_what_touches_a_number_is_a_word_a_code_or_nothing() -> None:
    text = "call5x AB5 でん5です x5y5 price5kg"
    assert touching_behind(text, 4) == ("word", "call")
    assert touching_before(text, 5) == ("code", "x")
    assert touching_behind(text, 9).contact == "code"
    assert touching_behind(text, 13).contact == touching_before(text, 14).contact == "apart"
    assert touching_behind(text, 20).contact == "code"
    assert touching_before(text, 28) == ("code", "kg")


def test_a_word_ends_where_its_script_does() -> None:
    assert is_whole_word("Anaさん", 0, 3)
    assert not is_whole_word("Anaya", 0, 3)
    assert not is_whole_word("Ana7", 0, 3)
    assert is_whole_number("no40017M", 2, 7)
    assert not is_whole_number("140017", 1, 6)


@given(st.text(max_size=40))
def test_every_character_of_a_plain_text_can_be_traced_back(text: str) -> None:
    seen = plain(text)
    assert len(seen.origins) == len(seen.text) + 1
    assert list(seen.origins) == sorted(set(seen.origins))
    assert seen.origins[-1] == len(text)


@pytest.mark.parametrize("word", WORDS.values(), ids=list(WORDS))
def test_a_word_without_a_number_is_not_looked_at(word: str) -> None:
    assert JAPANESE.suspects([word, f"{word} {word}.", f"{word}（{word}）、{word}。"]) == []

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.text.mojibake import repair


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("maÃ±ana", "mañana"),
        ("donâ€™t", "don’t"),
        ("â€œhiâ€\x9d", "“hi”"),
        ("voilÃ\u00a0 done", "voilà done"),
        ("Ã  la carte", "à la carte"),
        ("el pÃƒÂºblico", "el público"),
        ("voilÃ done", "voilà done"),
        ("pÃºblico ï¿½", "público \ufffd"),
        ("ðŸ˜€", "😀"),
        ("HÃ¶he und GrÃ¶ÃŸe", "Höhe und Größe"),
        ("ZaÅ¼Ã³Å‚Ä‡ gÄ™Å›lÄ…", "Zażółć gęślą"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("caf√© con leche, se√±ora", "café con leche, señora"),
    ],
)
def test_wrong_decoding_is_undone(damaged: str, meant: str) -> None:
    assert repair(damaged) == meant


def test_a_damaged_part_of_a_sound_text_is_mended_and_the_rest_stays() -> None:
    assert repair("El público – “sí” – y maÃ±ana.") == "El público – “sí” – y mañana."


@pytest.mark.parametrize(
    "text",
    [
        "NÃO e IRMÃ",
        "IRMÃ E MÃE",
        "disse a “IRMÃ” ontem",
        "Mã số thuế của ông à",
        "20 °C – £5 “quoted” ½",
        "Ça coûte 5 €… à peu près « ça »",
        "Åse Øvergård, Ærø",
        "Сегодня РФ и СССР: «Россия»",
        "ÀÉÎÕÜ ÝÞß ®™",
        "ÂÊÎÔÛ",
        "√2 ≈ 1.41 and √9 = 3",
        "Γ° and Γ·",
        "caf\ufffd",
        "ã\u3000â",
        "“Â\x9dё",  # the answer would look no better
        "â€™Â”",  # and here it would hold a control character
    ],
)
def test_text_that_may_be_meant_is_left_alone(text: str) -> None:
    assert repair(text) == text


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24FF)))
def test_repair_is_done_when_it_is_done(text: str) -> None:
    once = repair(text)
    assert repair(once) == once
    assert len(once) <= len(text)


@given(st.text("abcdef éñüçóú", min_size=1))
def test_damage_to_sound_text_is_undone_whole_or_left(text: str) -> None:
    damaged = text.encode().decode("latin-1")
    assert repair(damaged) in (text, damaged)

import unicodedata
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.normalise import normalise
from commonhold.curate.text.tidy import tidy


def test_accents_in_two_pieces_become_one_letter() -> None:
    assert tidy("cafe\u0301") == "caf\u00e9"


def test_every_kind_of_space_becomes_one_plain_space() -> None:
    assert tidy("  a\u00a0\u2003b \t c ") == "a b c"


def test_line_breaks_stay_and_blank_lines_shrink_to_one() -> None:
    assert tidy("Desk: Water \r\n Bring: nothing\n\n\n\nNext: wait\u2028Bye") == (
        "Desk: Water\nBring: nothing\n\nNext: wait\nBye"
    )


def test_invisible_characters_go() -> None:
    assert tidy("\ufeffpot\u00adhole\u200b \u202eabc\u202c\x00") == "pothole abc"


def test_joiners_that_spell_a_word_stay() -> None:
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


def test_smart_quotes_and_dashes_stay() -> None:
    assert tidy("the buyer’s “agent” – now…") == "the buyer’s “agent” – now…"


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "  " not in once


@given(st.text(st.characters(categories=("L", "N"), max_codepoint=0x2000)))
def test_tidying_keeps_every_letter_and_digit(text: str) -> None:
    assert tidy(text) == unicodedata.normalize("NFC", text)


def test_the_step_names_every_kind_of_change_and_keeps_untouched_records(row: Callable[..., Record]) -> None:
    records = [row(1, "El público y maÃ±ana", "a  b"), row(2, "می\u200cخواهم", "a\u200bb"), row(3, "hello")]
    outcome = normalise()(records)
    assert [(record.prompt, record.completion) for record in outcome.kept] == [
        ("El público y mañana", "a b"),
        ("می\u200cخواهم", "ab"),
        ("hello", "over there"),
    ]
    assert outcome.kept[2] is records[2]
    assert [(decision.item, decision.reason, decision.detail) for decision in outcome.decisions] == [
        (0, "encoding_repaired", "encoding_repaired, white_space"),
        (1, "characters_tidied", "invisible_characters"),
    ]

"""boilerplate/1, quality/1, language/3 and flagged_words/1: what they take, what they tell, what they leave alone."""

from collections.abc import Callable

import pytest

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.boilerplate import boilerplate
from commonhold.curate.steps.flagged_words import flagged_words
from commonhold.curate.steps.language import language
from commonhold.curate.steps.quality import quality
from commonhold.curate.text.flagged_words import FlaggedWords, WordList
from commonhold.curate.text.repeated_lines import BoilerplateCounts, RepeatedLines

Row = Callable[..., Record]
NOTICE = "This form is read by the desk on working days"
SPANISH = (
    "El farol de la esquina de la plaza no funciona desde hace tres semanas y nadie ha venido a arreglarlo todavía."
)
ENGLISH = (
    "The lamp on the corner of the square has not been working for three weeks and nobody has come to mend it yet."
)


def repeated(*lines: str) -> RepeatedLines:
    counts = BoilerplateCounts()
    counts.add(f"{line}\nthe rest {number}" for line in lines for number in range(10))
    return counts.repeated()


def test_quoted_mail_is_cut_off_messages_and_not_off_replies(row: Row) -> None:
    text = "Is the desk open?\n\n--\nAna Lopez\nWater board"
    outcome = boilerplate({})([row(1, text, text), row(2, "Is the desk open?")])
    assert [record.prompt for record in outcome.kept] == ["Is the desk open?", "Is the desk open?"]
    assert outcome.kept[0].completion == text
    assert [(one.item, one.action, one.reason, one.detail) for one in outcome.decisions] == [
        (0, "change", "boilerplate_cut", "signature")
    ]


def test_lines_that_many_rows_share_are_cut_in_their_own_file_only(row: Row) -> None:
    records = [row(1, f"{NOTICE}\nwhere is it"), row(2, NOTICE), row(3, "where is it")]
    here, elsewhere = (boilerplate({file: repeated(NOTICE)})(records) for file in ("rows.csv", "other.csv"))
    assert [record.prompt for record in here.kept] == ["where is it", NOTICE, "where is it"]
    assert [(one.item, one.detail) for one in here.decisions] == [(0, "repeated_line")]
    assert (elsewhere.kept, elsewhere.decisions) == (records, [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://toy.example/a/very/long/address/of/a/page", "mostly_links"),
        ("12345 67890 12345 67890 12345 67890 12345 67890 12", "mostly_digits"),
        ("#### %%%% &&&& ==== //// ++++ **** !!!! ???? ;;;; a b", "mostly_symbols"),
        ("the desk is closed " * 30, "repeated_phrase"),
    ],
)
def test_what_is_too_poor_is_dropped_on_either_side(row: Row, text: str, reason: str) -> None:
    outcome = quality()([row(1, text), row(2, "where is it", text), row(3)])
    assert [record.record_id for record in outcome.kept] == ["r3"]
    told = [(one.item, one.action, one.reason, one.detail.partition(":")[0]) for one in outcome.decisions]
    assert told == [(0, "drop", reason, "the prompt"), (1, "drop", reason, "the completion")]


@pytest.mark.parametrize("text", ["ok", "9-5, Mon-Fri", "Yes! :-)", "see https://toy.example for the form", "no " * 3])
def test_short_plain_texts_are_good_enough(row: Row, text: str) -> None:
    assert not quality()([row(1, text, text)]).decisions


def test_a_row_in_another_language_than_declared_is_flagged_or_dropped(row: Row) -> None:
    records = [row(1, SPANISH, ENGLISH, language="en"), row(2, ENGLISH, ENGLISH, language="en")]
    flagged, dropped = language("flag")(records), language("drop")(records)
    assert flagged.kept == records
    assert dropped.kept == records[1:]
    for outcome, action in ((flagged, "flag"), (dropped, "drop")):
        (decision,) = outcome.decisions
        assert (decision.item, decision.action, decision.reason) == (0, action, "language_mismatch")
        assert decision.detail.startswith("the message: declared en, reads like es")
        assert "the reply" not in decision.detail


@pytest.mark.parametrize("declared", ["es", "", "und"])
def test_a_row_in_its_own_language_or_in_none_declared_goes_on(row: Row, declared: str) -> None:
    assert language("drop")([row(1, SPANISH, SPANISH, language=declared)]).decisions == []


def words(action: str, *entries: str) -> WordList:
    form = {"flagged_words": 1, "title": "t", "source": "s", "languages": ["en"], "action": action, "words": entries}
    return WordList(FlaggedWords.model_validate(form))


def test_words_of_a_list_are_flagged_or_dropped_as_the_list_says(row: Row) -> None:
    step = flagged_words([words("flag", "rat*"), words("drop", "curse")])
    records = [row(1, "a rattle"), row(2, "a curse", "a rat"), row(3, "accurate"), row(4, "ratón", language="es")]
    outcome = step(records)
    assert [record.record_id for record in outcome.kept] == ["r1", "r3", "r4"]
    assert [(one.item, one.action, one.reason) for one in outcome.decisions] == [
        (0, "flag", "flagged_words"),
        (1, "drop", "dropped_words"),
    ]


def test_without_a_list_nothing_is_looked_for(row: Row) -> None:
    records = [row(1, "a curse")]
    assert flagged_words([])(records) == (records, (), {}, ())

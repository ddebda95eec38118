from typing import get_args

import pytest

from commonhold.curate.privacy.redactor import KINDS as KINDS_FOUND
from commonhold.curate.reporting.wording import (
    KINDS,
    PURPOSES,
    Own,
    asks,
    how_used,
    kind_label,
    not_used,
    own_paragraph,
    reason_of,
    step_question,
    what_masked,
    why_not,
)
from commonhold.curate.rights.consent import Reason as ConsentReason
from commonhold.curate.rights.purposes import PURPOSES as ALL_PURPOSES
from commonhold.curate.steps.registered import reasons
from commonhold.curate.steps.step import STEPS

END = "To take a row back: Write to us. If you have a question or see a mistake, ask here: desk@toy.example"


def paragraph(own: Own) -> str:
    told = own_paragraph(own, "Write to us", "desk@toy.example")
    assert told.endswith(f" {END}")
    return told.removesuffix(f" {END}")


@pytest.mark.parametrize(
    ("splits", "told"),
    [
        ({"train": 1}, "The model learns from it."),
        ({"train": 2}, "The model learns from them."),
        ({"test": 1}, "It is kept back to test the model."),
        ({"validation": 1200}, "They are kept back to choose the best version of the model."),
        ({"train": 7, "test": 1}, "The model learns from 7 of them, and 1 is kept back to test it."),
        (
            {"train": 1253, "validation": 1, "test": 24},
            "The model learns from 1,253 of them. 1 is kept back to choose its best version, and 24 to test it.",
        ),
        (
            {"validation": 2, "test": 1},
            "2 are kept back to choose the best version of the model, and 1 to test it.",
        ),
    ],
)
def test_what_rows_are_used_for_reads_as_a_sentence(splits: dict[str, int], told: str) -> None:
    assert how_used(splits) == told


def test_one_row_and_many_rows_have_words_of_their_own() -> None:
    assert not_used({"outdated": 1}) == "1 is not used, because it is out of date."
    assert not_used({"outdated": 2}) == "2 are not used, because they are out of date."
    assert not_used({"outdated": 2, "empty_completion": 1}) == (
        "3 are not used: 2 because they are out of date and 1 because its reply is empty."
    )


def test_four_reasons_are_named_and_of_five_the_last_two_are_counted() -> None:
    four = {"no_consent": 4, "too_short": 3, "too_long": 2, "outdated": 1}
    assert why_not(four).endswith("2 because their message or reply is too long and 1 because it is out of date")
    assert why_not({**four, "mostly_links": 1}).endswith("too long and 2 for 2 other reasons")


def test_a_contributor_can_read_every_reason() -> None:
    five = {"no_consent": 5, "too_short": 4, "too_long": 3, "outdated": 2, "mostly_links": 1}
    assert "other reasons" not in paragraph(Own(15, dropped=five))


def test_masked_pieces_are_counted_by_kind() -> None:
    assert what_masked({"email": 2, "phone": 1}) == "2 e-mail addresses and 1 phone number"
    five = {"email": 5, "phone": 4, "iban": 3, "own_name": 2, "coordinates": 1}
    assert what_masked(five) == ("5 e-mail addresses, 4 phone numbers, 3 bank account numbers and 3 of 2 other kinds")
    assert kind_label("ward_code") == "ward code"


def test_a_paragraph_of_one_row_that_is_used() -> None:
    assert paragraph(Own(1, {"train": 1})) == "Thank you for the 1 row you sent. It is used. The model learns from it."


def test_a_paragraph_of_rows_that_are_used_in_part() -> None:
    own = Own(12, {"train": 8, "test": 1}, {"exact_duplicate": 2, "too_short": 1}, {"personal_data_masked": 1})
    assert paragraph(own) == (
        "Thank you for the 12 rows you sent. 9 of them are used. "
        "The model learns from 8 of them, and 1 is kept back to test it. "
        "3 are not used: 2 because they repeat another row word for word "
        "and 1 because its message or reply is too short. "
        "In 1 row, we masked personal data. "
        "If you want to send again, this helps: a longer message or reply."
    )


def test_a_paragraph_of_one_row_that_is_not_used() -> None:
    own = Own(1, dropped={"no_consent": 1}, others_unreadable=True)
    assert paragraph(own) == (
        "Thank you for the 1 row you sent. 1 is not used, because there is no consent for it. "
        "If you want to send again, this helps: a yes on the form from the person who gave the row. "
        "Some rows could not be read, and we cannot say whether any of them is yours."
    )


def test_nobody_is_asked_to_send_again_what_another_row_says_or_what_they_took_back() -> None:
    own = Own(2, dropped={"exact_duplicate": 1, "consent_withdrawn": 1})
    assert "send again" not in paragraph(own)


def test_the_same_help_is_said_once() -> None:
    own = Own(2, dropped={"mostly_links": 1, "mostly_digits": 1})
    assert paragraph(own).count("the same, said in words") == 1


def test_every_reason_kind_and_purpose_has_words() -> None:
    assert set(get_args(ConsentReason)) <= {name for name, words in reasons().items() if words.label}
    assert set(KINDS_FOUND) <= KINDS.keys()
    assert set(ALL_PURPOSES) == PURPOSES.keys()


def test_every_step_that_leaves_rows_out_has_a_question() -> None:
    without = {step for step in STEPS.built_in() if not any(words.label for words in STEPS.get(step).reasons.values())}
    assert {step for step in STEPS.built_in() if not asks(step)} == without
    assert {"normalise/2", "boilerplate/1", "redact_pii/3"} < without
    assert all(step_question(step).endswith("?") for step in STEPS.built_in() if step not in without)


def test_an_unknown_reason_stands_for_itself() -> None:
    assert not_used({"too_odd": 1}) == "1 is not used, because of this: too odd."
    assert reason_of("too_odd").label == "Too odd"

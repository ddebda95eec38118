"""What many replies have may be public: near misses of every bound, and what is never proposed."""

import json
from collections.abc import Callable

import pytest
import yaml

from commonhold.curate.privacy.public_proposals import (
    LEAST_MESSAGES,
    LEAST_PEOPLE,
    MOST_PROPOSED,
    datasheet_lines,
    propose_public,
)
from commonhold.curate.privacy.redactor import KINDS, RedactionSettings, Redactor
from commonhold.curate.rows.record import Record

Row = Callable[..., Record]
DESK = "call (206) 555-0142 or write to help@desk.example"


def redactor(kinds: tuple[str, ...], listed: tuple[str, ...] = ()) -> Redactor:
    return Redactor(RedactionSettings(kinds, ("US",), public=listed))


def proposed(records: list[Record], listed: tuple[str, ...] = ()) -> list[str]:
    return [each.value for each in propose_public(records, redactor(KINDS, listed))]


def replies(row: Row, reply: str = DESK, number: int = LEAST_MESSAGES, people: int = LEAST_PEOPLE) -> list[Record]:
    return [row(n, f"question {n}", reply, contributor=f"p{n % people}") for n in range(number)]


def test_what_replies_to_five_messages_of_three_people_have_is_proposed(row: Row) -> None:
    assert proposed(replies(row)) == ["help@desk.example", "(206) 555-0142"]


def test_four_messages_or_two_people_are_too_few(row: Row) -> None:
    assert proposed(replies(row, number=LEAST_MESSAGES - 1)) == []
    assert proposed(replies(row, number=30, people=LEAST_PEOPLE - 1)) == []


def test_one_message_many_times_is_one_affair(row: Row) -> None:
    assert proposed([row(n, "the same", DESK, contributor=f"p{n}") for n in range(30)]) == []


def test_where_no_row_says_who_wrote_it_messages_alone_count(row: Row) -> None:
    assert proposed([row(n, f"question {n}", DESK) for n in range(LEAST_MESSAGES)]) != []


def test_spellings_of_one_number_count_together_and_the_most_frequent_is_shown(row: Row) -> None:
    written = ["(206) 555-0142", "206-555-0142", "+1 206 555 0142", "２０６-５５５-０１４２", "206-555-0142"]
    records = [row(n, f"question {n}", f"call {number}") for n, number in enumerate(written)]
    [one] = propose_public(records, redactor(("phone",)))
    assert (one.kind, one.value, one.replies) == ("phone", "206-555-0142", 5)


def test_a_number_in_brackets_is_shown_without_half_of_them(row: Row) -> None:
    assert proposed(replies(row, "call our line (1-800-222-1222) or (206) 555-0142")) == [
        "(206) 555-0142",
        "1-800-222-1222",
    ]


@pytest.mark.parametrize(("messages", "expected"), [(4, True), (5, False), (9, False)])
def test_what_messages_have_as_often_is_somebodys_own(row: Row, messages: int, expected: bool) -> None:
    theirs = [row(100 + n, f"I am at help@desk.example {n}", "thanks") for n in range(messages)]
    assert ("help@desk.example" in proposed([*replies(row), *theirs])) == expected


@pytest.mark.parametrize(("owners", "expected"), [(4, True), (5, False)])
def test_what_the_columns_say_about_people_as_often_is_theirs(row: Row, owners: int, expected: bool) -> None:
    own = json.dumps([["phone", "+1 206 555 0142"]])
    theirs = [row(100 + n, f"hello {n}", "thanks", own=own) for n in range(owners)]
    assert ("(206) 555-0142" in proposed([*replies(row), *theirs])) == expected


def test_what_is_listed_in_any_spelling_is_not_proposed_again(row: Row) -> None:
    reply = f"{DESK}, or see https://desk.example/forms/"
    listed = ("206.555.0142", "HELP@desk.example", "www.desk.example/forms")
    assert proposed(replies(row, reply), listed) == []


def test_kinds_that_are_not_masked_are_not_proposed_but_pages_are(row: Row) -> None:
    records = replies(row, f"{DESK}, or see https://desk.example/forms.")
    assert [each.value for each in propose_public(records, redactor(("email",)))] == [
        "help@desk.example",
        "https://desk.example/forms",
    ]


def test_names_identity_numbers_and_cards_are_never_proposed(row: Row) -> None:
    assert proposed(replies(row, "Ana Odell has SSN 536-22-1234 and card 4111 1111 1111 1111")) == []


def test_a_link_with_a_key_in_it_is_no_page_for_everybody(row: Row) -> None:
    secret = "see https://desk.example/forms?access_token=a8f5f167f44f4964e6c998dee827110c or https://desk.example/"
    assert proposed(replies(row, secret)) == ["https://desk.example/"]


def test_texts_to_read_have_no_messages_and_count_one_by_one(row: Row) -> None:
    assert "help@desk.example" in proposed([row(n, "", f"page {n}: {DESK}") for n in range(LEAST_MESSAGES)])


def test_the_list_ends_where_nobody_would_read_it(row: Row) -> None:
    many = " ".join(f"desk{n}@desk.example" for n in range(MOST_PROPOSED + 1))
    assert len(proposed(replies(row, many))) == MOST_PROPOSED


def test_no_rows_give_no_proposal() -> None:
    assert proposed([]) == []


def test_the_lines_are_yaml_whatever_is_in_the_values(row: Row) -> None:
    found = propose_public(replies(row, 'see https://desk.example/a#"b\\c or call 2065550142'), redactor(KINDS))
    lines = datasheet_lines(found, ["12 'Well' Street: #5", "007"])
    read = yaml.safe_load("\n".join(lines))["public"]
    assert read == ["12 'Well' Street: #5", "007", *(each.value for each in found)]
    assert "2065550142" in read

"""What a rephrased message may not do to its parent; every refusal has a near miss."""

import pytest

from commonhold.curate.rephrasing.checks import longest, names, refused, unquoted
from commonhold.curate.settings import Style

PARENT = "The pump at Mill Lane 14 is broken since Monday, call me at [PHONE]."
REPLY = "Desk: Water, ext. 258"
GOOD = "Since Monday there is no water from the pump at Mill Lane 14; my number is [PHONE]."


def reason(message: str, parent: str = PARENT, reply: str = REPLY, style: Style = "easy") -> str:
    found = refused(parent, reply, message, style)
    return found[0] if found else ""


def test_other_words_for_the_same_are_fine() -> None:
    assert reason(GOOD) == ""


@pytest.mark.parametrize("message", ["", "  \n", "?!"])
def test_a_message_without_words_is_empty(message: str) -> None:
    assert reason(message) == "empty_prompt"


@pytest.mark.parametrize("message", [PARENT, PARENT.upper(), PARENT.replace(",", " -").replace(".", "!")])
def test_the_same_words_are_unchanged_whatever_the_capitals_and_commas(message: str) -> None:
    assert reason(message) == "unchanged"


def test_a_part_of_the_message_is_no_other_wording_of_it() -> None:
    parent = "How do I report a lamp without a number? The one by the old cannery is dead."
    assert reason("The one by the old cannery is dead.", parent) == "only_shortened"
    assert reason("Report a lamp by the cannery.", parent) == "only_shortened"
    assert reason("The lamp by the old cannery is dead, how do I report it?", parent) == ""


@pytest.mark.parametrize(
    "message",
    [
        "Here is a simple version: the pump does not work",
        "Sure, the pump does not work",
        "Question: is the pump broken?",
        "I'm sorry, but I cannot assist with that",
        "As an AI, I have no pump",
        "This message says that the pump does not work",
        "The pump does not work, in a rephrased way",
        "Thank you for reaching out about the pump",
        "Claro, la bomba no funciona",
        "Aquí tienes la bomba",
    ],
)
def test_talk_about_the_task_is_refused(message: str) -> None:
    assert reason(message, "the pump is broken") == "meta_talk"


@pytest.mark.parametrize(
    "message",
    ["here comes no water from it", "surely it does not run", "I cannot get water from it", "the note on it: no water"],
)
def test_words_that_only_look_like_talk_about_the_task_pass(message: str) -> None:
    assert reason(message, "the pump is broken") == ""


def test_words_of_the_instruction_are_not_the_message() -> None:
    assert reason("The words are in square brackets and add none.", "the paint is worn off") == "meta_talk"
    assert reason("The words are in square frames and add none.", "the paint is worn off") == ""


def test_talk_that_the_writer_began_is_the_writers() -> None:
    assert reason("nobody replied to my message", "my message about the pump got no answer") == ""
    assert reason("nobody read this message", "my message about the pump got no answer") == "meta_talk"


def test_a_message_may_be_half_as_long_again_and_forty_bytes_more() -> None:
    parent = "a" * 10
    assert longest(parent) == 55
    assert reason("b " * 27 + "b", parent) == ""
    assert reason("b " * 28, parent) == "much_longer"


def test_length_is_counted_in_bytes_so_that_a_reply_cut_off_by_tokens_is_seen() -> None:
    assert longest("é" * 10) == 70


def test_a_lost_and_an_added_placeholder_are_told_apart() -> None:
    assert reason(GOOD.replace("[PHONE]", "known")) == "lost_placeholder"
    assert reason(GOOD.replace("[PHONE]", "[EMAIL]")) == "lost_placeholder"
    assert reason(GOOD + " Or [EMAIL]") == "invented_placeholder"
    assert reason(GOOD.replace("[PHONE]", "[PHONE-7]"), PARENT.replace("[PHONE]", "[PHONE-7]")) == ""
    assert reason(GOOD.replace("[PHONE]", "[PHONE-8]"), PARENT.replace("[PHONE]", "[PHONE-7]")) == "lost_placeholder"


@pytest.mark.parametrize(
    ("parent", "message", "expected"),
    [
        ("the bill says 1,500", "there are 1500 on it", ""),
        ("the bill says 1,500", "there are 1 500 on it", ""),
        ("the bill says 1500", "there are 150 on it", "invented_number"),
        ("the bill says 1500", "there are 15000 on it", "invented_number"),
        ("the bill says ١٥", "there are 15 on it", ""),
        ("come at 9", "be here on the 9th", ""),
        ("come soon", "be here at 9", "invented_number"),
        ("come at [PHONE-9]", "be here, [PHONE-9], 9 times", "invented_number"),
    ],
)
def test_numbers_are_those_of_the_message(parent: str, message: str, expected: str) -> None:
    assert reason(message, parent) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("there is no water, says Maria", "invented_name"),
        ("No water. There is none", ""),
        ("water has gone, and I'm thirsty", ""),
        ("there is none from the Pump's pipe", ""),
        ("there is none in PUMPHOUSE", "invented_name"),
        ("no, «Ahora» it runs dry", ""),
    ],
)
def test_names_are_those_of_the_message(message: str, expected: str) -> None:
    assert reason(message, "the pump is broken") == expected


def test_a_name_is_a_capital_inside_a_sentence() -> None:
    assert names("The pump in Mill Lane. Come to Ana's; she says: Hurry") == {"mill", "lane", "ana"}


def test_what_the_reply_repeats_must_stay() -> None:
    parent, reply = "my lamp in Mill Lane has number 4711", "Lamp 4711 in Mill Lane is noted"
    assert reason("in Mill Lane the light 4711 is mine", parent, reply) == ""
    assert reason("in Mill Lane a light is mine", parent, reply) == "lost_detail"
    assert reason("there the light 4711 is mine", parent, reply) == "lost_detail"
    assert reason("in Mill Lane a light is mine", parent, "Lamps: ext. 12") == ""


def test_a_question_ends_with_a_question_mark_when_one_is_asked_for() -> None:
    parent = "the pump is broken"
    assert reason("who mends pumps", parent, style="question_answer") == "not_a_question"
    assert reason("who mends pumps? thanks", parent, style="question_answer") == "not_a_question"
    assert reason("who mends pumps?", parent, style="question_answer") == ""
    assert reason("من يصلح المضخة؟", parent, style="question_answer") == ""
    assert reason("who mends pumps", parent, style="hard") == ""


def test_details_of_a_refusal_do_not_repeat_what_the_model_wrote() -> None:
    found = refused("the pump is broken", REPLY, "call Maria at 5550123", "easy")
    assert found == ("invented_number", "1 number that the message has not")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (' "The pump." \n', "The pump."),
        ("“The pump.”", "The pump."),
        ('"The" and "pump"', '"The" and "pump"'),
        ('"The pump', '"The pump'),
        ('"', '"'),
        ("'", "'"),
    ],
)
def test_one_pair_of_quotation_marks_is_taken_off(text: str, expected: str) -> None:
    assert unquoted(text) == expected

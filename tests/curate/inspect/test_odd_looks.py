"""What a person is asked about before anything is made: columns that look like the wrong ones, and labels spelt in
several ways."""

import pytest

from commonhold.curate.inspect.odd_looks import odd_texts, unused_columns

MESSAGES = tuple(f"The pump at well {word} is broken" for word in ("one", "two", "three", "four", "five"))
REPLIES = tuple(f"Please write to desk {word}" for word in ("A", "B", "C", "D", "E"))


def told(messages: tuple[str, ...], replies: tuple[str, ...] = REPLIES) -> str:
    return "\n".join(map(str, odd_texts({"message": messages, "reply": replies})))


def test_messages_and_replies_look_like_what_they_are() -> None:
    assert told(MESSAGES) == ""


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("voice_0.m4a", "the name of a file, such as 'voice_0.m4a'"),
        ("uploads/2026/Photo (3).JPG", "the name of a file, such as 'uploads/2026/Photo (3).JPG'"),
        ("C:\\Users\\desk\\note.docx", "the name of a file, such as"),
        ("https://desk.example/a?b=1", "a link, such as 'https://desk.example/a?b=1'"),
        ("www.desk.example", "a link"),
        ("0712 345 678", "a number"),
        ("<p>The pump is <b>broken</b></p>", "marked up as a web page"),
    ],
)
def test_a_cell_that_nobody_would_say_is_told(cell: str, what: str) -> None:
    assert f"5 of 5 times, the message is {what}" in told((cell,) * 4 + (cell.replace("0", "1"),))


@pytest.mark.parametrize(
    "message", ["Read note.docx first", "See https://desk.example for it", "I have 3 < 5 taps", "Route 66 is closed"]
)
def test_a_sentence_with_a_name_a_link_or_a_number_is_a_sentence(message: str) -> None:
    assert told(tuple(f"{message} {n}" for n in MESSAGES)) == ""


def test_a_bare_number_is_not_repeated_since_it_may_be_somebodys() -> None:
    assert "0712" not in told(tuple(f"0712 345 67{n}" for n in range(5)))


def test_one_file_name_in_six_rows_is_no_wrong_column_and_two_are_not_enough_either() -> None:
    assert told((*MESSAGES, "voice_0.m4a"), (*REPLIES, "Thanks")) == ""
    assert told((*MESSAGES[:3], "voice_0.m4a", "voice_1.m4a")) == ""


def test_one_column_for_both_sides_is_an_echo() -> None:
    assert "5 of 5 rows have the same text as message and as reply" in told(MESSAGES, MESSAGES)
    assert "columns.completion" in told(MESSAGES, MESSAGES)


def test_two_rows_that_answer_with_the_same_word_are_no_echo() -> None:
    assert told(("Yes", "Hello", *MESSAGES[:3]), ("Yes", "Hello", *REPLIES[:3])) == ""


def test_empty_replies_are_no_echo_but_are_told() -> None:
    assert told(("",) * 5, ("",) * 5).count("\n") == 1
    assert "5 of 5 rows have no reply" in told(MESSAGES, ("",) * 5)


def test_one_reply_for_all_is_told() -> None:
    assert "5 of 5 rows have the same reply: 'Thank you'" in told(MESSAGES, ("Thank you",) * 5)


def test_labels_that_differ_by_case_accent_or_mark_are_told() -> None:
    labels = ("maji", "Maji", "MAJI", "maji?", "bomba", "bomba") * 2
    words = told(tuple(f"Message {n} about a thing" for n in range(12)), labels)
    assert "'maji' 2× / 'Maji' 2× / 'MAJI' 2× / 'maji?' 2×" in words
    assert "bomba" not in words


def test_replies_of_several_words_are_no_labels() -> None:
    replies = ("Please come to the desk", "please come to the desk!") * 6
    assert "labels" not in told(tuple(f"Message {n} about a thing" for n in range(12)), replies)


def test_too_few_rows_say_nothing() -> None:
    assert told(("voice_0.m4a",) * 2, REPLIES[:2]) == ""


def test_columns_without_a_meaning_are_named() -> None:
    assert unused_columns(("Message", "Reply", ""), ("Message", "Reply")) is None
    told_once = str(unused_columns(("Message", "Reply", "Agreed", "Day"), ("Message", "Reply")))
    assert told_once.startswith("'Agreed', 'Day' are not used")

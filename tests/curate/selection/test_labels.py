"""Whether replies are labels: by what is in them, and not by how few they are."""

import pytest

from commonhold.curate.selection.labels import label_counts


@pytest.mark.parametrize("between", [", ", "; ", " | ", "\n", "/"])
def test_several_labels_to_a_message_are_labels_each(between: str) -> None:
    replies = [between.join(["noise", "dogs"][: 1 + n % 2]) for n in range(16)]
    assert label_counts(replies) == {"noise": 16, "dogs": 8}


def test_short_words_that_eight_rows_share_on_average_are_labels_and_seven_are_not() -> None:
    assert label_counts(["noise", "Water"] * 8) == {"noise": 8, "water": 8}
    assert label_counts(["noise", "water"] * 7) == {}


def test_sentences_are_answers_however_many_rows_share_them() -> None:
    assert label_counts(["Bring your passport.", "Ask at the desk."] * 50) == {}
    assert label_counts(["bring your passport to the desk in the hall", "ask for the form at the desk"] * 50) == {}


def test_one_reply_to_everything_is_no_label() -> None:
    assert label_counts(["ok"] * 50) == {}


def test_one_row_in_fifty_may_have_something_else() -> None:
    labels = ["noise", "water"] * 49
    assert label_counts([*labels, "I do not know what this is.", "Ask somebody else."]) == {"noise": 49, "water": 49}
    assert label_counts([*labels, "I do not know what this is.", "Ask somebody else.", "This is none."]) == {}


def test_no_replies_are_no_labels() -> None:
    assert label_counts([]) == label_counts(["", ""]) == {}

"""What was seen in training, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.contamination import contaminated, seen

TEN = "one two three four five six seven eight nine ten"


def test_the_same_prompt_is_found_whatever_its_case_space_and_punctuation() -> None:
    assert seen(["Is the lamp out?"], ["is THE lamp\n out"]) == {0: "same"}


def test_another_prompt_is_not() -> None:
    assert contaminated(["Is the lamp on Alder out?"], ["The water at Alder is brown."]) == frozenset()


def test_one_added_word_to_ten_is_a_near_copy() -> None:
    # 9 shingles against 8, 8 shared: 8/9.
    assert seen([f"{TEN} eleven"], [TEN]) == {0: "near"}


def numbered(words: int) -> str:
    return " ".join(f"w{number}" for number in range(words))


def test_jaccard_of_four_fifths_counts_and_just_less_does_not() -> None:
    assert seen([numbered(22)], [numbered(18)]) == {0: "near"}  # 16 of 20 shingles shared
    assert seen([numbered(21)], [numbered(17)]) == {}  # 15 of 19: 0.789


def test_one_changed_word_in_the_middle_of_ten_is_not_a_copy() -> None:
    # By words 5 of 11 shingles, by letters 38 of 55 runs of four.
    assert seen([TEN], [TEN.replace("five", "HUNDRED")]) == {}


def test_a_prompt_whole_inside_a_training_text_is_found() -> None:
    assert seen(["report a lost dog"], ["Hello, how do I report a lost dog to you people?"]) == {0: "inside"}
    assert seen([TEN], [f"zero {TEN} eleven {numbered(40)}"]) == {0: "inside"}


def test_a_prompt_with_its_words_apart_or_turned_round_is_not() -> None:
    train = ["report a big lost dog to the desk", "a lost dog report came in today"]
    assert seen(["report a lost dog"], train) == {}


def test_three_words_must_be_the_whole_training_text() -> None:
    assert seen(["A lost dog!"], ["My cat met a lost dog today, and it was brown"]) == {}
    assert seen(["A lost dog!"], ["a lost dog"]) == {0: "same"}


def test_a_slip_of_the_pen_in_a_short_prompt_is_a_near_copy() -> None:
    # 30 letters and spaces, 27 runs of four; the slip changes four of each: 23 shared of 31 is 0.74, too few;
    # of 39 with 36 runs it leaves 32 of 40, which is 0.8.
    assert seen(["where can i take my old fridges"], ["where can i take my old fritges"]) == {}
    assert seen(["where can i take my old fridges on sunday"], ["where can i take my old fritges on sunday"]) == {
        0: "near"
    }


@pytest.mark.parametrize(("asked", "trained"), [("up", "hot"), ("12", "13"), ("wet", "buy")])
def test_another_word_in_the_place_that_matters_is_no_slip(asked: str, trained: str) -> None:
    question = "What is the very opposite of the word {}, if there is one?"
    assert seen([question.format(asked)], [question.format(trained)]) == {}


def test_other_endings_of_the_same_words_are_near() -> None:
    # Finnish: of the libraries, of the library. 41 of 49 runs of four letters are shared, 2 of 6 shingles.
    asked = "milloin kaupungin kirjastojen ovet avataan aamulla"
    assert seen([asked], [asked.replace("kirjastojen", "kirjaston")]) == {0: "near"}


def test_a_slip_in_a_long_prompt_is_found_by_its_words() -> None:
    # 40 words, 38 shingles, three of them changed: 35 of 41.
    assert seen([numbered(40)], [numbered(40).replace("w20", "v20")]) == {0: "near"}
    assert seen([numbered(13)], [numbered(13).replace("w6", "v6")]) == {}  # 8 of 14, and too long to spell out


def test_prompts_without_words_are_compared_as_they_stand() -> None:
    assert contaminated(["???", "!!!"], ["???"]) == {0}


def test_copies_are_found_in_scripts_without_spaces() -> None:
    asked = "水道料金を払うにはどうすればよいですか"
    assert seen([asked], [f"{asked}?"]) == {0: "same"}
    assert seen([asked], [f"こんにちは。{asked}。よろしくお願いします。"]) == {0: "inside"}
    assert seen([asked], [asked.replace("水", "電")]) == {0: "near"}  # 16 shingles of 18
    assert seen([asked], ["電気料金を払うにはどこへ行けばよいですか"]) == {}


def test_in_scripts_without_spaces_a_few_letters_inside_a_text_are_chance() -> None:
    text = "今日は天気がとても良いので公園に行きました"
    assert seen(["天気がとても"], [text]) == {}  # six letters, worth three words
    assert seen(["天気がとても良い"], [text]) == {0: "inside"}  # eight


def test_the_strongest_finding_counts() -> None:
    assert seen([TEN], [f"{TEN} eleven", TEN, f"x {TEN} {numbered(30)}"]) == {0: "same"}


def test_training_texts_may_come_once_and_only_once() -> None:
    assert contaminated(["a b c d", "e f g h"], iter(["e f g h", "a b c d"])) == {0, 1}


@pytest.mark.parametrize("texts", [[], [""], ["..."]])
def test_nothing_is_found_in_nothing(texts: list[str]) -> None:
    assert seen(["Is the lamp out?", "?"], texts) == {}


@given(st.lists(st.text(min_size=1), max_size=4), st.text())
def test_a_prompt_is_always_found_in_a_copy_of_itself(others: list[str], prompt: str) -> None:
    assert 0 in contaminated([prompt], [*others, prompt])
    assert seen([prompt], [prompt])[0] == "same"

"""What was seen in training, and what only looks like it."""

from commonhold.evaluate.contamination import contaminated

TEN = "one two three four five six seven eight nine ten"


def test_the_same_prompt_is_found_whatever_its_case_space_and_punctuation() -> None:
    assert contaminated(["Is the lamp out?"], ["is THE lamp\n out"]) == {0}


def test_another_prompt_is_not() -> None:
    assert contaminated(["Is the lamp on Alder out?"], ["The water at Alder is brown."]) == frozenset()


def test_one_added_word_to_ten_is_a_near_copy() -> None:
    # 8 shingles against 9, 8 shared: 8/9.
    assert contaminated([TEN], [f"{TEN} eleven"]) == {0}


def numbered(words: int) -> str:
    return " ".join(f"w{number}" for number in range(words))


def test_jaccard_of_four_fifths_counts_and_just_less_does_not() -> None:
    assert contaminated([numbered(18)], [numbered(22)]) == {0}  # 16 of 20 shingles shared
    assert contaminated([numbered(17)], [numbered(21)]) == frozenset()  # 15 of 19: 0.789


def test_one_changed_word_in_the_middle_of_ten_is_not_a_copy() -> None:
    assert contaminated([TEN], [TEN.replace("five", "FOUR")]) == frozenset()


def test_a_short_prompt_whole_inside_a_training_prompt_is_found() -> None:
    assert contaminated(["report a lost dog"], ["Hello, how do I report a lost dog to you people?"]) == {0}


def test_a_short_prompt_with_its_words_apart_or_turned_round_is_not() -> None:
    train = ["report a big lost dog to the desk", "a lost dog report came in today"]
    assert contaminated(["report a lost dog"], train) == frozenset()


def test_two_words_must_be_the_whole_training_prompt() -> None:
    assert contaminated(["Lost dog!"], ["My lost dog is brown"]) == frozenset()
    assert contaminated(["Lost dog!"], ["lost dog"]) == {0}


def test_prompts_without_words_are_compared_as_they_stand() -> None:
    assert contaminated(["???", "!!!"], ["???"]) == {0}


def test_copies_are_found_in_scripts_without_spaces() -> None:
    assert contaminated(["水道料金を払うにはどうすればよいですか"], ["水道料金を払うにはどうすればよいですか?"]) == {0}


def test_training_prompts_may_come_once_and_only_once() -> None:
    assert contaminated(["a b c d", "e f g h"], iter(["e f g h", "a b c d"])) == {0, 1}

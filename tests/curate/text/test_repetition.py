import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.text.repetition import RepetitionBounds, Repetitive, _numbered, _repeated_share, _top_share
from commonhold.curate.text.runs import measure

ORDINARY = [
    "no no no",
    "help help help please help",
    "ha ha ha ha ha ha ha ha ha ha",
    "My street light is out. I called on Monday. My street light is out and nobody came. Please fix it.",
    "Water: no\nGas: no\nLight: no\nRoof: yes\nHeating: no",
    "N/A\nN/A\nN/A\nMy roof leaks since the storm in May and the landlord does not answer my letters.",
    "Dog licence: 15 dollars. Cat licence: 10 dollars. Shop licence: 90 dollars. Taxi licence: 70 dollars. "
    "You pay at desk 4, on the first floor, from nine to twelve.",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_rows_pass(text: str) -> None:
    assert Repetitive().judge([text]) == [None]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("buy cheap pills now " * 10, "repeated_phrase"),
        ("ha " * 40, "repeated_phrase"),
        ("水费账单 " * 40, "repeated_phrase"),
        ("我要投诉停水的问题" * 20, "repeated_phrase"),
        (" ".join(f"w{n}" for n in range(60)) + " and " + " ".join(f"w{n}" for n in range(60)), "repeated_text"),
        ("Report this street now please\n" * 6 + "It is dark.", "repeated_lines"),
    ],
)
def test_repetition_is_named(text: str, reason: str) -> None:
    (finding,) = Repetitive().judge([text])
    assert finding is not None
    assert finding.reason == reason


def test_the_share_of_the_most_frequent_run_is_counted_by_hand() -> None:
    units = list("abcabdab")  # `a b` three times: 6 of 8 words
    assert _top_share(units, 2, min_times=3) == 6 / 8
    assert _top_share(units, 2, min_times=4) == 0.0
    assert _top_share(["x"] * 5, 2, min_times=1) == 1.0  # four runs of two overlap; never over the whole


def test_a_long_run_is_found_though_its_pairs_are_rare() -> None:
    bounds = RepetitionBounds(min_words_top=4, min_times=2, top={2: 0.3, 4: 0.3})
    text = "a b c d " + " ".join(map(str, range(12))) + " a b c d"
    assert Repetitive(bounds).judge([text]) == [("repeated_phrase", "one run of 4 words is 40% of it, over 30%")]


def test_a_repeated_run_is_jumped_over() -> None:
    # The second and third `abc` stood before: 6 of 10 letters; runs that straddle them do not count again.
    assert _repeated_share(_numbered("abcxabcabc", 3), 3, 3) == 6 / 10
    assert _repeated_share(_numbered("abcxabcabc", 3), 3, 6) == 0.0
    assert _repeated_share(_numbered("abcdexabcdeyabcde", 3), 3, 5) == 10 / 17
    assert _repeated_share(_numbered("aaaaaaaa", 3), 3, 3) == 6 / 8  # the second and the fifth `aaa`
    assert _repeated_share(_numbered("abcd", 3), 3, 3) == 0.0


@given(st.text("ab", max_size=40), st.integers(3, 6))
def test_runs_put_together_from_two_are_the_same_runs(text: str, size: int) -> None:
    assert _repeated_share(_numbered(text, 3), 3, size) == _repeated_share(_numbered(text, size), size, size)


def test_lines_need_both_shares_and_enough_repeats() -> None:
    bounds = RepetitionBounds(min_lines=2, max_lines=0.3, max_line_characters=0.2)
    assert Repetitive(bounds).judge(["ab\nab\nab\ncd"]) == [
        ("repeated_lines", "50% of lines repeat an earlier one, over 30%")
    ]
    assert Repetitive(bounds).judge(["ab\nab\nab\n" + "c" * 40]) == [None]
    assert Repetitive(RepetitionBounds(min_lines=3)).judge(["ab\nab\nab\ncd"]) == [None]


def test_runs_are_counted_inside_each_text_only() -> None:
    runs = measure(["a b a B a b", "", "a b", "x"])
    assert runs.words.tolist() == [6, 0, 2, 1]
    assert runs.bytes.tolist() == [6, 0, 2, 1]
    assert runs.top_pair.tolist() == [3, 0, 1, 0]
    assert measure(["1 2 3 4 5 6 1 2 3 4 5 6", "1 2 3 4 5"]).repeated_fives.tolist() == [2, 0]


def test_a_batch_larger_than_a_block_is_counted_whole() -> None:
    texts = ["the same words again and again " * 400] * 20
    assert measure(texts).words.tolist() == [2400] * 20
    assert measure([]).words.tolist() == []


WORDS = st.sampled_from(["a", "b", "C", "c", "dd", "é", "水水水水水水水", "\n", "no"])


@given(st.lists(st.lists(WORDS, max_size=60).map(" ".join), max_size=5), st.floats(0.05, 0.9))
def test_the_fast_way_finds_what_counting_out_finds(texts: list[str], most: float) -> None:
    bounds = RepetitionBounds(
        min_words_top=4,
        min_times=2,
        min_words_repeated=5,
        top={2: most, 3: most, 4: most},
        repeated={5: most, 7: most, 10: most},
    )
    judge = Repetitive(bounds)
    assert judge.judge(texts) == [judge._lines(text) or judge._runs(text, top=True, repeated=True) for text in texts]


@given(st.lists(st.text(st.sampled_from("ab \n\u3000é水"), max_size=40), max_size=6))
def test_pairs_are_counted_as_a_loop_counts_them(texts: list[str]) -> None:
    runs = measure(texts)
    for text, words, top in zip(texts, runs.words, runs.top_pair, strict=True):
        units = text.encode().split()
        pairs = list(itertools.pairwise(units))
        assert words == len(units)
        assert top == max(map(pairs.count, pairs), default=0)


def test_rules_for_other_sizes_are_refused() -> None:
    for repeated in ({4: 0.5}, {11: 0.5}):
        with pytest.raises(ValueError, match="5 to 10 words"):
            RepetitionBounds(repeated=repeated)

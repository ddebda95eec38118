from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from commonhold.serve.stop_strings import StopStrings


def shown(pieces: Sequence[str], stops: Sequence[str]) -> list[str]:
    filtered = StopStrings(stops)
    parts: list[str] = []
    for piece in pieces:
        parts.append(filtered.push(piece))
        if filtered.found:
            return parts
    return [*parts, filtered.rest()]


def test_text_without_stop_strings_passes_at_once() -> None:
    assert shown(["one ", "two"], []) == ["one ", "two", ""]


def test_a_stop_string_across_pieces_is_never_shown() -> None:
    assert shown(["Yes. E", "N", "D more"], ["END"]) == ["Yes. ", "", ""]


def test_a_beginning_that_comes_to_nothing_is_shown_later() -> None:
    assert shown(["an E", "NT"], ["END"]) == ["an ", "ENT", ""]


def test_a_beginning_at_the_very_end_is_shown() -> None:
    assert shown(["the EN"], ["END"]) == ["the ", "EN"]


def test_the_earliest_stop_string_ends_the_text() -> None:
    assert shown(["a\nb STOP"], ["STOP", "\n"]) == ["a"]


def test_a_stop_string_is_case_sensitive() -> None:
    assert shown(["end"], ["END"]) == ["end", ""]


def test_overlapping_beginnings_are_held() -> None:
    assert shown(["aa", "ab"], ["aab"]) == ["", "a"]


def test_of_two_stop_strings_the_first_to_be_complete_counts() -> None:
    assert shown(["baa"], ["baa", "a"]) == ["b"]


@given(
    pieces=st.lists(st.text(alphabet="ab", max_size=4), max_size=8),
    stops=st.lists(st.text(alphabet="ab", min_size=1, max_size=4), max_size=4),
)
def test_how_the_text_is_cut_makes_no_difference(pieces: list[str], stops: list[str]) -> None:
    whole = "".join(pieces)
    assert "".join(shown(pieces, stops)) == "".join(shown([whole], stops))


@given(
    pieces=st.lists(st.text(alphabet="ab", max_size=4), max_size=8),
    stops=st.lists(st.text(alphabet="ab", min_size=1, max_size=4), min_size=1, max_size=4),
)
def test_no_stop_string_is_ever_shown_and_nothing_else_is_lost(pieces: list[str], stops: list[str]) -> None:
    whole = "".join(pieces)
    text = "".join(shown(pieces, stops))
    assert not any(stop in text for stop in stops)
    cut_here = any(whole.startswith(text + stop) for stop in stops)
    assert text == whole or cut_here

import pickle  # noqa: TID251 - that worker processes can be handed a list is what is tested
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commonhold.curate.text.flagged_words as module
from commonhold.curate.text.flagged_words import FlaggedWords, WordList, read_flagged_words
from commonhold.errors import FormError, MissingInputError

HEAD = "flagged_words: 1\ntitle: Ours\nsource: The assembly of May\nlanguages: [en]\naction: flag\n"


def word_list(*words: str, **more: Any) -> WordList:
    fields = {"languages": ("en",), "action": "flag", **more}
    return WordList(FlaggedWords(flagged_words=1, title="Ours", source="us", words=words, **fields))


def entries(found: WordList, text: str) -> list[str]:
    return [match.entry for match in found.matches(text)]


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["darn"], "Darn! It is darn cold", ["darn"]),
        (["darn"], "darning darned adarn darn_it", []),
        (["darn"], "don't darn-it", ["darn"]),
        (["darn*"], "darning it", ["darn*"]),
        (["darn*"], "a goddarn it", []),
        (["shut up"], "Shut\nup, shut  up", ["shut up"]),
        (["shut up"], "shut the up", []),
        (["naïf"], "so naif", ["naïf"]),
        (["naif"], "so NAÏF", ["naif"]),
        (["ẹ̀gbọ́n"], "egbon mi", ["ẹ̀gbọ́n"]),
        (["straße"], "STRASSE", ["straße"]),
        (["йод"], "иод", []),
        (["дура*"], "Дураков нет", ["дура*"]),
        (["रंग"], "रंगीन", []),
        (["रंग"], "यह रंग है", ["रंग"]),
        (["笨蛋"], "你是笨蛋吗", ["笨蛋"]),
        (["a.b"], "axb", []),
        (["a", "b"], "b a a b", ["b", "a"]),
        (["bad", "bad word"], "a bad word", ["bad word"]),
        (["one*", "one"], "one ones", ["one", "one*"]),
        (["3d"], "3d 33d", ["3d"]),
    ],
)
def test_entries_are_whole_words_with_capitals_and_accents_folded(
    words: list[str], text: str, found: list[str]
) -> None:
    assert entries(word_list(*words), text) == found


def test_folding_can_be_switched_off() -> None:
    assert entries(word_list("Ass", fold_case=False), "ass") == []
    assert entries(word_list("ano", fold_accents=False), "año") == []
    assert entries(word_list("ano"), "año") == ["ano"]


def test_every_appearance_counts() -> None:
    assert word_list("darn").matches("darn darn, darn") == (("darn", 3),)


def test_exceptions_spare_the_word_inside_them_only() -> None:
    found = word_list("damn", "heck*", exceptions=("damn good coffee", "heckler"))
    assert entries(found, "damn good coffee, heckler") == []
    assert found.matches("Damn good coffee, damn!") == (("damn", 1),)
    assert entries(found, "hecklers") == ["heck*"]


def test_the_finding_has_the_action_and_names_no_more_than_five_words() -> None:
    assert word_list("darn").judge("darn") == ("flagged_words", "Ours: darn 1")
    assert word_list("darn", action="drop").judge("darn darn") == ("dropped_words", "Ours: darn 2")
    finding = word_list(*"abcdef").judge("a b c d e f")
    assert finding == ("flagged_words", "Ours: a 1, b 1, c 1, d 1, e 1 and others")
    assert word_list("darn").judge("fine") is None


def test_rows_declared_in_other_languages_are_not_searched() -> None:
    found = word_list("fart", languages=("en", "nb"))
    assert found.judge("fart", "sv") is None
    assert [found.judge("fart", tag) is None for tag in ("en-GB", "no", "")] == [False, False, False]


def test_thousands_of_words_are_all_found() -> None:
    words = [f"word{number}x" for number in range(5000)]
    found = word_list(*words)
    assert entries(found, " ".join(words[::500])) == words[::500]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "words.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        return path

    return write


def test_a_file_becomes_a_list(written: Callable[[str], Path]) -> None:
    found = read_flagged_words(written("words:\n  - darn\n  - 'heck*'\n"))
    assert entries(found, "heck, darn") == ["heck*", "darn"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("words:\n  - ok\n  - '*darn'\n", 8, 'a * may be at the end only, got "*darn"'),
        ("words:\n  - ok\n  - '?!'\n", 8, "this has no letter or digit"),
        ("words:\n  - Darn\n  - ok\n  - darn\n", 9, "'darn' is the same as 'Darn' above"),
        ("words: []\n", 6, "list at least one"),
        ("words: [a]\nexception: [b]\n", 7, "unknown key; did you mean 'exceptions'?"),
        ("words: [a]\nexceptions:\n  - b\n  - b\n", 9, "'b' is the same as 'b' above"),
        ("", 1, "this key is missing"),
    ],
)
def test_mistakes_are_told_with_their_line(written: Callable[[str], Path], text: str, line: int, message: str) -> None:
    with pytest.raises(FormError) as caught:
        read_flagged_words(written(text))
    (problem,) = caught.value.problems
    assert problem.line == line
    assert message in problem.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"none\.yaml"):
        read_flagged_words(tmp_path / "none.yaml")


def test_the_shipped_example_is_a_list_that_works() -> None:
    path = Path(module.__file__).with_name("flagged_words.example.yaml")
    found = read_flagged_words(path)
    assert entries(found, "Shut up, idiots. Damn good coffee.") == ["shut up", "idiot*"]


@given(
    st.text(st.sampled_from("ab é-'水\n"), max_size=30), st.lists(st.text("abé", min_size=1, max_size=3), min_size=1)
)
def test_whole_words_are_found_as_splitting_finds_them(text: str, words: list[str]) -> None:
    found = set(entries(word_list(*words, fold_accents=False), text))
    pieces = set(text.replace("-", " ").replace("'", " ").split())
    assert found == {word for word in words if word in pieces}


def test_a_list_travels_to_other_processes() -> None:
    again = pickle.loads(pickle.dumps(word_list("darn", "heck*")))
    assert entries(again, "hecks darn") == ["heck*", "darn"]

from tests.curate.text.articles import ARTICLES

from commonhold.curate.text.identify import Cld2
from commonhold.curate.text.tags import family


def test_languages_are_named_by_their_tags() -> None:
    guesses = Cld2().identify(list(ARTICLES.values()))
    assert [guess.tag for guess in guesses] == list(ARTICLES)
    assert all(guess.reliable and guess.confidence == 1.0 for guess in guesses)


def test_what_is_short_or_no_language_is_undetermined() -> None:
    texts = ["", "ok", "Where is it?", "12345 67890 12345 67890 12345 67890", "👍" * 40, "停水了"]
    assert [tuple(guess) for guess in Cld2().identify(texts)] == [("und", 0.0, False)] * 6


def test_characters_that_cld2_refuses_are_passed_over() -> None:
    english = ARTICLES["en"]
    guesses = Cld2().identify([f"\x00{english}", f"{english}\x85", f"\ud800{english}", f"{english}\ufdd0"])
    assert [guess.tag for guess in guesses] == ["en"] * 4


def test_only_the_beginning_is_read() -> None:
    (guess,) = Cld2().identify([ARTICLES["en"] * 5 + ARTICLES["ru"] * 50])
    assert guess.tag == "en"


def test_a_message_in_two_languages_has_a_low_confidence() -> None:
    (guess,) = Cld2().identify([ARTICLES["en"] + " " + ARTICLES["ru"]])
    assert guess.confidence < 0.8


def test_languages_it_cannot_answer_with_are_not_known() -> None:
    known = ["en", "nb", "hr", "zh-Hant", "he", "iw", "arz", "qu", "swh", "fil"]
    unknown = ["quc", "ee", "luo", "und", "", "tlh"]
    assert [tag for tag in known + unknown if Cld2().knows(tag)] == known


def test_a_second_look_leans_to_the_declared_language() -> None:
    norwegian_or_danish = "Vi har ikke vann i huset, kan noen komme i dag?"
    assert family(Cld2().reconsider(norwegian_or_danish, "nb").tag) == "no"
    assert Cld2().reconsider(norwegian_or_danish, "da").tag == "da"
    assert Cld2().reconsider(ARTICLES["ru"], "en").tag == "ru"
    assert Cld2().reconsider(ARTICLES["ru"], "quc").tag == "ru"
